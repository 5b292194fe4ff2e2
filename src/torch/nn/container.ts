/** `nn.Sequential`, `ModuleList`, `ModuleDict`. */

import { firstElements, itemAt } from '../../graph/access';
import { sequence } from '../../python/natives/arguments';
import type { Context, Eval } from '../../python/natives/context';
import { type NativeBody, native, nativeClass } from '../../python/natives/native';
import { indexOf, sliceIndices } from '../../python/run/subscripts';
import { LazyMap } from '../../python/values/lazy';
import { PyDict, PyInstance, PyList, PySlice, PyTuple, type PyValue, Unknown } from '../../python/values/values';
import { addModule, isModule, iterate, moduleState, setChild } from './module';
import { fieldsOf, registeredModules, selfOf } from './moduleFields';

function values(module: PyInstance): PyValue[] {
  return registeredModules(module).map(([, child]) => child);
}

/** `add_module` under the positions from the number of modules on. */
function put(ctx: Context, module: PyInstance, items: readonly PyValue[]): void {
  const start = registeredModules(module).length;
  items.forEach((item, i) => {
    addModule(ctx, module, String(start + i), item);
  });
}

/** `ModuleDict.update`: a dict, a ModuleDict, or pairs. */
function update(ctx: Context, module: PyInstance, given: PyValue): void {
  if (given instanceof PyDict) for (const [name, value] of given.entries()) addModule(ctx, module, String(name), value);
  else if (isModule(ctx, given))
    for (const [name, value] of registeredModules(given)) addModule(ctx, module, name, value);
  else
    for (const pair of ctx.list(given)) {
      const [name, value] = firstElements(sequence(pair) ?? [], 2);
      addModule(ctx, module, String(name), value);
    }
}

/** A new container of PyTorch's class. */
function makeContainer(ctx: Context, module: PyInstance, items: readonly PyValue[]): PyValue {
  const made = ctx.call(module.cls.mro.find((each) => each.native) ?? module.cls);
  if (made instanceof PyInstance) put(ctx, made, items);
  return made;
}

const isSequential = (module: PyInstance) => module.cls.mro.some(({ name, native }) => native && name === 'Sequential');

/** Names of the modules from a slice, in its order. */
function slicedNames(ctx: Context, module: PyInstance, index: PySlice): string[] {
  const all = registeredModules(module).map(([name]) => name);
  const [start, stop, step] = sliceIndices(ctx, index, all.length);
  const names: string[] = [];
  for (let at = start; step > 0 ? at < stop : at > stop; at += step) names.push(itemAt(all, at));
  return names;
}

/** The name of the module at an index: by its place in a Sequential, by its number in a list. */
function nameAt(ctx: Context, module: PyInstance, index: PyValue): string {
  const names = registeredModules(module).map(([name]) => name);
  const wanted = indexOf(ctx, index);
  const at = wanted < 0 ? wanted + names.length : wanted;
  if (at < 0 || at >= names.length) return ctx.raise('IndexError', `index ${wanted} is out of range`);
  return isSequential(module) ? itemAt(names, at) : String(at);
}

/** `container[i]`, `container[a:b]` (a new container of the same class, whose names a Sequential keeps). */
function pick(ctx: Context, module: PyInstance, index: PyValue): PyValue {
  const { modules } = fieldsOf(module);
  if (!(index instanceof PySlice)) {
    const name = nameAt(ctx, module, index);
    return modules.get(name) ?? (modules.has(name) ? null : ctx.raise('KeyError', name));
  }
  const found = slicedNames(ctx, module, index).map((name) => [name, modules.get(name) ?? null] as const);
  const given = isSequential(module) ? PyDict.from(found) : new PyList(found.map(([, child]) => child));
  return ctx.call(module.cls, [given]);
}

/** Removes modules; the names of the others are their positions again. */
function remove(ctx: Context, module: PyInstance, index: PyValue): void {
  const names = index instanceof PySlice ? slicedNames(ctx, module, index) : [nameAt(ctx, module, index)];
  for (const name of names) ctx.delattr(module, name);
  const { modules } = fieldsOf(module);
  const left = modules.values();
  modules.clear();
  for (const [i, child] of left.entries()) modules.set(String(i), child);
}

/** Puts a module before another: those behind it move up by one, under the names of their positions. */
function insert(ctx: Context, module: PyInstance, index: number, item: PyValue): void {
  const { modules } = fieldsOf(module);
  const size = modules.size;
  if (isSequential(module) && (index < -size || index > size)) ctx.raise('IndexError', `Index out of range: ${index}`);
  const at = isSequential(module) && index < 0 ? index + size : index;
  for (let i = size; i > at; i--) {
    const before = modules.get(String(i - 1));
    modules.set(String(i), before === undefined ? ctx.raise('KeyError', String(i - 1)) : before);
  }
  setChild(ctx, module, String(at), item);
}

