import { ShapeError, type TensorType } from '../types';
import { elements, type InputTypes, requiredInput, size, sizes, type TypeRules } from './rule';

/** Begin and end padding of one spatial dimension; `padding` lists all begins, then all ends. */
function pads(padding: readonly number[], rank: number, dim: number): number {
  return size(padding, dim) + size(padding, rank + dim);
}

function spatialSizes(input: TensorType, rank: number, name: string): readonly number[] {
  if (input.shape.length !== rank + 2) {
    throw new ShapeError(
      `Expected ${rank + 1}D (unbatched) or ${rank + 2}D (batched) input to ${name}, but got input of size: ${sizes(input.shape)}`,
    );
  }
  return input.shape.slice(2);
}

function checkBias(inputs: InputTypes, channels: number): void {
  const bias = inputs[2];
  if (bias && (bias.shape.length !== 1 || bias.shape[0] !== channels)) {
    throw new ShapeError(
      `Given weight of ${channels} output channels, expected bias to be 1-dimensional with ${channels} elements, but got bias of size ${sizes(bias.shape)} instead`,
    );
  }
}

/** Size of a sliding window's output along one dimension, by PyTorch's formula. */
export function pooledSize(
  length: number,
  kernel: number,
  stride: number,
  begin: number,
  end: number,
  dilation: number,
  ceil: boolean,
): number {
  const span = length + begin + end - dilation * (kernel - 1) - 1;
  let output = Math.floor((span + (ceil ? stride - 1 : 0)) / stride) + 1;
  // The last window must start inside the input or its left padding.
  if (ceil && (output - 1) * stride >= length + begin) output -= 1;
  return output;
}

interface PoolingWindow {
  readonly kernel: readonly number[];
  readonly stride: readonly number[];
  readonly padding: readonly number[];
  readonly ceil: boolean;
}

function pool(input: TensorType, window: PoolingWindow, dilation: readonly number[], name: string): TensorType[] {
  const rank = window.kernel.length;
  const lengths = spatialSizes(input, rank, name);
  const output = lengths.map((length, dim) => {
    const kernel = size(window.kernel, dim);
    const begin = size(window.padding, dim);
    const end = size(window.padding, rank + dim);
    if (begin * 2 > kernel) {
      throw new ShapeError(
        `pad should be at most half of effective kernel size, but got pad=${begin}, kernel_size=${kernel} and dilation=${size(dilation, dim)}`,
      );
    }
    return pooledSize(length, kernel, size(window.stride, dim), begin, end, size(dilation, dim), window.ceil);
  });
  if (output.some((each) => each < 1)) {
    throw new ShapeError(
      `Given input size: (${input.shape.slice(1).join('x')}). Calculated output size: (${[input.shape[1], ...output].join('x')}). Output size is too small`,
    );
  }
  return [{ dtype: input.dtype, shape: [...input.shape.slice(0, 2), ...output] }];
}

export const convolution: TypeRules<
  'conv' | 'conv_transpose' | 'max_pool' | 'max_pool_places' | 'avg_pool' | 'adaptive_pool' | 'resize'
