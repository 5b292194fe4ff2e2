/** A way to feed a model that was not told how. */

import type { RunningCall } from '../graph/fault';
import { say } from '../language/say';
import type { Interpreter } from '../python/run/interpreter';
import type { ParameterNode } from '../python/syntax/ast';
import { PyFunction } from '../python/values/scope';
import { PyBoundMethod, type PyInstance, type PyValue } from '../python/values/values';
import type { FedInput } from './calls';
import type { FeatureMismatch } from './solve';
import { mapTensors, type TensorSpec } from './spec';

/** One way to feed a model, tried in order. */
export interface InputGuess {
  readonly inputs: readonly FedInput[];
  readonly origin: InputOrigin;
  /** How it was found, for the reader: `from torch.randn at line 70`. */
  readonly detail?: string;
  /** Where the size of an image is a guess: which it is, along how many dimensions, and the same guess at another. */
  readonly scale?: SizeGuess;
  /** How many samples there are is ours, whatever else the file says of the shapes. */
  readonly ownBatch?: boolean;
  /** The file's own call, where the shapes are its: what does not fit then is told. */
  readonly call?: string;
  /** It is that call as it stands, which surely runs, of the model as it was built. */
  readonly written?: RunningCall;
  /** Its edges are known, and what comes out need not be as many as the nodes that go in. */
  readonly isGraph?: true;
  /** Of each tensor, in order: whether a layer tells how many channels or features it has. */
  readonly told?: readonly boolean[];
  /**
   * The same with another length for the dimension that a mismatch is about.
   * @param isLast whether what only the layer tells that is registered first may be changed, too
   */
  readonly repair?: (mismatch: FeatureMismatch, isLast: boolean) => InputGuess | undefined;
}

/** A guess with another value for one of its tensors, counted through all inputs. */
export function withTensorAt(guess: InputGuess, at: number, value: TensorSpec): InputGuess {
  let place = at;
  const replace = (tensor: TensorSpec) => (place-- === 0 ? value : tensor);
  const inputs = guess.inputs.map((input) => ({ ...input, value: mapTensors(input.value, replace) }));
  const { repair: _, scale: __, ...rest } = guess;
  // It is no longer what the file or the first layer says.
  const isAnother = at === 0 || guess.origin === 'file';
  return {
    ...rest,
    inputs,
    origin: 'solved',
    ...(isAnother && { detail: say('The input is a guess, mended by what the model fails on') }),
  };
}

export interface SizeGuess {
  readonly size: number;
  readonly dimensions: number;
  /** @param across the second side, where the image is no square */
  readonly at: (size: number, across?: number) => InputGuess;
}

/** Given by the caller, what the model feeds a part of it with, read from a call or a tensor in the file, from the first layer, or by trying sizes until one fits. */
export type InputOrigin = 'given' | 'model' | 'file' | 'first-layer' | 'solved';

/** The `forward` of a model, where it is written in Python; what a decorator wraps, where it says so. */
export function forwardOf(ctx: Interpreter, model: PyInstance): PyFunction | undefined {
  const forward = ctx.lookup(model, 'forward');
  let callee: PyValue | undefined = forward instanceof PyBoundMethod ? forward.callee : forward;
  for (let depth = 0; callee instanceof PyFunction && depth < MOST_WRAPPED; depth++) {
    const wrapped: PyValue | undefined = callee.attributes?.get('__wrapped__');
    if (!(wrapped instanceof PyFunction)) return callee;
    callee = wrapped;
  }
  return callee instanceof PyFunction ? callee : undefined;
}

/** Decorators around a function that are looked through. */
const MOST_WRAPPED = 10;

/** What `forward` takes by name, with and without defaults. */
export function allParameters(ctx: Interpreter, model: PyInstance): readonly ParameterNode[] {
  const parameters = forwardOf(ctx, model)?.code.parameters ?? [];
  // A static method, or a function that was set, takes no `self`.
  const own = ctx.lookup(model, 'forward') instanceof PyBoundMethod ? parameters.slice(1) : parameters;
  return own.filter(({ kind }) => kind !== 'varargs' && kind !== 'varkeywords');
}

/** Whether `forward` takes whatever comes: `*args`. */
export const takesAny = (ctx: Interpreter, model: PyInstance): boolean =>
  (forwardOf(ctx, model)?.code.parameters ?? []).some(({ kind }) => kind === 'varargs');
