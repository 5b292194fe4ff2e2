import { sequence } from '../../python/natives/arguments';
import { native } from '../../python/natives/native';
import { type NativeTable, table } from '../../python/natives/table';
import { PyTuple, type PyValue } from '../../python/values/values';

/** `torch.nn.modules.utils`: one number for all dimensions, or one for each. */
export const tuples: NativeTable = table((define) => {
  for (const [name, count] of [
    ['_single', 1],
    ['_pair', 2],
    ['_triple', 3],
    ['_quadruple', 4],
  ] as const) {
    define(name, 'x', (_, args) => repeatValue(args.get('x'), count));
  }
  define('_ntuple', 'n, name=None', (_, args) => {
    const count = args.int('n');
    return native('x', (_inner, given) => repeatValue(given.get('x'), count), 'parse');
  });
  define('_reverse_repeat_tuple', 't, n', (ctx, args) => {
    const items = [...ctx.list(args.get('t'))].reverse();
    return new PyTuple(items.flatMap((item) => new Array<PyValue>(args.int('n')).fill(item)));
  });
});

function repeatValue(value: PyValue, count: number): PyValue {
  const items = sequence(value);
  return items ? new PyTuple(items) : new PyTuple(new Array<PyValue>(count).fill(value));
}
