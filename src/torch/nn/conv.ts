/**
 * Convolutions and transposed convolutions.
 * `nn.Conv1d`, `nn.Conv2d`, `nn.Conv3d`, `nn.ConvTranspose1d`, `nn.ConvTranspose2d`, `nn.ConvTranspose3d`
 */

import { firstElements, itemAt } from '../../graph/access';
import { type NativeArguments, requireNumber } from '../../python/natives/arguments';
import type { Context } from '../../python/natives/context';
import { native } from '../../python/natives/native';
import { PyInstance, type PyTensor, PyTuple, type PyValue } from '../../python/values/values';
import { elements } from '../tensor/tensor';
import { samePadding } from './functional/conv';
import { layerFunctions } from './functional/index';
import { type PadMode, pad } from './functional/padding';
import { callFunctional, FACTORY, fanIn, type Layer, RANKS } from './layer';
import { selfOf } from './moduleFields';

const convolutionFields = ['weight', 'bias', 'stride', 'padding', 'dilation', 'groups'];

/** A convolution over an input that goes on beyond its borders by reflection, repetition or from its other end. */
function paddedConvolution(ctx: Context, self: PyInstance, x: PyTensor, rank: number): PyValue {
  const mode = self.fields.get('padding_mode');
  const ints = (name: string) => ctx.list(self.fields.get(name) ?? null).map((item) => requireNumber(ctx, item));
  const padding = self.fields.get('padding') ?? null;
  const both =
    padding === 'same'
      ? samePadding(ints('kernel_size'), ints('dilation'))
      : padding === 'valid'
        ? new Array<number>(2 * rank).fill(0)
        : [...ints('padding'), ...ints('padding')];
  const pairs = Array.from({ length: rank }, (_, i) => [
    itemAt(both, rank - 1 - i),
    itemAt(both, 2 * rank - 1 - i),
  ]).flat();
  const padded = pad(ctx, x, pairs, mode as PadMode, 0);
  const names = convolutionFields.filter((name) => name !== 'padding');
  const fields = names.map((name): [string, PyValue] => [name, self.fields.get(name) ?? null]);
  return ctx.call(layerFunctions.get(`conv${rank}d`) ?? null, [padded], new Map(fields));
}

function convolution(rank: number): Layer {
  return {
    name: `Conv${rank}d`,
    bases: ['_ConvNd'],
    constants: { transposed: false, output_padding: new PyTuple(new Array<bigint>(rank).fill(0n)) },
    signature: `in_channels, out_channels, kernel_size, stride=1, padding=0, dilation=1, groups=1, bias=True, padding_mode='zeros', ${FACTORY}`,
    build: (layer) => {
      const { args, ctx } = layer;
      const [inChannels, outChannels, groups] = [args.int('in_channels'), args.int('out_channels'), args.int('groups')];
      if (groups <= 0 || inChannels % groups !== 0) ctx.raise('ValueError', 'in_channels must be divisible by groups');
      if (outChannels % groups !== 0) ctx.raise('ValueError', 'out_channels must be divisible by groups');
      const modes = ['zeros', 'reflect', 'replicate', 'circular'];
      if (!modes.includes(args.string('padding_mode'))) {
        ctx.raise(
          'ValueError',
          `padding_mode must be one of {${modes.map((mode) => `'${mode}'`).join(', ')}}, but got padding_mode='${args.string('padding_mode')}'`,
        );
      }
      const kernel = args.intOrTuple('kernel_size', rank);
      for (const name of ['kernel_size', 'stride', 'dilation']) layer.set(name, args.intOrTuple(name, rank));
      if (args.get('padding') === 'same' && args.intOrTuple('stride', rank).some((step) => step !== 1)) {
        ctx.raise('ValueError', "padding='same' is not supported for strided convolutions");
      }
      if (typeof args.get('padding') !== 'string') layer.set('padding', args.intOrTuple('padding', rank));
      const shape = [outChannels, inChannels / groups, ...kernel];
      const fan = elements(shape.slice(1));
      layer.parameter('weight', shape, fanIn(fan));
      layer.optional(args.bool('bias'), 'bias', [outChannels], fanIn(fan));
    },
    forward: 'input',
    run: (ctx, self, args) =>
      self.fields.get('padding_mode') === 'zeros'
        ? callFunctional(`conv${rank}d`, convolutionFields)(ctx, self, args)
        : paddedConvolution(ctx, self, args.tensor('input'), rank),
    members: { _conv_forward: convForward(rank) },
  };
}

