/** `nn.Sequential`, `ModuleList`, `ModuleDict`. */

import { firstElements, itemAt } from '../../graph/access';
import { sequence } from '../../python/natives/arguments';
import type { Context, Eval } from '../../python/natives/context';
import { type NativeBody, native, nativeClass } from '../../python/natives/native';
import { sliceIndices } from '../../python/run/subscripts';
import { type PyClass, PyDict, PyInstance, PyList, PySlice, PyTuple, type PyValue } from '../../python/values/values';
import { isModule, iterate, moduleState, registeredModules, selfOf, setChild } from './module';

function values(ctx: Context, module: PyInstance): PyValue[] {
  return registeredModules(ctx, module).map(([, child]) => child);
}

function put(ctx: Context, module: PyInstance, items: readonly PyValue[]): void {
  const start = registeredModules(ctx, module).length;
  items.forEach((item, i) => {
    setChild(ctx, module, String(start + i), item);
  });
}

/** Puts the children anew: after an insertion or a deletion their names are their positions again. */
function replace(ctx: Context, module: PyInstance, items: readonly PyValue[]): void {
  for (const [name] of registeredModules(ctx, module)) module.fields.delete(name);
  put(ctx, module, items);
}

/** `ModuleDict.update`: a dict, a ModuleDict, or pairs. */
function update(ctx: Context, module: PyInstance, given: PyValue): void {
  if (given instanceof PyDict) for (const [name, value] of given.entries()) setChild(ctx, module, String(name), value);
  else if (isModule(ctx, given))
    for (const [name, value] of registeredModules(ctx, given)) setChild(ctx, module, name, value);
  else
    for (const pair of ctx.list(given)) {
      const [name, value] = firstElements(sequence(pair) ?? [], 2);
      setChild(ctx, module, String(name), value);
    }
}

/** A new container of PyTorch's class that the module has. */
function makeContainer(ctx: Context, module: PyInstance, items: readonly PyValue[] = []): PyValue {
  const made = ctx.call(module.cls.mro.find((each) => each.native) ?? module.cls);
  if (made instanceof PyInstance) put(ctx, made, items);
  return made;
}

/** `container[i]`, `container[a:b]` (a new container of the same class). */
function pick(ctx: Context, module: PyInstance, index: PyValue): PyValue {
  const items = values(ctx, module);
  if (index instanceof PySlice) {
    const all = registeredModules(ctx, module);
    const [start, stop, step] = sliceIndices(ctx, index, all.length);
    const made = makeContainer(ctx, module);
    if (!(made instanceof PyInstance)) return made;
    let count = 0;
    for (let at = start; step > 0 ? at < stop : at > stop; at += step) {
      const [name, child] = itemAt(all, at);
      // A part of a Sequential keeps the names; a list's are its positions.
      setChild(ctx, made, made.cls.name === 'Sequential' ? name : String(count), child);
      count += 1;
    }
    return made;
  }
  if (typeof index !== 'bigint')
    return ctx.raise('TypeError', `indices must be integers or slices, not ${ctx.repr(index)}`);
  const at = Number(index) < 0 ? Number(index) + items.length : Number(index);
  const found = items[at];
  return found === undefined ? ctx.raise('IndexError', `index ${index} is out of range`) : found;
}

