// A residual network for small colour images in TensorFlow.js, by the functional API.
// "Compare activations" above createModel reads it and tries others in place of its seven 'relu' and one 'swish'.
import * as tf from '@tensorflow/tfjs';

const IMAGE_SIZE = 32;
const CLASSES = 10;

/** A convolution, normalised and bent. */
function convolve(x: tf.SymbolicTensor, filters: number, strides = 1): tf.SymbolicTensor {
  const convolved = tf.layers
    .conv2d({ filters, kernelSize: 3, strides, padding: 'same', useBias: false, kernelInitializer: 'heNormal' })
    .apply(x);
  const normalised = tf.layers.batchNormalization().apply(convolved);
  return tf.layers.activation({ activation: 'relu' }).apply(normalised) as tf.SymbolicTensor;
}

/** Two convolutions whose result is added to what they were given. */
function residual(x: tf.SymbolicTensor, filters: number, strides: number): tf.SymbolicTensor {
  const branch = convolve(convolve(x, filters, strides), filters);
  const isSameShape = strides === 1 && x.shape[3] === filters;
  const shortcut = isSameShape ? x : tf.layers.conv2d({ filters, kernelSize: 1, strides }).apply(x);
  return tf.layers.add().apply([branch, shortcut as tf.SymbolicTensor]) as tf.SymbolicTensor;
}

export function createModel(widths: readonly number[] = [16, 32, 64]): tf.LayersModel {
  const images = tf.input({ shape: [IMAGE_SIZE, IMAGE_SIZE, 3], name: 'images' });
  let x = convolve(images, 16);
  for (const [stage, width] of widths.entries()) x = residual(x, width, stage === 0 ? 1 : 2);
  const pooled = tf.layers.globalAveragePooling2d({}).apply(x);
  const hidden = tf.layers.dense({ units: 64, activation: 'swish' }).apply(pooled);
  const classes = tf.layers.dense({ units: CLASSES, activation: 'softmax', name: 'classes' }).apply(hidden);
  const model = tf.model({ inputs: images, outputs: classes as tf.SymbolicTensor, name: 'small_resnet' });
  model.compile({ optimizer: tf.train.adam(1e-3), loss: 'categoricalCrossentropy', metrics: ['accuracy'] });
  return model;
}
