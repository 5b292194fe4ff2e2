import type { TensorType } from '../graph/types';

/** Samples as flat data; the first dimension of each shape counts them. */
export interface Samples {
  readonly count: number;
  /** One for each input of the model. */
  readonly inputs: readonly Column[];
  readonly target: Column;
}

export interface Column {
  readonly type: TensorType;
  /** Floats as Float32Array, integers as Int32Array. */
  readonly data: Float32Array | Int32Array;
}

export interface Dataset {
  readonly name: 'shapes' | 'waves' | 'spirals' | 'prototypes' | 'text' | 'phrases' | 'function' | 'motifs' | 'user';
  readonly train: Samples;
  /** What learning rates are chosen by; never trained on, and in no result. */
  readonly validation: Samples;
  /** What results are reported of; never trained on, and nothing is chosen by it. */
  readonly held: Samples;
  /** Of a classification. */
  readonly classes?: number;
  readonly notes: readonly string[];
}

/** Data that can't be used: names the file, the place in it and the way out. */
export class DataError extends Error {
  override name = 'DataError';
}

/** Puts each element through a function. */
export function mapInPlace({ data }: Column, through: (value: number) => number): void {
  data.forEach((value: number, i: number) => {
    data[i] = through(value);
  });
}
