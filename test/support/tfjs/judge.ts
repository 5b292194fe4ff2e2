/** Holds the graph of a recorded model against what the real library computes. */
import assert from 'node:assert/strict';
import { activationRules } from '../../../src/activations/differentiation';
import { GraphBuilder } from '../../../src/graph/builder';
import { differentiate } from '../../../src/graph/differentiate/index';
import { initialise } from '../../../src/graph/initialise';
import type { Graph, ValueId } from '../../../src/graph/types';
import { graphOf } from '../../../src/tfjs/graph';
import type { Tape } from '../../../src/tfjs/outcome';
import { type Dense, evaluate } from '../evaluate/index';
import type { Guest } from './guest';
import { type Gradients, noise, type Truth, truthOf } from './truth';

/** How far apart two tensors are, of the size of the true one's largest element, or of `least` where that is more. */
export function distance(found: ArrayLike<number>, truth: ArrayLike<number>, least = 1e-3): number {
  assert.equal(found.length, truth.length);
  let [largest, apart] = [least, 0];
  for (let i = 0; i < truth.length; i++) {
    const [a, b] = [Number(found[i]), Number(truth[i])];
    if (Number.isNaN(a) !== Number.isNaN(b)) return Number.POSITIVE_INFINITY;
    if (Number.isNaN(a) || a === b) continue;
    largest = Math.max(largest, Math.abs(b));
    apart = Math.max(apart, Math.abs(a - b));
  }
  return apart / largest;
}

/** Values of the graph's storages: the truth's weights in their order, the graph's own initial values otherwise. */
export function storageValues(graph: Graph, truth: Truth): ArrayLike<number>[] {
  const values: ArrayLike<number>[] = initialise(graph, 0);
  assert.equal(graph.state.length, truth.weights.length, 'the number of weights');
  graph.state.forEach(({ storage }, index) => {
    values[storage] = truth.weights[index]?.values ?? [];
  });
  return values;
}

function known(graph: Graph, truth: Truth): Map<ValueId, Dense> {
  const values = new Map<ValueId, Dense>();
  const put = (value: ValueId, data: ArrayLike<number>) => {
    const shape = graph.values[value]?.type.shape ?? [];
    values.set(value, { shape, data: Float64Array.from(data) });
  };
  graph.inputs.forEach(({ value }, index) => {
    put(value, truth.inputs[index] ?? []);
  });
  storageValues(graph, truth).forEach((data, id) => {
    put(graph.storages[id]?.value ?? -1, data);
  });
  return values;
}

/** The graph with the gradients of its trainable storages as outputs, of the loss that the truth has. */
function withGradients(graph: Graph): Graph {
  const builder = GraphBuilder.from(graph);
  let loss: ValueId | undefined;
  graph.outputs.forEach(({ value }, index) => {
    const type = builder.type(value);
    if (type.dtype !== 'float32') return;
    const count = type.shape.reduce((a, b) => a * b, 1);
    const weights = builder.emit1({ kind: 'constant', data: noise(5000 + index, count), type });
    const weighted = builder.emit1({ kind: 'binary', function: 'mul' }, value, weights);
    const sum = builder.emit1({ kind: 'reduce', function: 'sum', dims: [], keepdim: false }, weighted);
    loss = loss === undefined ? sum : builder.emit1({ kind: 'binary', function: 'add' }, loss, sum);
  });
  assert.ok(loss !== undefined);
  const { name, inputs, state } = graph;
  const whole = builder.finish({ name, inputs, outputs: [{ name: 'loss', value: loss }], state });
  const wanted = state.filter(({ storage }) => graph.storages[storage]?.trainable);
  const of = wanted.map(({ storage }) => graph.storages[storage]?.value ?? -1);
  const { builder: after, gradients } = differentiate(whole, loss, of, activationRules);
  const outputs = wanted.flatMap((entry, index) => {
    const value = gradients.get(of[index] ?? -1);
    return value === undefined ? [] : [{ name: entry.name, value }];
  });
  return after.finish({ name, inputs, outputs, state });
}

export interface Judged {
  readonly tape: Tape;
  readonly graph: Graph;
  readonly truth: Truth;
}

/** Records a model and makes its graph; the truth of it beside. */
export function judged(guest: Guest, make: string, batch = 2, gradients: Gradients = 'library'): Judged {
  const tape = guest.record(make, batch);
  assert.equal(tape.kind, 'tape');
  if (tape.kind !== 'tape') throw new TypeError('no tape');
  const graph = graphOf(tape);
  return { tape, graph, truth: truthOf(make, batch, gradients) };
}

/**
 * The library sums gradients in single precision, which takes a digit where they cancel.
 * @throws AssertionError where outputs, or gradients of weights, are not the library’s
 */
export function holdToTruth(
  { tape, graph, truth }: Pick<Judged, 'graph' | 'truth'> & { readonly tape?: Tape },
  tolerance = 1e-5,
  slopes = 5e-5,
): void {
  const values = known(graph, truth);
  evaluate(graph, values);
  assert.equal(graph.outputs.length, truth.outputs.length, 'the number of outputs');
  graph.outputs.forEach(({ name, value }, index) => {
    const [found, wanted] = [values.get(value), truth.outputs[index]];
    assert.ok(found && wanted);
    assert.deepEqual(found.shape, wanted.shape, `shape of ${name}`);
    if (tape) assert.equal(tape.tensors[tape.outputs[index]?.tensor ?? -1]?.dtype, wanted.dtype, `type of ${name}`);
    const apart = distance(found.data, wanted.values);
    assert.ok(apart <= tolerance, `output ${name} is ${apart} away`);
  });
  const trained = truth.weights.map(({ trainable }) => trainable);
  assert.deepEqual(
    graph.state.map(({ storage }) => graph.storages[storage]?.trainable),
    trained,
    'what is trainable',
  );
  if (!truth.gradients.some((each) => each !== undefined)) return;
  const backward = withGradients(graph);
  // What is small beside the other gradients is small by cancelling.
  const largest = truth.gradients.map((each) => Array.from(each ?? []).reduce((a, b) => Math.max(a, Math.abs(b)), 0));
  const least = Math.max(1e-3, 0.01 * Math.max(...largest));
  const all = known(backward, truth);
  evaluate(backward, all);
  graph.state.forEach(({ name }, index) => {
    const wanted = truth.gradients[index];
    if (!wanted) return;
    const output = backward.outputs.find((each) => each.name === name);
    const found = output ? (all.get(output.value)?.data ?? []) : new Float64Array(wanted.length);
    const apart = distance(found, wanted, least);
    assert.ok(apart <= slopes, `gradient of ${name} is ${apart} away`);
  });
}
