import assert from 'node:assert/strict';
import { defaultPlan, resolvePlan } from '../../src/compare/plan';
import { rank } from '../../src/compare/rank';
import type { ComparePlan, Report } from '../../src/compare/report';
import { itemAt } from '../../src/graph/access';
import { initialise } from '../../src/graph/initialise';
import { randomInputs } from '../../src/run/inputs';
import type { RunEvent } from '../../src/run/protocol';
import { runExperiment } from '../../src/run/runExperiment';
import type { Runtime } from '../../src/run/runtime';
import { smallCnn } from '../support/models';
import { wasmRuntime } from '../support/ort';

const never = new AbortController().signal;

describe('plans', () => {
  const graph = smallCnn();

  it('leave out the candidate that is the baseline, and say so', () => {
    const resolved = resolvePlan(graph, defaultPlan(graph, ['relu', 'GELU'], { budget: 100 }));
    assert.deepEqual(
      resolved.candidates.map(({ activation }) => activation.id),
      ['gelu'],
    );
    assert.match(resolved.notes[0] ?? '', /ReLU .*baseline/);
    assert.equal(resolved.nodes.length, 4);
  });

  it('refuse what they cannot find', () => {
    const plan = defaultPlan(graph, ['gelu'], { budget: 100 });
    assert.throws(() => defaultPlan(graph, ['nonesuch'], { budget: 100 }), /"nonesuch"/);
    assert.throws(() => resolvePlan(graph, { ...plan, sites: [] }), /no activation is chosen/);
    assert.throws(() => resolvePlan(graph, { ...plan, sites: ['gone'] }), /at gone/);
    const linear = { ...graph, nodes: graph.nodes.filter(({ op }) => op.kind !== 'activation') };
    assert.throws(() => resolvePlan(linear, { ...plan, sites: [] }), /has no activation that could be swapped/);
  });
});

describe('inputs', () => {
  it('are normal for floats, rows of their table for integers, and the same for the same seed', () => {
    const [x] = randomInputs(smallCnn(), 1);
    assert.deepEqual(randomInputs(smallCnn(), 1)[0], x);
    assert.notDeepEqual(randomInputs(smallCnn(), 2)[0], x);
    const values = Array.from(x ?? []);
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
    assert.ok(Math.abs(mean) < 0.15 && Math.abs(variance - 1) < 0.2, `${mean} ${variance}`);
  });
});

