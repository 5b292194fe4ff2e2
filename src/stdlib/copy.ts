import { say } from '../language/say';
import type { Context } from '../python/natives/context';
import { native } from '../python/natives/native';
import { ownFields } from '../python/values/fields';
import { PyDict, PyInstance, PyList, PyObject, PySet, PyTuple, type PyValue } from '../python/values/values';

/** Copies what an object holds; `inner` says how each part is copied. */
function copyValue(ctx: Context, value: PyValue, memo: Map<PyValue, PyValue>, deep: boolean): PyValue {
  if (!(value instanceof PyObject)) return value;
  const known = memo.get(value);
  if (known !== undefined) return known;
  const inner = (item: PyValue): PyValue => (deep ? copyValue(ctx, item, memo, true) : item);
  const custom = ctx.typeOf(value).lookup(deep ? '__deepcopy__' : '__copy__');
  if (custom !== undefined) {
    const result = ctx.call(custom, deep ? [value, memoDict(memo)] : [value]);
    memo.set(value, result);
    return result;
  }
  const held = value instanceof PyList || value instanceof PyTuple ? value.items.length : 0;
  ctx.meter.container(held, say('This list'));
  ctx.spend(1);
  if (value instanceof PyList) {
    const result = new PyList([], value.cls);
    memo.set(value, result);
    result.items = value.items.map(inner);
    return result;
  }
  if (value instanceof PyTuple) {
    const items = value.items.map(inner);
    const made = items.every((item, index) => item === value.items[index]) ? value : new PyTuple(items, value.cls);
    memo.set(value, made);
    return made;
  }
  if (value instanceof PyDict) {
    const result = new PyDict();
    result.cls = value.cls;
    result.factory = value.factory;
    memo.set(value, result);
    for (const [key, item] of value.entries()) result.set(inner(key), inner(item));
    return result;
  }
  if (value instanceof PySet) return new PySet([...value].map(inner), value.frozen);
  if (value instanceof PyInstance && value.cls.lookup('__members__') === undefined) {
    const result = new PyInstance(value.cls);
    memo.set(value, result);
    result.site = value.site;
    result.state = value.state;
    const fields = ownFields(result.fields);
    for (const [name, item] of ownFields(value.fields)) fields.set(name, inner(item));
    return result;
  }
  return value;
}

const MEMO = new WeakMap<PyDict, Map<PyValue, PyValue>>();

function memoDict(memo: Map<PyValue, PyValue>): PyDict {
  const dict = new PyDict();
  MEMO.set(dict, memo);
  return dict;
}

/**
 * `copy`. A native class whose instances keep a `state` defines `__deepcopy__(self, memo)` and copies its parts with
 * `copy.deepcopy(part, memo)`.
 */
export function copyModule(ctx: Context): Record<string, PyValue> {
  return {
    copy: native('x', (_, args) => copyValue(ctx, args.get('x'), new Map(), false)),
    deepcopy: native('x, memo=None', (_, args) => {
      const memo = args.get('memo');
      return copyValue(ctx, args.get('x'), (memo instanceof PyDict && MEMO.get(memo)) || new Map(), true);
    }),
  };
}
