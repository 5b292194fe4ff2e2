import assert from 'node:assert/strict';
import { entryOf } from '../../src/activations/catalogue';
import { addCandidates } from '../../src/compare/addCandidates';
import { candidateId, candidateTitle } from '../../src/compare/candidate';
import { defaultPlan, resolvePlan } from '../../src/compare/plan';
import type { ComparePlan, Report } from '../../src/compare/report';
import { swapSites } from '../../src/compare/sites';
import { activationOf, standingOf } from '../../src/compare/standing';
import { csvOf } from '../../src/exports/csv';
import { markdownOf } from '../../src/exports/markdown';
import { scriptCandidates } from '../../src/exports/script/candidates';
import { swap } from '../../src/graph/swap';
import { runExperiment } from '../../src/run/runExperiment';
import type { Runtime } from '../../src/run/runtime';
import { smallCnn } from '../support/models';
import { wasmRuntime } from '../support/ort';

const leaky = (slope: number) => ({ activation: 'leaky_relu', parameters: { negative_slope: slope } });
const never = new AbortController().signal;

describe('several settings of one activation', function () {
  this.timeout(120_000);
  const graph = smallCnn();
  const plan: ComparePlan = {
    ...defaultPlan(graph, ['gelu'], { budget: 60_000 }),
    candidates: [leaky(0.01), leaky(0.2), leaky(0.2)],
    rounds: 12,
    seeds: 10,
    measures: ['signal', 'cost', 'drift'],
  };
  let runtime: Runtime;
  let report: Report;
  before(async () => {
    runtime = await wasmRuntime();
    report = await runExperiment({ graph, file: 'cnn.py', plan }, runtime, () => {}, never);
  });
  after(() => runtime.dispose());

  it('have ids and titles of their own, where they are not the usual ones', () => {
    const entry = entryOf('leaky_relu');
    assert.equal(candidateId(entry, { negative_slope: 0.01, inplace: true }), 'leaky_relu');
    assert.equal(candidateId(entry, { negative_slope: 0.2 }), 'leaky_relu(negative_slope=0.2)');
    assert.equal(candidateTitle(entry, { negative_slope: 0.2 }), 'LeakyReLU (negative_slope=0.2)');
    assert.equal(resolvePlan(graph, plan).candidates.length, 2);
  });

  it('are measured side by side, each with its own function', () => {
    assert.deepEqual(
      report.candidates.map(({ id, error }) => [id, error]),
      [
        ['baseline', undefined],
        ['leaky_relu', undefined],
        ['leaky_relu(negative_slope=0.2)', undefined],
      ],
    );
    const [, small, large] = report.candidates;
    assert.ok((large?.scores?.drift?.median ?? 0) > 5 * (small?.scores?.drift?.median ?? 1));
    assert.deepEqual(report.candidates.slice(1).map(activationOf), ['leaky_relu', 'leaky_relu']);
  });

  it('are told apart in the code', () => {
    const { nodes } = resolvePlan(graph, plan);
    for (const [slope, id] of [
      [0.01, 'leaky_relu'],
      [0.2, 'leaky_relu(negative_slope=0.2)'],
      [0.3, undefined],
    ] as const) {
      const now = swap(graph, nodes, entryOf('leaky_relu'), { negative_slope: slope, inplace: false });
      const usual = [{ activation: 'leaky_relu', parameters: { negative_slope: 0.01, inplace: false } }];
      assert.equal(standingOf(report, swapSites(now), usual)?.inCode, id, `${slope}`);
    }
  });

  it('are exported with their settings', () => {
    const { candidates } = scriptCandidates(report.candidates.slice(1));
    assert.deepEqual(
      candidates.map(({ name, make }) => [name, make]),
      [
        ['leaky_relu', 'lambda fit: nn.LeakyReLU()'],
        ['leaky_relu_2', 'lambda fit: nn.LeakyReLU(negative_slope=0.2)'],
      ],
    );
    assert.match(csvOf(report), /leaky_relu\(negative_slope=0\.2\)/);
    assert.match(markdownOf(report), /LeakyReLU \\?\(negative\\?_slope=0\.2\\?\) \|/);
  });

  it('join a report later, held against the model as written of their own run, in intervals for all together', async () => {
    const later = await runExperiment(
      { graph, file: 'cnn.py', plan: { ...plan, candidates: [leaky(0.5)], comparisons: 3 } },
      runtime,
      () => {},
      never,
    );
    const whole = addCandidates(report, later);
    assert.ok(whole);
    assert.deepEqual(
      whole.candidates.map(({ id, added }) => [id, added?.created]),
      [
        ['baseline', undefined],
        ['leaky_relu', undefined],
        ['leaky_relu(negative_slope=0.2)', undefined],
        ['leaky_relu(negative_slope=0.5)', later.created],
      ],
    );
    const [, first, , added] = whole.candidates;
    assert.deepEqual(added?.added?.baseline.latency?.samples, later.candidates[0]?.latency?.samples);
    assert.deepEqual(added?.latency?.ratio, later.candidates[1]?.latency?.ratio, 'its run knew of the others');
    assert.deepEqual(first?.latency?.samples, report.candidates[1]?.latency?.samples, 'nothing else is measured anew');
    // Three intervals at 95 % are together wider than two.
    const width = (of: Report) => {
      const against = of.candidates[1]?.scores?.saturated?.against;
      return (against?.high ?? 0) - (against?.low ?? 0);
    };
    assert.ok(width(whole) >= width(report));
    assert.equal(addCandidates({ ...report, plan: { ...report.plan, seed: 7 } }, later), undefined);
    const elsewhere = { ...later, environment: { ...later.environment, backend: 'webgpu' as const } };
    assert.equal(addCandidates(report, elsewhere), undefined);
    const again = addCandidates(whole, later);
    assert.equal(again?.candidates.length, 4, 'what is measured again replaces itself');
  });
});
