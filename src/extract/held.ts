/** Inputs that hold others: dictionaries, tuples, lists and objects, and what the names of what they hold tell. */

import { ExtractionError } from '../python/natives/errors';
import type { Interpreter } from '../python/run/interpreter';
import { member } from '../python/run/late';
import type { ParameterNode } from '../python/syntax/ast';
import { PyClass, type PyInstance, PythonError } from '../python/values/values';
import { python } from '../syntax/identifiers';
import { forwardOf } from './guess';
import { BATCH } from './settings';
import { companion, isTold, learnDimensions } from './shapes';
import type { TensorSpec } from './spec';
import { type InputUse, newUse } from './use';

/** Whether an input is gone through element by element, each of which tells what it is. */
export const isListOf = (use: InputUse): boolean =>
  use.each !== undefined && !isTold(use) && (use.each.keys.size > 0 || isTold(use.each));

/** Whether an input is an object: it is asked for what no tensor has. */
export const isObject = (use: InputUse): boolean => use.attributes.size > 0 && !isTold(use);

/**
 * Elements of an input that are asked for by their places, where each tells what it is and none is missing: maps of
 * features from several stages.
 */
export function stagesOf(use: InputUse | undefined): readonly InputUse[] {
  const { indexed, keys, items } = use ?? newUse();
  if (!use || indexed.size === 0 || keys.size > 0 || items.length > 0 || isTold(use)) return [];
  const isFromBack = [...indexed.keys()].every((index) => index < 0);
  const stages = Array.from({ length: indexed.size }, (_, at) => indexed.get(isFromBack ? at - indexed.size : at));
  return stages.every((each) => each?.demand) ? (stages as InputUse[]) : [];
}

/** Whether an input holds others. */
export const holdsOthers = (use: InputUse): boolean =>
  use.keys.size > 0 ||
  isListOf(use) ||
  stagesOf(use).length > 0 ||
  isObject(use) ||
  (use.items.length > 0 && !isTold(use));

/** Whether nothing tells what an input holds, or a part of it. */
export function isVague(name: string, use: InputUse | undefined): boolean {
  if (!use) return true;
  if (use.each && isListOf(use)) return isVague(name, use.each);
  const held = use.keys.size > 0 ? use.keys : isObject(use) ? use.attributes : undefined;
  if (held) return [...held].some(([key, each]) => !each.spare && isVague(key, each));
  if (stagesOf(use).length > 0) return false;
  if (isTold(use) || use.numbers !== undefined || use.classesOf) return false;
  // Beside a map of features others are maps, too.
  if (use.items.some(({ demand }) => demand?.space)) return false;
  if (use.items.length > 0) return use.items.some((each) => isVague(each.label ?? name, each));
  const image: TensorSpec = { dtype: 'float32', shape: [BATCH, 3, 8, 8] };
  return companion(name, image) === image;
}

/** Features of each token, as models of text call them. */
const HIDDEN = /^(?:\w+_)?hidden_states?$/;

/** Names that mean the same wherever a dictionary or an object has them, with the dimensions of what they hold. */
const USUAL: readonly (readonly [name: RegExp, beside: RegExp | undefined, dimensions: readonly string[]])[] = [
  [HIDDEN, undefined, ['batch', 'length', 'dim']],
  // What a detector says of its queries.
  [/^pred_logits$/, /^pred_(?:boxes|masks)$/, ['batch', 'queries', 'dim']],
  [/^pred_boxes$/, /^pred_logits$/, ['batch', 'queries', '4']],
  [/^pred_masks$/, /^pred_logits$/, ['batch', 'queries', 'height', 'width']],
];

/**
 * Takes in what the names of what an input holds tell of it.
 * @param uses of all inputs
 */
export function learnHeld(use: InputUse, uses: ReadonlyMap<string, InputUse>): void {
  const held = [...use.keys, ...use.attributes];
  for (const [name, each] of held) {
    const isBeside = (beside: RegExp | undefined) => !beside || held.some(([other]) => beside.test(other));
    const [, , dimensions] = USUAL.find(([own, beside]) => own.test(name) && isBeside(beside)) ?? [];
    if (dimensions) learnDimensions(each, dimensions);
  }
  // Beside what models of transformers give back stand the masks that they take: of ones and zeros.
  const mask = use.attributes.has('last_hidden_state') ? uses.get('attention_mask') : undefined;
  if (mask && !isTold(mask)) mask.integer = true;
}

/** Sizes of images, of each sample: whole numbers. */
const SIZES = /(?:^|_)sizes$/;

/** A step of a diffusion, one for each sample. */
const STEP = /^(?:t|time_?steps?)$/;

/**
 * Takes in what the name of an input tells besides its use.
 * @param isOnly there is no other input
 */
export function learnName(name: string, use: InputUse, isOnly: boolean): void {
  if (isOnly && STEP.test(name) && !isTold(use)) {
    use.rank = 1;
    use.integer = true;
  }
  if (SIZES.test(name) && use.sizes.get(1) === 2) use.integer = true;
  if (HIDDEN.test(name) && !isTold(use)) learnDimensions(use, ['batch', 'length', 'dim']);
}

/** The class of an object, by its annotation where that is one that only keeps fields. */
export function classOfObject(
  ctx: Interpreter,
  model: PyInstance,
  { annotation = '' }: Pick<ParameterNode, 'annotation'>,
): string {
  const name = annotation.replace(/^['"]|['"]$/g, '');
  const module = forwardOf(ctx, model)?.scope.module;
  if (!module || !new RegExp(`^${python.name}$`, 'u').test(name)) return PLAIN;
  try {
    const found = ctx.finish(member(ctx, module, name));
    const isOwn = found instanceof PyClass && found.mro.every((each) => !each.native || each.name === 'object');
    return isOwn ? name : PLAIN;
  } catch (error) {
    // What can't be imported is no class to make an object of.
    if (error instanceof PythonError || error instanceof ExtractionError) return PLAIN;
    throw error;
  }
}

const PLAIN = 'SimpleNamespace';
