/** The models of test/fixtures/bench/peers.py in TensorFlow.js, from PyTorch's weights. */
import * as tf from '@tensorflow/tfjs-core';
import { type Batch, isKept, type Peer, type Weights } from './peer';

interface Formulas {
  /** The loss of the batch, in training mode. */
  readonly loss: () => tf.Scalar;
  /** What the model gives in evaluation mode. */
  readonly forward: () => tf.Tensor;
}

type Variables = (name: string, layout?: (tensor: tf.Tensor) => tf.Tensor) => tf.Variable;

function variablesOf(weights: Weights): Variables {
  const made = new Map<string, tf.Variable>();
  return (name, layout = (tensor) => tensor) => {
    const known = made.get(name);
    if (known) return known;
    const found = weights[name];
    if (!found) throw new RangeError(`there is no weight ${name}`);
    const variable = tf.variable(
      tf.tidy(() => layout(tf.tensor(found.data, [...found.shape]))),
      !isKept(name),
    );
    made.set(name, variable);
    return variable;
  };
}

const transposed = (tensor: tf.Tensor) => tf.transpose(tensor);
const crossEntropy = (labels: tf.Tensor, logits: tf.Tensor) =>
  tf.losses.softmaxCrossEntropy(labels, logits) as tf.Scalar;

/** A filter of PyTorch's, [out, in, height, width], as TensorFlow.js has it; one that is transposed turns out alike. */
const kernel = (t: tf.Tensor) => tf.transpose(t, [2, 3, 1, 0]);

/** Images with channels last, as TensorFlow.js has them. */
const imagesOf = ({ shape: [n = 1, c = 1, height = 1, width = 1], input }: Batch) =>
  tf.tidy(() => tf.transpose(tf.tensor4d(input, [n, c, height, width]), [0, 2, 3, 1])) as tf.Tensor4D;