export function containers(ctx: Context): Record<string, PyValue> {
  const base = moduleState(ctx).cls;
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
      put(inner, selfOf(args.get('self')), inner.list(args.get('modules')));
      return args.get('self');
    });
    define('__iadd__', 'self, modules', (inner, args) => {
      put(inner, selfOf(args.get('self')), inner.list(args.get('modules')));
      return args.get('self');
    });
    define('__add__', 'self, other', (inner, args) => {
      const module = selfOf(args.get('self'));
      return makeContainer(inner, module, [...values(inner, module), ...inner.list(args.get('other'))]);
    });
    define('__mul__', 'self, other', (inner, args) => {
      const module = selfOf(args.get('self'));
      const items = values(inner, module);
      return makeContainer(inner, module, Array.from({ length: args.int('other') }, () => items).flat());
    });
    define('pop', 'self, key', (inner, args) => {
      const module = selfOf(args.get('self'));
      const items = values(inner, module);
      const [popped] = items.splice(args.int('key'), 1);
      if (popped === undefined) return inner.raise('IndexError', 'pop index out of range');
      replace(inner, module, items);
      return popped;
    });
    define('insert', 'self, index, module', (inner, args) => {
      const module = selfOf(args.get('self'));
      const items = values(inner, module);
      items.splice(args.int('index'), 0, args.get('module'));
      replace(inner, module, items);
      return null;
    });
    define('__len__', 'self', (inner, args) => BigInt(registeredModules(inner, selfOf(args.get('self'))).length));
    define('__iter__', 'self', (inner, args) => iterate(inner, values(inner, selfOf(args.get('self')))));
    define('__getitem__', 'self, index', (inner, args) => pick(inner, selfOf(args.get('self')), args.get('index')));
    define('__setitem__', 'self, index, module', (inner, args) => {
      const module = selfOf(args.get('self'));
      const items = registeredModules(inner, module);
      const index = args.int('index');
      const entry = items[index < 0 ? index + items.length : index];
      if (!entry) return inner.raise('IndexError', `index ${index} is out of range`);
      setChild(inner, module, entry[0], args.get('module'));
      return null;
    });
    define('__delitem__', 'self, index', (inner, args) => {
      const module = selfOf(args.get('self'));
      const items = values(inner, module);
      items.splice(args.int('index'), 1);
      replace(inner, module, items);
      return null;
    });
    return members;
  };
  const container = (name: string, members: Record<string, PyValue>): PyClass =>
    nativeClass(name, [base], members, 'torch.nn.modules.container');

  return {
    Sequential: container('Sequential', {
      ...listMembers(),
      __init__: native('self, *args', (inner, args) => {
        const module = selfOf(args.get('self'));
        const items = args.rest('args');
        const [only] = items;
        if (items.length === 1 && only instanceof PyDict) {
          for (const [name, value] of only.entries()) setChild(inner, module, String(name), value);
        } else put(inner, module, items);
        return null;
      }),
      forward: native('self, input', function* (inner, args): Eval<PyValue> {
        let value = args.get('input');
        for (const [, child] of registeredModules(inner, selfOf(args.get('self'))))
          value = yield* inner.run(child, [value]);
        return value;
      }),
    }),
    ModuleList: container('ModuleList', {
      ...listMembers(),
      __init__: native('self, modules=None', (inner, args) => {
        if (!args.isNone('modules')) put(inner, selfOf(args.get('self')), inner.list(args.get('modules')));
        return null;
      }),
    }),
    ModuleDict: container('ModuleDict', {
      __init__: native('self, modules=None', (inner, args) => {
        if (!args.isNone('modules')) update(inner, selfOf(args.get('self')), args.get('modules'));
        return null;
      }),
      update: native('self, modules', (inner, args) => {
        update(inner, selfOf(args.get('self')), args.get('modules'));
        return null;
      }),
      pop: native('self, key', (inner, args) => {
        const [module, key] = [selfOf(args.get('self')), args.string('key')];
        const entry = registeredModules(inner, module).find(([name]) => name === key);
        if (!entry) return inner.raise('KeyError', key);
        module.fields.delete(key);
        return entry[1];
      }),
      clear: native('self', (inner, args) => {
        const module = selfOf(args.get('self'));
        for (const [name] of registeredModules(inner, module)) module.fields.delete(name);
        return null;
      }),
      __delitem__: native('self, key', (inner, args) => {
        const [module, key] = [selfOf(args.get('self')), args.string('key')];
        if (!registeredModules(inner, module).some(([name]) => name === key)) inner.raise('KeyError', key);
        module.fields.delete(key);
        return null;
      }),
      __len__: native('self', (inner, args) => BigInt(registeredModules(inner, selfOf(args.get('self'))).length)),
      __iter__: native('self', (inner, args) =>
        iterate(
          inner,
          registeredModules(inner, selfOf(args.get('self'))).map(([name]) => name),
        ),
      ),
      __contains__: native('self, key', (inner, args) =>
        registeredModules(inner, selfOf(args.get('self'))).some(([name]) => name === args.get('key')),
      ),
      __getitem__: native('self, key', (inner, args) => {
        const name = args.string('key');
        const entry = registeredModules(inner, selfOf(args.get('self'))).find(([own]) => own === name);
        return entry ? entry[1] : inner.raise('KeyError', name);
      }),
      __setitem__: native('self, key, module', (inner, args) => {
        setChild(inner, selfOf(args.get('self')), args.string('key'), args.get('module'));
        return null;
      }),
      keys: native(
        'self',
        (inner, args) => new PyList(registeredModules(inner, selfOf(args.get('self'))).map(([name]) => name)),
      ),
      values: native('self', (inner, args) => new PyList(values(inner, selfOf(args.get('self'))))),
      items: native(
        'self',
        (inner, args) =>
          new PyList(
            registeredModules(inner, selfOf(args.get('self'))).map(([name, child]) => new PyTuple([name, child])),
          ),
      ),
    }),
  };
}
