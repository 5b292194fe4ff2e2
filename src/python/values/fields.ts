import { PyDict, type PyObject, type PyValue } from './values';

/** Fields that are kept elsewhere: all ways to go through them follow from `entries`. */
abstract class ComputedFields extends Map<string, PyValue> {
  abstract override entries(): MapIterator<[string, PyValue]>;

  override *keys(): MapIterator<string> {
    for (const [name] of this.entries()) yield name;
  }
  override *values(): MapIterator<PyValue> {
    for (const [, value] of this.entries()) yield value;
  }
  override [Symbol.iterator](): MapIterator<[string, PyValue]> {
    return this.entries();
  }
  override forEach(body: (value: PyValue, name: string, map: Map<string, PyValue>) => void): void {
    for (const [name, value] of this.entries()) body(value, name, this);
  }
}

/**
 * Fields behind which an object finds others, as a `__getattr__` does for `nn.Module`. Read as a map they are all of
 * them; `own` are those that `__dict__` shows.
 */
export abstract class LayeredFields extends ComputedFields {
  abstract readonly own: Map<string, PyValue>;
}

/** What `__dict__` shows of an object's attributes. */
export function ownFields(attributes: Map<string, PyValue>): Map<string, PyValue> {
  return attributes instanceof LayeredFields ? attributes.own : attributes;
}

/** The object's own fields, which are made where it has none yet. */
export function fieldsFor(object: PyObject): Map<string, PyValue> {
  object.attributes ??= new Map();
  return ownFields(object.attributes);
}

/** `object.__dict__`: the object's own fields, which change where it does. */
export class FieldsDict extends PyDict {
  constructor(readonly fields: Map<string, PyValue>) {
    super();
  }

  /** The fields change by other ways, too. */
  override get version(): number {
    return Number.NaN;
  }
  override get size(): number {
    return this.fields.size;
  }
  override get(key: PyValue): PyValue | undefined {
    return typeof key === 'string' ? this.fields.get(key) : undefined;
  }
  override has(key: PyValue): boolean {
    return typeof key === 'string' && this.fields.has(key);
  }
  override set(key: PyValue, value: PyValue): void {
    this.fields.set(String(key), value);
  }
  override delete(key: PyValue): boolean {
    return typeof key === 'string' && this.fields.delete(key);
  }
  override clear(): void {
    this.fields.clear();
  }
  override keys(): PyValue[] {
    return [...this.fields.keys()];
  }
  override values(): PyValue[] {
    return [...this.fields.values()];
  }
  override entries(): (readonly [PyValue, PyValue])[] {
    return [...this.fields];
  }
}

/** A dict as an object's fields: what `self.__dict__ = a_dict` makes of it, most often the object itself. */
export class DictFields extends ComputedFields {
  constructor(readonly dict: PyDict) {
    super();
  }

  override get size(): number {
    return this.dict.size;
  }
  override get(name: string): PyValue | undefined {
    return this.dict.get(name);
  }
  override has(name: string): boolean {
    return this.dict.has(name);
  }
  override set(name: string, value: PyValue): this {
    this.dict.set(name, value);
    return this;
  }
  override delete(name: string): boolean {
    return this.dict.delete(name);
  }
  override clear(): void {
    this.dict.clear();
  }
  override *entries(): MapIterator<[string, PyValue]> {
    for (const [name, value] of this.dict.entries()) if (typeof name === 'string') yield [name, value];
  }
}
