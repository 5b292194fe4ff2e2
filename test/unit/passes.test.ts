import assert from 'node:assert/strict';
import { onnx } from 'onnx-proto';
import { type QuickMeasure, quickMeasures, scoresOf } from '../../src/compare/measures/index';
import { defaultPlan } from '../../src/compare/plan';
import type { CandidateReport } from '../../src/compare/report';
import { GraphBuilder } from '../../src/graph/builder';
import type { Graph, StateEntry } from '../../src/graph/types';
import { forwardPass, passMeasures, stepMeasures, stepShare } from '../../src/run/measures/index';
import type { RunEvent } from '../../src/run/protocol';
import { runExperiment } from '../../src/run/runExperiment';
import type { Runtime } from '../../src/run/runtime';
import { wasmRuntime } from '../support/ort';

/** Three linear layers with ReLU between them, which tell five classes apart. */
function mlp(): Graph {
  const builder = new GraphBuilder();
  const state: StateEntry[] = [];
  const x = builder.input({ dtype: 'float32', shape: [4, 6] });
  let y = x;
  for (const name of ['first', 'second', 'third']) {
    if (y !== x) y = builder.emit1({ kind: 'activation', activation: 'relu', parameters: {} }, y);
    const type = { dtype: 'float32', shape: [name === 'third' ? 5 : 6, 6] } as const;
    const storage = builder.storage(type, true, { kind: 'normal', mean: 0, deviation: 0.5 });
    state.push({ name, storage, kind: 'parameter', persistent: true });
    builder.origin = { path: name, call: 0 };
    y = builder.emit1({ kind: 'linear' }, y, builder.storageAt(storage).value, null);
  }
  return builder.finish({ name: 'M', inputs: [{ name: 'x', value: x }], outputs: [{ name: 'y', value: y }], state });
}

/** What one session runs, told by its model. */
function kindOf(bytes: Uint8Array): string {
  const { graph } = onnx.ModelProto.decode(bytes);
  const has = (part: string) => (graph?.node ?? []).some(({ name }) => name?.includes(part));
  const losses = graph?.input?.some(({ name }) => name === 'target') ?? false;
  if (has('activation-lens.quantised')) return '8 bits';
  if (has('activation-lens')) return losses ? 'first step with its gradient' : 'first step';
  return losses ? 'backward' : 'forward';
}

/** Sessions for the two models of measures with passes of their own; the activations' share needs one more. */
const own: Readonly<Record<Exclude<QuickMeasure, keyof typeof stepMeasures>, readonly string[]>> = {
  cost: ['forward', 'forward', 'forward', 'backward', 'backward'],
  compression: ['8 bits', '8 bits'],
  drift: ['forward', 'forward'],
};

const isStep = (name: QuickMeasure): name is keyof typeof stepMeasures => name in stepMeasures;

/** Sessions that measures make: those that read the first step share its pass. */
function expected(measures: readonly QuickMeasure[]): string[] {
  const steps = measures.filter(isStep);
  const step = steps.some((name) => stepMeasures[name].needsGradient) ? 'first step with its gradient' : 'first step';
  const others = measures.flatMap((name) => (isStep(name) ? [] : own[name]));
  return [...(steps.length > 0 ? [step, step] : []), ...others].toSorted();
}

describe('passes', function () {
  this.timeout(60_000);
  const graph = mlp();
  let runtime: Runtime;
  let made: string[] = [];
  before(async () => {
    runtime = await wasmRuntime();
    const create = runtime.createSession.bind(runtime);
    runtime.createSession = (model, ...rest) => {
      made.push(kindOf(model));
      return create(model, ...rest);
    };
  });
  after(() => runtime.dispose());

  async function run(measures: readonly QuickMeasure[]) {
    made = [];
    const stages = new Set<string>();
    const plan = { ...defaultPlan(graph, ['gelu'], { budget: 60_000, rounds: 1 }), seeds: 1, measures };
    const emit = (event: RunEvent) => event.type === 'progress' && stages.add(event.stage);
    const report = await runExperiment({ graph, file: 'm.py', plan }, runtime, emit, new AbortController().signal);
    const [baseline, candidate] = report.candidates;
    assert.ok(report.complete && baseline && candidate);
    return { sessions: made.toSorted(), stages: [...stages], baseline, candidate, notes: report.model.notes };
  }

  const scoreNames = ({ scores = {} }: CandidateReport) => Object.keys(scores).toSorted();
  /** Half precision is not asked for. */
  const scoresFor = (measures: readonly QuickMeasure[]) =>
    measures
      .flatMap(scoresOf)
      .filter((score) => score !== 'halfError')
      .toSorted();
  const told = ({ id, title, parameters, addedParameters, scores, ...parts }: CandidateReport) => Object.keys(parts);

  for (const [i, measure] of quickMeasures.entries()) {
    it(`of ${measure} alone are its own, and tell nothing else`, async () => {
      const { sessions, stages, baseline, candidate, notes } = await run([measure]);
      assert.deepEqual(sessions, expected([measure]));
      assert.deepEqual(stages, measure === 'cost' ? ['session', 'latency', 'step'] : [measure]);
      assert.deepEqual(scoreNames(candidate), scoresFor([measure]));
      // The distance of the model as written from itself is not told.
      assert.deepEqual(scoreNames(baseline), measure === 'drift' ? [] : scoresFor([measure]));
      const parts = measure === 'cost' ? ['latency', 'step', 'memory'] : measure === 'drift' ? [] : [measure];
      assert.deepEqual(told(candidate), parts);
      assert.deepEqual(notes, []);
    });

    for (const other of quickMeasures.slice(i + 1)) {
      it(`of ${measure} and ${other} are those of both, but one where both read the first step`, async () => {
        const { sessions, candidate } = await run([measure, other]);
        assert.deepEqual(sessions, expected([measure, other]));
        assert.deepEqual(scoreNames(candidate), scoresFor([measure, other]));
      });
    }
  }

  it('give the same numbers alone and together', async () => {
    const whole = await run(quickMeasures);
    for (const measure of quickMeasures.filter((name) => name !== 'cost')) {
      const { candidate } = await run([measure]);
      for (const score of scoresOf(measure)) {
        const [one, all] = [candidate.scores?.[score]?.samples, whole.candidate.scores?.[score]?.samples];
        assert.equal(one?.length, 1);
        assert.ok(Math.abs((one[0] ?? 0) - (all?.[0] ?? 1)) < 1e-6, score);
      }
    }
  });

  it('share out the whole budget', () => {
    const sum = Object.values(passMeasures).reduce((total, { share }) => total + share, forwardPass.share + stepShare);
    assert.ok(Math.abs(sum - 1) < 1e-12, `${sum}`);
  });
});
