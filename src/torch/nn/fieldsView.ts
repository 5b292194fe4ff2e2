import { PyDict, type PyValue } from '../../python/values/values';

/** How a view finds and changes what it shows. */
export interface Fields {
  readonly entries: () => readonly (readonly [string, PyValue])[];
  readonly set: (name: string, value: PyValue) => void;
  readonly delete: (name: string) => void;
}

/** `module._modules` and the like: a dict that reads and writes the module's own fields. */
export class FieldsView extends PyDict {
  constructor(private readonly fields: Fields) {
    super();
  }

  override get size(): number {
    return this.fields.entries().length;
  }
  override get(key: PyValue): PyValue | undefined {
    return this.fields.entries().find(([name]) => name === key)?.[1];
  }
  override has(key: PyValue): boolean {
    return this.get(key) !== undefined;
  }
  override set(key: PyValue, value: PyValue): void {
    this.fields.set(String(key), value);
  }
  override delete(key: PyValue): boolean {
    const known = this.has(key);
    if (known) this.fields.delete(String(key));
    return known;
  }
  override clear(): void {
    for (const [name] of this.fields.entries()) this.fields.delete(name);
  }
  override keys(): PyValue[] {
    return this.fields.entries().map(([name]) => name);
  }
  override values(): PyValue[] {
    return this.fields.entries().map(([, value]) => value);
  }
  override entries(): (readonly [PyValue, PyValue])[] {
    return [...this.fields.entries()];
  }
}
