import assert from 'node:assert/strict';
import fc from 'fast-check';
import { catalogue } from '../../src/activations/catalogue';
import { activationRules } from '../../src/activations/differentiation';
import { GraphBuilder } from '../../src/graph/builder';
import { differentiate } from '../../src/graph/differentiate/index';
import type { BinaryFunction, Graph, Op, ValueId } from '../../src/graph/types';
import { Draw, elementsOf, type OperatorCase, uniform } from '../support/drawInputs';
import { drawActivation, drawOperator } from '../support/drawOperators';
import { type Dense, evaluate } from '../support/evaluate';
import { pick } from '../support/evaluate/dense';

const emptyGraph = { inputs: [], outputs: [], state: [] };

/** A sum of all outputs, weighted so that no two elements count the same, and its gradients. */
class Trial {
  private readonly forward: Graph;
  private readonly loss: ValueId;
  private readonly ids: readonly (ValueId | null)[];
  private readonly gradients: ReadonlyMap<ValueId, ValueId>;
  private readonly backward: Graph;

  constructor(
    readonly op: Op,
    private readonly inputs: readonly (Dense | null)[],
    dtypes: readonly ('float64' | 'int64' | 'bool' | null)[],
    weight: () => number,
    onGpu = false,
  ) {
    const builder = new GraphBuilder();
    const emit = (each: Op, ...values: (ValueId | null)[]) => builder.emit1(each, ...values);
    const binary = (fn: BinaryFunction, a: ValueId, b: ValueId) => emit({ kind: 'binary', function: fn }, a, b);
    this.ids = inputs.map((input, i) => input && builder.input({ dtype: dtypes[i] ?? 'float64', shape: input.shape }));
    const sums = builder.emit(op, this.ids).map((output) => {
      const type = { dtype: 'float64', shape: builder.type(output).shape } as const;
      const count = type.shape.reduce((product, size) => product * size, 1);
      const weights = emit({ kind: 'constant', data: Array.from({ length: count }, weight), type });
      const weighted = binary('mul', emit({ kind: 'cast', dtype: 'float64' }, output), weights);
      return emit({ kind: 'reduce', function: 'sum', dims: [], keepdim: false }, weighted);
    });
    this.loss = sums.reduce((a, b) => binary('add', a, b));
    const graph = builder.finish({ name: op.kind, ...emptyGraph, outputs: [{ name: 'loss', value: this.loss }] });
    this.forward = { ...graph, nodes: [...graph.nodes], values: [...graph.values] };
    const wanted = this.ids.filter((id): id is ValueId => id !== null && builder.type(id).dtype === 'float64');
    const made = differentiate(this.forward, this.loss, wanted, { ...activationRules, onGpu });
    this.gradients = made.gradients;
    this.backward = made.builder.finish({ name: op.kind, ...emptyGraph });
  }

  private given(): Map<ValueId, Dense> {
    const known = new Map<ValueId, Dense>();
    for (const [i, id] of this.ids.entries()) {
      const input = this.inputs[i];
      if (id !== null && input) known.set(id, input);
    }
    return known;
  }

  /** Gradients of the inputs; null where there is none, which stands for zeros. */
  computed(): (Float64Array | null)[] {
    const known = this.given();
    evaluate(this.backward, known);
    return this.ids.map((id) => known.get(this.gradients.get(id ?? -1) ?? -1)?.data ?? null);
  }

  private lossAt(input: number, element: number, step: number): number {
    const known = this.given();
    const id = this.ids[input];
    const before = this.inputs[input];
    assert.ok(typeof id === 'number' && before);
    known.set(id, { ...before, data: before.data.map((each, i) => (i === element ? each + step : each)) });
    evaluate(this.forward, known);
    return pick(known.get(this.loss)?.data ?? [], 0);
  }

  /** Differences of the loss: central, and to each side. */
  byDifferences(input: number, element: number): { readonly slope: number; readonly sides: readonly number[] } {
    const step = 1e-5;
    const [above, here, below] = [step, 0, -step].map((each) => this.lossAt(input, element, each)) as [
      number,
      number,
      number,
    ];
    return { slope: (above - below) / (2 * step), sides: [(above - here) / step, (here - below) / step] };
  }
}

/** Whether a bend of ReLU and its like lies within a step: then a gradient of either side is right. */
function isBend(sides: readonly number[], found: number): boolean {
  const [low, high] = [Math.min(...sides), Math.max(...sides)];
  const slack = 1e-6 * Math.max(1, Math.abs(low), Math.abs(high));
  return (
    high - low > 1e-2 * Math.max(1, Math.abs(low), Math.abs(high)) && found >= low - slack && found <= high + slack
  );
}

