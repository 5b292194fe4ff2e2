/** Samples as they come out of a file, before they are shaped for a model. */
export interface Table {
  /** Of one sample. */
  readonly shape: readonly number[];
  readonly count: number;
  /** count × shape, row-major. */
  readonly values: Float32Array;
  /** What is asked of each sample: class names or numbers; absent where the file has none. */
  readonly labels?: readonly string[] | Float32Array;
}

/** Samples that are read, at most. */
export const mostSamples = 20_000;
/** Numbers that are held, at most. */
export const mostValues = 2 ** 26;
