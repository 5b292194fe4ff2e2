import type { DType, Graph, Op, TensorData } from '../../src/graph/types';

export interface CaseTensor {
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly data: readonly number[];
}

/** A line of test/fixtures/ops.json: an operator with inputs and PyTorch's output. */
export interface OpCase {
  readonly name: string;
  readonly op: Op;
  readonly inputs: readonly (CaseTensor | null)[];
  readonly output: CaseTensor;
}

const typeOf = ({ dtype, shape }: CaseTensor) => ({ dtype, shape });

/** A graph of the one operator: its first input is the model's, the others are storages. */
export function graphOf({ op, inputs, output }: OpCase): { graph: Graph; feed: TensorData; weights: TensorData[] } {
  const present = inputs.flatMap((tensor) => (tensor ? [tensor] : []));
  const [first, ...others] = present;
  if (!first) throw new Error('a case has at least one input');
  let next = 0;
  const graph: Graph = {
    name: 'case',
    inputs: [{ name: 'x', value: 0 }],
    outputs: [{ name: 'y', value: present.length }],
    values: [...present, output].map((tensor) => ({ type: typeOf(tensor) })),
    nodes: [
      { op, inputs: inputs.map((tensor) => (tensor ? next++ : null)), outputs: [present.length], path: '', call: 0 },
    ],
    storages: others.map((tensor, i) => ({
      type: typeOf(tensor),
      trainable: false,
      initialiser: { kind: 'data', data: tensor.data },
      value: i + 1,
    })),
    state: others.map((_, i) => ({ name: `w${i}`, storage: i, kind: 'buffer', persistent: true })),
    updates: [],
    notes: [],
  };
  return { graph, feed: first.data, weights: others.map(({ data }) => data) };
}

/** The largest difference, relative to the largest expected value (`least` at least, so that small ones count absolutely). */
export function relativeError(actual: ArrayLike<number>, expected: ArrayLike<number>, least = 1): number {
  if (actual.length !== expected.length) return Number.POSITIVE_INFINITY;
  let difference = 0;
  let scale = least;
  for (let i = 0; i < expected.length; i++) {
    const [a, e] = [actual[i] ?? Number.NaN, expected[i] ?? Number.NaN];
    const d = Math.abs(a - e);
    if (!(d <= difference)) difference = d;
    scale = Math.max(scale, Math.abs(e));
  }
  return difference / scale;
}
