/** Shapes for the inputs of a model, from how `forward` uses them. */

import { itemOr } from '../graph/access';
import type { Interpreter } from '../python/run/interpreter';
import type { ParameterNode } from '../python/syntax/ast';
import type { PyInstance } from '../python/values/values';
import { type Demand, demandBefore } from './demands';
import { BATCH, widthOf } from './settings';
import type { InputValue, TensorSpec } from './spec';
import type { InputUse, Tracked } from './use';

/** What is left open of a guess: the sides of an image, the length of a sequence, dimensions in front of the features. */
export interface Openings {
  readonly size: number;
  /** The second side of an image that is no square. */
  readonly across?: number;
  readonly length: number;
  /** Dimensions of an input of which only the last is told. */
  readonly rank: number;
  /** Maps of several stages are each half as large as the one before; else all are as large. */
  readonly halving?: boolean;
  /** The use of the main input, beside which another is. */
  readonly main?: InputUse | undefined;
}

/** A shape, and which of its dimensions nothing told. */
export interface ShapeGuess {
  readonly shape: readonly number[];
  readonly integer: boolean;
  /** Dimensions by what they are: `size` and `length` as they were left open, `width` where it is a guess. */
  readonly open: readonly ('size' | 'length' | 'width' | undefined)[];
}

const SIDE = /^([hw]|height|width)(_?\w+)?$|^(img_?[hw]|hh|ww|x|y|ht|wd|rows|cols)$/i;
export const isSide = (name: string): boolean => SIDE.test(name);
const TIME = /^(t|l|s|n|time|len|length|seq|seq_?len(gth)?|tokens?|frames?|num_\w+|n_\w+|points?|nodes?)$/i;
const WIDTH = /^(c|ch|chan|channels?|d|dim|e|f|emb|feat|features?|hidden|input_dim|in_channels|d_model|embed_dim)$/i;
const ROWS = /^(b|bs|bsz|batch|batch_size|nb)$/i;

/** How many dimensions a use tells of, or undefined. */
export const rankOf = (use: InputUse): number | undefined => use.demand?.rank ?? use.rank;

/** The shape of a tensor by its use. */
export function shapeOfUse(ctx: Interpreter, model: PyInstance, use: InputUse, open: Openings): ShapeGuess {
  const { demand } = use;
  const integer = use.integer === true;
  const rank = Math.max(rankOf(use) ?? (integer ? 2 : use.sides ? 4 : open.rank), use.leastRank ?? 1);
  const told = new Map<number, number>();
  const learn = (sizes: ReadonlyMap<number, number>) => {
    for (const [axis, size] of sizes) {
      const at = axis < 0 ? axis + rank : axis;
      if (at >= 0 && at < rank && !told.has(at)) told.set(at, size);
    }
  };
  if (demand) learn(demand.sizes);
  learn(use.sizes);
  if (integer && use.columns !== undefined && use.columns > 1) learn(new Map([[1, use.columns]]));
  const space = new Set((demand?.space ?? []).map((axis) => (axis < 0 ? axis + rank : axis)));
  const names = use.names?.length === rank ? use.names : [];
  const batch = use.unbatched ? -1 : batchIn(names, demand, rank);
  const last = integer ? -1 : widthAxis(names, told, space, rank);
  const shape: number[] = [];
  const left: ShapeGuess['open'][number][] = [];
  for (let axis = 0; axis < rank; axis++) {
    const known = told.get(axis);
    const name = itemOr(names, axis, '');
    const multiple = use.multiples.get(axis) ?? 1;
    const multipleOf = (size: number) => Math.ceil(size / multiple) * multiple;
    if (axis === batch) {
      shape.push(BATCH);
      left.push(undefined);
    } else if (known !== undefined) {
      shape.push(known);
      left.push(undefined);
    } else if (axis === last) {
      shape.push(multipleOf(widthOf(ctx, model) ?? (rank >= 4 ? 3 : (hintOf(use) ?? 64))));
      left.push('width');
    } else if (space.has(axis) ? rank > 3 : SIDE.test(name) || (rank >= 4 && name === '')) {
      shape.push(multipleOf(left.includes('size') ? (open.across ?? open.size) : open.size));
      left.push('size');
    } else if (space.has(axis)) {
      // A signal is as long as an image is wide.
      shape.push(multipleOf(open.size));
      left.push('size');
    } else {
      shape.push(multipleOf(open.length));
      left.push('length');
    }
  }
  return { shape, integer, open: left };
}

function batchIn(names: readonly string[], demand: Demand | undefined, rank: number): number {
  const named = names.findIndex((name) => ROWS.test(name));
  if (named >= 0) return named;
  const asked = demand?.batch;
  return asked !== undefined && asked < rank ? asked : 0;
}

/** The dimension that holds channels or features where no layer told it. */
function widthAxis(
  names: readonly string[],
  told: ReadonlyMap<number, number>,
  space: ReadonlySet<number>,
  rank: number,
): number {
  if (told.size > 0 || rank < 2) return -1;
  const named = names.findIndex((name) => WIDTH.test(name));
  if (named > 0) return named;
  // What is unpacked to no name is of no account for the code: channels mostly.
  const unnamed = names.findIndex((name, axis) => axis > 0 && /^_*$/.test(name));
  if (unnamed > 0) return unnamed;
  if (space.size > 0 || rank >= 4) return space.has(1) ? -1 : 1;
  return names.length > 0 && TIME.test(itemOr(names, rank - 1, '')) ? -1 : rank - 1;
}

