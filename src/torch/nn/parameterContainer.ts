/** `nn.ParameterList` and `nn.ParameterDict`: attributes of a module under the names 0, 1, … or their keys. */
import { firstElements } from '../../graph/access';
import { sequence } from '../../python/natives/arguments';
import type { Context } from '../../python/natives/context';
import { nativeClass } from '../../python/natives/native';
import { definer } from '../../python/natives/table';
import { sliceIndices } from '../../python/run/subscripts';
import { LazyMap } from '../../python/values/lazy';
import {
  PyDict,
  PyInstance,
  PyList,
  PyParameter,
  PySlice,
  PyTensor,
  PyTuple,
  type PyValue,
} from '../../python/values/values';
import { torchState } from '../tensor/tensor';
import { iterate, moduleState } from './module';
import { fieldsOf, selfOf } from './moduleFields';

/** Tensors become parameters; anything else is held as it is. */
function put(ctx: Context, module: PyInstance, name: string, value: PyValue): void {
  const plain = value instanceof PyTensor && !(value instanceof PyParameter);
  ctx.setattr(module, name, plain ? ctx.call(torchState(ctx).parameter, [value]) : value);
}

type Members = Record<string, PyValue>;

function listMembers(): Members {
  const members: Members = {};
  const define = definer((name, fn) => {
    members[name] = fn;
  });
  const sizeIn = (module: PyInstance): number => Number(module.fields.get('_size') ?? 0);
  const items = (ctx: Context, module: PyInstance): PyValue[] =>
    Array.from({ length: sizeIn(module) }, (_, i) => ctx.getattr(module, String(i)));
  const extend = (ctx: Context, module: PyInstance, added: readonly PyValue[]): void => {
    const size = sizeIn(module);
    module.fields.set('_size', BigInt(size + added.length));
    added.forEach((item, i) => {
      put(ctx, module, String(size + i), item);
    });
  };
  const placeOf = (ctx: Context, module: PyInstance, index: number): string => {
    const size = sizeIn(module);
    if (index < -size || index >= size) ctx.raise('IndexError', `index ${index} is out of range`);
    return String(index < 0 ? index + size : index);
  };
  define('__init__', 'self, values=None', (ctx, args) => {
    const module = selfOf(args.get('self'));
    fieldsOf(module).begin();
    module.fields.set('_size', 0n);
    if (!args.isNone('values')) extend(ctx, module, ctx.list(args.get('values')));
    return null;
  });
  define('append', 'self, value', (ctx, args) => {
    extend(ctx, selfOf(args.get('self')), [args.get('value')]);
    return args.get('self');
  });
  define('extend __iadd__', 'self, values', (ctx, args) => {
    extend(ctx, selfOf(args.get('self')), ctx.list(args.get('values')));
    return args.get('self');
  });
  define('__len__', 'self', (_, args) => BigInt(sizeIn(selfOf(args.get('self')))));
  define('__iter__', 'self', (ctx, args) => iterate(ctx, items(ctx, selfOf(args.get('self')))));
  define('__getitem__', 'self, index', (ctx, args) => {
    const module = selfOf(args.get('self'));
    const index = args.get('index');
    if (!(index instanceof PySlice)) return ctx.getattr(module, placeOf(ctx, module, args.int('index')));
    const all = items(ctx, module);
    const [start, stop, step] = sliceIndices(ctx, index, all.length);
    const picked: PyValue[] = [];
    for (let at = start; step > 0 ? at < stop : at > stop; at += step) picked.push(all[at] ?? null);
    return ctx.call(module.cls, [new PyList(picked)]);
  });
  define('__setitem__', 'self, index, value', (ctx, args) => {
    const module = selfOf(args.get('self'));
    put(ctx, module, placeOf(ctx, module, args.int('index')), args.get('value'));
    return null;
  });
  return members;
}

