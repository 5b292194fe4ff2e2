/** What a module keeps: PyTorch's three dictionaries among its own fields, both read as one; and what lies below it. */
import type { Context } from '../../python/natives/context';
import { LayeredFields } from '../../python/values/fields';
import { PyDict, PyInstance, PyParameter, PySet, PyTensor, type PyValue } from '../../python/values/values';
import { shownBuffer } from '../complex/creation';

const PARAMETERS = '_parameters';
const BUFFERS = '_buffers';
const MODULES = '_modules';
/** Names of buffers that `state_dict()` leaves out. */
const NON_PERSISTENT = '_non_persistent_buffers_set';

/**
 * The fields of a module. `own` is its `__dict__`, which holds the dictionaries of parameters, buffers and modules under
 * PyTorch's names, so that a shallow copy shares them; reading goes on from the one to the others, as
 * `Module.__getattr__` does. Native code that sets a field registers what is to be registered.
 */
export class ModuleFields extends LayeredFields {
  readonly own = new Map<string, PyValue>();

  /** Made by its class, and `Module.__init__` has not run: nothing can be registered. */
  isFresh = false;

  /** @param compute what a list of parametrisations makes of its originals */
  constructor(private readonly compute?: (parametrisations: PyInstance) => PyValue) {
    super();
    this.begin();
  }

  /** `Module.__init__`: nothing is registered yet. */
  begin(): void {
    this.isFresh = false;
    this.own.set('training', true);
    for (const name of [PARAMETERS, BUFFERS, MODULES]) this.own.set(name, new PyDict());
    this.own.set(NON_PERSISTENT, new PySet());
  }

  get parameters(): PyDict {
    return this.dictionary(PARAMETERS);
  }
  get buffers(): PyDict {
    return this.dictionary(BUFFERS);
  }
  get modules(): PyDict {
    return this.dictionary(MODULES);
  }

  /** Whether `state_dict()` has the buffer. */
  isPersistent(name: string): boolean {
    return !this.nonPersistent.has(name);
  }

  setBuffer(name: string, value: PyValue, persistent = true): void {
    this.buffers.set(name, value);
    if (persistent) this.nonPersistent.delete(name);
    else this.nonPersistent.add(name);
  }

  /** Registers a value, which no other dictionary goes on holding. A name that is there already keeps its place. */
  register(into: 'parameters' | 'modules', name: string, value: PyValue): void {
    this.own.delete(name);
    this.buffers.delete(name);
    this.nonPersistent.delete(name);
    if (into === 'parameters') this.modules.delete(name);
    else this.parameters.delete(name);
    this[into].set(name, value);
  }

  private get nonPersistent(): PySet {
    const found = this.own.get(NON_PERSISTENT);
    return found instanceof PySet ? found : new PySet();
  }

  private dictionary(name: string): PyDict {
    const found = this.own.get(name);
    if (found instanceof PyDict) return found;
    const made = new PyDict();
    this.own.set(name, made);
    return made;
  }

  private get behind(): readonly PyDict[] {
    return [this.parameters, this.buffers, this.modules];
  }

  /** The parametrisations that a tensor of the module is computed by. */
  parametrisationsOf(name: string): PyInstance | undefined {
    const lists = this.modules.get('parametrizations');
    const found = lists instanceof PyInstance ? fieldsOf(lists).modules.get(name) : undefined;
    return found instanceof PyInstance && found.cls.name === 'ParametrizationList' ? found : undefined;
  }

  override get(name: string): PyValue | undefined {
    const parametrisations = this.modules.size > 0 ? this.parametrisationsOf(name) : undefined;
    if (parametrisations && this.compute) return this.compute(parametrisations);
    const own = this.own.get(name);
    const found = own === undefined ? this.findRegistered(name) : own;
    return found instanceof PyTensor ? shownBuffer(found) : found;
  }

  private findRegistered(name: string): PyValue | undefined {
    const parameter = this.parameters.get(name);
    if (parameter !== undefined) return parameter;
    const buffer = this.buffers.get(name);
    return buffer === undefined ? this.modules.get(name) : buffer;
  }

  override has(name: string): boolean {
    return this.own.has(name) || this.holderOf(name) !== undefined || this.parametrisationsOf(name) !== undefined;
  }

