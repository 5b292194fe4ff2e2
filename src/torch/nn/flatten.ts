/** `nn.Flatten` and `nn.Unflatten`. */
import type { Context } from '../../python/natives/context';
import { PyTuple, type PyValue } from '../../python/values/values';
import { flatten, unflatten } from '../ops/layout';
import { type Layer, setting } from './layer';

/** `(('C', 2), ('H', 3))` of a named tensor, or plain sizes. */
function unflattenedSizes(ctx: Context, sizes: PyValue): number[] {
  return ctx.list(sizes).map((each) => Number(each instanceof PyTuple ? each.items[1] : each));
}

export const flattenLayers: readonly Layer[] = [
  {
    name: 'Flatten',
    signature: 'start_dim=1, end_dim=-1',
    forward: 'input',
    run: (ctx, self, args) => {
      const x = args.tensor('input');
      const at = (name: string) => {
        const dim = setting(self, name);
        return dim < 0 ? dim + x.type.shape.length : dim;
      };
      return flatten(ctx, x, at('start_dim'), at('end_dim'));
    },
  },
  {
    name: 'Unflatten',
    signature: 'dim, unflattened_size',
    forward: 'input',
    run: (ctx, self, args) => {
      const x = args.tensor('input');
      const dim = setting(self, 'dim');
      const sizes = unflattenedSizes(ctx, self.fields.get('unflattened_size') ?? null);
      return unflatten(ctx, x, dim < 0 ? dim + x.type.shape.length : dim, sizes);
    },
  },
];
