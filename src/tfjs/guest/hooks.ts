/**
 * Layers and activations that stand on the tape as one step. The prototypes' `call` is what the library itself runs,
 * directly or inside a wrapper, so each is hooked there; what is not listed runs its own kernels.
 */
import { ones, type Tensor, type Tensor1D, tidy } from '@tensorflow/tfjs-core';
import * as activations from '@tensorflow/tfjs-layers/dist/activations';
import { Container } from '@tensorflow/tfjs-layers/dist/engine/container';
import { FeedDict } from '@tensorflow/tfjs-layers/dist/engine/executor';
import { Layer } from '@tensorflow/tfjs-layers/dist/engine/topology';
import * as advanced from '@tensorflow/tfjs-layers/dist/layers/advanced_activations';
import { Dense, Dropout } from '@tensorflow/tfjs-layers/dist/layers/core';
import { Embedding } from '@tensorflow/tfjs-layers/dist/layers/embeddings';
import { AlphaDropout, GaussianDropout, GaussianNoise } from '@tensorflow/tfjs-layers/dist/layers/noise';
import { BatchNormalization, LayerNormalization } from '@tensorflow/tfjs-layers/dist/layers/normalization';
import { CategoryEncoding } from '@tensorflow/tfjs-layers/dist/layers/preprocessing/category_encoding';
import { encodeCategoricalInputs } from '@tensorflow/tfjs-layers/dist/layers/preprocessing/preprocessing_utils';
import { GRUCell, LSTMCell, RNN, SimpleRNNCell } from '@tensorflow/tfjs-layers/dist/layers/recurrent';
import { Bidirectional, TimeDistributed, Wrapper } from '@tensorflow/tfjs-layers/dist/layers/wrappers';
import { getExactlyOneTensor } from '@tensorflow/tfjs-layers/dist/utils/types_utils';
import { constructionOf } from './places';
import { leaveOut, noteFed } from './seen';
import { isRecording, runInLayer, type Shaped, takeTensors } from './tape';
import { valuesOf } from './values';

// biome-ignore lint/suspicious/noExplicitAny: the library's prototypes are patched, fields that it keeps private among them
type Any = any;
type LayerCall = (this: Any, inputs: Tensor | Tensor[], options: Any) => Tensor | Tensor[];
type Instead = (layer: Any, x: Tensor, options: Any, original: () => Tensor | Tensor[]) => Tensor | Tensor[];

const like = (x: Tensor): Shaped => ({ shape: x.shape.slice(), dtype: 'float32' });

/** The one tensor that a step of a layer or activation returns. */
function one(
  kind: 'layer' | 'activation',
  name: string,
  inputs: readonly (readonly [string, Tensor | null | undefined])[],
  attributes: Readonly<Record<string, unknown>>,
  output: Shaped,
): Tensor {
  const given = inputs.flatMap(([key, tensor]) => (tensor ? [[key, tensor] as const] : []));
  return takeTensors(kind, name, given, attributes, [output])[0] as Tensor;
}

const read = (variable: { read: () => Tensor } | null | undefined): Tensor | undefined => variable?.read();

/** Puts a step in the place of what a class computes, while a run is recorded. */
function replace(type: { prototype: object }, instead: Instead): void {
  const prototype = type.prototype as { call: LayerCall };
  const original = prototype.call;
  prototype.call = function (inputs, options) {
    if (!isRecording()) return original.call(this, inputs, options);
    return runInLayer(this, inputs, () =>
      tidy(() => instead(this, getExactlyOneTensor(inputs), options ?? {}, () => original.call(this, inputs, options))),
    );
  };
}

/** A noise whose rate decides whether there is any. */
const noise =
  (name: string, attributes: (layer: Any, x: Tensor) => Record<string, unknown>): Instead =>
  (layer, x, _, original) =>
    layer.rate === undefined || (layer.rate > 0 && layer.rate < 1)
      ? one('layer', name, [['x', x]], attributes(layer, x), like(x))
      : original();