/** The containers' classes, by name. */
export function containers(ctx: Context): LazyMap {
  const listMembers = (): Record<string, PyValue> => {
    const members: Record<string, PyValue> = {};
    const define = (name: string, signature: string, body: NativeBody): void => {
      members[name] = native(signature, body, name);
    };
    define('append', 'self, module', (inner, args) => {
      put(inner, selfOf(args.get('self')), [args.get('module')]);
      return args.get('self');
    });
    define('extend', 'self, modules', (inner, args) => {
      const module = selfOf(args.get('self'));
      const items = inner.list(args.get('modules'));
      // A Sequential appends them one by one: a name that is taken is taken again.
      if (isSequential(module)) for (const item of items) put(inner, module, [item]);
      else put(inner, module, items);
      return module;
    });
    define('__iadd__', 'self, modules', (inner, args) => {
      put(inner, selfOf(args.get('self')), inner.list(args.get('modules')));
      return args.get('self');
    });
    define('__add__', 'self, other', (inner, args) => {
      const module = selfOf(args.get('self'));
      return makeContainer(inner, module, [...values(module), ...inner.list(args.get('other'))]);
    });
    define('__mul__', 'self, other', (inner, args) => {
      const module = selfOf(args.get('self'));
      const items = values(module);
      return makeContainer(inner, module, Array.from({ length: args.int('other') }, () => items).flat());
    });
    define('pop', 'self, key', (inner, args) => {
      const module = selfOf(args.get('self'));
      const popped = pick(inner, module, args.get('key'));
      remove(inner, module, args.get('key'));
      return popped;
    });
    define('insert', 'self, index, module', (inner, args) => {
      const module = selfOf(args.get('self'));
      insert(inner, module, args.int('index'), args.get('module'));
      return isSequential(module) ? module : null;
    });
    define('__len__', 'self', (_, args) => BigInt(registeredModules(selfOf(args.get('self'))).length));
    define('__iter__', 'self', (inner, args) => iterate(inner, values(selfOf(args.get('self')))));
    define('__getitem__', 'self, index', (inner, args) => pick(inner, selfOf(args.get('self')), args.get('index')));
    define('__setitem__', 'self, index, module', (inner, args) => {
      const module = selfOf(args.get('self'));
      const name = nameAt(inner, module, args.get('index'));
      const value = args.get('module');
      if (value instanceof Unknown) setChild(inner, module, name, value);
      else inner.setattr(module, name, value);
      return null;
    });
    define('__delitem__', 'self, index', (inner, args) => {
      remove(inner, selfOf(args.get('self')), args.get('index'));
      return null;
    });
    return members;
  };
  const classes = new LazyMap();
  const container = (name: string, members: () => Record<string, PyValue>): void =>
    classes.define(name, () => nativeClass(name, [moduleState(ctx).cls], members(), 'torch.nn.modules.container'));

  container('Sequential', () => ({
    ...listMembers(),
    __init__: native('self, *args', (inner, args) => {
      const module = selfOf(args.get('self'));
      fieldsOf(module).begin();
      const items = args.rest('args');
      const [only] = items;
      if (items.length === 1 && only instanceof PyDict) {
        for (const [name, value] of only.entries()) addModule(inner, module, String(name), value);
      } else put(inner, module, items);
      return null;
    }),
    forward: native('self, input', function* (inner, args): Eval<PyValue> {
      let value = args.get('input');
      for (const [, child] of registeredModules(selfOf(args.get('self')))) value = yield* inner.run(child, [value]);
      return value;
    }),
  }));
  container('ModuleList', () => ({
    ...listMembers(),
    __init__: native('self, modules=None', (inner, args) => {
      const module = selfOf(args.get('self'));
      fieldsOf(module).begin();
      if (!args.isNone('modules')) put(inner, module, inner.list(args.get('modules')));
      return null;
    }),
  }));
  container('ModuleDict', () => ({
    __init__: native('self, modules=None', (inner, args) => {
      const module = selfOf(args.get('self'));
      fieldsOf(module).begin();
      if (!args.isNone('modules')) update(inner, module, args.get('modules'));
      return null;
    }),
    update: native('self, modules', (inner, args) => {
      update(inner, selfOf(args.get('self')), args.get('modules'));
      return null;
    }),
    pop: native('self, key', (inner, args) => {
      const [module, key] = [selfOf(args.get('self')), args.string('key')];
      const entry = registeredModules(module).find(([name]) => name === key);
      if (!entry) return inner.raise('KeyError', key);
      fieldsOf(module).modules.delete(key);
      return entry[1];
    }),
    clear: native('self', (_, args) => {
      const module = selfOf(args.get('self'));
      fieldsOf(module).modules.clear();
      return null;
    }),
    __delitem__: native('self, key', (inner, args) => {
      const [module, key] = [selfOf(args.get('self')), args.string('key')];
      if (!registeredModules(module).some(([name]) => name === key)) inner.raise('KeyError', key);
      fieldsOf(module).modules.delete(key);
      return null;
    }),
    __len__: native('self', (_, args) => BigInt(registeredModules(selfOf(args.get('self'))).length)),
    __iter__: native('self', (inner, args) =>
      iterate(
        inner,
        registeredModules(selfOf(args.get('self'))).map(([name]) => name),
      ),
    ),
    __contains__: native('self, key', (_, args) =>
      registeredModules(selfOf(args.get('self'))).some(([name]) => name === args.get('key')),
    ),
    __getitem__: native('self, key', (inner, args) => {
      const name = args.string('key');
      const entry = registeredModules(selfOf(args.get('self'))).find(([own]) => own === name);
      return entry ? entry[1] : inner.raise('KeyError', name);
    }),
    __setitem__: native('self, key, module', (inner, args) => {
      addModule(inner, selfOf(args.get('self')), args.string('key'), args.get('module'));
      return null;
    }),
    keys: native('self', (_, args) => new PyList(registeredModules(selfOf(args.get('self'))).map(([name]) => name))),
    values: native('self', (_, args) => new PyList(values(selfOf(args.get('self'))))),
    items: native(
      'self',
      (_, args) =>
        new PyList(registeredModules(selfOf(args.get('self'))).map(([name, child]) => new PyTuple([name, child]))),
    ),
  }));
  return classes;
}