function hintOf({ hint }: InputUse): number | undefined {
  return hint ? (hint.sizes.get(-1) ?? hint.sizes.get(1)) : undefined;
}

const MASK = /mask/i;
/** What scores are multiplied with, and moved by, is one number. */
const SCALAR = /(?:^|_)logit_(?:scale|bias)$/;
const TENSORS = /^(?:typing\.)?(?:list|sequence|iterable)\[.*tensor/i;

/** What a parameter takes where it takes no tensor, by its annotation, its name and its use. */
export function plainValue(
  { name, annotation = '' }: Pick<ParameterNode, 'name' | 'annotation'>,
  use: InputUse | undefined,
): InputValue | undefined {
  const written = annotation.replace(/\s/g, '').replace(/^['"]|['"]$/g, '');
  if (/^(Optional\[|.*\|None$|None$)/.test(written) && !use?.demand) return { constant: null };
  if (use?.word !== undefined && isUntold(use)) return { constant: use.word };
  if (written === 'bool' || (use?.flag && isUntold(use))) return { constant: false };
  if (written === 'float') return { constant: 1, form: 'float' };
  const counts = use?.number === true && isUntold(use);
  if (written === 'int' || counts) {
    const isPlace = /pos|offset|start|begin|idx|index/i.test(name);
    return { constant: isPlace ? 0 : isSide(name) ? 4 : 2, form: 'int' };
  }
  return undefined;
}

export const isList = ({ annotation = '' }: Pick<ParameterNode, 'annotation'>): boolean =>
  TENSORS.test(annotation.replace(/\s/g, ''));

/** Whether an input has one whole number for each sample: a time step, a class, a length. */
export const isPerSample = (name: string): boolean =>
  /^(t|time|timesteps?|y|labels?|class(es)?|class_(ids?|labels?)|targets?|lengths?|\w*_lengths?)$/i.test(name);

/** The dimension of an input among whose elements classes choose: the second of scores, before what was done to them. */
export function classAxis({ changes }: Tracked): { readonly axis: number; readonly rank?: number } | undefined {
  const isRows = changes?.at(-1)?.kind === 'rows';
  const asked = changes && demandBefore({ sizes: new Map([[1, 1]]), ...(isRows && { rank: 2 }) }, changes);
  const [axis] = asked?.sizes.keys() ?? [];
  return axis === undefined ? undefined : { axis, ...(asked?.rank !== undefined && { rank: asked.rank }) };
}

/** The classes of samples or of their elements, where scores are of this shape. */
export function classesOf({ shape }: TensorSpec, scores?: Tracked): TensorSpec {
  const { axis } = (scores && classAxis(scores)) ?? { axis: 1 };
  const at = axis < 0 ? axis + shape.length : axis;
  return { dtype: 'int64', shape: shape.length > 1 ? shape.filter((_, index) => index !== at) : [] };
}

const IMAGES = /^(?:\w+_)?(?:imgs?|images?)$/i;
/** Features where nothing tells how many. */
const FEATURES = 64;

/** A further input by its name where its use says nothing: masks, indices and time steps are not images. */
export function companion(name: string, first: TensorSpec): TensorSpec {
  const rows = first.shape.slice(0, 1);
  if (SCALAR.test(name)) return { dtype: 'float32', shape: [] };
  if (MASK.test(name)) return { dtype: 'bool', shape: first.shape.slice(0, 2) };
  if (isPerSample(name)) return { dtype: 'int64', shape: rows };
  if (/ids?$|index|indices|token/i.test(name)) return { dtype: 'int64', shape: first.shape.slice(0, 2) };
  // Beside one number for each sample stand features or images, and beside features images by their names.
  if (IMAGES.test(name) && first.shape.length < 3) return { dtype: 'float32', shape: [...rows, 3, 32, 32] };
  if (first.shape.length === 1 && first.dtype.startsWith('int'))
    return { dtype: 'float32', shape: [...rows, FEATURES] };
  return first;
}

/** Whether a use says anything of the input. */
export const isTold = (use: InputUse): boolean =>
  use.demand !== undefined ||
  use.sides === true ||
  use.rank !== undefined ||
  (use.leastRank ?? 0) >= 3 ||
  use.integer === true ||
  use.sizes.size > 0;

/** Whether a use says no more than how many dimensions there are at least. */
export const isOnlyDeep = (use: InputUse): boolean =>
  isTold(use) &&
  use.demand === undefined &&
  use.sides !== true &&
  use.rank === undefined &&
  use.integer !== true &&
  use.sizes.size === 0;

/** Whether a use says nothing, neither of the input nor of what it holds. */
const isUntold = (use: InputUse): boolean =>
  !isTold(use) &&
  !use.classesOf &&
  !use.each &&
  use.items.length === 0 &&
  [use.keys, use.attributes, use.indexed].every(({ size }) => size === 0);

/** Takes in how the dimensions of an input are named where they are written down, unless the text uses it otherwise. */
export function learnDimensions(use: InputUse, dimensions: readonly string[]): void {
  const rank = rankOf(use);
  if ((rank !== undefined && rank !== dimensions.length) || (use.leastRank ?? 0) > dimensions.length) return;
  use.rank = dimensions.length;
  use.names ??= dimensions.map((name) => (/^\d/.test(name) ? '' : name));
  for (const [axis, name] of dimensions.entries()) {
    const size = Number(name);
    if (!Number.isSafeInteger(size) || size < 1 || use.sizes.has(axis)) continue;
    // A number in front stands for channels: samples are as many as there are.
    if (axis === 0) use.unbatched = true;
    use.sizes.set(axis, size);
  }
}