const dropOut = (x: Tensor, rate: number, noiseShape: readonly number[] | null | undefined): Tensor =>
  one('layer', 'Dropout', [['x', x]], { rate, noiseShape: noiseShape ?? null }, like(x));

/** Layers of the library, by class. */
function hookLayers(): void {
  replace(Dense, (layer, x, _, original) => {
    if (x.rank < 2) return original();
    const output = one(
      'layer',
      'Dense',
      [
        ['x', x],
        ['kernel', read(layer.kernel)],
        ['bias', read(layer.bias)],
      ],
      {},
      { shape: [...x.shape.slice(0, -1), layer.units], dtype: 'float32' },
    );
    return layer.activation ? layer.activation.apply(output) : output;
  });
  // It looks whether its input is in range, which only data would tell.
  replace(CategoryEncoding, (layer, x, { countWeights }) => {
    const weights = countWeights === undefined ? undefined : (getExactlyOneTensor(countWeights) as Tensor1D);
    return encodeCategoricalInputs(
      x.dtype === 'int32' ? x : x.cast('int32'),
      layer.outputMode,
      layer.numTokens,
      weights,
    );
  });
  replace(Embedding, (layer, x) =>
    one(
      'layer',
      'Embedding',
      [
        ['x', x],
        ['embeddings', read(layer.embeddings)],
      ],
      {},
      { shape: layer.computeOutputShape(x.shape), dtype: 'float32' },
    ),
  );
  replace(Dropout, (layer, x, _, original) =>
    layer.rate > 0 && layer.rate < 1 ? dropOut(x, layer.rate, layer.getNoiseShape(x)) : original(),
  );
  replace(
    GaussianNoise,
    noise('GaussianNoise', ({ stddev }) => ({ stddev })),
  );
  replace(
    GaussianDropout,
    noise('GaussianDropout', ({ rate }) => ({ rate })),
  );
  replace(
    AlphaDropout,
    noise('AlphaDropout', (layer, x) => ({ rate: layer.rate, noiseShape: layer._getNoiseShape(x) })),
  );
  replace(BatchNormalization, (layer, x) =>
    one(
      'layer',
      'BatchNormalization',
      [
        ['x', x],
        ['gamma', read(layer.gamma)],
        ['beta', read(layer.beta)],
        ['movingMean', read(layer.movingMean)],
        ['movingVariance', read(layer.movingVariance)],
      ],
      {
        axis: layer.axis < 0 ? layer.axis + x.rank : layer.axis,
        epsilon: layer.epsilon,
        momentum: layer.momentum,
      },
      like(x),
    ),
  );
  replace(LayerNormalization, (layer, x) =>
    one(
      'layer',
      'LayerNormalization',
      [
        ['x', x],
        ['gamma', read(layer.gamma)],
        ['beta', read(layer.beta)],
      ],
      { axis: layer.axis, epsilon: layer.epsilon },
      like(x),
    ),
  );
}

/** Advanced activation layers, by class: what each has of settings, and of weights. */
function hookActivationLayers(): void {
  const settings: readonly (readonly [{ prototype: object }, string, (layer: Any) => Record<string, unknown>])[] = [
    [advanced.ReLU, 'ReLU', ({ maxValue }) => ({ maxValue: maxValue ?? null })],
    [advanced.LeakyReLU, 'LeakyReLU', ({ alpha }) => ({ alpha })],
    [advanced.PReLU, 'PReLU', () => ({})],
    [advanced.ELU, 'ELU', ({ alpha }) => ({ alpha })],
    [advanced.ThresholdedReLU, 'ThresholdedReLU', ({ theta }) => ({ theta })],
    [advanced.Softmax, 'Softmax', ({ axis }) => ({ axis })],
  ];
  for (const [type, name, attributes] of settings) {
    replace(type, (layer, x, options, original) => {
      if (name === 'Softmax' && (options.mask != null || Array.isArray(layer.axis))) return original();
      const alpha = name === 'PReLU' ? read(layer.alpha) : undefined;
      return one(
        'activation',
        name,
        [
          ['x', x],
          ['alpha', alpha],
        ],
        attributes(layer),
        like(x),
      );
    });
  }
}

