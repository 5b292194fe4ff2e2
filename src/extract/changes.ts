/** What functions and layers do to an input on its way, and what they tell of it. */

import { ELLIPSIS, PatternError, parseSide } from '../einops/pattern';
import { itemAt } from '../graph/access';
import type { CallArgument, Expr } from '../python/syntax/ast';
import type { PyInstance } from '../python/values/values';
import { type Change, type Demand, demandBefore } from './demands';
import type { ModelSettings } from './modelSettings';
import { classAxis } from './shapes';
import { type InputUse, newUse, type Passing, type PassingNames, type Tracked } from './use';

/** Functions that give back a tensor of the same shape. */
const SAME =
  /^(?:float|double|half|to|cuda|cpu|clone|contiguous|detach|type|type_as|requires_grad_|relu|relu_|sigmoid|tanh|gelu|silu|dropout|div|mul|add|sub|clamp|abs|exp|log|normalize|layer_norm|leaky_relu|elu|softplus|pad|long|int|log_softmax|softmax|(?:zeros|ones|empty|full|rand|randn)_like)$/;

/** `x.permute(0, 2, 1)`, `F.relu(x)`, `rearrange(x, 'b c h w -> b (h w) c')` */
export function changeBy(
  settings: ModelSettings,
  value: Tracked,
  name: string,
  args: readonly CallArgument[],
  names: PassingNames,
): Passing | undefined {
  const { use, changes } = value;
  const add = (change: Change): Passing => ({ use, changes: changes && [...changes, change] });
  const ints = settings.integers(args, names);
  if (name === 'long' || name === 'int') {
    if (changes?.length === 0 && !use.demand) use.integer ??= true;
  }
  if (SAME.test(name)) return value;
  if (name === 'permute' && ints) return add({ kind: 'permute', dims: ints });
  if ((name === 'transpose' || name === 'swapaxes') && ints?.length === 2) {
    return add({ kind: 'transpose', a: itemAt(ints, 0), b: itemAt(ints, 1) });
  }
  if (name === 't') return add({ kind: 'permute', dims: [1, 0] });
  if (name === 'unsqueeze' && ints?.length === 1) return add({ kind: 'unsqueeze', dim: itemAt(ints, 0) });
  if (name === 'flatten' && (ints?.[0] === 1 || args.some(({ name: key }) => key === 'start_dim')))
    return add({ kind: 'flatten' });
  if ((name === 'view' || name === 'reshape') && args.length > 0) {
    const elements = elementsOfImage(ints ?? []);
    if (elements !== undefined) return add({ kind: 'unflatten', elements });
    learnWholeView(value, args, names);
    return reshape(value, args);
  }
  if (name === 'size' && ints?.length === 1) {
    const at = itemAt(ints, 0);
    if (changes?.length === 0) leastRank(use, at < 0 ? -at : at + 1);
    return undefined;
  }
  if (name === 'rearrange' || name === 'reduce' || name === 'repeat') {
    const pattern = args.find(({ value: each }) => each.kind === 'constant' && typeof each.value === 'string')?.value;
    if (pattern?.kind === 'constant' && typeof pattern.value === 'string' && pattern.value.includes('->')) {
      const lengths = new Map<string, number>();
      for (const { form, name: key, value: each } of args) {
        const length = form === 'keyword' ? settings.integer(each, names) : undefined;
        if (length !== undefined) lengths.set(key, length);
      }
      learnPattern(value, pattern.value, lengths);
      return { use, changes: undefined };
    }
  }
  if (name === 'one_hot' || name === 'embedding') {
    if (changes?.length === 0) use.integer = true;
    return undefined;
  }
  // What another function makes of it says no more than which layer comes after.
  return { use, changes: undefined };
}

/** `c.view(c.size(0), c.size(1), 1, 1)`: what is viewed has the dimensions that are named, and no more. */
function learnWholeView({ use, changes }: Tracked, args: readonly CallArgument[], names: PassingNames): void {
  const axes = args.map(({ value }) => axisOf(value, use, names));
  const count = axes.findIndex((axis, at) => axis !== at);
  const isOne = ({ value }: CallArgument) => value.kind === 'constant' && value.value === 1n;
  if (changes?.length === 0 && count > 0 && args.slice(count).every(isOne)) use.rank ??= count;
}

