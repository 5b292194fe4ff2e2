import assert from 'node:assert/strict';
import {
  allRunsTime,
  chooseRates,
  learningTime,
  leastSeeds,
  mostSteps,
  seedsFor,
  shorterPlans,
} from '../../src/compare/learning';
import { mergeReports } from '../../src/compare/merge';
import { defaultPlan } from '../../src/compare/plan';
import { rank } from '../../src/compare/rank';
import { defaultLearning, type Report, type SearchRun } from '../../src/compare/report';
import { pairedInterval } from '../../src/compare/statistics';
import type { Graph } from '../../src/graph/types';
import { batchOrder, divergenceStep } from '../../src/run/learner';
import { ownData } from '../../src/run/measures/learning';
import type { RunEvent } from '../../src/run/protocol';
import { runExperiment } from '../../src/run/runExperiment';
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

  describe('a search', () => {
    const runs = (losses: Readonly<Record<number, readonly (number | null)[]>>): SearchRun[] =>
      Object.entries(losses).flatMap(([rate, all]) => all.map((loss, seed) => ({ seed, rate: Number(rate), loss })));

    it('takes the rate with the lowest mean validation loss, and none that diverged with one of the seeds', () => {
      assert.deepEqual(chooseRates([runs({ 0.1: [1, 1.2], 0.2: [0.9, 1.1], 0.3: [0.1, null] })]), [0.2]);
      assert.deepEqual(chooseRates([runs({ 0.1: [null, null], 0.2: [1, null] })]), [undefined]);
    });

    it('takes what is best in the middle of all, but where every seed of a candidate says otherwise', () => {
      const usual = runs({ 0.1: [1, 1], 0.2: [2, 2], 0.3: [3, 3] });
      const halves = runs({ 0.1: [1, 1], 0.2: [0.5, 1.1], 0.3: [3, 3] });
      const other = runs({ 0.1: [1, 1], 0.2: [2, 2], 0.3: [0.99, 0.98] });
      const lost = runs({ 0.1: [1, null], 0.2: [2, 2], 0.3: [3, 3] });
      const none = runs({ 0.1: [1, null], 0.2: [null, 2], 0.3: [null, null] });
      assert.deepEqual(chooseRates([usual, halves, other, lost, none]), [0.1, 0.1, 0.3, 0.2, undefined]);
    });
  });

  it('needs the more seeds the more candidates there are, five at least', () => {
    for (let candidates = 1; candidates <= 30; candidates++) {
      const seeds = seedsFor(candidates);
      const apart = Array.from({ length: seeds }, (_, i) => 1 + i / 100);
      const zeros = apart.map(() => 0);
      assert.ok(pairedInterval(apart, zeros, 'difference', candidates).separable, `${candidates}`);
      const { enough } = pairedInterval(apart.slice(2), zeros.slice(2), 'difference', candidates);
      assert.ok(!enough, `${candidates}: two fewer bear none`);
    }
    assert.ok(defaultLearning.seeds >= seedsFor(6));
  });

  it('is shortened by fewer candidates first, the most promising of them, then by fewer seeds', () => {
    const ids = ['gelu', 'tanh', 'silu', 'prelu', 'elu'];
    const report = detailedReport(ids);
    const whole = learningTime(report, defaultLearning, ids) ?? Number.NaN;
    assert.deepEqual(shorterPlans(report, { ...defaultLearning, budget: whole + 1 }, ids), []);
    const plan = { ...defaultLearning, budget: 0.7 * whole };
    const [fewer, seeds] = shorterPlans(report, plan, ids);
    assert.ok(fewer && seeds);
    assert.deepEqual([fewer.candidates.length, fewer.seeds], [3, plan.seeds]);
    assert.ok(seeds.seeds < plan.seeds && seeds.seeds >= leastSeeds);
    assert.equal(fewer.candidates[0], rank(report, 'heldLoss').find(({ id }) => id !== 'baseline')?.id);
    for (const { candidates, seeds: count, time } of [fewer, seeds])
      assert.equal(time, learningTime(report, { ...plan, seeds: count }, candidates));
    const [least] = shorterPlans(report, { ...defaultLearning, budget: 1 }, ids);
    assert.equal(least?.candidates.length, 2, 'what never fits is offered with its honest time');
  });

  it('adds steps while the budget bears them', () => {
    const plan = { ...defaultLearning, budget: 10_000 };
    const costs = { step: 1, look: 2 };
    const most = mostSteps(plan, 3, costs, 0);
    assert.ok(most > plan.steps && most < 10 * plan.steps, `${most}`);
    assert.ok(allRunsTime(plan, 3, most, costs) <= plan.budget);
    assert.ok(allRunsTime(plan, 3, most + 10, costs) > plan.budget);
    assert.ok(mostSteps(plan, 3, costs, 3000) < most, 'what is spent is gone');
    assert.equal(mostSteps(plan, 30, costs, 0), plan.steps, 'never less than was asked for');
    assert.equal(mostSteps({ ...plan, budget: 1e9 }, 3, costs, 0), 10 * plan.steps);
  });

  it('is refused for batches of fewer than eight, with the reason and the way out', async () => {
    const runtime = await wasmRuntime();
    const graph = smallCnn(4);
    const plan = { ...defaultPlan(graph, ['gelu'], { budget: 1 }), measures: ['learning'] as const };
    const never = new AbortController().signal;
    const { model: told, candidates } = await runExperiment({ graph, file: 'cnn.py', plan }, runtime, () => {}, never);
    await runtime.dispose();
    assert.ok(candidates.every(({ learning }) => learning === undefined));
    assert.match(
      told.notes.join(),
      /read with a batch of 4: .* 8 samples or more, are left out\. Give an input with a larger batch/,
    );
  });

  it('is measured like everything else where inputs have the names that a step uses', async () => {
    const runtime = await wasmRuntime();
    const whole = smallCnn(8);
    const logits = whole.nodes.at(-1)?.inputs[0] ?? 0;
    const measures = ['signal', 'gradient', 'drift', 'learning'] as const;
    const learning = { ...defaultLearning, steps: 6, seeds: 1, searchSeeds: 1, rates: [1e-3], budget: 1 };
    const reports: Report[] = [];
    for (const name of ['x', 'target', 'loss', 'learning_rate']) {
      const inputs = whole.inputs.map((input) => ({ ...input, name }));
      const graph: Graph = { ...whole, inputs, outputs: [{ name: name === 'loss' ? 'loss' : 'y', value: logits }] };
      const plan = { ...defaultPlan(graph, ['gelu'], { budget: 60_000 }), seeds: 1, measures, learning };
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
      const plan = { ...defaultLearning, seeds: 3, searchSeeds: 1, rates: [1e-3] };
      const one = learningTime(before, plan, ['gelu']) ?? Number.NaN;
      assert.ok(one > 60 * 3 * (before.candidates[0]?.step?.median ?? 0));
      const twice = learningTime(before, { ...plan, seeds: 6, searchSeeds: 2 }, ['gelu']) ?? 0;
      assert.ok(Math.abs(twice / one - 2) < 1e-9, `${twice / one}`);
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
        learning: { steps: 30, seeds: 2, searchSeeds: 2, rates: [3e-3, 1e6], optimiser: 'sgd' as const, budget: 1 },
      };
      const never = new AbortController().signal;
      report = await runExperiment({ graph, file: 'cnn.py', plan }, runtime, (event) => events.push(event), never);
      await runtime.dispose();
    });

    it('searches the rate on other seeds and samples, names what diverged, and reports runs at that rate alone', () => {
      assert.equal(report.complete, true);
      for (const { id, learning, scores, latency } of report.candidates) {
        assert.equal(latency, undefined);
        assert.ok(learning?.search, id);
        const { setup, search, runs, best } = learning;
        assert.deepEqual(
          [setup.seeds, setup.searchSeeds],
          [
            [0, 1],
            [2, 3],
          ],
        );
        assert.equal(search.rate, 3e-3);
        assert.deepEqual(
          search.runs.map(({ rate, loss }) => [rate, loss === null]).sort(),
          [
            [3e-3, false],
            [3e-3, false],
            [1e6, true],
            [1e6, true],
          ].sort(),
        );
        assert.deepEqual([...new Set(search.runs.map(({ seed }) => seed))].sort(), [2, 3]);
        assert.deepEqual(
          runs.map(({ seed, rate, losses, held }) => [seed, rate, losses.length, held[0]?.step, held.at(-1)?.step]),
          [
            [0, 3e-3, 30, 0, 30],
            [1, 3e-3, 30, 0, 30],
          ],
        );
        assert.deepEqual(
          best,
          runs.map(({ seed, rate }) => ({ seed, rate })),
        );
        assert.equal(scores?.heldLoss?.samples.length, 2);
        assert.equal(scores.heldLoss.against?.separable ?? false, false, 'two seeds tell nothing apart');
        assert.ok(scores.accuracy);
        const { loss, learntBelow } = setup.chance ?? { loss: 0, learntBelow: 0 };
        assert.ok(loss > 0.5 && loss < 3 && learntBelow < loss, `${loss}`);
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
      // Three candidates, two rates and two seeds each for the search but for one of the model as written, which is looked
      // at every ten of its thirty steps; then two seeds each.
      assert.equal(told.length, 3 + 3 * 2 * 2 - 2 + 3 * 2);
      assert.ok(told.every(({ remaining }) => (remaining ?? 0) > 0));
      assert.ok(told.every(({ done, total }) => done >= 0 && done <= total));
    });
  });
});