/** How many recurrent layers are running: what their cells bend is a part of them, and no place of its own. */
let inCells = 0;

/** The functions that `activation: 'relu'` names. */
function hookActivations(): void {
  for (const type of Object.values(activations) as Any[]) {
    if (typeof type !== 'function' || type === activations.Activation) continue;
    if (!(type.prototype instanceof activations.Activation) || type === activations.Linear) continue;
    const apply = type.prototype.apply;
    const along = type === activations.Softmax || type === activations.LogSoftmax;
    type.prototype.apply = function (x: Tensor, setting?: number) {
      if (!isRecording()) return apply.call(this, x, setting);
      const name = this.getClassName();
      const given = along ? { axis: setting ?? -1 } : setting === undefined ? {} : { alpha: setting };
      const attributes = inCells > 0 ? { ...given, cell: true } : given;
      return one('activation', name, [['x', x]], attributes, like(x));
    };
  }
}

const cells: readonly (readonly [unknown, string])[] = [
  [LSTMCell, 'LSTM'],
  [GRUCell, 'GRU'],
  [SimpleRNNCell, 'SimpleRNN'],
];

const isZero = (tensor: Tensor): boolean => {
  const values = valuesOf(tensor.dataId as object);
  return values !== undefined && Array.from(values as ArrayLike<number>).every((value) => value === 0);
};

const rateOf = (rate: unknown): number => (typeof rate === 'number' && rate > 0 && rate < 1 ? rate : 0);

/** Cells whose masks are drawn while the layer trains are told to draw them as a step. */
function withDrawnMasks<T>(cell: Any, body: (drawn: boolean) => T): T {
  const all: Any[] = cellsOf({ cell });
  const dropping = all.filter((each) => rateOf(each.dropout) || rateOf(each.recurrentDropout));
  if (dropping.length === 0) return body(false);
  const before = dropping.map((each) => each.dropoutFunc);
  for (const each of dropping) each.dropoutFunc = (ones: Tensor, rate: number) => dropOut(ones, rate, null);
  try {
    return body(true);
  } finally {
    dropping.forEach((each, index) => {
      each.dropoutFunc = before[index];
    });
  }
}

/** The cells of a recurrent layer: one, or those of a stack. */
export const cellsOf = ({ cell }: Any): Layer[] => (Array.isArray(cell.cells) ? cell.cells : [cell]);

