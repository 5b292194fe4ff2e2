/** Writing to tensors: what PyTorch's in-place forms, `x[i] = y` and `nn.init.*` do. */

import { putElements } from '../../graph/evaluate/elements';
import { placesOf } from '../../graph/initialise';
import { promote } from '../../graph/ops/rule';
import type { Initialiser, StorageId, TensorData } from '../../graph/types';
import { say } from '../../language/say';
import type { Context } from '../../python/natives/context';
import { PyTensor, type PyValue } from '../../python/values/values';
import { affine, firstValuesOf, fromInitialiser, initialiserOf, patch, sharedValuesOf } from './initialiser';
import { cast, dtypeTitle, fromData, isFloating, operand, ownContents, torchState } from './tensor';
import { broadcastTo, keepGradient, memoryStrides, reshape } from './views';

/** Gives `tensor` the values of a result of its own shape; its dtype stays. @throws RuntimeError in PyTorch's words. */
export function overwrite(ctx: Context, tensor: PyTensor, result: PyTensor): PyTensor {
  const [own, given] = [tensor.type, result.type];
  if (own.shape.join() !== given.shape.join()) {
    ctx.raise(
      'RuntimeError',
      `output with shape [${own.shape.join(', ')}] doesn't match the broadcast shape [${given.shape.join(', ')}]`,
    );
  }
  const fits =
    promote(own.dtype, given.dtype) === own.dtype ||
    (isFloating(own.dtype) && isFloating(given.dtype)) ||
    (own.dtype !== 'bool' && !isFloating(given.dtype));
  if (!fits) {
    ctx.raise(
      'RuntimeError',
      `result type ${dtypeTitle(given.dtype)} can't be cast to the desired output type ${dtypeTitle(own.dtype)}`,
    );
  }
  write(ctx, tensor, cast(ctx, result, own.dtype));
  return tensor;
}

/** `copy_`, `fill_` and assignment to an index: the values are broadcast and cast as they must be. */
export function assign(ctx: Context, tensor: PyTensor, value: PyValue): PyTensor {
  const given = operand(ctx, value, tensor);
  const { shape } = tensor.type;
  // Assignment drops dimensions of one in front that the target lacks.
  let from = given;
  while (from.type.shape.length > shape.length && from.type.shape[0] === 1) {
    from = reshape(ctx, from, from.type.shape.slice(1));
  }
  write(ctx, tensor, broadcastTo(ctx, cast(ctx, from, tensor.type.dtype), shape));
  return tensor;
}

/** `tensor` filled by an initialiser. */
export function fill(ctx: Context, tensor: PyTensor, initialiser: Initialiser): PyTensor {
  const { home } = tensor.memory.root;
  // Of a parameter nothing but the initialiser is kept.
  if (initialiser.kind === 'constant' && isParameter(ctx, tensor)) {
    refuseOverlap(ctx, tensor);
    writeParameter(ctx, tensor, home, initialiser);
  } else write(ctx, tensor, fromInitialiser(ctx, tensor.type, initialiser), initialiser);
  return tensor;
}

/** `x *= factor`, `x += shift`: what was made by an initialiser still is. @returns whether it was. */
export function rescale(ctx: Context, tensor: PyTensor, factor: number, shift: number): boolean {
  const isFirst = !torchState(ctx).running && isParameter(ctx, tensor);
  const made = isFirst ? affineOf(ctx, tensor, factor, shift) : rescaleInitialiser(ctx, tensor, factor, shift);
  if (made) fill(ctx, tensor, made);
  return made !== undefined;
}

/** The initialiser of `factor · x + shift` for a tensor of random values that are nobody else's. */
export function rescaleInitialiser(
  ctx: Context,
  tensor: PyTensor,
  factor: number,
  shift: number,
): Initialiser | undefined {
  const { root } = tensor.memory;
  // While the model runs, a multiple of what it keeps is computed of that: drawn, it would be another one.
  if (torchState(ctx).running) return undefined;
  return root.home === undefined && root.contents.storage !== undefined
    ? affineOf(ctx, tensor, factor, shift)
    : undefined;
}

