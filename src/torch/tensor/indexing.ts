/** `tensor[index]` and `tensor[index] = value`, by PyTorch's rules: NumPy's, but an int never joins the index tensors. */

import { itemAt, sizeAt } from '../../graph/access';
import { count, stridesOf } from '../../graph/evaluate/elements';
import { MAX_KNOWN } from '../../graph/evaluate/index';
import { say } from '../../language/say';
import type { Context } from '../../python/natives/context';
import {
  Ellipsis,
  PyList,
  PySlice,
  PyTensor,
  PyTuple,
  type PyValue,
  plainOf,
  typeName,
} from '../../python/values/values';
import { refuseValues } from '../unknownValues';
import { assign, overwrite } from './inplace';
import { flattenList } from './literal';
import { apply, cast, elements, knownTensor, numbers, operand, sizeOf } from './tensor';
import { broadcastTo, permute, reshape, select, slice, unsqueeze } from './views';

/** A mask that is known only when the model runs, over `rank` dimensions. */
interface Mask {
  readonly mask: PyTensor;
}

/** What stands in each dimension of a view after the plain parts of an index: nothing, positions, or a mask. */
type Pick = PyTensor | Mask | null;

interface Plain {
  readonly view: PyTensor;
  readonly picks: readonly Pick[];
}

export function getItem(ctx: Context, tensor: PyTensor, index: PyValue): PyTensor {
  const { view, picks } = indexBasic(ctx, tensor, index);
  if (picks.every((pick) => pick === null)) return view;
  const refuse = (mask: PyTensor): never =>
    refuseValues(
      ctx,
      mask,
      say('The size of what a mask picks out'),
      say('use torch.where or masked_fill, which keep all places'),
    );
  return gather(ctx, view, positionsOf(ctx, picks, refuse));
}

/** Picks with the places that masks pick out, which are asked for. @param refuse where they can't be known */
function positionsOf(
  ctx: Context,
  picks: readonly Pick[],
  refuse: (mask: PyTensor) => never,
): readonly (PyTensor | null)[] {
  const positions = picks.map((pick) => (pick instanceof PyTensor ? pick : null));
  for (const [dim, pick] of picks.entries()) {
    if (!pick || pick instanceof PyTensor) continue;
    const found = maskedPlaces(ctx, pick.mask.type.shape, pick.mask.ask() ?? refuse(pick.mask));
    for (const [i, each] of found.entries()) positions[dim + i] = each;
  }
  return positions;
}

/** Where a mask is set, by the dimensions of its shape. */
function maskedPlaces(ctx: Context, shape: readonly number[], mask: ArrayLike<number>): PyTensor[] {
  const set = Array.from(mask).flatMap((each, i) => (each ? [i] : []));
  const strides = stridesOf(shape);
  return shape.map((size, i) =>
    knownTensor(
      ctx,
      { dtype: 'int64', shape: [set.length] },
      set.map((place) => Math.floor(place / itemAt(strides, i)) % size),
    ),
  );
}

export function setItem(ctx: Context, tensor: PyTensor, index: PyValue, value: PyValue): void {
  const { view, picks } = indexBasic(ctx, tensor, index);
  if (picks.every((pick) => pick === null)) {
    assign(ctx, view, value);
    return;
  }
  if (picks.some((pick) => pick && !(pick instanceof PyTensor))) putMasked(ctx, view, picks, value);
  else put(ctx, view, picks as readonly (PyTensor | null)[], value, 'none');
}

