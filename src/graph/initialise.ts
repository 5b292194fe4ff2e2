import { doubleAt, itemAt, lastOf, wordAt } from './access';
import { count, type KnownTensor, positions } from './evaluate/elements';
import { evaluate } from './evaluate/index';
import type { Graph, Initialiser, InitialStep, Patch, Storage, StorageValues, TensorData, TensorType } from './types';

/**
 * First bytes of every storage, by `StorageId`: floats as Float32Array, 64-bit integers as Float64Array, everything else as Int32Array. Those that are
 * `given` are taken as they are.
 *
 * Deterministic by seed, with a stream of its own for each storage, so that a graph to which a swap adds parameters
 * gives all the others the same values, and its masks of dropout too.
 */
export function initialise(graph: Graph, seed: number, given: readonly StorageValues[] = []): TensorData[] {
  const known = new Map(given.map(({ storage, data }) => [storage, data]));
  return graph.storages.map((storage, id) => known.get(id) ?? initialValues(storage, id, seed));
}

/** First bytes of one storage, as `initialise` gives them. */
export function initialValues(storage: Storage, id: number, seed: number): TensorData {
  return firstValues(storage.type, storage.initialiser, storage.stream ?? id, seed);
}

/** Whether any element is drawn. */
export function isRandom(initialiser: Initialiser): boolean {
  switch (initialiser.kind) {
    case 'uniform':
    case 'normal':
    case 'truncated_normal':
    case 'orthogonal':
      return true;
    case 'patched':
      return isRandom(initialiser.base) || initialiser.patches.some((patch) => isRandom(patch.initialiser));
    case 'computed':
      return initialiser.steps.some((step) => 'initialiser' in step && isRandom(step.initialiser));
    case 'constant':
    case 'data':
      return false;
  }
}

function firstValues(type: TensorType, initialiser: Initialiser, stream: number, seed: number): TensorData {
  const length = count(type.shape);
  const values = type.dtype.includes('float')
    ? new Float32Array(length)
    : type.dtype === 'int64'
      ? new Float64Array(length)
      : new Int32Array(length);
  fill(values, initialiser, new Stream(seed, stream), seed);
  return values;
}

function compute(steps: readonly InitialStep[], seed: number): TensorData {
  const known: KnownTensor[] = [];
  for (const step of steps) {
    const { type } = step;
    const data =
      'op' in step
        ? evaluate(
            step.op,
            step.inputs.map((input) => itemAt(known, input)),
            type,
          )
        : firstValues(type, step.initialiser, step.stream, seed);
    if (!data) throw new TypeError(`first values cannot be computed by ${'op' in step ? step.op.kind : 'drawing'}`);
    known.push({ type, data });
  }
  return lastOf(known).data;
}

function fill(
  values: Float32Array | Float64Array | Int32Array,
  initialiser: Initialiser,
  stream: Stream,
  seed: number,
): void {
  switch (initialiser.kind) {
    case 'constant':
      values.fill(initialiser.value);
      return;
    case 'data':
      values.set(initialiser.data);
      return;
    case 'uniform': {
      const width = initialiser.high - initialiser.low;
      for (let i = 0; i < values.length; i++) values[i] = initialiser.low + width * stream.uniform();
      return;
    }
    case 'normal':
      for (let i = 0; i < values.length; i++) values[i] = initialiser.mean + initialiser.deviation * stream.normal();
      return;
    case 'truncated_normal':
      for (let i = 0; i < values.length; i++) values[i] = truncatedNormal(initialiser, stream);
      return;
    case 'orthogonal':
      values.set(orthogonal(initialiser, stream));
      return;
    case 'patched': {
      fill(values, initialiser.base, stream, seed);
      for (const patch of initialiser.patches) {
        const places = placesOf(patch);
        const own = values instanceof Float32Array ? new Float32Array(places.length) : new Int32Array(places.length);
        fill(own, patch.initialiser, stream, seed);
        places.forEach((place, i) => {
          values[place] = itemAt(own, i);
        });
      }
      return;
    }
    case 'computed':
      values.set(compute(initialiser.steps, seed));
      return;
    default: {
      const never: never = initialiser;
      throw new TypeError(`unknown initialiser ${JSON.stringify(never)}`);
    }
  }
}