function affineOf(ctx: Context, tensor: PyTensor, factor: number, shift: number): Initialiser | undefined {
  const own = isFloating(tensor.type.dtype) ? initialiserOf(ctx, tensor) : undefined;
  return own && affine(own, factor, shift, tensor.type.dtype);
}

/** Whether writing to the tensor writes to a parameter. */
function isParameter(ctx: Context, { memory }: PyTensor): boolean {
  const { home } = memory.root;
  // Buffers get their home when the model is about to run; what has one before that is a parameter.
  return home !== undefined && (!torchState(ctx).running || ctx.graph.storageAt(home).trainable);
}

/** @throws PythonError where elements share a place in memory */
function refuseOverlap(ctx: Context, tensor: PyTensor): void {
  const strides = memoryStrides(tensor);
  if (tensor.type.shape.some((size, dim) => size > 1 && strides[dim] === 0)) {
    ctx.raise(
      'RuntimeError',
      'unsupported operation: more than one element of the written-to tensor refers to a single memory location. Please clone() the tensor before performing the operation.',
    );
  }
}

/** Writes values of the tensor's own type; `drawn` where they are those of an initialiser. */
function write(ctx: Context, tensor: PyTensor, result: PyTensor, drawn?: Initialiser): void {
  const { memory } = tensor;
  const { root } = memory;
  refuseOverlap(ctx, tensor);
  const isWrittenBack = torchState(ctx).running && (ctx.graph.stops || !memory.isNoticed);
  if (isParameter(ctx, tensor) && isWrittenBack) {
    ctx.note(say('A parameter is written over while the model runs; that is done anew in each run, and not kept'));
  } else if (isParameter(ctx, tensor)) {
    writeParameter(ctx, tensor, root.home, drawn ?? result);
    return;
  }
  if (root.twin !== undefined) writeParameter(ctx, tensor, root.twin, drawn ?? result);
  const written =
    ctx.graph.stops && torchState(ctx).running
      ? keepGradient(ctx, tensor.type, memory.contents, result.memory.contents)
      : result.memory.contents;
  const before = root.contents;
  // What an operation needs of the tensor that it writes to itself, it keeps a copy of.
  if (memory.isNoticed) {
    ctx.graph.overwrite(
      root.uses.filter((use) => use.value !== result.memory.root.contents.value),
      ctx.range,
    );
    root.uses = [...result.memory.root.uses];
  }
  if (memory === root) {
    root.overwrite(drawn ? written : ownContents(written));
  } else if (before.data && written.data) {
    root.overwrite(fromData(ctx, root.type, patchedData(tensor, before.data, written.data)).memory.contents);
  } else {
    const own = root.home === undefined ? before.storage : undefined;
    const made = own === undefined ? undefined : (drawn ?? initialiserOf(ctx, result));
    if (own !== undefined && made) {
      const patched = patch(tensor, ctx.graph.storageAt(own).initialiser, made);
      root.overwrite(fromInitialiser(ctx, root.type, patched).memory.contents);
    } else memory.overwrite(ownContents(written));
  }
}

function writeParameter(
  ctx: Context,
  tensor: PyTensor,
  home: StorageId | undefined,
  values: Initialiser | PyTensor,
): void {
  if (home === undefined) return;
  if (torchState(ctx).running) {
    ctx.error('unsupported', say('Overwriting a parameter while the model runs is not read; write to its clone()'));
  }
  const held = values instanceof PyTensor && values.memory.root.home !== undefined;
  const initialiser =
    values instanceof PyTensor ? (held ? sharedValuesOf(ctx, values) : firstValuesOf(ctx, values)) : values;
  ctx.graph.reinitialise(home, patch(tensor, ctx.graph.storageAt(home).initialiser, initialiser));
}

/** The root's elements with those of a view written over. */
function patchedData(view: PyTensor, before: TensorData, own: TensorData): TensorData {
  const place = { offset: view.memory.place?.offset ?? 0, shape: view.type.shape, strides: memoryStrides(view) };
  return putElements(view.type.dtype, before, placesOf(place), own);
}
