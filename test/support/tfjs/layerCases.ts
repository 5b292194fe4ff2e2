/** Layers of TensorFlow.js with arguments drawn at random: code that makes a model of one of each class. */

/** Draws by a seed, the same everywhere. */
export class Draw {
  private state: number;

  constructor(seed: number) {
    this.state = (Math.imul(seed + 1, 0x9e3779b1) ^ 0x2545f491) >>> 0;
  }

  private next(): number {
    this.state = (Math.imul(this.state, 1664525) + 1013904223) >>> 0;
    return (this.state >>> 8) / 2 ** 24;
  }

  whole(low: number, high: number): number {
    return low + Math.floor(this.next() * (high - low + 1));
  }

  flag(): boolean {
    return this.next() < 0.5;
  }

  of<T>(list: readonly T[]): T {
    return list[this.whole(0, list.length - 1)] as T;
  }

  /** Settings that are given by chance. */
  some(settings: Readonly<Record<string, unknown>>): Record<string, unknown> {
    return Object.fromEntries(Object.entries(settings).filter(() => this.flag()));
  }
}

export interface LayerCase {
  readonly name: string;
  /** A function of `tf`, as text. */
  readonly make: string;
  readonly batch: number;
  /** Where the library's own gradients are wrong, those that its outputs have are measured. */
  readonly gradients?: 'library' | 'differences';
}

export const activations = [
  'elu',
  'relu',
  'relu6',
  'selu',
  'sigmoid',
  'hardSigmoid',
  'softplus',
  'softsign',
  'tanh',
  'linear',
  'swish',
  'mish',
  'gelu',
  'gelu_new',
] as const;
const everyActivation = [...activations, 'softmax', 'logSoftmax'] as const;

type Settings = Record<string, unknown>;

const json = (value: unknown): string => JSON.stringify(value);

/** A model of one layer, on inputs of shapes without the batch. */
function model(layer: string, settings: Settings, shapes: readonly (readonly number[])[], below?: number): string {
  const described = shapes.map((shape) => ({ shape: [null, ...shape], ...(below === undefined ? {} : { below }) }));
  const call = shapes.length === 1 ? 'inputs[0]' : 'inputs';
  return `(tf) => {
    const inputs = ${json(shapes)}.map((shape) => tf.input({ shape }));
    const layer = ${layer.includes('(') ? layer : `tf.layers.${layer}(${json(settings)})`};
    return { target: tf.model({ inputs, outputs: layer.apply(${call}) }), inputs: ${json(described)} };
  }`;
}

/** The same by hand: in a model these layers of the library fail. */
const applied = (layer: string, settings: Settings, shape: readonly number[]): string => `(tf) => {
    const layer = tf.layers.${layer}(${json(settings)});
    return { target: (x) => layer.apply(x), inputs: ${json([{ shape: [null, ...shape] }])} };
  }`;

const image = (d: Draw) => [d.whole(4, 7), d.whole(4, 7), d.whole(1, 3)];
const volume = (d: Draw) => [d.whole(3, 5), d.whole(3, 5), d.whole(3, 5), d.whole(1, 2)];
const sequence = (d: Draw) => [d.whole(3, 6), d.whole(1, 4)];
const any = (d: Draw) => Array.from({ length: d.whole(1, 3) }, () => d.whole(1, 5));

const convolution = (d: Draw, rank: number): Settings => {
  const dilated = d.flag();
  return {
    filters: d.whole(1, 3),
    kernelSize: Array.from({ length: rank }, () => d.whole(1, 3)),
    strides: Array.from({ length: rank }, () => (dilated ? 1 : d.whole(1, 2))),
    padding: d.of(['valid', 'same']),
    activation: d.of(activations),
    useBias: d.flag(),
    ...(dilated && rank < 3 ? { dilationRate: rank === 1 ? 2 : [d.whole(1, 2), d.whole(1, 2)] } : {}),
  };
};

const pooling = (d: Draw, rank: number): Settings => ({
  poolSize: rank === 1 ? d.whole(1, 3) : Array.from({ length: rank }, () => d.whole(1, 3)),
  ...d.some({ strides: rank === 1 ? d.whole(1, 3) : Array.from({ length: rank }, () => d.whole(1, 3)) }),
  padding: d.of(['valid', 'same']),
});

const recurrent = (d: Draw): Settings => ({
  units: d.whole(1, 4),
  ...d.some({
    activation: d.of(activations),
    useBias: d.flag(),
    returnSequences: d.flag(),
    returnState: d.flag(),
    goBackwards: d.flag(),
    implementation: d.whole(1, 2),
  }),
});

const gated = (d: Draw): Settings => ({ ...recurrent(d), ...d.some({ recurrentActivation: d.of(activations) }) });

