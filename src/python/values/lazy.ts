import { PyObject, type PyValue } from './values';

/** Stands for a value until it is asked for. Never a value that Python code sees. */
class Unmade extends PyObject {
  protected readonly kind = 'unmade';

  constructor(readonly make: () => PyValue) {
    super();
  }
}

/**
 * Values by name, which may be made when they are first asked for: a library has a thousand names, and a model uses a few
 * dozen of them. Names stand in the order in which they were defined, made or not.
 */
export class LazyMap extends Map<string, PyValue> {
  /** Gives a name a value that is made when it is first asked for. */
  define(name: string, make: () => PyValue): void {
    super.set(name, new Unmade(make));
  }

  /** Defines all names of another map, whose values stay unmade there, too, until one of the two is asked. */
  include(other: Map<string, PyValue>): void {
    for (const name of other.keys()) this.define(name, () => other.get(name) ?? null);
  }

  override get(name: string): PyValue | undefined {
    const found = super.get(name);
    if (!(found instanceof Unmade)) return found;
    const made = found.make();
    super.set(name, made);
    return made;
  }

  override *entries(): MapIterator<[string, PyValue]> {
    for (const name of super.keys()) yield [name, this.get(name) ?? null];
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
