import type { Context, Eval } from '../natives/context';
import { compare } from '../run/comparisons';
import type { PyValue } from '../values/values';

/** `sorted(items, key=…, reverse=…)`: stable, in both directions. */
export function* sortValues(ctx: Context, items: readonly PyValue[], key: PyValue, reverse: boolean): Eval<PyValue[]> {
  const keyed: { readonly item: PyValue; readonly by: PyValue }[] = [];
  for (const item of items) keyed.push({ item, by: key === null ? item : yield* ctx.run(key, [item]) });
  ctx.spend(items.length * 4);
  keyed.sort((a, b) => {
    const sign = ctx.truth(compare(ctx, '<', a.by, b.by)) ? -1 : ctx.truth(compare(ctx, '<', b.by, a.by)) ? 1 : 0;
    return reverse ? -sign : sign;
  });
  return keyed.map(({ item }) => item);
}
