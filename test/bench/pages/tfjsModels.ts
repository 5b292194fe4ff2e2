/** The models of test/fixtures/bench/peers.py in TensorFlow.js, from PyTorch's weights. */
import * as tf from '@tensorflow/tfjs-core';

/** Weights by PyTorch's names and in its layout. */
export interface Weights {
  readonly [name: string]: { readonly shape: readonly number[]; readonly data: Float32Array };
}

export interface Batch {
  readonly shape: readonly number[];
  readonly input: Float32Array | Int32Array;
  readonly target: Int32Array;
}

export interface PeerModel {
  /** The loss of the batch. */
  readonly loss: () => tf.Scalar;
  readonly forward: () => tf.Tensor;
}

type Variables = (name: string, layout?: (tensor: tf.Tensor) => tf.Tensor) => tf.Tensor;

function variablesOf(weights: Weights): Variables {
  const made = new Map<string, tf.Variable>();
  return (name, layout = (tensor) => tensor) => {
    const known = made.get(name);
    if (known) return known;
    const found = weights[name];
    if (!found) throw new RangeError(`there is no weight ${name}`);
    const variable = tf.variable(tf.tidy(() => layout(tf.tensor(found.data, [...found.shape]))));
    made.set(name, variable);
    return variable;
  };
}

const transposed = (tensor: tf.Tensor) => tf.transpose(tensor);
const crossEntropy = (labels: tf.Tensor, logits: tf.Tensor) =>
  tf.losses.softmaxCrossEntropy(labels, logits) as tf.Scalar;

function cnn(w: Variables, { shape, input, target }: Batch): PeerModel {
  const [n = 1, c = 1, height = 1, width = 1] = shape;
  // TensorFlow.js has channels last.
  const x = tf.tidy(() => tf.transpose(tf.tensor4d(input, [n, c, height, width]), [0, 2, 3, 1])) as tf.Tensor4D;
  const labels = tf.oneHot(tf.tensor1d(target, 'int32'), 10);
  const kernel = (t: tf.Tensor) => tf.transpose(t, [2, 3, 1, 0]);
  const [rows, columns] = [height / 4, width / 4];
  const dense = (t: tf.Tensor) =>
    tf.reshape(tf.transpose(tf.reshape(t, [10, 32, rows, columns]), [2, 3, 1, 0]), [rows * columns * 32, 10]);
  const forward = () => {
    const layer = (from: tf.Tensor4D, name: string) =>
      tf.maxPool(
        tf.relu(tf.add(tf.conv2d(from, w(`${name}.weight`, kernel) as tf.Tensor4D, 1, 'same'), w(`${name}.bias`))),
        2,
        2,
        'valid',
      ) as tf.Tensor4D;
    const h = layer(layer(x, 'conv1'), 'conv2');
    return tf.add(tf.matMul(tf.reshape(h, [n, -1]), w('head.weight', dense)), w('head.bias'));
  };
  return { forward, loss: () => crossEntropy(labels, forward()) };
}

function mlp(w: Variables, { shape, input, target }: Batch): PeerModel {
  const x = tf.tensor2d(input, [shape[0] ?? 1, shape[1] ?? 1]);
  const labels = tf.oneHot(tf.tensor1d(target, 'int32'), 10);
  const linear = (from: tf.Tensor, name: string) =>
    tf.add(tf.matMul(from, w(`${name}.weight`, transposed)), w(`${name}.bias`));
  const forward = () => linear(tf.tanh(linear(tf.tanh(linear(x, 'fc1')), 'fc2')), 'head');
  return { forward, loss: () => crossEntropy(labels, forward()) };
}

function gpt(w: Variables, { shape, input }: Batch): PeerModel {
  const [n = 1, t = 1] = shape;
  const [width, heads, vocabulary] = [64, 4, 64];
  const tokens = tf.tensor2d(input, [n, t], 'int32');
  const next = tf.tidy(() =>
    tf.oneHot(tf.cast(tf.reshape(tf.slice(tokens, [0, 1], [n, t - 1]), [-1]), 'int32'), vocabulary),
  );
  const hidden = tf.tidy(() =>
    tf.tensor2d(
      Float32Array.from({ length: t * t }, (_, i) => (i % t > Math.floor(i / t) ? -1e9 : 0)),
      [t, t],
    ),
  );
  const linear = (from: tf.Tensor, name: string) =>
    tf.add(tf.matMul(from, w(`${name}.weight`, transposed)), w(`${name}.bias`));
  const norm = (from: tf.Tensor, name: string) => {
    const { mean, variance } = tf.moments(from, -1, true);
    const centred = tf.div(tf.sub(from, mean), tf.sqrt(tf.add(variance, 1e-5)));
    return tf.add(tf.mul(centred, w(`${name}.weight`)), w(`${name}.bias`));
  };
  const block = (x: tf.Tensor, name: string) => {
    const qkv = tf.transpose(
      tf.reshape(linear(norm(x, `${name}.norm1`), `${name}.qkv`), [n, t, 3, heads, width / heads]),
      [2, 0, 3, 1, 4],
    );
    const [q, k, v] = tf.unstack(qkv) as [tf.Tensor, tf.Tensor, tf.Tensor];
    const scores = tf.add(tf.div(tf.matMul(q, k, false, true), Math.sqrt(width / heads)), hidden);
    const y = tf.reshape(tf.transpose(tf.matMul(tf.softmax(scores), v), [0, 2, 1, 3]), [n * t, width]);
    const attended = tf.add(x, linear(y, `${name}.out`));
    const h = linear(norm(attended, `${name}.norm2`), `${name}.up`);
    return tf.add(attended, linear(tf.mul(h, tf.sigmoid(h)), `${name}.down`));
  };
  const forward = () => {
    const embedded = tf.add(tf.gather(w('tokens.weight'), tokens), w('places'));
    const x = ['blocks.0', 'blocks.1'].reduce(block, tf.reshape(embedded, [n * t, width]));
    return tf.reshape(linear(norm(x, 'norm'), 'head'), [n, t, vocabulary]);
  };
  const loss = () => {
    const logits = tf.slice(forward(), [0, 0, 0], [n, t - 1, vocabulary]);
    return crossEntropy(next, tf.reshape(logits, [-1, vocabulary]));
  };
  return { forward, loss };
}

const models = { SmallCNN: cnn, MLP: mlp, SmallGPT: gpt };

/** @param name of the class in peers.py */
export function peerModel(name: string, weights: Weights, batch: Batch): PeerModel {
  const made = models[name as keyof typeof models](variablesOf(weights), batch);
  // Variables are made at their first use, which must not be inside a gradient.
  tf.dispose(made.forward());
  return made;
}