/** A layer class, and a model of one with arguments drawn. */
export const layerDraws: Readonly<Record<string, (d: Draw) => string>> = {
  elu: (d) => model('elu', {}, [any(d)]),
  reLU: (d) => model('reLU', d.some({ maxValue: d.of([6, 1, 0.5]) }), [any(d)]),
  leakyReLU: (d) => model('leakyReLU', d.some({ alpha: d.whole(1, 9) / 10 }), [any(d)]),
  prelu: (d) => {
    const shape = image(d);
    return model('prelu', d.some({ sharedAxes: d.of([[1], [2], [1, 2], [1, 2, 3]]) }), [shape]);
  },
  softmax: (d) => {
    const shape = any(d);
    return model('softmax', { axis: d.of([-1, shape.length]) }, [shape]);
  },
  thresholdedReLU: (d) => model('thresholdedReLU', d.some({ theta: d.whole(1, 9) / 10 }), [any(d)]),
  conv1d: (d) => {
    // The library itself has no causal ones yet, whatever its documentation says.
    return model('conv1d', convolution(d, 1), [[d.whole(6, 9), d.whole(1, 3)]]);
  },
  conv2d: (d) => {
    const first = d.of([true, false, false, false]);
    const [h = 0, w = 0, c = 0] = image(d);
    const settings = { ...convolution(d, 2), dataFormat: first ? 'channelsFirst' : 'channelsLast' };
    return model('conv2d', settings, [first ? [c, h + 2, w + 2] : [h + 2, w + 2, c]]);
  },
  conv2dTranspose: (d) => {
    const { dilationRate, ...settings } = convolution(d, 2);
    void dilationRate;
    return model('conv2dTranspose', settings, [image(d)]);
  },
  conv3d: (d) => model('conv3d', convolution(d, 3), [volume(d)]),
  conv3dTranspose: (d) => {
    const { dilationRate, ...settings } = convolution(d, 3);
    void dilationRate;
    return model('conv3dTranspose', settings, [volume(d)]);
  },
  separableConv2d: (d) => {
    const stride = d.whole(1, 2);
    const settings = {
      ...convolution(d, 2),
      strides: [stride, stride],
      dilationRate: 1,
      depthMultiplier: d.whole(1, 3),
    };
    return model('separableConv2d', settings, [image(d)]);
  },
  cropping2D: (d) =>
    model(
      'cropping2D',
      {
        cropping: [
          [d.whole(0, 1), d.whole(0, 2)],
          [d.whole(0, 1), 1],
        ],
      },
      [image(d)],
    ),
  upSampling2d: (d) =>
    model(
      'upSampling2d',
      { size: [d.whole(1, 3), d.whole(1, 3)], ...d.some({ interpolation: d.of(['nearest', 'bilinear']) }) },
      [image(d)],
    ),
  depthwiseConv2d: (d) => {
    const { filters, dilationRate, strides, ...settings } = convolution(d, 2);
    void filters;
    void dilationRate;
    void strides;
    const stride = d.whole(1, 2);
    return model('depthwiseConv2d', { ...settings, strides: [stride, stride], depthMultiplier: d.whole(1, 3) }, [
      image(d),
    ]);
  },
  activation: (d) => model('activation', { activation: d.of(everyActivation) }, [any(d)]),
  dense: (d) =>
    model('dense', { units: d.whole(1, 5), activation: d.of(everyActivation), useBias: d.flag() }, [any(d)]),
  dropout: (d) => model('dropout', { rate: d.of([0, 0.3, 0.9]) }, [any(d)]),
  spatialDropout1d: (d) => model('spatialDropout1d', { rate: 0.4 }, [sequence(d)]),
  flatten: (d) => model('flatten', d.some({ dataFormat: d.of(['channelsFirst', 'channelsLast']) }), [image(d)]),
  repeatVector: (d) => model('repeatVector', { n: d.whole(1, 4) }, [[d.whole(1, 5)]]),
  reshape: (d) => {
    const shape = image(d);
    return model('reshape', { targetShape: d.of([[-1], [shape[1] ?? 1, -1], shape.toReversed()]) }, [shape]);
  },
  permute: (d) =>
    model(
      'permute',
      {
        dims: d.of([
          [2, 1, 3],
          [3, 1, 2],
          [1, 3, 2],
          [3, 2, 1],
        ]),
      },
      [image(d)],
    ),
  embedding: (d) => {
    const inputDim = d.whole(2, 9);
    return model('embedding', { inputDim, outputDim: d.whole(1, 4) }, [[d.whole(1, 5)]], inputDim);
  },
  ...Object.fromEntries(
    ['add', 'average', 'maximum', 'minimum', 'multiply'].map((name) => [
      name,
      (d: Draw) => {
        const shape = any(d);
        return model(
          name,
          {},
          Array.from({ length: d.whole(2, 3) }, () => shape),
        );
      },
    ]),
  ),
  concatenate: (d) => {
    const [h = 1, w = 1, c = 1] = image(d);
    const axis = d.of([-1, 1, 3]);
    const other = axis === 1 ? [h + 1, w, c] : [h, w, c + 1];
    return model('concatenate', { axis }, [[h, w, c], other]);
  },
  dot: (d) => {
    const [a, b, c] = [d.whole(1, 4), d.whole(1, 4), d.whole(1, 4)];
    const deep = d.flag();
    const shapes = deep
      ? [
          [a, b],
          [c, b],
        ]
      : [[a], [a]];
    return model('dot', { axes: deep ? 2 : 1, ...d.some({ normalize: true }) }, shapes);
  },
  batchNormalization: (d) => {
    const shape = any(d);
    return model(
      'batchNormalization',
      // Over another axis the CPU backend's kernel is wrong: it goes through statistics as if they were the last one's.
      { axis: d.of([-1, shape.length]), ...d.some({ epsilon: 0.01, center: false, scale: false, momentum: 0.9 }) },
      [shape],
    );
  },
  layerNormalization: (d) => {
    const shape = any(d);
    return model(
      'layerNormalization',
      { axis: d.of([-1, shape.length]), ...d.some({ epsilon: 0.01, center: false, scale: false }) },
      [shape],
    );
  },
  zeroPadding2d: (d) =>
    model(
      'zeroPadding2d',
      {
        padding: [
          [d.whole(0, 2), d.whole(0, 2)],
          [d.whole(0, 2), d.whole(0, 2)],
        ],
      },
      [image(d)],
    ),
  averagePooling1d: (d) => model('averagePooling1d', pooling(d, 1), [[d.whole(4, 7), d.whole(1, 3)]]),
  averagePooling2d: (d) => model('averagePooling2d', pooling(d, 2), [image(d)]),
  averagePooling3d: (d) => model('averagePooling3d', pooling(d, 3), [volume(d)]),
  maxPooling1d: (d) => model('maxPooling1d', pooling(d, 1), [[d.whole(4, 7), d.whole(1, 3)]]),
  maxPooling2d: (d) => model('maxPooling2d', pooling(d, 2), [image(d)]),
  maxPooling3d: (d) => model('maxPooling3d', pooling(d, 3), [volume(d)]),
  globalAveragePooling1d: (d) => model('globalAveragePooling1d', {}, [sequence(d)]),
  globalAveragePooling2d: (d) => model('globalAveragePooling2d', {}, [image(d)]),
  globalMaxPooling1d: (d) => model('globalMaxPooling1d', {}, [sequence(d)]),
  globalMaxPooling2d: (d) => model('globalMaxPooling2d', {}, [image(d)]),
  simpleRNN: (d) => model('simpleRNN', recurrent(d), [sequence(d)]),
  lstm: (d) => model('lstm', { ...gated(d), ...d.some({ unitForgetBias: true }) }, [sequence(d)]),
  gru: (d) => model('gru', gated(d), [sequence(d)]),
  rnn: (d) => {
    const cells = Array.from({ length: d.whole(1, 3) }, () => {
      const kind = d.of(['simpleRNNCell', 'gruCell', 'lstmCell']);
      return `tf.layers.${kind}(${json({ units: d.whole(1, 3), ...d.some({ activation: d.of(activations) }) })})`;
    });
    const cell = cells.length === 1 ? cells[0] : `[${cells.join(', ')}]`;
    const settings = json(d.some({ returnSequences: d.flag(), goBackwards: d.flag() }));
    return model(`tf.layers.rnn({ ...${settings}, cell: ${cell} })`, {}, [sequence(d)]);
  },
  stackedRNNCells: (d) => {
    const cells = Array.from({ length: 2 }, () => `tf.layers.lstmCell({ units: ${d.whole(1, 3)} })`);
    return model(
      `tf.layers.rnn({ cell: tf.layers.stackedRNNCells({ cells: [${cells.join(', ')}] }), returnSequences: ${d.flag()} })`,
      {},
      [sequence(d)],
    );
  },
  convLstm2d: (d) =>
    model(
      'convLstm2d',
      {
        filters: d.whole(1, 2),
        kernelSize: d.whole(1, 3),
        padding: d.of(['valid', 'same']),
        ...d.some({ returnSequences: d.flag(), activation: d.of(activations), goBackwards: d.flag() }),
      },
      [[d.whole(2, 3), d.whole(4, 5), d.whole(4, 5), d.whole(1, 2)]],
    ),
  bidirectional: (d) => {
    const inner = d.of(['lstm', 'gru', 'simpleRNN']);
    const settings = { units: d.whole(1, 3), ...d.some({ returnSequences: d.flag(), goBackwards: d.flag() }) };
    const layer = `tf.layers.bidirectional({ layer: tf.layers.${inner}(${json(settings)}), mergeMode: ${json(
      d.of(['concat', 'sum', 'ave', 'mul']),
    )} })`;
    return model(layer, {}, [sequence(d)]);
  },
  timeDistributed: (d) => {
    const inner = d.of(['dense', 'conv2d', 'flatten', 'lstm', 'batchNormalization'] as const);
    const settings = {
      dense: { units: 3, activation: d.of(everyActivation) },
      conv2d: { filters: 2, kernelSize: 2, activation: 'relu' },
      flatten: {},
      lstm: { units: 2 },
      batchNormalization: {},
    }[inner];
    const shape = { dense: [3], conv2d: [4, 4, 1], flatten: [2, 3], lstm: [3, 2], batchNormalization: [3] }[inner];
    return model(`tf.layers.timeDistributed({ layer: tf.layers.${inner}(${json(settings)}) })`, {}, [
      [d.whole(2, 3), ...shape],
    ]);
  },
  gaussianNoise: (d) => model('gaussianNoise', { stddev: 0.3 }, [any(d)]),
  gaussianDropout: (d) => model('gaussianDropout', { rate: 0.3 }, [any(d)]),
  alphaDropout: (d) => model('alphaDropout', { rate: 0.3 }, [any(d)]),
  masking: (d) => {
    const inner = d.of(['lstm', 'gru', 'simpleRNN']);
    const settings = { units: 2, ...d.some({ returnSequences: true, goBackwards: true }) };
    return `(tf) => ({
      target: tf.sequential({ layers: [
        tf.layers.masking({ maskValue: 0, inputShape: [${d.whole(2, 4)}, 2] }),
        tf.layers.${inner}(${json(settings)}),
      ] }),
      inputs: [],
    })`;
  },
  maskZero: (d) => {
    const inner = d.of(['lstm', 'gru', 'simpleRNN']);
    return `(tf) => ({
      target: tf.sequential({ layers: [
        tf.layers.embedding({ inputDim: 4, outputDim: 3, maskZero: true, inputLength: 4 }),
        tf.layers.${inner}(${json({ units: 2, ...d.some({ returnSequences: true }) })}),
      ] }),
      inputs: [{ shape: [null, 4], below: 4 }],
    })`;
  },
  rescaling: (d) => model('rescaling', { scale: d.whole(1, 9) / 4, ...d.some({ offset: -1 }) }, [image(d)]),
  resizing: (d) =>
    applied(
      'resizing',
      { height: d.whole(2, 9), width: d.whole(2, 9), ...d.some({ interpolation: d.of(['nearest', 'bilinear']) }) },
      image(d),
    ),
  centerCrop: (d) => {
    const [height = 1, width = 1, channels = 1] = image(d);
    const settings = { height: height - d.whole(0, 2), width: width - d.whole(1, 3) };
    return applied('centerCrop', settings, [height, width, channels]);
  },
  categoryEncoding: (d) =>
    model('categoryEncoding', { numTokens: 5, outputMode: d.of(['oneHot', 'multiHot']) }, [[1]], 5),
};

