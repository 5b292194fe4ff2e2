/** `F.dropout` and its relatives. */

import { say } from '../../../language/say';
import type { Context } from '../../../python/natives/context';
import { type NativeTable, table } from '../../../python/natives/table';
import type { PyTensor } from '../../../python/values/values';
import { apply } from '../../tensor/tensor';

const DROPOUTS = [
  ['dropout', 0.5, 'element'],
  ['dropout1d', 0.5, 'channel'],
  ['dropout2d', 0.5, 'channel'],
  ['dropout3d', 0.5, 'channel'],
  ['alpha_dropout', 0.5, 'alpha'],
  ['feature_alpha_dropout', 0.5, 'alpha'],
] as const;

export const dropouts: NativeTable = table((define) => {
  for (const [name, p, variant] of DROPOUTS) {
    define(name, `input, p=${p}, training=True, inplace=False`, (ctx, args) => {
      const drops = args.bool('training');
      if (ctx.training && !drops) return args.tensor('input');
      if (!ctx.training && drops)
        ctx.note(
          say('{0} without training=self.training drops in evaluation, too; outputs are compared without it', name),
        );
      return dropout(ctx, args.tensor('input'), args.float('p'), variant);
    });
  }
});

export function dropout(ctx: Context, x: PyTensor, p: number, variant: 'element' | 'channel' | 'alpha'): PyTensor {
  if (p < 0 || p > 1) ctx.raise('ValueError', `dropout probability has to be between 0 and 1, but got ${p}`);
  return apply(ctx, { kind: 'dropout', p, variant }, x);
}
