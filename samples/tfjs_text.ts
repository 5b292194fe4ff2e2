// A recurrent network that tells whether a review is friendly, in TensorFlow.js: words in, one probability out.
// Hover over 'tanh' or 'hardSigmoid' to see what the activation does inside the cell.
import * as tf from '@tensorflow/tfjs';

export interface TextOptions {
  /** Words that are told apart; 0 stands for none. */
  readonly vocabulary: number;
  /** Words of a review. */
  readonly length: number;
  readonly units: number;
}

const defaults: TextOptions = { vocabulary: 5000, length: 40, units: 32 };

export function createModel({ vocabulary, length, units }: TextOptions = defaults): tf.Sequential {
  const model = tf.sequential({ name: 'reviews' });
  model.add(tf.layers.embedding({ inputDim: vocabulary, outputDim: 24, inputLength: length }));
  model.add(tf.layers.gru({ units, activation: 'tanh', recurrentActivation: 'hardSigmoid', returnSequences: true }));
  model.add(tf.layers.globalMaxPooling1d());
  model.add(tf.layers.dense({ units: 16, activation: 'relu' }));
  model.add(tf.layers.dropout({ rate: 0.2 }));
  model.add(tf.layers.dense({ units: 1, activation: 'sigmoid' }));
  model.compile({ optimizer: 'adam', loss: 'binaryCrossentropy', metrics: ['accuracy'] });
  return model;
}

/** How friendly a review is, from 0 to 1. @param words numbers of its words, at most as many as the model takes */
export function rate(model: tf.LayersModel, words: readonly number[], length = defaults.length): number {
  return tf.tidy(() => {
    const padded = [...words, ...new Array<number>(Math.max(0, length - words.length)).fill(0)].slice(0, length);
    const scores = model.predict(tf.tensor2d([padded])) as tf.Tensor;
    return scores.dataSync()[0] ?? 0;
  });
}