/** Which dimension of an input a length is: `x.size(1)`, `x.shape[1]`, `c` of `b, c = x.shape`. */
function axisOf(expr: Expr, use: InputUse, names: PassingNames): number | undefined {
  if (expr.kind === 'name') {
    const value = names.get(expr.name);
    return value && 'dimension' in value && value.of === use ? value.dimension : undefined;
  }
  const isSize = expr.kind === 'call' && expr.callee.kind === 'attribute' && expr.callee.name === 'size';
  const isShape = expr.kind === 'subscript' && expr.object.kind === 'attribute' && expr.object.name === 'shape';
  const [index, holder] = isSize
    ? [expr.args[0]?.value, expr.callee.object]
    : isShape
      ? [expr.index, expr.object.object]
      : [];
  const of = holder?.kind === 'name' ? names.get(holder.name) : undefined;
  const isOwn = of && 'use' in of && of.use === use && of.changes?.length === 0;
  return isOwn && index?.kind === 'constant' && typeof index.value === 'bigint' ? Number(index.value) : undefined;
}

/** How many `x.view(-1, 28, 28)` makes an image of each sample of. */
function elementsOfImage([rest, ...sizes]: readonly number[]): number | undefined {
  const [height, width, ...further] = sizes.length === 3 && (sizes[0] === 1 || sizes[0] === 3) ? sizes.slice(1) : sizes;
  const isImage = rest === -1 && height === width && further.length === 0;
  return isImage && height !== undefined ? sizes.reduce((product, size) => product * size, 1) : undefined;
}

/** `x.view(-1, 784)`, `x.view(x.size(0), -1)` */
function reshape({ use, changes }: Tracked, args: readonly CallArgument[]): Passing | undefined {
  const isRest = (expr: Expr | undefined) =>
    expr?.kind === 'unary' && expr.operator === '-' && expr.operand.kind === 'constant' && expr.operand.value === 1n;
  const [first] = args;
  const sizes =
    args.length === 1 && (first?.value.kind === 'tuple' || first?.value.kind === 'list')
      ? first.value.items
      : args.map(({ value }) => value);
  if (sizes.length === 1 && isRest(sizes[0])) return { use, changes: changes && [...changes, { kind: 'ravel' }] };
  if (sizes.length !== 2 || changes?.length !== 0) return { use, changes: undefined };
  const [rows, columns] = sizes;
  // `x.view(-1, C)`, `x.view(B * T, -1)`: every position is a row.
  const isLast = columns !== undefined && isLastDimension(use, columns);
  const isProduct = rows?.kind === 'binary' && rows.operator === '*';
  if (isLast || (isProduct && isRest(columns))) return { use, changes: [{ kind: 'rows' }] };
  if (isRest(columns)) return { use, changes: [{ kind: 'flatten' }] };
  if (isRest(rows)) return { use, changes: [{ kind: (use.rank ?? 2) > 2 ? 'rows' : 'flatten' }] };
  return { use, changes: undefined };
}

/** Whether an expression is the length of an input's last dimension: as it was unpacked, `x.shape[-1]`, `x.size(-1)`. */
function isLastDimension({ names }: InputUse, expr: Expr): boolean {
  if (expr.kind === 'name')
    return names !== undefined && names.length > 0 && itemAt(names, names.length - 1) === expr.name;
  const index = expr.kind === 'subscript' ? expr.index : expr.kind === 'call' ? expr.args[0]?.value : undefined;
  const holder = expr.kind === 'subscript' ? expr.object : expr.kind === 'call' ? expr.callee : undefined;
  const isShape = holder?.kind === 'attribute' && /^(shape|size)$/.test(holder.name);
  return isShape && index?.kind === 'unary' && index.operator === '-';
}