/** Positions of a patch's elements, in the order of its shape. */
export const placesOf = ({ offset, shape, strides }: Omit<Patch, 'initialiser'>): Int32Array =>
  positions(shape, strides, offset);

/**
 * The orthonormal factor of normal numbers, by Gram and Schmidt, twice for each vector: in double precision that is as good as
 * Householder's. The diagonal of the other factor is positive by itself, which makes the signs uniform.
 */
function orthogonal(
  { rows, columns, gain }: { rows: number; columns: number; gain: number },
  stream: Stream,
): Float32Array {
  const [long, short] = [Math.max(rows, columns), Math.min(rows, columns)];
  const vectors = Array.from({ length: short }, () => Float64Array.from({ length: long }, () => stream.normal()));
  vectors.forEach((vector, place) => {
    for (let pass = 0; pass < 2; pass++) {
      for (let before = 0; before < place; before++) {
        const other = itemAt(vectors, before);
        let along = 0;
        for (let i = 0; i < long; i++) along += doubleAt(vector, i) * doubleAt(other, i);
        for (let i = 0; i < long; i++) vector[i] = doubleAt(vector, i) - along * doubleAt(other, i);
      }
    }
    let square = 0;
    for (const each of vector) square += each * each;
    const unit = 1 / Math.sqrt(square);
    for (let i = 0; i < long; i++) vector[i] = doubleAt(vector, i) * unit;
  });
  const values = new Float32Array(rows * columns);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const [vector, place] = rows < columns ? [row, column] : [column, row];
      values[row * columns + column] = gain * doubleAt(itemAt(vectors, vector), place);
    }
  }
  return values;
}

/** By rejection; where the bounds leave almost nothing of the bell, the nearest bound. */
function truncatedNormal(
  { mean, deviation, low, high }: { mean: number; deviation: number; low: number; high: number },
  stream: Stream,
): number {
  for (let attempt = 0; attempt < 64; attempt++) {
    const value = mean + deviation * stream.normal();
    if (value >= low && value <= high) return value;
  }
  return Math.min(Math.max(mean, low), high);
}

/** xoshiro128** (Blackman and Vigna 2018), seeded through splitmix32 from a seed and a stream number. */
class Stream {
  private readonly state: Uint32Array<ArrayBuffer>;
  private spare: number | undefined;

  constructor(seed: number, stream: number) {
    let counter = (Math.imul(seed | 0, 0x9e3779b9) ^ Math.imul(stream + 1, 0x85ebca6b)) >>> 0;
    this.state = Uint32Array.from({ length: 4 }, () => {
      counter = (counter + 0x9e3779b9) >>> 0;
      let mixed = counter;
      mixed = Math.imul(mixed ^ (mixed >>> 16), 0x21f0aaad);
      mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97);
      return (mixed ^ (mixed >>> 15)) >>> 0;
    });
  }

  /** In [0, 1), 32 bits of it. */
  uniform(): number {
    return this.next() / 2 ** 32;
  }

  /** N(0, 1) by Box and Muller; every second draw is kept back for the next call. */
  normal(): number {
    if (this.spare !== undefined) {
      const value = this.spare;
      this.spare = undefined;
      return value;
    }
    // 1 − u is in (0, 1], so the logarithm is finite.
    const radius = Math.sqrt(-2 * Math.log(1 - this.uniform()));
    const angle = 2 * Math.PI * this.uniform();
    this.spare = radius * Math.sin(angle);
    return radius * Math.cos(angle);
  }

  private next(): number {
    const s = this.state;
    const [s0, s1, s2, s3] = [wordAt(s, 0), wordAt(s, 1), wordAt(s, 2), wordAt(s, 3)];
    const rotated = Math.imul(s1, 5);
    const result = Math.imul((rotated << 7) | (rotated >>> 25), 9) >>> 0;
    const a2 = s2 ^ s0;
    const a3 = s3 ^ s1;
    s[1] = s1 ^ a2;
    s[0] = s0 ^ a3;
    s[2] = a2 ^ (s1 << 9);
    s[3] = (a3 << 11) | (a3 >>> 21);
    return result;
  }
}