/** Recurrent layers of the library's own cells are one step; other cells run step by step. */
function hookRecurrent(): void {
  // A cell that the user made is a layer inside of the one that runs it.
  for (const [type] of cells) {
    const { prototype } = type as { prototype: Any };
    const call: LayerCall = prototype.call;
    prototype.call = function (inputs: Tensor | Tensor[], options: Any) {
      return constructionOf(this) === undefined
        ? call.call(this, inputs, options)
        : runInLayer(this, inputs, () => call.call(this, inputs, options));
    };
  }
  const prototype = RNN.prototype as Any;
  const original: LayerCall = prototype.call;
  prototype.call = function (inputs: Tensor | Tensor[], options: Any): Tensor | Tensor[] {
    if (!isRecording()) return original.call(this, inputs, options);
    const { cell } = this;
    const name = cells.find(([type]) => cell.constructor === type)?.[1];
    return runInLayer(this, inputs, () =>
      tidy(() => {
        const { mask, initialState, training } = options ?? {};
        const known = name !== undefined && options?.constants == null && (mask == null || mask.rank === 2);
        if (!known) {
          return withDrawnMasks(cell, (drawn) => {
            inCells++;
            try {
              return original.call(this, inputs, { ...options, training: drawn ? true : training });
            } finally {
              inCells--;
            }
          });
        }
        let x = getExactlyOneTensor(inputs);
        const [batch, time, width] = x.shape as [number, number, number];
        if (rateOf(cell.dropout) > 0) x = dropOut(x, cell.dropout, [batch, 1, width]);
        const states: (Tensor | null)[] = initialState ?? (this.stateful ? this.states_ : null) ?? [];
        const begins = states.map((state) => (state === null || isZero(state) ? undefined : state));
        const { units } = cell;
        const keep =
          rateOf(cell.recurrentDropout) > 0 ? dropOut(ones([batch, units]), cell.recurrentDropout, null) : undefined;
        const count = name === 'LSTM' ? 2 : 1;
        const state: Shaped = { shape: [batch, units], dtype: 'float32' };
        const given = (
          [
            ['x', x],
            ['kernel', read(cell.kernel)],
            ['recurrentKernel', read(cell.recurrentKernel)],
            ['bias', cell.bias ? read(cell.bias) : undefined],
            ['h', begins[0]],
            ['c', begins[1]],
            ['mask', mask ?? undefined],
            ['keep', keep],
          ] as const
        ).flatMap(([key, tensor]) => (tensor ? [[key, tensor] as const] : []));
        const [output, ...last] = takeTensors(
          'layer',
          name,
          given,
          {
            activation: cell.activation ? cell.activation.getClassName() : 'linear',
            recurrentActivation: cell.recurrentActivation ? cell.recurrentActivation.getClassName() : null,
            goBackwards: this.goBackwards,
            returnSequences: this.returnSequences,
            stateful: this.stateful,
          },
          [
            { shape: this.returnSequences ? [batch, time, units] : [batch, units], dtype: 'float32' },
            ...new Array<Shaped>(count).fill(state),
          ],
        ) as [Tensor, ...Tensor[]];
        return this.returnState ? [output, ...last] : output;
      }),
    );
  };
}

/** Whether a layer, or one inside it, normalises over the batch: then it matters which samples run together. */
function normalises(layer: Any): boolean {
  if (layer instanceof BatchNormalization) return true;
  if (layer instanceof Container) return layer.layers.some(normalises);
  if (layer instanceof Bidirectional) return false;
  return layer instanceof Wrapper && normalises((layer as Any).layer);
}

/** Every step of a sequence goes through one layer: the sequence is laid into the batch. */
function hookTimeDistributed(): void {
  replace(TimeDistributed, (wrapper, x, options, original) => {
    const { layer } = wrapper;
    const batch = x.shape[0] as number;
    const time = x.shape[1] as number;
    if (options.mask != null || normalises(layer)) return runInLayer(layer, x, original);
    const laid = x.reshape([batch * time, ...x.shape.slice(2)]);
    const laidOutput = leaveOut(() => runInLayer(layer, laid, () => layer.call(laid, options)));
    const output = getExactlyOneTensor(laidOutput as Tensor);
    return output.reshape([batch, time, ...output.shape.slice(1)]);
  });
}

function hookPaths(): void {
  const prototype = Layer.prototype as Any;
  const apply = prototype.apply;
  prototype.apply = function (inputs: unknown, options: unknown) {
    return runInLayer(this, inputs, () => apply.call(this, inputs, options));
  };
}

/** What stands for the tensors of a model while it runs. */
function hookFeeds(): void {
  const { add } = FeedDict.prototype;
  FeedDict.prototype.add = function (symbol, tensor, mask) {
    if (isRecording()) noteFed(symbol, tensor);
    return add.call(this, symbol, tensor, mask);
  };
}

/** Hooks the library, once. */
export function installHooks(): void {
  hookPaths();
  hookLayers();
  hookActivationLayers();
  hookActivations();
  hookRecurrent();
  hookTimeDistributed();
  hookFeeds();
}
