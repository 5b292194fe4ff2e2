/** `torch.Size`: a tuple of ints. */
import type { Context } from '../../python/natives/context';
import { native } from '../../python/natives/native';
import { sliceIndices } from '../../python/run/subscripts';
import { PyClass, PySlice, type PyTensor, PyTuple, type PyValue } from '../../python/values/values';
import { elements } from './tensor';

const key = Symbol('torch.Size');

export function sizeClass(ctx: Context): PyClass {
  return ctx.slot(key, () => {
    const { tuple } = ctx.classes;
    const cls = new PyClass('Size', [tuple], new Map(), true);
    cls.module = 'torch';
    const items = (value: PyValue): readonly PyValue[] => (value instanceof PyTuple ? value.items : []);
    cls.members.set(
      '__new__',
      native('cls, sizes=()', (inner, args) => new PyTuple(inner.list(args.get('sizes')), cls)),
    );
    cls.members.set(
      'numel',
      native('self', (_, args) => BigInt(elements(items(args.get('self')).map(Number)))),
    );
    cls.members.set(
      '__getitem__',
      native('self, index', (inner, args) => {
        const all = items(args.get('self'));
        const index = args.get('index');
        if (index instanceof PySlice) {
          const [start, stop, step] = sliceIndices(inner, index, all.length);
          const kept: PyValue[] = [];
          for (let i = start; step > 0 ? i < stop : i > stop; i += step) kept.push(all[i] ?? null);
          return new PyTuple(kept, cls);
        }
        const at = args.int('index');
        return all[at < 0 ? at + all.length : at] ?? inner.raise('IndexError', 'tuple index out of range');
      }),
    );
    cls.members.set(
      '__repr__',
      native(
        'self',
        (inner, args) =>
          `torch.Size([${items(args.get('self'))
            .map((each) => inner.repr(each))
            .join(', ')}])`,
      ),
    );
    return cls;
  });
}

/** `x.shape`. */
export function shapeOf(ctx: Context, tensor: PyTensor): PyTuple {
  return new PyTuple(tensor.type.shape.map(BigInt), sizeClass(ctx));
}