/** What a pattern of einops names: the dimensions, and what they are multiples of. */
export function learnPattern({ use, changes }: Tracked, text: string, lengths: ReadonlyMap<string, number>): void {
  if (changes?.length !== 0 || use.rank !== undefined) return;
  try {
    const { dimensions, names } = parseSide(text.replace(/->.*$/s, ''), '');
    if (names.includes(ELLIPSIS)) return;
    use.rank = dimensions.length;
    use.names = dimensions.map((axes) => axes.find((axis) => !lengths.has(axis)) ?? axes.join(''));
    dimensions.forEach((axes, index) => {
      const known = axes.map((axis) => lengths.get(axis) ?? 1).reduce((a, b) => a * b, 1);
      if (axes.length > 0 && axes.every((axis) => lengths.has(axis))) use.sizes.set(index, known);
      else if (known > 1) use.multiples.set(index, known);
    });
  } catch (error) {
    if (!(error instanceof PatternError)) throw error;
  }
}

/** What a layer asks of an input, as far as it can be followed back. */
export function noteDemand({ use, changes }: Tracked, demand: Demand, layer?: PyInstance): void {
  if (use.holder) use.holder.hint ??= demand;
  if (use.demand) {
    const further = changes && demandBefore(demand, changes);
    if (further) addSizes(use, use.demand, further);
    return;
  }
  if (changes === undefined) {
    use.hint ??= demand;
    if (demand.integer && use.columns !== undefined) use.integer = true;
    return;
  }
  const asked = demandBefore(demand, changes);
  if (!asked) {
    use.hint ??= demand;
    return;
  }
  if (demand.passes) {
    // A norm or a pooling in front of the first layer with weights.
    use.rank ??= asked.rank;
    for (const [axis, size] of asked.sizes) if (!use.sizes.has(axis)) use.sizes.set(axis, size);
    if (asked.detail && asked.sizes.size > 0) use.hint ??= asked;
    return;
  }
  use.demand = asked;
  if (layer) use.layer = layer;
  if (asked.integer) use.integer = true;
}

/** What a further layer asks of dimensions of which the first says nothing. */
function addSizes(use: InputUse, first: Demand, further: Demand): void {
  const rank = first.rank ?? further.rank;
  if (rank === undefined || (further.rank !== undefined && further.rank !== rank) || further.flat !== undefined) return;
  const place = (axis: number) => (axis < 0 ? axis + rank : axis);
  const known = new Set([...first.sizes.keys(), ...use.sizes.keys(), ...(first.space ?? [])].map(place));
  for (const [axis, size] of further.sizes) if (place(axis) > 0 && !known.has(place(axis))) use.sizes.set(axis, size);
}

/** An index of a dimension that is asked for. */
export function leastRank(use: InputUse, rank: number): void {
  use.leastRank = Math.max(use.leastRank ?? 0, rank);
}

/** Attributes that a tensor has. */
const OF_TENSORS =
  /^(?:shape|device|dtype|layout|ndim|data|grad|requires_grad|is_cuda|is_sparse|real|imag|T|H|mT|mH|itemsize|nbytes|is_leaf|names)$/;

/** `x.tensors` of what holds tensors; `x.T` of a tensor, which is a matrix. */
export function attributeOf({ use, changes }: Tracked, name: string): Passing {
  if (OF_TENSORS.test(name)) {
    if (name !== 'T' || changes?.length !== 0) return { use, changes: name === 'data' ? changes : undefined };
    use.rank ??= 2;
    return { use, changes: [{ kind: 'permute', dims: [1, 0] }] };
  }
  if (changes?.length !== 0) return { use, changes: undefined };
  const held = use.attributes.get(name) ?? newUse();
  use.attributes.set(name, held);
  return { use: held, changes: [] };
}

/** What classes go through before they are compared, and stay those of the same elements. */
const RESHAPES = /^(?:ravel|flatten|unsqueeze)$/;

/** Classes that are compared with scores, or chosen by among them. */
export function noteClasses(scores: Passing | undefined, classes: Passing | undefined): void {
  const isInPlace = classes && 'use' in classes && classes.changes?.every(({ kind }) => RESHAPES.test(kind));
  if (!isInPlace) return;
  if (!scores || !('use' in scores)) return;
  classes.use.classesOf = scores;
  const { use, changes } = scores;
  // Scores that become rows have several in front.
  if (changes?.length === 1 && changes[0]?.kind === 'rows') leastRank(use, 3);
  const { rank } = classAxis(scores) ?? {};
  if (rank !== undefined) use.rank ??= rank;
}