function dictMembers(): Members {
  const members: Members = {};
  const define = definer((name, fn) => {
    members[name] = fn;
  });
  const keysIn = (module: PyInstance): PyDict => {
    const found = module.fields.get('_keys');
    if (found instanceof PyDict) return found;
    const made = new PyDict();
    module.fields.set('_keys', made);
    return made;
  };
  const entries = (ctx: Context, module: PyInstance): [string, PyValue][] =>
    keysIn(module)
      .keys()
      .map((key) => [String(key), ctx.getattr(module, String(key))]);
  const set = (ctx: Context, module: PyInstance, key: string, value: PyValue): void => {
    keysIn(module).set(key, null);
    put(ctx, module, key, value);
  };
  const take = (ctx: Context, module: PyInstance, key: string): PyValue => {
    if (!keysIn(module).has(key)) return ctx.raise('KeyError', key);
    const value = ctx.getattr(module, key);
    keysIn(module).delete(key);
    ctx.delattr(module, key);
    return value;
  };
  const pairsOf = (ctx: Context, given: PyValue): (readonly [string, PyValue])[] => {
    if (given instanceof PyInstance && given.fields.get('_keys') instanceof PyDict) return entries(ctx, given);
    if (!(given instanceof PyDict)) {
      return ctx.list(given).map((pair) => {
        const [key, value] = firstElements(sequence(pair) ?? [], 2);
        return [String(key), value];
      });
    }
    const all = given.entries().map(([key, value]) => [String(key), value] as const);
    // PyTorch sorts a plain dict's keys.
    return given.cls?.mro.some(({ name }) => name === 'OrderedDict')
      ? all
      : all.sort(([a], [b]) => (a < b ? -1 : Number(a > b)));
  };
  const update = (ctx: Context, module: PyInstance, given: PyValue): void => {
    for (const [key, value] of pairsOf(ctx, given)) set(ctx, module, key, value);
  };
  define('__init__', 'self, parameters=None', (ctx, args) => {
    const module = selfOf(args.get('self'));
    fieldsOf(module).begin();
    module.fields.set('_keys', new PyDict());
    if (!args.isNone('parameters')) update(ctx, module, args.get('parameters'));
    return null;
  });
  define('update', 'self, parameters', (ctx, args) => {
    update(ctx, selfOf(args.get('self')), args.get('parameters'));
    return null;
  });
  define('__len__', 'self', (_, args) => BigInt(keysIn(selfOf(args.get('self'))).size));
  define('__iter__', 'self', (ctx, args) => iterate(ctx, keysIn(selfOf(args.get('self'))).keys()));
  define('__contains__', 'self, key', (_, args) => keysIn(selfOf(args.get('self'))).has(args.get('key')));
  define('__getitem__', 'self, key', (ctx, args) => {
    return ctx.getattr(selfOf(args.get('self')), args.string('key'));
  });
  define('get', 'self, key, default=None', (ctx, args) => {
    const [module, key] = [selfOf(args.get('self')), args.string('key')];
    return keysIn(module).has(key) ? ctx.getattr(module, key) : args.get('default');
  });
  define('setdefault', 'self, key, default=None', (ctx, args) => {
    const [module, key] = [selfOf(args.get('self')), args.string('key')];
    if (!keysIn(module).has(key)) set(ctx, module, key, args.get('default'));
    return ctx.getattr(module, key);
  });
  define('__setitem__', 'self, key, value', (ctx, args) => {
    set(ctx, selfOf(args.get('self')), args.string('key'), args.get('value'));
    return null;
  });
  define('__delitem__', 'self, key', (ctx, args) => {
    take(ctx, selfOf(args.get('self')), args.string('key'));
    return null;
  });
  /** A container of its own with the same values. */
  const copyOf = (ctx: Context, module: PyInstance): PyInstance => {
    const made = selfOf(ctx.call(module.cls));
    for (const [key, value] of entries(ctx, module)) set(ctx, made, key, value);
    return made;
  };
  define('copy', 'self', (ctx, args) => copyOf(ctx, selfOf(args.get('self'))));
  define('__or__', 'self, other', (ctx, args) => {
    const made = copyOf(ctx, selfOf(args.get('self')));
    update(ctx, made, args.get('other'));
    return made;
  });
  define('__ior__', 'self, other', (ctx, args) => {
    update(ctx, selfOf(args.get('self')), args.get('other'));
    return args.get('self');
  });
  define('popitem', 'self', (ctx, args) => {
    const module = selfOf(args.get('self'));
    const key = keysIn(module).keys().at(-1);
    if (key === undefined) return ctx.raise('KeyError', 'popitem(): dictionary is empty');
    return new PyTuple([key, take(ctx, module, String(key))]);
  });
  define('fromkeys', 'self, keys, default=None', (ctx, args) => {
    const made = selfOf(ctx.call(selfOf(args.get('self')).cls));
    for (const key of ctx.list(args.get('keys'))) set(ctx, made, String(key), args.get('default'));
    return made;
  });
  define('pop', 'self, key', (ctx, args) => take(ctx, selfOf(args.get('self')), args.string('key')));
  define('clear', 'self', (ctx, args) => {
    const module = selfOf(args.get('self'));
    for (const key of keysIn(module).keys()) take(ctx, module, String(key));
    return null;
  });
  define('keys', 'self', (_, args) => new PyList(keysIn(selfOf(args.get('self'))).keys()));
  define('values', 'self', (ctx, args) => new PyList(entries(ctx, selfOf(args.get('self'))).map(([, value]) => value)));
  define(
    'items',
    'self',
    (ctx, args) => new PyList(entries(ctx, selfOf(args.get('self'))).map(([key, value]) => new PyTuple([key, value]))),
  );
  return members;
}

export function parameterContainers(ctx: Context): LazyMap {
  const classes = new LazyMap();
  const container = (name: string, members: () => Members): void =>
    classes.define(name, () => nativeClass(name, [moduleState(ctx).cls], members(), 'torch.nn.modules.container'));
  container('ParameterList', listMembers);
  container('ParameterDict', dictMembers);
  return classes;
}
