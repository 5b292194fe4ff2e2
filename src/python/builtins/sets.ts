/** `set` and `frozenset`. */
import { say } from '../../language/say';
import type { NativeArguments } from '../natives/arguments';
import type { Context, Eval } from '../natives/context';
import { type NativeFunction, native, nativeClass } from '../natives/native';
import { combineSets, ENTRY } from '../run/combine';
import { keyError } from '../run/subscripts';
import { type PyClass, PySet, PythonError, type PyValue } from '../values/values';
import { skip } from './construction';

function set(args: NativeArguments): PySet {
  const self = args.get('self');
  if (self instanceof PySet) return self;
  throw new PythonError('TypeError', 'descriptor requires a set object');
}

function copySet(ctx: Context, own: PySet): PySet {
  ctx.meter.container(own.size, say('This set'), ENTRY);
  return new PySet(own, own.frozen);
}

/** What only a set that can change has. */
const CHANGES = 'add discard remove pop clear update intersection_update difference_update symmetric_difference_update';

function setMethods(): Record<string, NativeFunction> {
  const combine = (operator: '|' | '&' | '-' | '^'): NativeFunction =>
    native('self, *others', (ctx, args) => {
      let result = copySet(ctx, set(args));
      for (const other of args.rest('others')) {
        if (operator === '&' && !(other instanceof PySet)) {
          const before = result;
          result = new PySet(
            ctx.list(other).filter((item) => before.has(item)),
            before.frozen,
          );
          continue;
        }
        const items = other instanceof PySet ? other : new PySet(ctx.list(other));
        result = combineSets(ctx, operator, result, items) ?? result;
      }
      return result;
    });
  return {
    union: combine('|'),
    intersection: combine('&'),
    difference: combine('-'),
    issubset: native('self, other', (ctx, args) => {
      const other = new PySet(ctx.list(args.get('other')));
      return [...set(args)].every((item) => other.has(item));
    }),
    issuperset: native('self, other', (ctx, args) => ctx.list(args.get('other')).every((item) => set(args).has(item))),
    isdisjoint: native('self, other', (ctx, args) => !ctx.list(args.get('other')).some((item) => set(args).has(item))),
    symmetric_difference: combine('^'),
    intersection_update: native('self, *others', (ctx, args) => {
      for (const other of args.rest('others')) {
        const kept = new PySet(ctx.list(other));
        // What stays is the other's of two that are equal.
        const stays = [...kept].filter((item) => set(args).has(item));
        for (const item of [...set(args)]) set(args).delete(item);
        for (const item of stays) set(args).add(item);
      }
      return null;
    }),
    difference_update: native('self, *others', (ctx, args) => {
      for (const other of args.rest('others')) for (const item of ctx.list(other)) set(args).delete(item);
      return null;
    }),
    pop: native('self', (ctx, args) => {
      const [first] = set(args);
      if (first === undefined) throw keyError(ctx, 'pop from an empty set');
      set(args).delete(first);
      return first;
    }),
    clear: native('self', (_, args) => {
      for (const item of [...set(args)]) set(args).delete(item);
      return null;
    }),
    copy: native('self', (ctx, args) => copySet(ctx, set(args))),
    add: native('self, item', (_, args) => {
      set(args).add(args.get('item'));
      return null;
    }),
    discard: native('self, item', (_, args) => {
      set(args).delete(args.get('item'));
      return null;
    }),
    remove: native('self, item', (ctx, args) => {
      if (!set(args).delete(args.get('item'))) throw keyError(ctx, args.get('item'));
      return null;
    }),
    update: native('self, *others', (ctx, args) => {
      for (const other of args.rest('others')) for (const item of ctx.list(other)) set(args).add(item);
      return null;
    }),
    symmetric_difference_update: native('self, other', (ctx, args) => {
      for (const item of new PySet(ctx.list(args.get('other')))) if (!set(args).delete(item)) set(args).add(item);
      return null;
    }),
  };
}

export function setClass(object: PyClass, name: 'set' | 'frozenset'): PyClass {
  return nativeClass(name, [object], {
    __new__: native('cls, iterable=()', function* (ctx, args): Eval<PyValue> {
      return new PySet(yield* ctx.collect(args.get('iterable')), name === 'frozenset');
    }),
    __init__: skip,
    ...Object.fromEntries(
      Object.entries(setMethods()).filter(([each]) => name === 'set' || !CHANGES.split(' ').includes(each)),
    ),
  });
}
