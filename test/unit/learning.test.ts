import assert from 'node:assert/strict';
import { learningTime } from '../../src/compare/learning';
import { mergeReports } from '../../src/compare/merge';
import { defaultPlan } from '../../src/compare/plan';
import type { LearningRun, Report } from '../../src/compare/report';
import type { Graph } from '../../src/graph/types';
import { ownData } from '../../src/run/measures/learning';
import type { RunEvent } from '../../src/run/protocol';
import { runExperiment } from '../../src/run/runExperiment';
import { batchOrder, bestRuns, divergenceStep } from '../../src/run/trainingRuns';
import { model } from '../support/dataModel';
import { smallCnn } from '../support/models';
import { wasmRuntime } from '../support/ort';
import { detailedReport } from '../support/reports';

describe('learning', () => {
  it('goes through every batch once an epoch', () => {
    const order = batchOrder(64, 8, 20, 3);
    assert.equal(order.length, 20);
    assert.deepEqual(
      order.slice(0, 8).toSorted((a, b) => a - b),
      [0, 8, 16, 24, 32, 40, 48, 56],
    );
    assert.notDeepEqual(order.slice(0, 8), order.slice(8, 16));
    assert.deepEqual(batchOrder(64, 8, 20, 3), order);
  });

  it('takes one output for two classes, or for a number where the data has more', () => {
    const graph = model({ input: [4, 2], output: [4, 1] });
    const table = (answer: (n: number) => string) => {
      const rows = Array.from({ length: 60 }, (_, n) => `${n % 7},${n / 10},${answer(n)}`);
      return [{ path: 't.csv', bytes: new TextEncoder().encode(rows.join('\n')) }];
    };
    assert.equal(
      ownData(
        graph,
        table((n) => (n % 2 ? 'yes' : 'no')),
        0,
      ).task.kind,
      'binary',
    );
    const { task, data } = ownData(
      graph,
      table((n) => String(n * 1.7)),
      0,
    );
    assert.equal(task.kind, 'numbers');
    assert.deepEqual(data.train.target.type.shape.slice(1), [1]);
    assert.throws(
      () =>
        ownData(
          graph,
          table((n) => 'abc'[n % 3] ?? ''),
          0,
        ),
      /3 classes, and the model tells 2 apart/,
    );
  });

  it('names the step at which a loss is lost', () => {
    assert.equal(divergenceStep([2, 1.5, 1]), undefined);
    assert.equal(divergenceStep([2, Number.NaN, 1]), 1);
    assert.equal(divergenceStep([2, 3, 21]), 2);
  });

  it("takes each seed's best rate, and none of a seed that never came through", () => {
    const run = (seed: number, rate: number, loss: number, diverged?: number): LearningRun => ({
      seed,
      rate,
      losses: [],
      held: [
        { step: 0, loss: 2 },
        { step: 10, loss },
      ],
      ...(diverged !== undefined && { diverged }),
      milliseconds: 1,
    });
    const runs = [run(0, 0.1, 1), run(0, 0.2, 0.5), run(1, 0.1, 0.1, 3), run(1, 0.2, 0.9), run(2, 0.1, 0.1, 0)];
    assert.deepEqual(
      bestRuns(runs).map(({ seed, rate }) => [seed, rate]),
      [
        [0, 0.2],
        [1, 0.2],
      ],
    );
  });

  it('is measured like everything else where inputs have the names that a step uses', async () => {
    const runtime = await wasmRuntime();
    const whole = smallCnn(8);
    const logits = whole.nodes.at(-1)?.inputs[0] ?? 0;
    const measures = ['signal', 'gradient', 'drift', 'learning'] as const;
    const learning = { steps: 6, seeds: 1, rates: [1e-3], optimiser: 'adamw' as const };
    const reports: Report[] = [];
    for (const name of ['x', 'target', 'loss', 'learning_rate']) {
      const inputs = whole.inputs.map((input) => ({ ...input, name }));
      const graph: Graph = { ...whole, inputs, outputs: [{ name: name === 'loss' ? 'loss' : 'y', value: logits }] };
      const plan = { ...defaultPlan(graph, ['gelu'], { budget: 1 }), seeds: 1, measures, learning };
      const never = new AbortController().signal;
      reports.push(await runExperiment({ graph, file: 'cnn.py', plan }, runtime, () => {}, never));
    }
    await runtime.dispose();
    const numbers = ({ candidates }: Report) =>
      candidates.map(({ signal, gradient, scores, learning: learnt }) => [
        signal?.map(({ mean }) => mean),
        gradient?.map(({ norm }) => norm),
        scores?.drift?.samples,
        learnt?.runs[0]?.losses,
        learnt?.runs[0]?.held,
      ]);
    const [first, ...others] = reports.map(numbers);
    assert.ok(first?.[1]?.[3]);
    for (const other of others) assert.deepEqual(other, first);
  });

  describe('time and place', () => {
    const before = detailedReport(['gelu']);
    const wasm = { ...before.environment, backend: 'wasm' as const };

    it('stay with the runs: a report keeps where the rest was measured', () => {
      const later: Report = {
        ...before,
        environment: wasm,
        candidates: before.candidates.map(({ id, title, parameters, addedParameters, learning }) => ({
          id,
          title,
          parameters,
          addedParameters,
          ...(learning && { learning: { ...learning, environment: wasm } }),
        })),
      };
      const merged = mergeReports(before, later);
      assert.equal(merged.environment.backend, 'webgpu');
      assert.ok(
        merged.candidates.every(({ latency, learning }) => latency && learning?.environment.backend === 'wasm'),
      );
      const drawn = { ...later, plan: { ...later.plan, reinitialised: true } };
      assert.equal(mergeReports(before, drawn), drawn, 'weights of another draw are another comparison');
    });

    it('are told before, in proportion to steps, seeds, rates and candidates', () => {
      const plan = { steps: 60, seeds: 3, rates: [1e-3], optimiser: 'adamw' as const };
      const one = learningTime(before, plan, ['gelu']) ?? Number.NaN;
      assert.ok(one > 60 * 3 * (before.candidates[0]?.step?.median ?? 0));
      assert.equal(learningTime(before, { ...plan, seeds: 6 }, ['gelu']), 2 * one);
      assert.ok((learningTime(before, plan, ['gelu', 'silu']) ?? 0) > one);
      assert.equal(learningTime({ ...before, candidates: [] }, plan, ['gelu']), undefined);
    });
  });

  describe('on WASM', () => {
    const whole = smallCnn(8);
    const graph: Graph = { ...whole, outputs: [{ name: 'y', value: whole.nodes.at(-1)?.inputs[0] ?? 0 }] };
    const events: RunEvent[] = [];
    let report: Report;

    before(async function () {
      this.timeout(120_000);
      const runtime = await wasmRuntime();
      const plan = {
        ...defaultPlan(graph, ['gelu', 'prelu'], { budget: 100 }),
        measures: ['learning'] as const,
        learning: { steps: 30, seeds: 2, rates: [3e-3, 1e6], optimiser: 'sgd' as const },
      };
      const never = new AbortController().signal;
      report = await runExperiment({ graph, file: 'cnn.py', plan }, runtime, (event) => events.push(event), never);
      await runtime.dispose();
    });

    it('trains every candidate with every seed and rate, and names what diverged', () => {
      assert.equal(report.complete, true);
      for (const { id, learning, scores, latency } of report.candidates) {
        assert.equal(latency, undefined);
        assert.equal(learning?.runs.length, 4, id);
        for (const { rate, diverged, losses, held } of learning.runs) {
          assert.equal(diverged !== undefined, rate === 1e6, `${id} at ${rate}`);
          if (diverged === undefined) assert.equal(losses.length, 30);
          assert.equal(held[0]?.step, 0);
        }
        assert.deepEqual(
          learning.best.map(({ rate }) => rate),
          [3e-3, 3e-3],
        );
        assert.equal(scores?.heldLoss?.samples.length, 2);
        assert.equal(scores.heldLoss.against?.separable ?? false, false, 'two seeds tell nothing apart');
        assert.ok(scores.accuracy);
      }
    });

    it('begins every candidate of a seed with the same weights and batches', () => {
      // PReLU begins as a leaky ReLU, GELU as something else: but a run repeats itself to the last digit.
      const [first, , third] = report.candidates;
      assert.notEqual(first?.learning?.runs[0]?.losses[0], third?.learning?.runs[0]?.losses[0]);
      assert.equal(JSON.stringify(report), JSON.stringify(JSON.parse(JSON.stringify(report))));
    });

    it('tells how long the rest will take', () => {
      const told = events.flatMap((event) => (event.type === 'progress' && event.stage === 'learning' ? [event] : []));
      assert.equal(told.length, 12);
      assert.equal(told[0]?.remaining, undefined);
      assert.ok(told.slice(1).every(({ remaining }) => (remaining ?? 0) > 0));
    });
  });
});
