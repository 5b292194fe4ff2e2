/** One step of training, in the library and in the graph. */
import assert from 'node:assert/strict';
import * as core from '@tensorflow/tfjs-core';
import * as layers from '@tensorflow/tfjs-layers';
import { activationRules } from '../../../src/activations/differentiation';
import { initialise } from '../../../src/graph/initialise';
import type { Optimiser } from '../../../src/graph/optimise';
import { trainingGraph } from '../../../src/graph/train';
import { trainingStep } from '../../../src/graph/trainingStep';
import type { Graph, ValueId } from '../../../src/graph/types';
import { type Dense, evaluate } from '../evaluate/index';
import { distance, storageValues } from './judge';
import { type Made, noise, type Truth, tf, truthOf } from './truth';

const rate = 0.05;

export const optimisers: Readonly<Record<string, { library: () => core.Optimizer; graph: Optimiser }>> = {
  sgd: { library: () => core.train.sgd(rate), graph: { kind: 'sgd', momentum: 0, weightDecay: 0 } },
  adam: {
    library: () => core.train.adam(rate),
    graph: { kind: 'adamw', betas: [0.9, 0.999], eps: 1e-7, weightDecay: 0 },
  },
};

/** The model's weights after a step of the library's: mean squared error against noise. */
function steppedByLibrary(make: string, truth: Truth, optimiser: core.Optimizer): ArrayLike<number>[] {
  const warn = console.warn;
  console.warn = () => {};
  try {
    const { target } = new Function(`return (${make})`)()(tf) as Made;
    assert.ok(target instanceof layers.LayersModel);
    const first = truth.outputs[0];
    const inputs = truth.inputs.map((values, index) => {
      const symbolic = target.inputs[index];
      const rest = (symbolic?.shape.slice(1) ?? []) as number[];
      return core.tensor(values, [values.length / rest.reduce((a, b) => a * b, 1), ...rest]);
    });
    const call = () => target.apply(inputs.length === 1 ? (inputs[0] as core.Tensor) : inputs, { training: true });
    core.tidy(() => void call());
    const weights = target.weights.map((weight) => weight.read() as core.Variable);
    weights.forEach((weight, index) => {
      weight.assign(core.tensor(Float32Array.from(truth.weights[index]?.values ?? []), weight.shape));
    });
    const wanted = core.tensor(noise(9, first?.values.length ?? 0), [...(first?.shape ?? [])]);
    const loss = () => {
      const made = call();
      return core.losses.meanSquaredError(wanted, (Array.isArray(made) ? made[0] : made) as core.Tensor) as core.Scalar;
    };
    const trained = target.trainableWeights.map((weight) => weight.read() as core.Variable);
    optimiser.minimize(loss, false, trained);
    return weights.map((weight) => weight.dataSync());
  } finally {
    console.warn = warn;
  }
}

/** The same by the graph. */
function steppedByGraph(graph: Graph, truth: Truth, optimiser: Optimiser): ArrayLike<number>[] {
  const step = trainingStep(trainingGraph(graph), { kind: 'mse' }, optimiser, activationRules);
  const values = new Map<ValueId, Dense>();
  const put = (value: ValueId, data: ArrayLike<number>) => {
    values.set(value, { shape: step.values[value]?.type.shape ?? [], data: Float64Array.from(data) });
  };
  const fed = [...truth.inputs, noise(9, truth.outputs[0]?.values.length ?? 0), [rate]];
  step.inputs.forEach(({ value }, index) => {
    put(value, fed[index] ?? []);
  });
  const given = storageValues(graph, truth);
  initialise(step, 0).forEach((data, id) => {
    put(step.storages[id]?.value ?? -1, id < graph.storages.length ? (given[id] ?? data) : data);
  });
  evaluate(step, values);
  const after = new Map(step.updates.map(({ storage, value }) => [storage, values.get(value)?.data ?? []]));
  return graph.state.map(({ storage }) => after.get(storage) ?? given[storage] ?? []);
}

/**
 * Adam's first step goes as far for a small gradient as for a large one: where that is nothing but rounding (a bias before a
 * batch normalisation), so is the step's sign.
 */
const ofNoAccount = 1e-5;

/** @throws AssertionError where a weight is another after the step; it may differ by a share of how far it went */
export function holdStepToTruth(make: string, graph: Graph, batch: number, name: string): void {
  const optimiser = optimisers[name];
  assert.ok(optimiser);
  const truth = truthOf(make, batch, 'none');
  const wanted = steppedByLibrary(make, truth, optimiser.library());
  const found = steppedByGraph(graph, truth, optimiser.graph);
  const plain = steppedByLibrary(make, truth, core.train.sgd(1));
  const slopes = plain.map((after, index) =>
    Array.from(after, (each, i) => Math.abs(each - Number(truth.weights[index]?.values[i]))),
  );
  const least = ofNoAccount * Math.max(...slopes.flatMap((each) => Math.max(0, ...each)));
  graph.state.forEach((entry, index) => {
    const before = truth.weights[index]?.values ?? [];
    const counts = (i: number) =>
      name === 'sgd' || !truth.weights[index]?.trainable || Number(slopes[index]?.[i]) > least;
    const moved = (after: ArrayLike<number>) =>
      Array.from(after, (each, i) => (counts(i) ? each - Number(before[i]) : 0));
    const apart = distance(moved(found[index] ?? []), moved(wanted[index] ?? []));
    assert.ok(apart <= 2e-3, `${entry.name} moves otherwise: ${apart}`);
  });
}
