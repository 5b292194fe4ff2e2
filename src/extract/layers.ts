/** What layers of PyTorch's, norms and what is stretched ask of the inputs that meet them in the text. */

import type { Interpreter } from '../python/run/interpreter';
import type { Expr } from '../python/syntax/ast';
import { type PyInstance, PyList, PyTuple, type PyValue } from '../python/values/values';
import { learnPattern, leastRank, noteClasses, noteDemand } from './changes';
import { demandOf, layerKind } from './demands';
import { furtherDemands } from './furtherDemands';
import { newUse, type Passing, type Tracked } from './use';

/** Functions and layers that compare with classes. */
export const CLASSIFIES = /^(?:cross_entropy|nll_loss|CrossEntropyLoss|NLLLoss)$/;

/**
 * A layer of PyTorch's called.
 * @param isModel it is what the model itself is, which tells what comes in though it be a norm
 */
export function passLayer(
  ctx: Interpreter,
  layer: PyInstance,
  args: readonly (Passing | undefined)[],
  named: ReadonlyMap<string, Passing | undefined>,
  isModel = false,
): Passing | undefined {
  const kind = layerKind(layer);
  const [first = [...named.values()][0]] = args;
  noteFurther(ctx, layer, [...args.entries(), ...named]);
  if (CLASSIFIES.test(kind)) noteClasses(first, args[1] ?? named.get('target'));
  if (!first || !('use' in first)) return undefined;
  if (kind === 'Flatten') return { use: first.use, changes: first.changes && [...first.changes, { kind: 'flatten' }] };
  if (kind === 'Rearrange') {
    const text = ctx.lookup(layer, 'pattern');
    if (typeof text === 'string') learnPattern(first, text, new Map());
    return { use: first.use, changes: undefined };
  }
  const demand = demandOf(ctx, layer);
  if (demand) noteDemand(first, isModel ? { ...demand, passes: false } : demand, layer);
  return demand?.passes ? first : undefined;
}

/** What a layer asks of its further arguments. */
function noteFurther(
  ctx: Interpreter,
  module: PyInstance,
  args: readonly (readonly [number | string, Passing | undefined])[],
): void {
  for (const [name, value] of args) {
    if (!value || !('use' in value) || name === 0) continue;
    const { whole, parts = [] } = furtherDemands(ctx, module, name);
    if (whole) noteDemand(value, whole);
    for (const [index, part] of value.changes?.length === 0 ? parts.entries() : []) {
      value.use.items[index] ??= newUse();
      noteDemand({ use: value.use.items[index], changes: [] }, part);
    }
  }
}

/** `F.layer_norm(x, self.normalized_shape)` */
export function noteNorm(value: Tracked, normalized: PyValue | undefined): void {
  const items = normalized instanceof PyTuple || normalized instanceof PyList ? normalized.items : [normalized];
  const sizes = items.flatMap((item, index) =>
    typeof item === 'bigint' ? [[index - items.length, Number(item)] as const] : [],
  );
  noteDemand(value, { sizes: new Map(sizes), passes: true });
}

/** `x * scale[:, :, None, None]`: what is stretched over an input has as many dimensions. */
export function widenRank(value: Passing | undefined, other: Passing | undefined, stretched: Expr): void {
  const isInput = value && 'use' in value && value.changes?.length === 0;
  if (!isInput || (other && 'use' in other && other.use === value.use) || stretched.kind !== 'subscript') return;
  const items = stretched.index.kind === 'tuple' ? stretched.index.items : [];
  const isWhole = items.every((item) => item.kind === 'slice' || (item.kind === 'constant' && item.value === null));
  if (isWhole && items.some(({ kind }) => kind === 'constant')) leastRank(value.use, items.length);
}
