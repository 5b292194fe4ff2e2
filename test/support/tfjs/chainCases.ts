/** Networks of layers drawn at random, one behind the other and joined: what one leaves in its layout the next one takes. */
import { activations, Draw, type LayerCase } from './layerCases';

const json = (value: unknown): string => JSON.stringify(value);

type Shape = readonly number[];

/** A step of a network: the code of a tensor made of `x`, and its shape. */
interface Grown {
  readonly code: string;
  readonly shape: Shape;
}

const layer = (name: string, settings: unknown, x = 'x') => `tf.layers.${name}(${json(settings)}).apply(${x})`;
const halved = (size: number) => Math.ceil(size / 2);

/** Steps for images [height, width, channels]. */
const forImages: readonly ((d: Draw, shape: Shape) => Grown)[] = [
  (d, [h = 1, w = 1]) => {
    const filters = d.whole(1, 4);
    const strides = d.whole(1, 2);
    const settings = { filters, kernelSize: d.whole(1, 3), strides, padding: 'same', activation: d.of(activations) };
    const size = (length: number) => Math.ceil(length / strides);
    return { code: layer('conv2d', settings), shape: [size(h), size(w), filters] };
  },
  (_, [h = 1, w = 1, c = 1]) => ({
    code: layer('maxPooling2d', { poolSize: 2, padding: 'same' }),
    shape: [halved(h), halved(w), c],
  }),
  (_, shape) => ({ code: layer('batchNormalization', {}), shape }),
  // Of one feature it is nothing but rounding.
  (_, shape) => ({ code: layer('layerNormalization', {}), shape: (shape[2] ?? 0) > 1 ? shape : [] }),
  (d, shape) => ({ code: layer('activation', { activation: d.of([...activations, 'softmax']) }), shape }),
  (d, shape) => ({ code: layer('prelu', d.of([{}, { sharedAxes: [1, 2] }, { sharedAxes: [1] }])), shape }),
  (_, [h = 1, w = 1, c = 1]) => ({
    code: layer('zeroPadding2d', {
      padding: [
        [1, 0],
        [0, 2],
      ],
    }),
    shape: [h + 1, w + 2, c],
  }),
  (_, [h = 1, w = 1, c = 1]) => ({ code: layer('permute', { dims: [2, 3, 1] }), shape: [w, c, h] }),
  (_, [h = 1, w = 1, c = 1]) => ({ code: `tf.layers.concatenate({ axis: 3 }).apply([x, x])`, shape: [h, w, 2 * c] }),
  (_, [h = 1, w = 1, c = 1]) => ({ code: `tf.layers.concatenate({ axis: 1 }).apply([x, x])`, shape: [2 * h, w, c] }),
  (d, shape) => ({
    code: `tf.layers.add().apply([x, ${layer('depthwiseConv2d', { kernelSize: d.whole(1, 3), padding: 'same' })}])`,
    shape,
  }),
  (_, shape) => ({
    code: `tf.layers.multiply().apply([x, ${layer('activation', { activation: 'sigmoid' })}])`,
    shape,
  }),
  (d, [h = 1, w = 1, c = 1]) => ({
    code: layer('reshape', {
      targetShape: d.of([
        [w, h, c],
        [h, c, w],
      ]),
    }),
    shape: [],
  }),
  (d, [h = 1, w = 1]) => {
    const units = d.whole(1, 4);
    return { code: layer('dense', { units, activation: d.of(activations) }), shape: [h, w, units] };
  },
  (d, [h = 1, w = 1, c = 1]) => ({
    code: layer('upSampling2d', { size: [2, 1], interpolation: d.of(['nearest', 'bilinear']) }),
    shape: [2 * h, w, c],
  }),
  (d, [h = 1, w = 1]) => {
    const filters = d.whole(1, 3);
    const settings = { filters, kernelSize: 3, strides: 2, padding: 'same' };
    return { code: layer('conv2dTranspose', settings), shape: [2 * h, 2 * w, filters] };
  },
];

/** Steps for sequences [time, features]. */
const forSequences: readonly ((d: Draw, shape: Shape) => Grown)[] = [
  (d, [t = 1]) => {
    const filters = d.whole(1, 4);
    return {
      code: layer('conv1d', { filters, kernelSize: 2, padding: 'same', activation: d.of(activations) }),
      shape: [t, filters],
    };
  },
  (_, [t = 1, c = 1]) => ({ code: layer('maxPooling1d', { poolSize: 2, padding: 'same' }), shape: [halved(t), c] }),
  (_, shape) => ({ code: layer('batchNormalization', {}), shape }),
  (d, [t = 1]) => {
    const units = d.whole(1, 3);
    const name = d.of(['lstm', 'gru', 'simpleRNN']);
    return { code: layer(name, { units, returnSequences: true, goBackwards: d.flag() }), shape: [t, units] };
  },
  (_, [t = 1, c = 1]) => ({ code: layer('permute', { dims: [2, 1] }), shape: [c, t] }),
  (d, [t = 1]) => {
    const units = d.whole(1, 3);
    return { code: layer('dense', { units, activation: d.of(activations) }), shape: [t, units] };
  },
  (_, [t = 1]) => ({
    code: `tf.layers.dot({ axes: [2, 2] }).apply([x, ${layer('activation', { activation: 'tanh' })}])`,
    shape: [t, t],
  }),
];

/** A network that begins with images, may go on with sequences, and ends in numbers. */
export function chainCases(count: number, seed: number): LayerCase[] {
  return Array.from({ length: count }, (_, index) => {
    const d = new Draw(seed * 100_019 + index + 77);
    let shape: Shape = [d.whole(3, 6), d.whole(3, 6), d.whole(1, 3)];
    const begin = shape;
    const lines: string[] = [];
    const grow = (steps: readonly ((d: Draw, shape: Shape) => Grown)[]) => {
      const grown = d.of(steps)(d, shape);
      const size = grown.shape.reduce((a, b) => a * b, 1);
      // A reshape says nothing of its own shape, and what grows for ever takes for ever.
      if (grown.shape.length !== shape.length || size > 400) return;
      lines.push(`x = ${grown.code};`);
      shape = grown.shape;
    };
    for (let each = d.whole(2, 6); each > 0; each--) grow(forImages);
    const [h = 1, w = 1, c = 1] = shape;
    if (d.flag()) {
      lines.push(`x = ${layer('reshape', { targetShape: [h, w * c] })};`);
      shape = [h, w * c];
      for (let each = d.whole(1, 4); each > 0; each--) grow(forSequences);
    } else lines.push(`x = ${d.of([layer('globalAveragePooling2d', {}), layer('flatten', {}), 'x'])};`);
    const make = `(tf) => {
      const inputs = tf.input({ shape: ${json(begin)} });
      let x = inputs;
      ${lines.join('\n      ')}
      return { target: tf.model({ inputs, outputs: x }), inputs: [] };
    }`;
    // One image where it is upsampled: the library's gradient is wrong for the others of a batch.
    return { name: `network ${index}`, make, batch: make.includes('upSampling') ? 1 : d.whole(1, 2) };
  });
}
