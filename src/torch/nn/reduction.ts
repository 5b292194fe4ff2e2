/** `torch.nn._reduction`: how losses name what they make of their elements. */
import type { Context } from '../../python/natives/context';
import { type NativeTable, table } from '../../python/natives/table';
import { type PyValue, plainOf } from '../../python/values/values';

const NUMBERS: Readonly<Record<string, bigint>> = { none: 0n, mean: 1n, elementwise_mean: 1n, sum: 2n };

function numberOf(ctx: Context, given: PyValue): bigint {
  const reduction = plainOf(given);
  const known = typeof reduction === 'string' && Object.hasOwn(NUMBERS, reduction) ? NUMBERS[reduction] : undefined;
  return known ?? ctx.raise('ValueError', `${ctx.str(reduction)} is not a valid value for reduction`);
}

/** The reduction that `size_average` and `reduce` of older code say. */
export function legacyReduction(ctx: Context, average: PyValue, reduces: PyValue): 'none' | 'mean' | 'sum' {
  if (reduces !== null && !ctx.truth(reduces)) return 'none';
  return average === null || ctx.truth(average) ? 'mean' : 'sum';
}

export const reductions: NativeTable = table((define) => {
  const LEGACY = 'size_average, reduce, emit_warning=True';
  define('get_enum', 'reduction', (ctx, args) => numberOf(ctx, args.get('reduction')));
  define('legacy_get_string', LEGACY, (ctx, args) =>
    legacyReduction(ctx, args.get('size_average'), args.get('reduce')),
  );
  define('legacy_get_enum', LEGACY, (ctx, args) =>
    numberOf(ctx, legacyReduction(ctx, args.get('size_average'), args.get('reduce'))),
  );
});
