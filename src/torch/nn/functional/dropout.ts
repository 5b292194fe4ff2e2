/** `F.dropout` and its relatives. */

import { say } from '../../../language/say';
import type { Context } from '../../../python/natives/context';
import { type NativeTable, table } from '../../../python/natives/table';
import type { PyInstance, PyTensor } from '../../../python/values/values';
import { apply, torchState } from '../../tensor/tensor';
import { trains } from '../mode';

const DROPOUTS = [
  ['dropout', 0.5, 'element'],
  ['dropout1d', 0.5, 'channel'],
  ['dropout2d', 0.5, 'channel'],
  ['dropout3d', 0.5, 'channel'],
  ['alpha_dropout', 0.5, 'alpha'],
  ['feature_alpha_dropout', 0.5, 'alpha'],
] as const;

export const dropouts: NativeTable = table((define) => {
  for (const [name, usual, variant] of DROPOUTS) {
    define(name, `input, p=${usual}, training=True, inplace=False`, (ctx, args) => {
      const drops = args.bool('training');
      if (ctx.training && !drops) return args.tensor('input');
      const p = args.float('p');
      if (!ctx.training && drops && p > 0)
        ctx.note(
          say('{0} without training=self.training drops in evaluation, too; outputs are compared without it', name),
        );
      return dropout(ctx, args.tensor('input'), p, variant);
    });
  }
});

/**
 * The share that a layer drops while the model trains: none where the layer is in evaluation mode then. A layer that drops
 * in evaluation, too, because no `eval()` reaches it, is noted.
 */
export function dropRate(ctx: Context, self: PyInstance, p: number): number {
  if (p > 0 && trains(ctx, self) && !ctx.training && torchState(ctx).running)
    ctx.note(
      say(
        '{0} is in training mode in evaluation, too (no eval() reaches it), and drops; outputs are compared without it',
        self.cls.name,
      ),
    );
  return ctx.training && !trains(ctx, self) ? 0 : p;
}

export function dropout(ctx: Context, x: PyTensor, p: number, variant: 'element' | 'channel' | 'alpha'): PyTensor {
  if (p < 0 || p > 1) ctx.raise('ValueError', `dropout probability has to be between 0 and 1, but got ${p}`);
  return apply(ctx, { kind: 'dropout', p, variant }, x);
}