/** What subclasses call that convolve with a weight of their own. */
function convForward(rank: number): PyValue {
  return native('self, input, weight, bias', (ctx, args) => {
    const self = selfOf(args.get('self'));
    const copy = new PyInstance(self.cls);
    for (const [name, value] of self.fields) copy.fields.set(name, value);
    copy.fields.set('weight', args.get('weight'));
    copy.fields.set('bias', args.get('bias'));
    return self.fields.get('padding_mode') === 'zeros'
      ? callFunctional(`conv${rank}d`, convolutionFields)(ctx, copy, args)
      : paddedConvolution(ctx, copy, args.tensor('input'), rank);
  });
}

/** What `output_size` asks of a transposed convolution beyond the smallest output. */
function outputPadding(ctx: Context, self: PyInstance, args: NativeArguments, rank: number): PyValue {
  const wanted = args.optionalInts('output_size')?.slice(-rank);
  if (!wanted) return self.fields.get('output_padding') ?? null;
  const ints = (name: string) => ctx.list(self.fields.get(name) ?? null).map((item) => requireNumber(ctx, item));
  const [kernel, stride, padding, dilation] = firstElements(
    ['kernel_size', 'stride', 'padding', 'dilation'].map(ints),
    4,
  );
  const lengths = args.tensor('input').type.shape.slice(-rank);
  if (wanted.length !== rank) {
    ctx.raise(
      'ValueError',
      `ConvTranspose${rank}D: for ${rank + 2}D input, output_size must have ${rank} or ${rank + 2} elements (got ${wanted.length})`,
    );
  }
  const smallest = lengths.map(
    (length, i) =>
      (length - 1) * itemAt(stride, i) - 2 * itemAt(padding, i) + itemAt(dilation, i) * (itemAt(kernel, i) - 1) + 1,
  );
  const extra = wanted.map((size, i) => size - itemAt(smallest, i));
  if (extra.some((each, i) => each < 0 || each >= itemAt(stride, i))) {
    ctx.raise(
      'ValueError',
      `requested an output size of [${wanted.join(', ')}], but valid sizes range from [${smallest.join(', ')}] to [${smallest.map((size, i) => size + itemAt(stride, i) - 1).join(', ')}] (for an input of [${lengths.join(', ')}])`,
    );
  }
  return new PyTuple(extra.map(BigInt));
}

function transposedConvolution(rank: number): Layer {
  return {
    name: `ConvTranspose${rank}d`,
    bases: ['_ConvTransposeNd', '_ConvNd'],
    constants: { transposed: true },
    signature: `in_channels, out_channels, kernel_size, stride=1, padding=0, output_padding=0, groups=1, bias=True, dilation=1, padding_mode='zeros', ${FACTORY}`,
    build: (layer) => {
      const { args, ctx } = layer;
      const [inChannels, outChannels, groups] = [args.int('in_channels'), args.int('out_channels'), args.int('groups')];
      if (args.string('padding_mode') !== 'zeros') {
        ctx.raise('ValueError', `Only "zeros" padding mode is supported for ConvTranspose${rank}d`);
      }
      if (groups <= 0 || inChannels % groups !== 0) ctx.raise('ValueError', 'in_channels must be divisible by groups');
      if (outChannels % groups !== 0) ctx.raise('ValueError', 'out_channels must be divisible by groups');
      for (const name of ['kernel_size', 'stride', 'padding', 'output_padding', 'dilation']) {
        layer.set(name, args.intOrTuple(name, rank));
      }
      const shape = [inChannels, outChannels / groups, ...args.intOrTuple('kernel_size', rank)];
      const fan = elements(shape.slice(1));
      layer.parameter('weight', shape, fanIn(fan));
      layer.optional(args.bool('bias'), 'bias', [outChannels], fanIn(fan));
    },
    forward: 'input, output_size=None',
    run: (ctx, self, args) => {
      const names = ['weight', 'bias', 'stride', 'padding', 'groups', 'dilation'];
      const fields = new Map(names.map((name): [string, PyValue] => [name, self.fields.get(name) ?? null]));
      fields.set('output_padding', outputPadding(ctx, self, args, rank));
      return ctx.call(layerFunctions.get(`conv_transpose${rank}d`) ?? null, [args.get('input')], fields);
    },
  };
}

export const convolutionLayers: readonly Layer[] = [
  ...RANKS.flatMap((rank) => [convolution(rank), transposedConvolution(rank)]),
];