describe('a comparison on WASM', () => {
  const graph = smallCnn();
  const plan: ComparePlan = {
    ...defaultPlan(graph, ['leaky_relu', 'gelu', 'prelu', 'tanh'], { budget: 30_000 }),
    rounds: 12,
  };
  let runtime: Runtime;
  let report: Report;
  const events: RunEvent[] = [];

  before(async function () {
    this.timeout(120_000);
    runtime = await wasmRuntime();
    report = await runExperiment({ graph, file: 'cnn.py', plan }, runtime, (event) => events.push(event), never);
  });
  after(() => runtime.dispose());

  it('measures every candidate in the same rounds', () => {
    assert.equal(report.complete, true);
    assert.deepEqual(
      report.candidates.map(({ id }) => id),
      ['baseline', 'leaky_relu', 'gelu', 'prelu', 'tanh'],
    );
    assert.equal(report.candidates[0]?.title, 'ReLU');
    for (const { id, latency } of report.candidates) {
      assert.equal(latency?.samples.length, 12, id);
      assert.ok(latency.samples.every((time) => time > 0));
      assert.equal(latency.ratio === undefined, id === 'baseline');
      if (latency.ratio)
        assert.ok(latency.ratio.low <= latency.ratio.estimate && latency.ratio.estimate <= latency.ratio.high);
    }
    assert.deepEqual(
      report.candidates.map(({ addedParameters }) => addedParameters),
      [0, 0, 0, 4, 0],
    );
    assert.equal(report.environment.backend, 'wasm');
    // Nothing fell back: it was chosen.
    assert.equal(report.environment.fallback, undefined);
  });

  it('tells the signal of every layer', () => {
    for (const { id, signal } of report.candidates) {
      assert.deepEqual(
        signal?.map(({ path }) => path),
        ['blocks.0.act', 'blocks.1.act', '', '', ''],
        id,
      );
      assert.deepEqual(
        signal?.map(({ count }) => count),
        [2 * 8 * 144, 2 * 12 * 144, 24, 24, 24],
      );
    }
    const of = (id: string) => report.candidates.find((candidate) => candidate.id === id)?.signal?.[0];
    const [relu, leaky, prelu] = [of('baseline'), of('leaky_relu'), of('prelu')];
    assert.ok(relu && leaky && prelu);
    assert.ok(relu.zeros > 0.2 && relu.zeros < 0.8 && leaky.zeros === 0);
    assert.ok(relu.mean > 0 && leaky.mean < relu.mean && prelu.mean < leaky.mean);
    // Rows of a softmax over 12 classes add up to 1.
    assert.ok(Math.abs((report.candidates[0]?.signal?.at(-1)?.mean ?? 0) - 1 / 12) < 1e-6);
  });

  it('marks the layers that are no hidden activations, in every measure', () => {
    for (const { signal, gradient, compression } of report.candidates)
      for (const layers of [signal, gradient, compression])
        assert.deepEqual(
          layers?.map(({ apart = false }) => apart),
          [false, false, false, false, true],
        );
  });

  it('streams as it goes', () => {
    const reports = events.filter((event) => event.type === 'report');
    assert.ok(reports.length >= 2);
    assert.ok(reports.every((event) => event.type === 'report' && !event.report.complete));
    assert.equal(events.at(-1)?.type, 'done');
    const stages = new Set(events.flatMap((event) => (event.type === 'progress' ? [event.stage] : [])));
    assert.deepEqual([...stages], ['session', 'latency', 'signal', 'step', 'compression', 'drift']);
  });

  it('survives being written as JSON', () => assert.deepEqual(JSON.parse(JSON.stringify(report)), report));

  it('can be ranked by any measure', () => {
    for (const measure of [
      'latency',
      'step',
      'parameters',
      'memory',
      'zeros',
      'spread',
      'flow',
      'snrChannel',
    ] as const) {
      const ranks = rank(report, measure);
      assert.equal(ranks.length, 5, measure);
      assert.ok(ranks.every(({ place }, i) => place >= 1 && place <= i + 1 && place >= (ranks[i - 1]?.place ?? 1)));
    }
    assert.equal(rank(report, 'parameters').at(-1)?.id, 'prelu');
  });

  it('stops when it is told to', async () => {
    const controller = new AbortController();
    const stopped = runExperiment(
      { graph, file: 'cnn.py', plan },
      runtime,
      () => controller.abort(new Error('cancelled')),
      controller.signal,
    );
    await assert.rejects(stopped, /cancelled/);
  });

  it('draws weights with the gain of each activation, when asked', async () => {
    const drawn = { ...plan, rounds: 1, seeds: 1, measures: ['signal'] as const, reinitialise: true };
    const fresh = await runExperiment({ graph, file: 'cnn.py', plan: drawn }, runtime, () => {}, never);
    assert.equal(fresh.plan.reinitialised, true);
    const deviation = (of: Report, id: string) =>
      of.candidates.find((candidate) => candidate.id === id)?.signal?.[2]?.deviation ?? Number.NaN;
    // The first linear layer begins with N(0, 0.3²): 12 inputs ask for 0.41 with a ReLU behind it, and for more with Tanh.
    assert.ok(deviation(fresh, 'baseline') > deviation(report, 'baseline'));
    assert.ok(deviation(fresh, 'tanh') > deviation(report, 'tanh'));
  });

  it('draws none of the weights that a file gives, and says so', async () => {
    const values = initialise(graph, 7);
    const storages = graph.storages.map((storage, i) => ({
      ...storage,
      initialiser: { kind: 'data', data: itemAt(values, i) } as const,
    }));
    const whole = { ...graph, storages, weightsFile: 'net.onnx' };
    const once = { ...plan, rounds: 1, seeds: 1, measures: ['signal'] as const };
    const run = (more: object) =>
      runExperiment({ graph: whole, file: 'net.onnx', plan: { ...once, ...more } }, runtime, () => {}, never);
    const [asked, plain] = [await run({ reinitialise: true }), await run({})];
    const signals = ({ candidates }: Report) => candidates.map(({ signal }) => signal);
    assert.deepEqual(signals(asked), signals(plain));
    assert.ok(asked.model.notes?.some((note) => note.startsWith('The weights that net.onnx gives stay as they are')));
    assert.ok(!plain.model.notes?.some((note) => note.includes('stay as they are')));
  });

  it('keeps a candidate that cannot stand there apart', async () => {
    const glued = {
      ...plan,
      rounds: 2,
      candidates: [{ activation: 'softmax', parameters: { dim: 1 } }, ...plan.candidates.slice(0, 1)],
    };
    const part = await runExperiment({ graph, file: 'cnn.py', plan: glued }, runtime, () => {}, never);
    assert.equal(part.complete, false);
    assert.match(part.candidates[1]?.error ?? '', /works on each element alone/);
    assert.ok(part.candidates[2]?.latency);
  });
});
