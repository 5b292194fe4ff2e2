/** `rearrange`, `repeat` and `reduce`: one transformation of axes. */
import { sizeAt } from '../graph/access';
import type { Context } from '../python/natives/context';
import type { PyTensor } from '../python/values/values';
import { elements } from '../torch/tensor/tensor';
import { expand, permute, reshape } from '../torch/tensor/views';
import { ELLIPSIS, PatternError, parseSide, type Side } from './pattern';

export type EinopsOperation = 'rearrange' | 'repeat' | 'reduce';

/** Takes away the dimensions `dims` of x. */
export type Reducer = (ctx: Context, x: PyTensor, dims: readonly number[]) => PyTensor;

const set = (names: Iterable<string>): string => `{${[...names].map((name) => `'${name}'`).join(', ')}}`;

/** The pattern's sides, `…` spelt out for a tensor of that many dimensions. */
function sidesOf(pattern: string, operation: EinopsOperation, rank: number): readonly [left: Side, right: Side] {
  const [before, after, ...more] = pattern.split('->');
  if (before === undefined || after === undefined || more.length > 0) {
    throw new PatternError(`The pattern has no arrow, or several: ${pattern}`);
  }
  const [left, right] = [parseSide(before, 'left '), parseSide(after, 'right ')];
  const [has, wants] = [left, right].map((side) => side.names.includes(ELLIPSIS));
  if (!has && wants) throw new PatternError(`Ellipsis found in right side, but not left side of a pattern ${pattern}`);
  if (left.isEllipsisInside)
    throw new PatternError(`Ellipsis inside parenthesis in the left side is not allowed: ${pattern}`);
  if (operation === 'rearrange') {
    const apart = [...left.names, ...right.names].filter(
      (name) => left.names.includes(name) !== right.names.includes(name),
    );
    if ([...left.numbers, ...right.numbers].length > 0)
      throw new PatternError('Non-unitary anonymous axes are not supported in rearrange (exception is length 1)');
    if (apart.length > 0)
      throw new PatternError(`Identifiers only on one side of expression (should be on both): ${set(apart)}`);
  } else if (operation === 'repeat') {
    const missing = left.names.filter((name) => !right.names.includes(name));
    if (missing.length > 0)
      throw new PatternError(`Unexpected identifiers on the left side of repeat: ${set(missing)}`);
  } else {
    const missing = right.names.filter((name) => !left.names.includes(name) && !right.numbers.has(name));
    if (missing.length > 0)
      throw new PatternError(`Unexpected identifiers on the right side of reduce: ${set(missing)}`);
  }
  const count = rank - left.dimensions.length + (has ? 1 : 0);
  if (has ? count < 0 : count !== 0) {
    const expected = has ? `at least ${left.dimensions.length - 1} dims` : `${left.dimensions.length} dims`;
    throw new PatternError(`Wrong shape: expected ${expected}. Received ${rank}-dim tensor.`);
  }
  const dots = Array.from({ length: Math.max(count, 0) }, (_, i) => `${ELLIPSIS}${i}`);
  return [expandEllipsis(left, dots), expandEllipsis(right, dots)];
}

function expandEllipsis(side: Side, dots: readonly string[]): Side {
  const isDots = (names: readonly string[]) => names.length === 1 && names[0] === ELLIPSIS;
  const inside = side.isEllipsisInside;
  return {
    ...side,
    dimensions: side.dimensions.flatMap((names) =>
      isDots(names) && !inside
        ? dots.map((each) => [each])
        : [names.flatMap((name) => (name === ELLIPSIS ? dots : [name]))],
    ),
    names: side.names.flatMap((name) => (name === ELLIPSIS ? dots : [name])),
  };
}

/** Lengths of all axes: given, written as numbers, or what is left of their dimension. */
function lengthsOf(left: Side, right: Side, shape: readonly number[], given: ReadonlyMap<string, number>) {
  const lengths = new Map([...left.numbers, ...right.numbers]);
  for (const [name, length] of given) {
    if (!left.names.includes(name) && !right.names.includes(name))
      throw new PatternError(`Axis ${name} is not used in transform`);
    lengths.set(name, length);
  }
  left.dimensions.forEach((names, i) => {
    const size = sizeAt(shape, i);
    const open = names.filter((name) => !lengths.has(name));
    const known = names.reduce((product, name) => product * (lengths.get(name) ?? 1), 1);
    const [only] = open;
    if (open.length > 1) throw new PatternError(`Could not infer sizes for ${set(open)}`);
    if (only === undefined) {
      if (known !== size) throw new PatternError(`Shape mismatch, ${size} != ${known}`);
    } else {
      if (size % known !== 0)
        throw new PatternError(`Shape mismatch, can't divide axis of length ${size} in chunks of ${known}`);
      lengths.set(only, size / known);
    }
  });
  const unknown = right.names.filter((name) => !lengths.has(name));
  if (unknown.length > 0) throw new PatternError(`Specify sizes for new axes in repeat: ${set(unknown)}`);
  return (name: string): number => lengths.get(name) ?? 1;
}

/**
 * Splits the dimensions of x into axes, reduces those that the right side lacks, brings the rest into its order, adds
 * those that are new, and joins them.
 * @throws PatternError
 */
export function transform(
  ctx: Context,
  x: PyTensor,
  pattern: string,
  operation: EinopsOperation,
  given: ReadonlyMap<string, number>,
  reducer?: Reducer,
): PyTensor {
  const [left, right] = sidesOf(pattern, operation, x.type.shape.length);
  const length = lengthsOf(left, right, x.type.shape, given);
  let axes = [...left.names];
  let result = reshape(ctx, x, axes.map(length));
  const gone = axes.flatMap((name, i) => (right.names.includes(name) ? [] : [i]));
  if (gone.length > 0 && reducer) {
    result = reducer(ctx, result, gone);
    axes = axes.filter((_, i) => !gone.includes(i));
  }
  const kept = right.names.filter((name) => axes.includes(name));
  result = permute(
    ctx,
    result,
    kept.map((name) => axes.indexOf(name)),
  );
  if (kept.length < right.names.length) {
    const narrow = right.names.map((name) => (axes.includes(name) ? length(name) : 1));
    result = expand(ctx, reshape(ctx, result, narrow), right.names.map(length));
  }
  return reshape(
    ctx,
    result,
    right.dimensions.map((names) => elements(names.map(length))),
  );
}