/** `index_put_`, `index_add_` and the like: values at positions; positions that repeat add up where they are added. */
export function put(
  ctx: Context,
  tensor: PyTensor,
  picks: readonly (PyTensor | null)[],
  value: PyValue,
  reduction: 'none' | 'add',
): void {
  const { dtype, shape } = tensor.type;
  const total = elements(shape);
  const given = cast(ctx, operand(ctx, value, tensor), dtype);
  const isStatic = picks.every((pick) => !pick || pick.data) && total <= MAX_KNOWN && reduction === 'none';
  if (isStatic) {
    // Each place reads from the tensor, or from the values behind it; the last value for a place counts.
    const table = knownTensor(
      ctx,
      { dtype: 'int64', shape },
      numbers(ctx, total, (i) => i),
    );
    const target = gather(ctx, table, picks);
    const values = reshape(
      ctx,
      broadcastTo(ctx, dropFront(ctx, given, target.type.shape.length), target.type.shape),
      [-1],
    );
    const from = Float64Array.from(table.data ?? []);
    target.data?.forEach((place: number, i: number) => {
      from[place] = total + i;
    });
    const both = apply(ctx, { kind: 'cat', dim: 0 }, reshape(ctx, tensor, [-1]), values);
    const result = apply(
      ctx,
      { kind: 'gather', dim: 0 },
      both,
      knownTensor(ctx, { dtype: 'int64', shape: [total] }, from),
    );
    overwrite(ctx, tensor, reshape(ctx, result, shape));
    return;
  }
  const { rows, inner, order, spread, indices, before } = rowsOf(ctx, tensor, picks);
  const target = [...inner.slice(0, before), ...spread, ...inner.slice(before)];
  const values = broadcastTo(ctx, dropFront(ctx, given, target.length), target);
  const all = target.map((_, i) => i);
  const inFront = [
    ...all.slice(before, before + spread.length),
    ...all.slice(0, before),
    ...all.slice(before + spread.length),
  ];
  const updated = apply(
    ctx,
    { kind: 'scatter_rows', reduction },
    rows,
    reshape(ctx, indices, [-1]),
    reshape(ctx, permute(ctx, values, inFront), [elements(spread), ...inner]),
  );
  const restored = reshape(
    ctx,
    updated,
    order.map((dim) => sizeAt(shape, dim)),
  );
  const back = shape.map((_, dim) => order.indexOf(dim));
  overwrite(ctx, tensor, permute(ctx, restored, back));
}

/** Without the dimensions of one that are too many in front. */
function dropFront(ctx: Context, value: PyTensor, rank: number): PyTensor {
  const surplus = value.type.shape.length - rank;
  const front = value.type.shape.slice(0, Math.max(surplus, 0));
  return surplus > 0 && front.every((size) => size === 1)
    ? reshape(ctx, value, value.type.shape.slice(surplus))
    : value;
}

/** `x[mask] = value` with a mask that only the run knows: one value for all places, or one for each row behind it. */
function putMasked(ctx: Context, view: PyTensor, picks: readonly Pick[], value: PyValue): void {
  const at = picks.findIndex((pick) => pick !== null);
  const [pick, ...others] = picks.filter((each) => each !== null);
  const isAlone = others.length === 0;
  if (!isAlone) {
    put(
      ctx,
      view,
      positionsOf(ctx, picks, () => refuseOthers(ctx)),
      value,
      'none',
    );
    return;
  }
  const mask = pick && !(pick instanceof PyTensor) && isAlone ? pick.mask : refuseOthers(ctx);
  const { dtype, shape } = view.type;
  const rank = mask.type.shape.length;
  const given = cast(ctx, operand(ctx, value, view), dtype);
  const behind = shape.length - at - rank;
  const counted = given.type.shape.length > behind ? sizeOf(given, -1 - behind) : 1;
  if (counted !== 1) {
    const refuse = (): never =>
      refuseValues(
        ctx,
        mask,
        say('Where each of several values is written through a mask'),
        say('use torch.where or masked_fill, which keep all places'),
      );
    put(ctx, view, positionsOf(ctx, picks, refuse), value, 'none');
    return;
  }
  // The dimension that counts the places becomes the mask's own dimensions.
  const one = dropFront(ctx, given, behind + 1);
  const front = one.type.shape.slice(0, Math.max(one.type.shape.length - behind - 1, 0));
  const back = behind > 0 ? one.type.shape.slice(-behind) : [];
  const spread =
    one.type.shape.length > behind ? [...front, ...new Array<number>(rank).fill(1), ...back] : one.type.shape;
  const wide = reshape(ctx, mask, [...mask.type.shape, ...new Array<number>(behind).fill(1)]);
  overwrite(ctx, view, apply(ctx, { kind: 'where' }, wide, reshape(ctx, one, spread), view));
}

function refuseOthers(ctx: Context): never {
  return ctx.refuseValues(
    say('Writing through a mask together with index tensors is not read; write with torch.where'),
  );
}

