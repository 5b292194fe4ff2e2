import assert from 'node:assert/strict';
import { chooseRates, searchSeedsFor, seedsFor } from '../../src/compare/learning';
import { newMeasurements } from '../../src/compare/measurements';
import { Random } from '../../src/compare/random';
import { defaultLearning } from '../../src/compare/report';
import { measure } from '../../src/compare/scores';
import { proceduralData } from '../../src/data/procedural';
import { taskOf } from '../../src/data/taskOf';
import type { Graph } from '../../src/graph/types';
import type { Learner } from '../../src/run/learner';
import { trainAll } from '../../src/run/trainingRuns';
import { wasmRuntime } from '../support/ort';
import { readText } from '../support/readText';

/** How often candidates that are the model as written may be called different from it. */
const NOMINAL = 0.05;
const rates = [1e-3, 3e-3, 1e-2];

/**
 * Share of comparisons in which at least one of `candidates` names for one model is told from it, where every run has noise of
 * its own: the worst case, for runs of one seed have the same weights and batches.
 * @param gap what the loss grows by from the best rate to the next, in deviations of that noise
 */
function shareSeparated(candidates: number, gap: number, comparisons: number): number {
  const random = new Random(100 * candidates + 10 * gap);
  const lossAt = (rate: number) => gap * Math.abs(rates.indexOf(rate) - 1) + random.normal();
  const searchSeeds = Array.from({ length: searchSeedsFor(candidates) }, (_, seed) => seed);
  const search = () => searchSeeds.flatMap((seed) => rates.map((rate) => ({ seed, rate, loss: lossAt(rate) })));
  let separated = 0;
  for (let n = 0; n < comparisons; n++) {
    const chosen = chooseRates(Array.from({ length: candidates + 1 }, search));
    const [written = [], ...others] = chosen.map((rate) =>
      Array.from({ length: seedsFor(candidates) }, () => lossAt(rate ?? 0)),
    );
    if (others.some((own) => measure('heldLoss', own, written, candidates).against?.separable)) separated++;
  }
  return separated / comparisons;
}

describe('a model against itself under other names', () => {
  for (const candidates of [1, 3, 6, 12])
    it(`is told from itself in no more comparisons than the nominal 5 %, by ${candidates}, however much the rate matters`, function () {
      this.timeout(60_000);
      for (const gap of [0, 0.5, 1, 1.5, 3]) {
        const share = shareSeparated(candidates, gap, 1000);
        assert.ok(share <= NOMINAL, `${100 * share} % at a gap of ${gap}`);
      }
    });

  it('is told from itself no more often where it is trained, the others from weights of other draws', async function () {
    this.timeout(300_000);
    const text = 'from torch import nn\nmodel = nn.Sequential(nn.Linear(6, 12), nn.Tanh(), nn.Linear(12, 3))\n';
    const { graph } = (await readText(text, [{ dtype: 'float32', shape: [8, 6] }])).extraction;
    const task = taskOf(graph);
    const runtime = await wasmRuntime();
    const comparisons = 40;
    let separated = 0;
    for (let n = 0; n < comparisons; n++) {
      const learners = [0, 1].map((name): Learner => {
        const drawn: Graph = {
          ...graph,
          storages: graph.storages.map((storage, id) => ({ ...storage, stream: 100 * name + id })),
        };
        const summary = { id: `name ${name}`, title: `name ${name}`, parameters: {}, addedParameters: 0 };
        return { batched: drawn, trained: drawn, measurements: newMeasurements(summary) };
      });
      await trainAll(learners, runtime, {
        plan: { ...defaultLearning, steps: 20, seeds: seedsFor(1), budget: 1 },
        task,
        data: proceduralData(graph, task, { train: 128, validation: 32, held: 64, seed: n }),
        seed: 1000 * n,
        given: [],
        signal: new AbortController().signal,
        explain: String,
        onProgress: () => {},
        onRun: () => {},
        fail: (_, message) => assert.fail(message),
      });
      const [written, other] = learners.map(({ measurements }) => measurements.samples.heldLoss ?? []);
      assert.equal(other?.length, seedsFor(1));
      assert.notDeepEqual(other, written);
      if (measure('heldLoss', other, written, 1).against?.separable) separated++;
    }
    await runtime.dispose();
    assert.ok(separated <= NOMINAL * comparisons, `${separated} of ${comparisons}`);
  });
});