function cnn(w: Variables, batch: Batch): Formulas {
  const [n = 1, , height = 1, width = 1] = batch.shape;
  const x = imagesOf(batch);
  const labels = tf.oneHot(tf.tensor1d(batch.target, 'int32'), 10);
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

function mlp(w: Variables, { shape, input, target }: Batch): Formulas {
  const x = tf.tensor2d(input, [shape[0] ?? 1, shape[1] ?? 1]);
  const labels = tf.oneHot(tf.tensor1d(target, 'int32'), 10);
  const linear = (from: tf.Tensor, name: string) =>
    tf.add(tf.matMul(from, w(`${name}.weight`, transposed)), w(`${name}.bias`));
  const forward = () => linear(tf.tanh(linear(tf.tanh(linear(x, 'fc1')), 'fc2')), 'head');
  return { forward, loss: () => crossEntropy(labels, forward()) };
}

function gpt(w: Variables, { shape, input }: Batch): Formulas {
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

function resNet(w: Variables, batch: Batch): Formulas {
  const x = imagesOf(batch);
  const labels = tf.oneHot(tf.tensor1d(batch.target, 'int32'), 10);
  // Its `same` pads at the end where a stride leaves a choice, PyTorch on both sides.
  const conv = (from: tf.Tensor4D, name: string, stride: number, padding: number) =>
    tf.conv2d(from, w(`${name}.weight`, kernel) as tf.Tensor as tf.Tensor4D, stride, padding);
  /** As its own layer does: the batch's moments in training, and running ones kept up. */
  const norm = (from: tf.Tensor4D, name: string, training: boolean) => {
    const [scale, offset] = [w(`${name}.weight`), w(`${name}.bias`)] as tf.Tensor[] as [tf.Tensor1D, tf.Tensor1D];
    const running = [w(`${name}.running_mean`), w(`${name}.running_var`)] as const;
    if (!training) {
      const [mean, variance] = running as readonly tf.Tensor[] as [tf.Tensor1D, tf.Tensor1D];
      return tf.batchNorm(from, mean, variance, offset, scale, 1e-5);
    }
    const { mean, variance } = tf.moments(from, [0, 1, 2]) as { mean: tf.Tensor1D; variance: tf.Tensor1D };
    const count = from.size / from.shape[3];
    const kept = [mean, tf.mul(variance, count / (count - 1))];
    kept.forEach((now, i) => {
      const before = running[i];
      before?.assign(tf.add(tf.mul(before, 0.9), tf.mul(now, 0.1)));
    });
    return tf.batchNorm(from, mean, variance, offset, scale, 1e-5);
  };
  const block = (from: tf.Tensor4D, name: string, stride: number, training: boolean) => {
    const y = tf.relu(norm(conv(from, `${name}.conv1`, stride, 1), `${name}.bn1`, training));
    const z = norm(conv(y, `${name}.conv2`, 1, 1), `${name}.bn2`, training);
    const short = stride === 1 ? from : norm(conv(from, `${name}.short.0`, stride, 0), `${name}.short.1`, training);
    return tf.relu(tf.add(z, short)) as tf.Tensor4D;
  };
  const through = (training: boolean) => {
    const stem = tf.relu(norm(conv(x, 'stem', 1, 1), 'bn', training));
    const last = [1, 2, 2].reduce((from, stride, i) => block(from, `blocks.${i}`, stride, training), stem);
    return tf.add(tf.matMul(tf.mean(last, [1, 2]), w('head.weight', transposed)), w('head.bias'));
  };
  return { forward: () => through(false), loss: () => crossEntropy(labels, through(true)) };
}

function uNet(w: Variables, batch: Batch): Formulas {
  const [n = 1, , height = 1, width = 1] = batch.shape;
  const x = imagesOf(batch);
  const labels = tf.oneHot(tf.tensor1d(batch.target, 'int32'), 4);
  const filter = (name: string) => w(`${name}.weight`, kernel) as tf.Tensor as tf.Tensor4D;
  const conv = (from: tf.Tensor4D, name: string) =>
    tf.add(tf.conv2d(from, filter(name), 1, 'same'), w(`${name}.bias`)) as tf.Tensor4D;
  const layer = (from: tf.Tensor4D, name: string) => tf.relu(conv(from, name));
  const half = (from: tf.Tensor4D) => tf.maxPool(from, 2, 2, 'valid');
  const forward = () => {
    const a = layer(x, 'down1');
    const b = layer(half(a), 'down2');
    const c = layer(half(b), 'middle');
    const made = tf.conv2dTranspose(c, filter('lift'), [n, height / 2, width / 2, 32], 2, 'valid');
    const lifted = tf.add(made, w('lift.bias')) as tf.Tensor4D;
    const y = layer(tf.concat([lifted, b], 3), 'up2');
    return conv(layer(tf.concat([tf.image.resizeNearestNeighbor(y, [height, width]), a], 3), 'up1'), 'head');
  };
  return { forward, loss: () => crossEntropy(labels, tf.reshape(forward(), [-1, 4])) };
}

const models = { SmallCNN: cnn, MLP: mlp, SmallGPT: gpt, SmallResNet: resNet, SmallUNet: uNet };

/** @param name of the class in peers.py */
export function tensorFlowPeer(name: string, weights: Weights, batch: Batch, rate: number): Peer {
  const { forward, loss } = models[name as keyof typeof models](variablesOf(weights), batch);
  const optimiser = tf.train.sgd(rate);
  // Variables are made at their first use, which must not be inside a gradient.
  tf.dispose(forward());
  return {
    async step() {
      const made = optimiser.minimize(loss, true);
      const value = (await made?.data())?.[0] ?? Number.NaN;
      made?.dispose();
      return value;
    },
    async forward() {
      const y = tf.tidy(forward);
      // Reading one number waits for the device, as our clock does.
      await tf.tidy(() => tf.slice(tf.reshape(y, [-1]), 0, 1)).data();
      y.dispose();
    },
  };
}
