/** Layers as functions: what `nn.Conv2d.forward` and `F.conv2d` share. */

import { dimension } from '../../../activations/along';
import { defaultParameters, findActivation } from '../../../activations/catalogue';
import type { ActivationParameters, Scalar, SourceRange } from '../../../graph/types';
import { ShapeError } from '../../../graph/types';
import type { Context } from '../../../python/natives/context';
import type { PyTensor } from '../../../python/values/values';
import { apply, tensorOf } from '../../tensor/tensor';
import { reshape } from '../../tensor/views';

/** Sizes of a window over `rank` spatial dimensions. */
export interface Window {
  readonly kernel: readonly number[];
  readonly stride: readonly number[];
  readonly padding: readonly number[];
}

/** Both ends of each dimension alike, as the graph wants them: begins, then ends. */
export function bothEnds(padding: readonly number[]): number[] {
  return [...padding, ...padding];
}

/** `padding='same'`: PyTorch puts the odd one at the end. */
export function samePadding(kernel: readonly number[], dilation: readonly number[]): number[] {
  const total = kernel.map((size, dim) => (dilation[dim] ?? 1) * (size - 1));
  const begin = total.map((each) => Math.floor(each / 2));
  return [...begin, ...total.map((each, dim) => each - (begin[dim] ?? 0))];
}

/** Adds the batch dimension that `body` needs, and takes it away again: PyTorch's layers accept both. */
export function batched(ctx: Context, x: PyTensor, rank: number, body: (x: PyTensor) => PyTensor): PyTensor {
  if (x.type.shape.length !== rank - 1) return body(x);
  const result = body(reshape(ctx, x, [1, ...x.type.shape]));
  return reshape(ctx, result, result.type.shape.slice(1));
}

/** An activation's node. `parameters` are those of the catalogue that were given; `site` is its module's constructor. */
export function activate(
  ctx: Context,
  id: string,
  parameters: ActivationParameters,
  x: PyTensor,
  weight: PyTensor | null = null,
  site?: SourceRange,
): PyTensor {
  const entry = findActivation(id);
  const all: Record<string, Scalar> = { ...(entry ? defaultParameters(entry) : {}), ...parameters, ...entry?.fixed };
  if (all.dim === 'None') all.dim = dimension(x.type.shape.length, all.dim);
  const op = { kind: 'activation', activation: id, parameters: all } as const;
  try {
    return tensorOf(ctx, ctx.emit1(op, [x.value, weight?.value ?? null], site ? { site } : {}));
  } catch (error) {
    if (error instanceof ShapeError) return ctx.error('shape', error.message);
    throw error;
  }
}

export function linear(ctx: Context, x: PyTensor, weight: PyTensor, bias: PyTensor | null): PyTensor {
  return apply(ctx, { kind: 'linear' }, x, weight, bias);
}

export function dropout(ctx: Context, x: PyTensor, p: number, variant: 'element' | 'channel' | 'alpha'): PyTensor {
  if (p < 0 || p > 1) ctx.raise('ValueError', `dropout probability has to be between 0 and 1, but got ${p}`);
  return apply(ctx, { kind: 'dropout', p, variant }, x);
}

export function pool(
  ctx: Context,
  kind: 'max' | 'avg',
  x: PyTensor,
  window: Window & {
    readonly dilation?: readonly number[];
    readonly ceil: boolean;
    readonly countIncludePad?: boolean;
  },
): PyTensor {
  const { kernel, stride, ceil } = window;
  const padding = bothEnds(window.padding);
  return batched(ctx, x, kernel.length + 2, (batch) =>
    kind === 'max'
      ? apply(
          ctx,
          { kind: 'max_pool', kernel, stride, padding, ceil, dilation: window.dilation ?? kernel.map(() => 1) },
          batch,
        )
      : apply(
          ctx,
          { kind: 'avg_pool', kernel, stride, padding, ceil, countIncludePad: window.countIncludePad ?? true },
          batch,
        ),
  );
}

/** `output` has null where the input's size is kept. */
export function adaptivePool(
  ctx: Context,
  kind: 'max' | 'avg',
  x: PyTensor,
  output: readonly (number | null)[],
): PyTensor {
  return batched(ctx, x, output.length + 2, (batch) => {
    const sizes = output.map((size, dim) => size ?? batch.type.shape[dim + 2] ?? 1);
    return apply(ctx, { kind: 'adaptive_pool', function: kind, output: sizes }, batch);
  });
}

/** softmax(q·kᵀ·scale + mask)·v; `mask` is bool (true attends) or added. */
export function attention(
  ctx: Context,
  [query, key, value]: readonly [PyTensor, PyTensor, PyTensor],
  options: {
    readonly mask: PyTensor | null;
    readonly causal: boolean;
    readonly scale?: number;
    readonly dropout: number;
  },
): PyTensor {
  const scale = options.scale ?? 1 / Math.sqrt(query.type.shape.at(-1) ?? 1);
  const op = { kind: 'attention', causal: options.causal, scale, dropout: options.dropout } as const;
  return apply(ctx, op, query, key, value, options.mask);
}