  /** The dictionary in which a name is registered. */
  private holderOf(name: string): PyDict | undefined {
    return this.behind.find((each) => each.has(name));
  }

  override set(name: string, value: PyValue): this {
    if (value instanceof PyParameter) this.register('parameters', name, value);
    else if (value instanceof PyInstance && value.fields instanceof ModuleFields) this.register('modules', name, value);
    else if (this.buffers.has(name) && (value === null || value instanceof PyTensor)) this.buffers.set(name, value);
    else {
      for (const each of this.behind) each.delete(name);
      this.own.set(name, value);
    }
    return this;
  }

  override delete(name: string): boolean {
    const holder = this.holderOf(name);
    if (!holder) return this.own.delete(name);
    if (holder === this.buffers) this.nonPersistent.delete(name);
    return holder.delete(name);
  }

  override clear(): void {
    this.own.clear();
    this.begin();
  }

  override get size(): number {
    return [...this.entries()].length;
  }

  /** All of them but the dictionaries themselves. */
  override *entries(): MapIterator<[string, PyValue]> {
    const dictionaries: readonly string[] = [PARAMETERS, BUFFERS, MODULES, NON_PERSISTENT];
    for (const entry of this.own) if (!dictionaries.includes(entry[0])) yield entry;
    for (const each of this.behind) for (const [name, value] of each.entries()) yield [String(name), value];
  }
}

/** The fields of a module; those of any other object have nothing registered. */
export function fieldsOf(module: PyInstance): ModuleFields {
  return module.fields instanceof ModuleFields ? module.fields : new ModuleFields();
}

/** Registered buffers with whether `state_dict()` has them; those that are None are left out. */
export function ownBuffers(module: PyInstance): [string, PyTensor, boolean][] {
  const fields = fieldsOf(module);
  const { buffers } = fields;
  const found: [string, PyTensor, boolean][] = [];
  if (buffers.size === 0) return found;
  for (const [name, value] of buffers.entries())
    if (value instanceof PyTensor) found.push([String(name), value, fields.isPersistent(String(name))]);
  return found;
}

export function ownParameters(module: PyInstance): [string, PyParameter][] {
  const { parameters } = fieldsOf(module);
  const found: [string, PyParameter][] = [];
  if (parameters.size === 0) return found;
  for (const [name, value] of parameters.entries()) if (value instanceof PyParameter) found.push([String(name), value]);
  return found;
}

/** `_modules`: all that is registered as a module, None included. */
export function registeredModules(module: PyInstance): [string, PyInstance | null][] {
  const { modules } = fieldsOf(module);
  const found: [string, PyInstance | null][] = [];
  if (modules.size === 0) return found;
  for (const [name, value] of modules.entries())
    if (value === null || value instanceof PyInstance) found.push([String(name), value]);
  return found;
}

export function children(module: PyInstance): [string, PyInstance][] {
  const { modules } = fieldsOf(module);
  const found: [string, PyInstance][] = [];
  if (modules.size === 0) return found;
  for (const [name, value] of modules.entries()) if (value instanceof PyInstance) found.push([String(name), value]);
  return found;
}

/** Whether a module is a field of another one, registered or not. */
export function holdsModule({ fields }: PyInstance, module: PyInstance): boolean {
  if (!(fields instanceof ModuleFields)) return [...fields.values()].includes(module);
  return fields.modules.values().includes(module) || [...fields.own.values()].includes(module);
}

export function selfOf(value: PyValue): PyInstance {
  if (value instanceof PyInstance) return value;
  throw new TypeError('a module method without its module');
}

/** The module and everything below it with their paths, each module once, in PyTorch's order. */
export function namedModules(ctx: Context, root: PyInstance, prefix = '', once = true): [string, PyInstance][] {
  const seen = new Set<PyInstance>();
  const result: [string, PyInstance][] = [];
  const visit = (module: PyInstance, path: string): void => {
    if (once && seen.has(module)) return;
    seen.add(module);
    result.push([path, module]);
    ctx.spend(1);
    for (const [name, child] of children(module)) visit(child, joinPath(path, name));
  };
  visit(root, prefix);
  return result;
}

export function joinPath(path: string, name: string): string {
  return path ? `${path}.${name}` : name;
}