/** Applies ints, slices, `None` and `...`; index tensors and masks are left for later, by the view's dimensions. */
function indexBasic(ctx: Context, tensor: PyTensor, index: PyValue): Plain {
  const items = (index instanceof PyTuple ? [...index.items] : [index]).map((item) => read(ctx, item));
  const rank = tensor.type.shape.length;
  const consumed = items.reduce((sum: number, item) => sum + dimensionsOf(item), 0);
  if (consumed > rank) {
    ctx.raise('IndexError', `too many indices for tensor of dimension ${rank}`);
  }
  const fill = new Array<PyValue>(rank - consumed).fill(new PySlice(null, null, null));
  const ellipsis = items.indexOf(Ellipsis);
  const all = ellipsis < 0 ? [...items, ...fill] : [...items.slice(0, ellipsis), ...fill, ...items.slice(ellipsis + 1)];
  let view = tensor;
  const picks: Pick[] = [];
  for (const item of all) {
    const dim = picks.length;
    if (item === null || typeof item === 'boolean') {
      view = unsqueeze(ctx, view, dim);
      picks.push(typeof item === 'boolean' ? knownTensor(ctx, { dtype: 'int64', shape: [Number(item)] }, [0]) : null);
    } else if (item instanceof PySlice) {
      view = range(ctx, view, dim, item);
      picks.push(null);
    } else if (typeof item === 'bigint') view = select(ctx, view, dim, Number(item));
    else if (item instanceof PyTensor) for (const pick of picksOf(ctx, view, dim, item)) picks.push(pick);
    else refuseIndex(ctx, item);
  }
  return { view, picks };
}

/** Lists become tensors, and tensors of one known integer or bool become what they hold. */
function read(ctx: Context, given: PyValue): PyValue {
  const item = plainOf(given);
  if (item instanceof PyList) return tensorOfList(ctx, item);
  if (item instanceof PyTuple) return tensorOfList(ctx, new PyList([...item.items]));
  if (item instanceof PyTensor && item.type.shape.length === 0) {
    const [only] = item.data ?? [];
    if (only !== undefined && item.type.dtype === 'bool') return only !== 0;
    if (only !== undefined && !item.type.dtype.includes('float')) return BigInt(only);
  }
  return item;
}

function tensorOfList(ctx: Context, list: PyList): PyTensor {
  const { shape, flat } = flattenList(ctx, list);
  const bools = flat.length > 0 && flat.every((each) => typeof each === 'boolean');
  const numbers = flat.map((given) => {
    const each = plainOf(given);
    if (typeof each === 'bigint' || typeof each === 'boolean') return Number(each);
    return (each instanceof PyTensor ? each.askOne() : undefined) ?? refuseIndex(ctx, each);
  });
  return knownTensor(ctx, { dtype: bools ? 'bool' : 'int64', shape }, numbers);
}

function refuseIndex(ctx: Context, item: PyValue): never {
  return ctx.raise(
    'TypeError',
    `only integers, slices (\`:\`), ellipsis (\`...\`), None and long or byte Variables are valid indices (got ${typeName(item)})`,
  );
}

/** How many of the tensor's dimensions an index takes up. */
function dimensionsOf(item: PyValue): number {
  if (item === null || item === Ellipsis || typeof item === 'boolean') return 0;
  if (item instanceof PyTensor && isMask(item)) return item.type.shape.length;
  return 1;
}

function isMask({ type }: PyTensor): boolean {
  return type.dtype === 'bool' || type.dtype === 'uint8';
}

function picksOf(ctx: Context, view: PyTensor, dim: number, item: PyTensor): Pick[] {
  if (!isMask(item)) {
    if (item.type.dtype.includes('float')) {
      ctx.raise('IndexError', 'tensors used as indices must be long, byte or bool tensors');
    }
    return [item];
  }
  const { shape } = item.type;
  shape.forEach((size, i) => {
    if (size !== view.type.shape[dim + i]) {
      ctx.raise(
        'IndexError',
        `The shape of the mask [${shape.join(', ')}] at index ${i} does not match the shape of the indexed tensor [${view.type.shape.join(', ')}] at index ${dim + i}`,
      );
    }
  });
  const rest = new Array<Pick>(Math.max(shape.length - 1, 0)).fill(null);
  if (!item.data) return [{ mask: item }, ...rest];
  return maskedPlaces(ctx, shape, item.data);
}

function range(ctx: Context, tensor: PyTensor, dim: number, item: PySlice): PyTensor {
  const size = sizeOf(tensor, dim);
  const step = item.step === null ? 1 : number(ctx, item.step);
  if (step <= 0) ctx.raise('ValueError', 'step must be greater than zero');
  const clamp = (value: PyValue, missing: number): number => {
    if (value === null) return missing;
    const at = number(ctx, value);
    return Math.min(Math.max(at < 0 ? at + size : at, 0), size);
  };
  const start = clamp(item.start, 0);
  return slice(ctx, tensor, dim, start, Math.max(clamp(item.stop, size), start), step);
}

