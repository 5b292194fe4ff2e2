/** All containers, and `range` and `slice`. */
import { firstElements, itemOr } from '../../graph/access';
import { native, nativeClass } from '../natives/native';
import { contains } from '../run/comparisons';
import { sliceIndices, wholeNumber } from '../run/subscripts';
import { type PyClass, PyRange, PySlice, PyTuple, PythonError } from '../values/values';
import { skip } from './construction';
import { dictClass } from './dicts';
import { listClass, tupleClass } from './lists';
import { setClass } from './sets';

type Containers = Record<'list' | 'tuple' | 'dict' | 'set' | 'frozenset' | 'range' | 'slice', PyClass>;

export function containerClasses(object: PyClass): Containers {
  const range = nativeClass('range', [object], {
    index: native('self, value', (ctx, args) => {
      const [self, value] = [args.get('self'), args.get('value')];
      const inside = typeof value === 'bigint' && contains(ctx, self, value) === true;
      if (inside && self instanceof PyRange) return (value - self.start) / self.step;
      return ctx.raise('ValueError', `${ctx.repr(value)} is not in range`);
    }),
    count: native('self, value', (ctx, args) =>
      contains(ctx, args.get('self'), args.get('value')) === true ? 1n : 0n,
    ),
    __new__: native('cls, *args', (ctx, args) => {
      const numbers = args.rest('args').map((value) => wholeNumber(ctx, value));
      if (numbers.length === 0) throw new PythonError('TypeError', 'range expected at least 1 argument, got 0');
      const [first, second] = firstElements(numbers, 1);
      const step = itemOr(numbers, 2, 1n);
      if (step === 0n) throw new PythonError('ValueError', 'range() arg 3 must not be zero');
      return second === undefined ? new PyRange(0n, first, 1n) : new PyRange(first, second, step);
    }),
    __init__: skip,
  });
  const slice = nativeClass('slice', [object], {
    __new__: native('cls, *args', (_, args) => {
      const [first = null, second, step = null] = args.rest('args');
      return second === undefined ? new PySlice(null, first, null) : new PySlice(first, second, step);
    }),
    __init__: skip,
    indices: native('self, length', (ctx, args) => {
      const self = args.get('self');
      if (!(self instanceof PySlice)) return null;
      return new PyTuple(sliceIndices(ctx, self, args.int('length')).map(BigInt));
    }),
  });
  return {
    list: listClass(object),
    tuple: tupleClass(object),
    dict: dictClass(object),
    set: setClass(object, 'set'),
    frozenset: setClass(object, 'frozenset'),
    range,
    slice,
  };
}
