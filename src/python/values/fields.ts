import { PyDict, type PyValue } from './values';

/** `object.__dict__`: the object's own fields, which change where it does. */
export class FieldsDict extends PyDict {
  constructor(private readonly fields: Map<string, PyValue>) {
    super();
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