function number(ctx: Context, given: PyValue): number {
  const value = plainOf(given);
  if (typeof value === 'bigint') return Number(value);
  const only = value instanceof PyTensor ? value.askOne() : undefined;
  if (only !== undefined) return only;
  if (value instanceof PyTensor && !value.data && value.type.shape.length === 0)
    refuseValues(ctx, value, say('A slice'), say('cut at numbers that are known, or use torch.where or masked_fill'));
  return ctx.raise(
    'TypeError',
    `slice indices must be integers or None or have an __index__ method, not ${typeName(value)}`,
  );
}

/** Picks at positions: the broadcast shape of the positions stands where they do, or in front if a slice parts them. */
function gather(ctx: Context, tensor: PyTensor, picks: readonly (PyTensor | null)[]): PyTensor {
  const dims = picks.flatMap((pick, dim) => (pick ? [dim] : []));
  const first = itemAt(dims, 0);
  const [only] = dims.length === 1 ? picks.filter((pick) => pick !== null) : [];
  if (only) {
    checkRange(ctx, only, tensor, first);
    return apply(ctx, { kind: 'gather', dim: first }, tensor, only);
  }
  const { rows, spread, inner, indices, before } = rowsOf(ctx, tensor, picks);
  const picked = apply(ctx, { kind: 'gather', dim: 0 }, rows, indices);
  if (before === 0) return picked;
  const all = [...spread, ...inner].map((_, i) => i);
  const count = spread.length;
  const turned = [...all.slice(count, count + before), ...all.slice(0, count), ...all.slice(count + before)];
  return apply(ctx, { kind: 'permute', dims: turned }, picked);
}

interface Rows {
  /** The tensor with the indexed dimensions in front, joined into one. */
  readonly rows: PyTensor;
  /** The tensor's dimensions in the order of `rows`. */
  readonly order: readonly number[];
  /** Sizes of the dimensions that are not indexed. */
  readonly inner: readonly number[];
  /** The shape to which the positions are broadcast. */
  readonly spread: readonly number[];
  /** Which row each position names. */
  readonly indices: PyTensor;
  /** How many of `inner` stand before the positions in an indexing result. */
  readonly before: number;
}

function rowsOf(ctx: Context, tensor: PyTensor, picks: readonly (PyTensor | null)[]): Rows {
  const { shape } = tensor.type;
  const dims = picks.flatMap((pick, dim) => (pick ? [dim] : []));
  const rest = shape.map((_, dim) => dim).filter((dim) => !dims.includes(dim));
  const order = [...dims, ...rest];
  const inner = rest.map((dim) => sizeAt(shape, dim));
  const sizes = dims.map((dim) => sizeAt(shape, dim));
  const rows = reshape(ctx, permute(ctx, tensor, order), [count(sizes), ...inner]);
  const strides = stridesOf(sizes);
  let indices: PyTensor | undefined;
  dims.forEach((dim, i) => {
    const positions = wrapPositions(ctx, picks[dim] ?? null, tensor, dim);
    const stride = knownTensor(ctx, { dtype: 'int64', shape: [] }, [itemAt(strides, i)]);
    const scaled = strides[i] === 1 ? positions : apply(ctx, { kind: 'binary', function: 'mul' }, positions, stride);
    indices = indices ? apply(ctx, { kind: 'binary', function: 'add' }, indices, scaled) : scaled;
  });
  if (!indices) throw new RangeError('nothing is indexed');
  const first = itemAt(dims, 0);
  const adjacent = dims.every((dim, i) => dim === first + i);
  return { rows, order, inner, spread: indices.type.shape, indices, before: adjacent ? first : 0 };
}

/** Positions counted from the front, in int64. */
function wrapPositions(ctx: Context, pick: PyTensor | null, tensor: PyTensor, dim: number): PyTensor {
  if (!pick) throw new RangeError('no positions');
  checkRange(ctx, pick, tensor, dim);
  const positions = cast(ctx, pick, 'int64');
  if (positions.data?.every((at: number) => at >= 0)) return positions;
  const constant = (value: number) => knownTensor(ctx, { dtype: 'int64', shape: [] }, [value]);
  const negative = apply(ctx, { kind: 'compare', function: 'lt' }, positions, constant(0));
  const shifted = apply(ctx, { kind: 'binary', function: 'add' }, positions, constant(sizeOf(tensor, dim)));
  return apply(ctx, { kind: 'where' }, negative, shifted, positions);
}

function checkRange(ctx: Context, pick: PyTensor, tensor: PyTensor, dim: number): void {
  const size = sizeOf(tensor, dim);
  for (const at of pick.data ?? []) {
    if (at < -size || at >= size) {
      ctx.raise('IndexError', `index ${at} is out of bounds for dimension ${dim} with size ${size}`);
    }
  }
}