> = {
  conv(attributes, inputs) {
    const x = requiredInput(inputs, 0);
    const weight = requiredInput(inputs, 1);
    const rank = weight.shape.length - 2;
    const lengths = spatialSizes(x, rank, `conv${rank}d`);
    const channels = size(x.shape, 1);
    const expected = size(weight.shape, 1) * attributes.groups;
    if (channels !== expected) {
      throw new ShapeError(
        `Given groups=${attributes.groups}, weight of size ${sizes(weight.shape)}, expected input${sizes(x.shape)} to have ${expected} channels, but got ${channels} channels instead`,
      );
    }
    const outChannels = size(weight.shape, 0);
    if (outChannels % attributes.groups !== 0) {
      throw new ShapeError(
        `Given groups=${attributes.groups}, expected weight to be divisible by ${attributes.groups} at dimension 0, but got weight of size ${sizes(weight.shape)} instead`,
      );
    }
    checkBias(inputs, outChannels);
    const output = lengths.map((length, dim) => {
      const kernel = size(weight.shape, dim + 2);
      const dilation = size(attributes.dilation, dim);
      const padded = length + pads(attributes.padding, rank, dim);
      if (padded < dilation * (kernel - 1) + 1) {
        throw new ShapeError(
          `Calculated padded input size per channel: (${lengths.map((each, i) => each + pads(attributes.padding, rank, i)).join(' x ')}). Kernel size: (${weight.shape.slice(2).join(' x ')}). Kernel size can't be greater than actual input size`,
        );
      }
      return Math.floor((padded - dilation * (kernel - 1) - 1) / size(attributes.stride, dim)) + 1;
    });
    return [{ dtype: x.dtype, shape: [size(x.shape, 0), outChannels, ...output] }];
  },

  conv_transpose(attributes, inputs) {
    const x = requiredInput(inputs, 0);
    const weight = requiredInput(inputs, 1);
    const rank = weight.shape.length - 2;
    const lengths = spatialSizes(x, rank, `conv_transpose${rank}d`);
    const channels = size(x.shape, 1);
    if (channels !== size(weight.shape, 0)) {
      throw new ShapeError(
        `Given transposed=1, weight of size ${sizes(weight.shape)}, expected input${sizes(x.shape)} to have ${weight.shape[0]} channels, but got ${channels} channels instead`,
      );
    }
    const outChannels = size(weight.shape, 1) * attributes.groups;
    checkBias(inputs, outChannels);
    for (const [dim, padding] of attributes.outputPadding.entries()) {
      const [stride, dilation] = [size(attributes.stride, dim), size(attributes.dilation, dim)];
      if (padding > 0 && padding >= stride && padding >= dilation) {
        // PyTorch tells the sizes of all sides; a signal is an image of height 1.
        const sides = ['depth', 'height', 'width'].slice(-Math.max(2, rank));
        const named = (each: readonly number[], name: string, absent: number) =>
          sides.map(
            (side, at) => `${name}_${side}: ${rank === 1 && at === 0 ? absent : each[at - sides.length + rank]}`,
          );
        const told = [
          ...named(attributes.outputPadding, 'output_padding', 0),
          ...named(attributes.stride, 'stride', 1),
          ...named(attributes.dilation, 'dilation', 1),
        ];
        throw new ShapeError(
          `output padding must be smaller than either stride or dilation, but got ${told.join(' ')}`,
        );
      }
    }
    const output = lengths.map(
      (length, dim) =>
        (length - 1) * size(attributes.stride, dim) -
        pads(attributes.padding, rank, dim) +
        size(attributes.dilation, dim) * (size(weight.shape, dim + 2) - 1) +
        size(attributes.outputPadding, dim) +
        1,
    );
    if (output.some((each) => each < 1)) {
      throw new ShapeError(
        `Given input size per channel: (${lengths.join(' x ')}). Calculated output size per channel: (${output.join(' x ')}). Output size is too small`,
      );
    }
    return [{ dtype: x.dtype, shape: [size(x.shape, 0), outChannels, ...output] }];
  },

  max_pool(attributes, inputs) {
    const rank = attributes.kernel.length;
    return pool(requiredInput(inputs, 0), attributes, attributes.dilation, `max_pool${rank}d`);
  },

  max_pool_places(attributes, inputs) {
    const rank = attributes.kernel.length;
    const pooled = pool(requiredInput(inputs, 0), attributes, attributes.dilation, `max_pool${rank}d`);
    return pooled.map(({ shape }) => ({ dtype: 'int64', shape }));
  },

  avg_pool(attributes, inputs) {
    const rank = attributes.kernel.length;
    const dilation = attributes.kernel.map(() => 1);
    return pool(requiredInput(inputs, 0), attributes, dilation, `avg_pool${rank}d`);
  },

  adaptive_pool(attributes, inputs) {
    const x = requiredInput(inputs, 0);
    const rank = attributes.output.length;
    const lengths = spatialSizes(x, rank, `adaptive_${attributes.function}_pool${rank}d`);
    if (elements(lengths) === 0) {
      throw new ShapeError(`Expected input to have non-zero size for non-batch dimensions, but got ${sizes(x.shape)}`);
    }
    return [{ dtype: x.dtype, shape: [...x.shape.slice(0, 2), ...attributes.output] }];
  },

  resize(attributes, inputs) {
    const x = requiredInput(inputs, 0);
    spatialSizes(x, attributes.sizes.length, 'interpolate');
    if (attributes.sizes.some((each) => each < 1)) {
      throw new ShapeError(
        `Input and output sizes should be greater than 0, but got input ${sizes(x.shape.slice(2))} output ${sizes(attributes.sizes)}`,
      );
    }
    return [{ dtype: x.dtype, shape: [...x.shape.slice(0, 2), ...attributes.sizes] }];
  },
};
