// A small convolutional network for handwritten digits in TensorFlow.js, trained in the browser.
// Hover over an activation's name: 'relu', tf.layers.leakyReLU, swish.
import * as tf from '@tensorflow/tfjs';

const IMAGE_SIZE = 28;
const CLASSES = 10;
const HIDDEN = 'relu';

/** swish(x) = x · sigmoid(x), written out. */
const swish = (x: tf.Tensor) => tf.tidy(() => x.mul(tf.sigmoid(x)));

class Swish extends tf.layers.Layer {
  static className = 'Swish';

  computeOutputShape(inputShape: tf.Shape): tf.Shape {
    return inputShape;
  }

  call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    return swish(Array.isArray(inputs) ? inputs[0] : inputs);
  }
}
tf.serialization.registerClass(Swish);

export function createModel(): tf.LayersModel {
  const model = tf.sequential();
  model.add(
    tf.layers.conv2d({
      inputShape: [IMAGE_SIZE, IMAGE_SIZE, 1],
      filters: 16,
      kernelSize: 3,
      activation: HIDDEN,
    }),
  );
  model.add(tf.layers.maxPooling2d({ poolSize: 2 }));
  model.add(tf.layers.conv2d({ filters: 32, kernelSize: 3 }));
  model.add(tf.layers.batchNormalization());
  model.add(tf.layers.leakyReLU({ alpha: 0.1 }));
  model.add(tf.layers.maxPooling2d({ poolSize: 2 }));
  model.add(tf.layers.flatten());
  model.add(tf.layers.dense({ units: 64 }));
  model.add(new Swish());
  model.add(tf.layers.dropout({ rate: 0.3 }));
  model.add(tf.layers.dense({ units: CLASSES, activation: 'softmax' }));
  model.compile({ optimizer: tf.train.adam(1e-3), loss: 'categoricalCrossentropy', metrics: ['accuracy'] });
  return model;
}

export async function train(model: tf.LayersModel, images: tf.Tensor4D, labels: tf.Tensor2D, epochs = 5) {
  return model.fit(images, labels, {
    batchSize: 128,
    epochs,
    validationSplit: 0.1,
    shuffle: true,
    callbacks: {
      onEpochEnd: (epoch, logs) => {
        console.log(`epoch ${epoch + 1}: loss ${logs?.loss.toFixed(4)}, accuracy ${logs?.acc.toFixed(4)}`);
      },
    },
  });
}

/** The digit that an image shows; pixels from 0 to 255, shape [28, 28]. */
export function predict(model: tf.LayersModel, pixels: tf.Tensor2D): number {
  return tf.tidy(() => {
    const batch = pixels.toFloat().div(255).reshape([1, IMAGE_SIZE, IMAGE_SIZE, 1]);
    const probabilities = model.predict(batch) as tf.Tensor;
    return probabilities.argMax(-1).dataSync()[0] ?? 0;
  });
}
