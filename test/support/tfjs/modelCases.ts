/** Whole models in the styles in which TensorFlow.js authors write: code of a function of `tf`. */

export interface ModelCase {
  readonly name: string;
  readonly make: string;
  readonly batch?: number;
  /** A step of training is compared, too: no dropout, and none of the library's wrong gradients. */
  readonly trains?: true;
}

/** A sequential model of layers, given as text. */
const sequential = (...layers: readonly string[]) =>
  `(tf) => ({ target: tf.sequential({ layers: [${layers.map((layer) => `tf.layers.${layer}`).join(', ')}] }), inputs: [] })`;

/** The same with numbers of words for input. */
const words = (length: number, vocabulary: number, ...layers: readonly string[]) =>
  sequential(...layers).replace('inputs: []', `inputs: [{ shape: [null, ${length}], below: ${vocabulary} }]`);

const functional = (body: string) =>
  `(tf) => { ${body} return { target: tf.model({ inputs, outputs }), inputs: [] }; }`;

export const modelCases: readonly ModelCase[] = [
  {
    name: 'iris: dense layers',
    make: sequential(
      "dense({ inputShape: [4], units: 10, activation: 'sigmoid' })",
      "dense({ units: 3, activation: 'softmax' })",
    ),
    trains: true,
  },
  {
    name: 'mnist: a convolutional network',
    make: sequential(
      "conv2d({ inputShape: [14, 14, 1], kernelSize: 3, filters: 4, strides: 1, activation: 'relu', kernelInitializer: 'varianceScaling' })",
      'maxPooling2d({ poolSize: [2, 2], strides: [2, 2] })',
      "conv2d({ kernelSize: 3, filters: 6, strides: 1, activation: 'relu', kernelInitializer: 'varianceScaling' })",
      'maxPooling2d({ poolSize: [2, 2], strides: [2, 2] })',
      'flatten()',
      "dense({ units: 10, kernelInitializer: 'varianceScaling', activation: 'softmax' })",
    ),
    trains: true,
  },
  {
    name: 'same padding, strides and batch normalisation',
    make: sequential(
      "conv2d({ inputShape: [9, 8, 3], kernelSize: 3, filters: 4, strides: 2, padding: 'same', useBias: false })",
      'batchNormalization()',
      "activation({ activation: 'relu' })",
      "separableConv2d({ kernelSize: 3, filters: 5, padding: 'same' })",
      'batchNormalization({ momentum: 0.9, epsilon: 0.01 })',
      'leakyReLU()',
      'globalAveragePooling2d({})',
      'dense({ units: 2 })',
    ),
    batch: 3,
    trains: true,
  },
  {
    name: 'batch normalisation of features',
    make: sequential('dense({ inputShape: [5], units: 6 })', 'batchNormalization()', 'elu()', 'dense({ units: 1 })'),
    batch: 4,
    trains: true,
  },
  {
    name: 'mobile blocks: depthwise, relu6',
    make: functional(`
      const inputs = tf.input({ shape: [8, 8, 3] });
      const block = (x, filters, stride) => {
        let y = tf.layers.conv2d({ filters: filters * 2, kernelSize: 1, padding: 'same', useBias: false }).apply(x);
        y = tf.layers.batchNormalization({}).apply(y);
        y = tf.layers.reLU({ maxValue: 6 }).apply(y);
        y = tf.layers.depthwiseConv2d({ kernelSize: 3, strides: stride, padding: 'same', useBias: false, depthMultiplier: 1 }).apply(y);
        y = tf.layers.batchNormalization({}).apply(y);
        y = tf.layers.reLU({ maxValue: 6 }).apply(y);
        y = tf.layers.conv2d({ filters, kernelSize: 1, padding: 'same', useBias: false }).apply(y);
        y = tf.layers.batchNormalization({}).apply(y);
        return stride === 1 ? tf.layers.add().apply([x, y]) : y;
      };
      const x = block(block(inputs, 4, 2), 4, 1);
      const outputs = tf.layers.dense({ units: 3 }).apply(tf.layers.globalAveragePooling2d({}).apply(x));`),
    batch: 3,
    trains: true,
  },
  {
    name: 'residual, concatenated and shared',
    make: functional(`
      const inputs = tf.input({ shape: [6] });
      const shared = tf.layers.dense({ units: 6, activation: 'tanh', name: 'shared' });
      const a = shared.apply(inputs);
      const b = shared.apply(a);
      const sum = tf.layers.add().apply([inputs, b]);
      const joined = tf.layers.concatenate().apply([sum, a]);
      const outputs = tf.layers.dense({ units: 2 }).apply(joined);`),
    trains: true,
  },
  {
    name: 'two inputs, two outputs',
    make: functional(`
      const inputs = [tf.input({ shape: [4], name: 'left' }), tf.input({ shape: [3], name: 'right' })];
      const a = tf.layers.dense({ units: 5, activation: 'relu' }).apply(inputs[0]);
      const b = tf.layers.dense({ units: 5, activation: 'selu' }).apply(inputs[1]);
      const both = tf.layers.multiply().apply([a, b]);
      const outputs = [tf.layers.dense({ units: 2 }).apply(both), tf.layers.dot({ axes: -1 }).apply([a, b])];`),
  },
  {
    name: 'models inside a model',
    make: `(tf) => {
      const encoder = tf.sequential({ name: 'encoder', layers: [
        tf.layers.dense({ inputShape: [8], units: 5, activation: 'relu' }), tf.layers.dense({ units: 2 })] });
      const decoder = tf.sequential({ name: 'decoder', layers: [
        tf.layers.dense({ inputShape: [2], units: 5, activation: 'relu' }), tf.layers.dense({ units: 8, activation: 'sigmoid' })] });
      return { target: tf.sequential({ layers: [encoder, decoder] }), inputs: [] };
    }`,
    trains: true,
  },
  {
    name: 'transfer: cut at a layer, frozen below',
    make: `(tf) => {
      const base = tf.sequential({ layers: [
        tf.layers.conv2d({ inputShape: [8, 8, 1], filters: 3, kernelSize: 3, activation: 'relu' }),
        tf.layers.maxPooling2d({ poolSize: 2 }), tf.layers.flatten(), tf.layers.dense({ units: 4 })] });
      for (const layer of base.layers) layer.trainable = false;
      const cut = base.layers[2].output;
      const outputs = tf.layers.dense({ units: 3, activation: 'softmax' }).apply(cut);
      return { target: tf.model({ inputs: base.inputs, outputs }), inputs: [] };
    }`,
    trains: true,
  },
  {
    name: 'text: embedding and an LSTM',
    make: words(
      6,
      20,
      'embedding({ inputDim: 20, outputDim: 5, inputLength: 6 })',
      'lstm({ units: 4 })',
      "dense({ units: 1, activation: 'sigmoid' })",
    ),
    trains: true,
  },
  {
    name: 'text: embedding, convolution and pooling over time',
    make: words(
      8,
      20,
      'embedding({ inputDim: 20, outputDim: 4, inputLength: 8 })',
      "conv1d({ filters: 5, kernelSize: 3, padding: 'valid', activation: 'relu' })",
      'globalMaxPooling1d({})',
      'dense({ units: 2 })',
    ),
    trains: true,
  },
  {
    name: 'text: a bidirectional GRU over masked words',
    make: words(
      5,
      9,
      'embedding({ inputDim: 9, outputDim: 4, inputLength: 5, maskZero: true })',
      'lstm({ units: 3, returnSequences: true })',
      'gru({ units: 2 })',
      'dense({ units: 1 })',
    ),
    trains: true,
  },
  {
    name: 'stacked recurrent layers, both ways',
    make: sequential(
      'simpleRNN({ units: 4, inputShape: [5, 3], returnSequences: true })',
      'bidirectional({ layer: tf.layers.gru({ units: 3, returnSequences: true }), mergeMode: "concat" })',
      'bidirectional({ layer: tf.layers.lstm({ units: 2 }) })',
      'dense({ units: 2 })',
    ),
    trains: true,
  },
  {
    name: 'sequence to sequence: states are handed over',
    make: functional(`
      const inputs = [tf.input({ shape: [4, 3] }), tf.input({ shape: [2, 3] })];
      const [encoded, h, c] = tf.layers.lstm({ units: 4, returnState: true }).apply(inputs[0]);
      const decoded = tf.layers.lstm({ units: 4, returnSequences: true }).apply([inputs[1], h, c]);
      const outputs = tf.layers.timeDistributed({ layer: tf.layers.dense({ units: 3, activation: 'softmax' }) }).apply(decoded);`),
    trains: true,
  },
  {
    name: 'addition: repeat, decode, softmax at each step',
    make: sequential(
      "lstm({ units: 5, inputShape: [4, 3], recurrentInitializer: 'glorotNormal' })",
      'repeatVector({ n: 3 })',
      'lstm({ units: 5, returnSequences: true })',
      'timeDistributed({ layer: tf.layers.dense({ units: 4 }) })',
      "activation({ activation: 'softmax' })",
    ),
    trains: true,
  },
  {
    name: 'frames: convolutions over time',
    make: sequential(
      "timeDistributed({ inputShape: [3, 6, 6, 1], layer: tf.layers.conv2d({ filters: 2, kernelSize: 3, activation: 'relu' }) })",
      'timeDistributed({ layer: tf.layers.flatten() })',
      'gru({ units: 3 })',
      'dense({ units: 1 })',
    ),
    trains: true,
  },
  {
    name: 'a generator: transposed convolutions',
    make: sequential(
      'dense({ inputShape: [5], units: 18 })',
      'reshape({ targetShape: [3, 3, 2] })',
      "conv2dTranspose({ filters: 4, kernelSize: 3, strides: 2, padding: 'same', activation: 'relu' })",
      'batchNormalization()',
      "conv2dTranspose({ filters: 1, kernelSize: 4, strides: 2, padding: 'valid', activation: 'tanh' })",
    ),
    batch: 3,
    trains: true,
  },
  {
    // One image: the library's gradient of upsampling is wrong for the others of a batch.
    name: 'a U-Net',
    batch: 1,
    make: functional(`
      const inputs = tf.input({ shape: [8, 8, 1] });
      const conv = (x, filters) => tf.layers.conv2d({ filters, kernelSize: 3, padding: 'same', activation: 'relu' }).apply(x);
      const down = conv(inputs, 2);
      const low = conv(tf.layers.maxPooling2d({ poolSize: 2 }).apply(down), 4);
      const up = tf.layers.upSampling2d({ size: [2, 2] }).apply(low);
      const joined = conv(tf.layers.concatenate({ axis: 3 }).apply([down, up]), 2);
      const outputs = tf.layers.conv2d({ filters: 1, kernelSize: 1, activation: 'sigmoid' }).apply(joined);`),
    trains: true,
  },
  {
    name: 'volumes',
    make: sequential(
      "conv3d({ inputShape: [5, 5, 5, 1], filters: 2, kernelSize: 2, activation: 'relu', padding: 'same' })",
      'maxPooling3d({ poolSize: 2 })',
      'flatten()',
      'dense({ units: 2 })',
    ),
    trains: true,
  },
  {
    name: 'every activation by its name',
    make: functional(`
      const inputs = tf.input({ shape: [6] });
      let outputs = inputs;
      for (const activation of ['elu', 'relu6', 'selu', 'hardSigmoid', 'softplus', 'softsign', 'swish', 'mish', 'gelu', 'gelu_new', 'linear']) {
        outputs = tf.layers.dense({ units: 6, activation }).apply(outputs);
      }`),
    trains: true,
  },
  {
    name: 'learned slopes',
    make: sequential(
      'conv2d({ inputShape: [6, 6, 2], filters: 3, kernelSize: 3 })',
      'prelu({ sharedAxes: [1, 2], alphaInitializer: "ones" })',
      'conv2d({ filters: 3, kernelSize: 1 })',
      'prelu({})',
      'flatten()',
      'dense({ units: 4 })',
      'prelu({})',
    ),
    trains: true,
  },
  {
    // The library has no gradient of it.
    name: 'a threshold',
    make: sequential('dense({ inputShape: [4], units: 6 })', 'thresholdedReLU({ theta: 0.1 })', 'dense({ units: 2 })'),
  },
  {
    name: 'an attention block of layers',
    make: functional(`
      const inputs = tf.input({ shape: [4, 6] });
      const q = tf.layers.dense({ units: 5 }).apply(inputs);
      const k = tf.layers.dense({ units: 5 }).apply(inputs);
      const v = tf.layers.dense({ units: 6 }).apply(inputs);
      const scores = tf.layers.activation({ activation: 'softmax' }).apply(tf.layers.dot({ axes: [2, 2] }).apply([q, k]));
      const mixed = tf.layers.dot({ axes: [2, 1] }).apply([scores, v]);
      const normed = tf.layers.layerNormalization({}).apply(tf.layers.add().apply([inputs, mixed]));
      const outputs = tf.layers.dense({ units: 3, activation: 'gelu' }).apply(normed);`),
    trains: true,
  },
  {
    name: 'a custom layer with weights and a call',
    make: `(tf) => {
      class Gate extends tf.layers.Layer {
        constructor(config) { super(config); this.units = config.units; }
        build(shape) {
          this.w = this.addWeight('w', [shape[shape.length - 1], this.units], 'float32', tf.initializers.glorotUniform({}));
          this.g = this.addWeight('g', [shape[shape.length - 1], this.units], 'float32', tf.initializers.glorotUniform({}));
          this.built = true;
        }
        computeOutputShape(shape) { return [shape[0], this.units]; }
        call(inputs) {
          return tf.tidy(() => {
            const x = Array.isArray(inputs) ? inputs[0] : inputs;
            return tf.mul(tf.matMul(x, this.w.read()), tf.sigmoid(tf.matMul(x, this.g.read())));
          });
        }
        getConfig() { return { ...super.getConfig(), units: this.units }; }
        static get className() { return 'Gate' + Math.random(); }
      }
      return { target: tf.sequential({ layers: [
        tf.layers.dense({ inputShape: [5], units: 6, activation: 'relu' }), new Gate({ units: 4 }), tf.layers.dense({ units: 2 })] }), inputs: [] };
    }`,
    trains: true,
  },
  {
    name: 'Antirectifier: a custom layer of ops',
    make: `(tf) => {
      class Antirectifier extends tf.layers.Layer {
        computeOutputShape(shape) { return [shape[0], 2 * shape[1]]; }
        call(inputs) {
          const x = Array.isArray(inputs) ? inputs[0] : inputs;
          const centred = tf.sub(x, tf.mean(x, 1, true));
          const normal = tf.div(centred, tf.norm(centred, 2, 1, true));
          return tf.concat([tf.relu(normal), tf.relu(tf.neg(normal))], 1);
        }
        static get className() { return 'Antirectifier' + Math.random(); }
      }
      return { target: tf.sequential({ layers: [
        tf.layers.dense({ inputShape: [5], units: 4 }), new Antirectifier({}), tf.layers.dense({ units: 2 })] }), inputs: [] };
    }`,
    trains: true,
  },
  {
    name: 'mnist core: a chain of ops over variables',
    make: `(tf) => {
      const w1 = tf.variable(tf.randomNormal([5, 5, 1, 3], 0, 0.1));
      const b1 = tf.variable(tf.zeros([3]));
      const w2 = tf.variable(tf.randomNormal([5, 5, 3, 4]).mul(0.1));
      const w3 = tf.variable(tf.truncatedNormal([16, 10], 0, 0.1));
      const b3 = tf.variable(tf.zeros([10]));
      const model = (x) => {
        const one = x.conv2d(w1, 1, 'same').add(b1).relu().maxPool([2, 2], 2, 'valid');
        const two = one.conv2d(w2, 1, 'same').relu().maxPool([3, 3], 3, 'valid');
        return two.as2D(-1, 16).matMul(w3).add(b3).softmax();
      };
      return { target: model, inputs: [{ shape: [null, 12, 12, 1] }] };
    }`,
  },
  {
    name: 'polynomial regression of scalars',
    make: `(tf) => {
      const [a, b, c, d] = [0.3, -0.2, 0.1, 0.5].map((each) => tf.variable(tf.scalar(each)));
      const predict = (x) => tf.tidy(() =>
        a.mul(x.pow(tf.scalar(3, 'int32'))).add(b.mul(x.square())).add(c.mul(x)).add(d));
      return { target: predict, inputs: [{ shape: [7] }] };
    }`,
  },
  {
    name: 'a transformer block of ops',
    make: `(tf) => {
      const weight = (...shape) => tf.variable(tf.randomNormal(shape, 0, 0.2));
      const [wq, wk, wv, wo, w1, w2] = [weight(8, 8), weight(8, 8), weight(8, 8), weight(8, 8), weight(8, 16), weight(16, 8)];
      const scale = tf.variable(tf.ones([8]));
      const norm = (x) => {
        const { mean, variance } = tf.moments(x, -1, true);
        return x.sub(mean).div(variance.add(1e-5).sqrt()).mul(scale);
      };
      const split = (x) => x.reshape([-1, 4, 2, 4]).transpose([0, 2, 1, 3]);
      const project = (x, w) => tf.matMul(x.reshape([-1, 8]), w);
      const block = (x) => {
        const y = norm(x);
        const [q, k, v] = [wq, wk, wv].map((w) => split(project(y, w)));
        const scores = tf.matMul(q, k, false, true).div(Math.sqrt(4));
        const mask = tf.linalg.bandPart(tf.ones([4, 4]), -1, 0).sub(1).mul(1e9);
        const mixed = tf.matMul(tf.softmax(scores.add(mask)), v).transpose([0, 2, 1, 3]).reshape([-1, 8]);
        const x1 = x.add(tf.matMul(mixed, wo).reshape([-1, 4, 8]));
        const hidden = project(norm(x1), w1);
        const gelu = hidden.mul(0.5).mul(hidden.div(Math.SQRT2).erf().add(1));
        return x1.add(tf.matMul(gelu, w2).reshape([-1, 4, 8]));
      };
      return { target: block, inputs: [{ shape: [null, 4, 8] }] };
    }`,
  },
  {
    name: 'layers used as functions',
    make: `(tf) => {
      const conv = tf.layers.conv2d({ filters: 3, kernelSize: 3, activation: 'relu' });
      const pool = tf.layers.globalAveragePooling2d({});
      const dense = tf.layers.dense({ units: 2 });
      return { target: (x) => dense.apply(pool.apply(conv.apply(x))), inputs: [{ shape: [null, 7, 7, 2] }] };
    }`,
  },
  {
    name: 'a model that predicts inside of a function',
    make: `(tf) => {
      const model = tf.sequential({ layers: [
        tf.layers.conv2d({ inputShape: [6, 6, 1], filters: 2, kernelSize: 3, activation: 'relu' }),
        tf.layers.flatten({}), tf.layers.dense({ units: 3, activation: 'softmax' })] });
      return { target: (x) => model.predict(x.sub(0.5).div(0.5)), inputs: [{ shape: [null, 6, 6, 1] }] };
    }`,
  },
  {
    name: 'outputs by name',
    make: `(tf) => {
      const [w, v] = [tf.variable(tf.randomNormal([4, 2])), tf.variable(tf.randomNormal([4, 1]))];
      const heads = (x) => ({ policy: x.matMul(w).softmax(), value: x.matMul(v).tanh() });
      return { target: heads, inputs: [{ shape: [null, 4] }] };
    }`,
  },
  {
    name: 'constants of the model’s own',
    make: `(tf) => {
      const positions = tf.range(0, 5).expandDims(1).mul(tf.tensor([1, 0.1, 0.01]));
      const table = tf.concat([positions.sin(), positions.cos()], 1);
      const w = tf.variable(tf.randomNormal([6, 2]));
      return { target: (x) => x.add(table).reshape([-1, 6]).matMul(w), inputs: [{ shape: [null, 5, 6] }] };
    }`,
  },
  {
    name: 'channels first',
    make: sequential(
      "conv2d({ inputShape: [2, 7, 7], filters: 3, kernelSize: 3, dataFormat: 'channelsFirst', activation: 'relu' })",
      "maxPooling2d({ poolSize: 2, dataFormat: 'channelsFirst' })",
      "flatten({ dataFormat: 'channelsFirst' })",
      'dense({ units: 2 })',
    ),
    trains: true,
  },
  {
    name: 'padding, cropping, permuting',
    make: sequential(
      'zeroPadding2d({ inputShape: [5, 6, 2], padding: [[1, 0], [0, 2]] })',
      "conv2d({ filters: 3, kernelSize: 3, padding: 'same' })",
      'cropping2D({ cropping: [[1, 1], [0, 2]] })',
      'permute({ dims: [3, 1, 2] })',
      'reshape({ targetShape: [-1, 4] })',
      "dense({ units: 3, activation: 'softmax' })",
    ),
    trains: true,
  },
  {
    name: 'regularisers, constraints and initialisers',
    make: sequential(
      "dense({ inputShape: [5], units: 6, kernelRegularizer: tf.regularizers.l2(), kernelInitializer: tf.initializers.orthogonal({ gain: 1.5 }), biasInitializer: 'ones' })",
      "dense({ units: 6, activation: 'relu', kernelConstraint: tf.constraints.maxNorm({ maxValue: 100 }), kernelInitializer: 'identity' })",
      'dense({ units: 1, kernelInitializer: tf.initializers.constant({ value: 0.2 }), biasInitializer: tf.initializers.randomUniform({ minval: -1, maxval: 2 }) })',
    ),
  },
  {
    name: 'multilabel: dropout in evaluation',
    make: sequential(
      "dense({ inputShape: [5], units: 6, activation: 'relu' })",
      'dropout({ rate: 0.5 })',
      'gaussianNoise({ stddev: 0.1 })',
      'alphaDropout({ rate: 0.2 })',
      "dense({ units: 3, activation: 'sigmoid' })",
    ),
  },
  {
    name: 'recurrent dropout in evaluation',
    make: sequential(
      'lstm({ inputShape: [4, 3], units: 3, dropout: 0.2, recurrentDropout: 0.3, returnSequences: true })',
      'gru({ units: 2, dropout: 0.4 })',
      'dense({ units: 1 })',
    ),
  },
  {
    name: 'an image of frames: ConvLSTM',
    make: sequential(
      "convLstm2d({ inputShape: [3, 5, 5, 1], filters: 2, kernelSize: 3, padding: 'same', returnSequences: true })",
      'convLstm2d({ filters: 1, kernelSize: 2 })',
      'flatten()',
      'dense({ units: 1 })',
    ),
    trains: true,
  },
];