/** Layers that are no case of their own: what makes cells, inputs, another spelling of one above, or draws. */
export const otherLayers: Readonly<Record<string, string>> = {
  inputLayer: 'tf.input, in every case',
  input: 'the same',
  gruCell: 'in rnn',
  lstmCell: 'in rnn',
  simpleRNNCell: 'in rnn',
  convLstm2dCell: 'in convLstm2d',
  avgPool1d: 'averagePooling1d',
  avgPooling1d: 'averagePooling1d',
  avgPool2d: 'averagePooling2d',
  avgPooling2d: 'averagePooling2d',
  avgPool3d: 'averagePooling3d',
  avgPooling3d: 'averagePooling3d',
  globalMaxPool1d: 'globalMaxPooling1d',
  globalMaxPool2d: 'globalMaxPooling2d',
  maxPool1d: 'maxPooling1d',
  maxPool2d: 'maxPooling2d',
  randomWidth: 'draws the size of what it returns: refused, in test/unit/tfjs-guest.test.ts',
  Layer: 'the base class',
  RNN: 'a base class',
  RNNCell: 'a base class',
};

/** Cases of every class in turn. */
export function layerCases(count: number, seed: number): LayerCase[] {
  const names = Object.keys(layerDraws);
  return Array.from({ length: count }, (_, index) => {
    const name = names[index % names.length] as string;
    const d = new Draw(seed * 100_003 + index);
    return { name: `${name} ${index}`, make: (layerDraws[name] as (d: Draw) => string)(d), batch: d.whole(1, 3) };
  });
}