/** Largest difference of a gradient from central differences, relative to the largest of them. */
function worst({ op, inputs }: OperatorCase, seed: number, onGpu: boolean) {
  const given = inputs.map((input, i) => {
    if (!input) return null;
    return { shape: input.shape, data: Float64Array.from(input.data ?? elementsOf(input, i, seed)) };
  });
  const dtypes = inputs.map((input) => (input?.dtype ?? null) as 'float64' | 'int64' | 'bool' | null);
  const next = uniform(seed + inputs.length);
  const trial = new Trial(op, given, dtypes, () => next() - 0.5, onGpu);
  let [error, scale, about] = [0, 1e-2, ''];
  for (const [input, own] of trial.computed().entries()) {
    if (dtypes[input] !== 'float64') continue;
    for (const i of given[input]?.data.keys() ?? []) {
      const { slope, sides } = trial.byDifferences(input, i);
      const found = own ? pick(own, i) : 0;
      scale = Math.max(scale, Math.abs(slope));
      if (isBend(sides, found)) continue;
      if (Math.abs(found - slope) <= error) continue;
      error = Math.abs(found - slope);
      about = `input ${input} at ${i}: ${found}, by differences ${slope}`;
    }
  }
  return { error: error / scale, about };
}

/** On failure fast-check prints the seed, which it draws anew each time, and the smallest case that fails. */
function holds(draw: (d: Draw) => OperatorCase, numRuns: number): void {
  const property = fc.property(fc.gen(), (g) => {
    const d = new Draw(g);
    const one = draw(d);
    const { error, about } = worst(one, d.seed(), d.bool());
    assert.ok(error <= 1e-6, `${JSON.stringify(one)}: ${about}`);
  });
  fc.assert(property, { numRuns });
}

describe('the gradient of every operator, against finite differences', () => {
  for (const [kind, draw] of Object.entries(drawOperator)) it(kind, () => holds(draw, 40));

  for (const entry of catalogue.values()) {
    // What draws random numbers in evaluation has no graph.
    if (!entry.random)
      it(`activation ${entry.id}`, () => holds((d) => drawActivation(d, entry), entry.learned ? 40 : 10));
  }
});

describe('gradients where finite differences tell nothing, as PyTorch has them', () => {
  const row = (...data: number[]): Dense => ({ shape: [data.length], data: Float64Array.from(data) });
  const check = (name: string, op: Op, inputs: readonly Dense[], expected: readonly (readonly number[] | null)[]) => {
    it(name, () => {
      const isIndex = (i: number) => op.kind === 'embedding' && i === 0;
      const dtypes = inputs.map((_, i) => (isIndex(i) ? ('int64' as const) : ('float64' as const)));
      const found = new Trial(op, inputs, dtypes, () => 1).computed();
      const zero = (i: number) => Array.from(inputs[i]?.data ?? [], () => 0);
      const plain = found.map((each, i) => (each ? Array.from(each, (x) => x + 0) : zero(i)));
      assert.deepEqual(
        plain,
        expected.map((each, i) => each ?? zero(i)),
      );
    });
  };
  const binary = (fn: BinaryFunction): Op => ({ kind: 'binary', function: fn });
  const reduce = (fn: 'prod' | 'max'): Op => ({ kind: 'reduce', function: fn, dims: [0], keepdim: false });

  check('a product with one zero', reduce('prod'), [row(0, 2, 3)], [[6, 0, 0]]);
  check('a product with two zeros', reduce('prod'), [row(0, 0, 3)], [[0, 0, 0]]);
  check('equal largest elements share', reduce('max'), [row(2, 1, 2)], [[0.5, 0, 0.5]]);
  check('powers of zero', binary('pow'), [row(0, 0, 0), row(0, 1, 2)], [[0, 1, 0], null]);
  check('the exponent of a negative base', binary('pow'), [row(-2), row(2)], [[-4], [Number.NaN]]);
  // 1 / 0.1 is 10 when rounded, but 0.1 goes 9 times into 1 and leaves almost itself.
  check('a remainder whose quotient rounds up', binary('mod'), [row(1), row(0.1)], [[1], [-9]]);
  check(
    'equal sides of a maximum halve it',
    binary('max'),
    [row(1, 2), row(1, 3)],
    [
      [0.5, 0],
      [0.5, 1],
    ],
  );
  check('a bound that is reached takes nothing', binary('max'), [row(1, 2), row(1)], [[1, 1], [0]]);
  check('no sign at zero', { kind: 'unary', function: 'abs' }, [row(0, -3)], [[0, -1]]);
  check(
    'the padding’s row of an embedding is not trained',
    { kind: 'embedding', paddingIndex: 1 },
    [row(0, 1, 1, 2), { shape: [3, 1], data: Float64Array.of(5, 6, 7) }],
    [null, [1, 0, 1]],
  );
});
