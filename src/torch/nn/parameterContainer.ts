import { definer } from '../../python/natives/table';
/** `nn.ParameterList` and `nn.ParameterDict`. */

import { sequence } from '../../python/natives/arguments';
import type { Context } from '../../python/natives/context';
import { nativeClass } from '../../python/natives/native';
import { sliceIndices } from '../../python/run/subscripts';
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
import { iterate, moduleState, ownParameters, selfOf, setField } from './module';

/** Tensors become parameters, as PyTorch's containers make them. */
function put(ctx: Context, module: PyInstance, name: string, value: PyValue): void {
  const plain = value instanceof PyTensor && !(value instanceof PyParameter);
  setField(ctx, module, name, plain ? ctx.call(torchState(ctx).parameter, [value]) : value);
}

function values(module: PyInstance): PyParameter[] {
  return ownParameters(module).map(([, parameter]) => parameter);
}

type Members = Record<string, PyValue>;

function listMembers(): Members {
  const members: Members = {};
  const define = definer((name, fn) => {
    members[name] = fn;
  });
  const extend = (ctx: Context, module: PyInstance, items: readonly PyValue[]): void => {
    for (const item of items) put(ctx, module, String(values(module).length), item);
  };
  define('__init__', 'self, values=None', (ctx, args) => {
    if (!args.isNone('values')) extend(ctx, selfOf(args.get('self')), ctx.list(args.get('values')));
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
  define('__len__', 'self', (_, args) => BigInt(values(selfOf(args.get('self'))).length));
  define('__iter__', 'self', (ctx, args) => iterate(ctx, values(selfOf(args.get('self')))));
  define('__getitem__', 'self, index', (ctx, args) => {
    const module = selfOf(args.get('self'));
    const all = values(module);
    const index = args.get('index');
    if (index instanceof PySlice) {
      const [start, stop, step] = sliceIndices(ctx, index, all.length);
      const picked: PyValue[] = [];
      for (let at = start; step > 0 ? at < stop : at > stop; at += step) picked.push(all[at] ?? null);
      return ctx.call(module.cls, [new PyList(picked)]);
    }
    const at = args.int('index');
    return all[at < 0 ? at + all.length : at] ?? ctx.raise('IndexError', `index ${at} is out of range`);
  });
  define('__setitem__', 'self, index, value', (ctx, args) => {
    const module = selfOf(args.get('self'));
    const at = args.int('index');
    put(ctx, module, String(at < 0 ? at + values(module).length : at), args.get('value'));
    return null;
  });
  return members;
}

function dictMembers(): Members {
  const members: Members = {};
  const define = definer((name, fn) => {
    members[name] = fn;
  });
  const entries = (value: PyValue) => ownParameters(selfOf(value));
  const update = (ctx: Context, module: PyInstance, given: PyValue): void => {
    const pairs =
      given instanceof PyDict
        ? given.entries()
        : given instanceof PyInstance
          ? ownParameters(given)
          : ctx.list(given).map((pair) => sequence(pair) ?? []);
    for (const [name, value] of pairs) put(ctx, module, String(name), value ?? null);
  };
  define('__init__', 'self, parameters=None', (ctx, args) => {
    if (!args.isNone('parameters')) update(ctx, selfOf(args.get('self')), args.get('parameters'));
    return null;
  });
  define('update', 'self, parameters', (ctx, args) => {
    update(ctx, selfOf(args.get('self')), args.get('parameters'));
    return null;
  });
  define('__len__', 'self', (_, args) => BigInt(entries(args.get('self')).length));
  define('__iter__', 'self', (ctx, args) => {
    const names = entries(args.get('self')).map(([name]) => name);
    return iterate(ctx, names);
  });
  define('__contains__', 'self, key', (_, args) =>
    entries(args.get('self')).some(([name]) => name === args.get('key')),
  );
  const found = (self: PyValue, key: string) => entries(self).find(([name]) => name === key)?.[1];
  define('__getitem__', 'self, key', (ctx, args) => {
    const key = args.string('key');
    return found(args.get('self'), key) ?? ctx.raise('KeyError', key);
  });
  define('get', 'self, key, default=None', (_, args) => {
    return found(args.get('self'), args.string('key')) ?? args.get('default');
  });
  define('__setitem__', 'self, key, value', (ctx, args) => {
    put(ctx, selfOf(args.get('self')), args.string('key'), args.get('value'));
    return null;
  });
  define('__delitem__', 'self, key', (_, args) => {
    selfOf(args.get('self')).fields.delete(args.string('key'));
    return null;
  });
  define('keys', 'self', (_, args) => new PyList(entries(args.get('self')).map(([name]) => name)));
  define('values', 'self', (_, args) => new PyList(entries(args.get('self')).map(([, value]) => value)));
  define(
    'items',
    'self',
    (_, args) => new PyList(entries(args.get('self')).map(([name, value]) => new PyTuple([name, value]))),
  );
  return members;
}

export function parameterContainers(ctx: Context): Record<string, PyValue> {
  const base = moduleState(ctx).cls;
  const container = (name: string, members: Members) =>
    nativeClass(name, [base], members, 'torch.nn.modules.container');
  return {
    ParameterList: container('ParameterList', listMembers()),
    ParameterDict: container('ParameterDict', dictMembers()),
  };
}
