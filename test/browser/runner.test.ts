import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { catalogue } from '../../src/activations/catalogue';
import { rulesFor } from '../../src/activations/differentiation';
import { defaultPlan } from '../../src/compare/plan';
import type { Report } from '../../src/compare/report';
import { lossOf } from '../../src/data/task';
import { taskOf } from '../../src/data/taskOf';
import { initialise } from '../../src/graph/initialise';
import { adamw } from '../../src/graph/optimise';
import { trainingGraph } from '../../src/graph/train';
import { trainingStep } from '../../src/graph/trainingStep';
import type { RunRequest } from '../../src/run/protocol';
import { runExperiment } from '../../src/run/runExperiment';
import { backward } from '../support/backward';
import { openTestPage, type PanelPage } from '../support/browser';
import { allowedOnGpu, operatorCases } from '../support/cases';
import { extractCase, modelCases } from '../support/modelCases';
import { smallCnn } from '../support/models';
import { relativeError } from '../support/ops';
import { wasmRuntime } from '../support/ort';
import { inRoot } from '../support/paths';
import { readText } from '../support/readText';
import { runModel } from '../support/runModel';

interface OpResult {
  readonly name: string;
  readonly error: number | null;
  readonly nodes?: number;
  readonly fallbacks: readonly string[];
  readonly message?: string;
}

interface ModelResult {
  readonly name: string;
  readonly outputs: readonly (readonly number[])[];
  readonly fallbacks: readonly string[];
  readonly message?: string;
}

const waves = new Set(['sine', 'snake']);

// A software adapter on a machine that does other things, too: limits that only a run that hangs reaches.
const longest = 900_000;
const almost = longest - 10_000;

describe('operators on WebGPU', function () {
  this.timeout(longest);
  const cases = operatorCases();
  let results: ReadonlyMap<string, OpResult>;

  before(async () => {
    const panel = await openTestPage('ops');
    await panel.message('ready');
    await panel.send({ type: 'cases', cases, wasm: panel.resources.wasm });
    const answer = await panel.message('results', almost);
    const { environment, results: all } = answer as unknown as {
      environment: { backend: string };
      results: OpResult[];
    };
    assert.equal(environment.backend, 'webgpu');
    results = new Map(all.map((result) => [result.name, result]));
    await panel.close();
  });

  for (const { name } of cases) {
    it(`${name}: PyTorch's values, nothing on the CPU`, () => {
      const result = results.get(name);
      assert.equal(result?.message, undefined);
      assert.ok((result?.error ?? 1) <= allowedOnGpu(name), `relative error ${result?.error}`);
      assert.deepEqual(result?.fallbacks, []);
    });
  }
});

/** One layer of each combination of operators, with its gradients as outputs. */
async function gradientModels() {
  const seen = new Set<string>();
  const models = [];
  for (const one of modelCases()) {
    const extraction = await extractCase(one);
    if (!extraction.ok) continue;
    const { graph } = extraction;
    const kinds = [
      ...new Set(graph.nodes.map(({ op }) => (op.kind === 'recurrent' ? `${op.kind}/${op.cell}` : op.kind))),
    ];
    const fresh = kinds.filter((kind) => !seen.has(kind));
    if (fresh.length === 0 || one.outputs.length === 0) continue;
    for (const kind of fresh) seen.add(kind);
    const inputs = graph.inputs.flatMap(({ value }, i) =>
      graph.values[value]?.type.dtype === 'float32' ? [`input${i}`] : [],
    );
    // As it is made for a GPU.
    const made = backward(graph, new Set([...inputs, ...graph.state.map(({ name }) => name)]), true);
    if (made.outputs.length > 0)
      models.push({ name: `${fresh.join(', ')}: ${one.expression}`, graph: made, inputs: one.inputs });
  }
  return models;
}

/** A whole step of training, whose outputs are the loss and everything that it writes back. */
function trainingModels() {
  const graph = smallCnn();
  const logits = { ...graph, outputs: [{ name: 'y', value: graph.nodes.at(-1)?.inputs[0] ?? 0 }] };
  const sgd = { kind: 'sgd', momentum: 0.9, weightDecay: 0.01 } as const;
  return [sgd, adamw].map((optimiser) => {
    const step = trainingStep(trainingGraph(logits), lossOf(taskOf(logits)), optimiser, rulesFor('webgpu'));
    const written = step.updates.map(({ value }, i) => ({ name: `update ${i}`, value }));
    return {
      name: `a step of ${optimiser.kind}`,
      graph: { ...step, standsFor: undefined, outputs: [...step.outputs, ...written] },
      inputs: [
        { shape: [2, 3, 12, 12], dtype: 'float32' as const },
        { shape: [2], dtype: 'int64' as const, below: 12 },
        { shape: [], dtype: 'float32' as const },
      ],
    };
  });
}

describe('gradients on WebGPU', function () {
  this.timeout(longest);

  it('are those of WebAssembly, with nothing on the CPU', async () => {
    const models = [...(await gradientModels()), ...trainingModels()];
    const runtime = await wasmRuntime();
    const panel = await openTestPage('ops');
    await panel.message('ready');
    await panel.send({ type: 'models', models, wasm: panel.resources.wasm });
    const answer = await panel.message('results', almost);
    await panel.close();
    const failures: string[] = [];
    const { results } = answer as unknown as { results: ModelResult[] };
    for (const [i, { name, graph, inputs }] of models.entries()) {
      const result = results[i];
      const expected = await runModel(runtime, graph, inputs);
      if (result?.message !== undefined) failures.push(`${name}: ${result.message}`);
      // TopK's places are int64, which no kernel of the GPU reshapes.
      if (result?.fallbacks.length && !name.startsWith('topk'))
        failures.push(`${name}: ${result.fallbacks.join(', ')} on the CPU`);
      // AdamW makes whole steps of the rounding of a gradient that is exactly zero (a bias before a batch norm).
      const compared = name === 'a step of adamw' ? expected.outputs.slice(0, 1) : expected.outputs;
      for (const [at, output] of compared.entries()) {
        const error = relativeError(result?.outputs[at] ?? [], output);
        if (!(error <= 1e-4)) failures.push(`${name}: ${graph.outputs[at]?.name}: relative error ${error}`);
      }
    }
    await runtime.dispose();
    assert.ok(models.length > 10, `${models.length} models`);
    assert.deepEqual(failures, []);
  });
});

describe('layers of torch.nn on WebGPU', function () {
  this.timeout(longest);
  const cases = modelCases().filter(({ file }) => file.endsWith('library.py'));
  let results: ReadonlyMap<string, ModelResult>;

  before(async () => {
    const models = [];
    for (const one of cases) {
      const extraction = await extractCase(one);
      if (extraction.ok) models.push({ name: one.expression, graph: extraction.graph, inputs: one.inputs });
    }
    const panel = await openTestPage('ops');
    await panel.message('ready');
    await panel.send({ type: 'models', models, wasm: panel.resources.wasm });
    const answer = await panel.message('results', almost);
    results = new Map((answer as unknown as { results: ModelResult[] }).results.map((each) => [each.name, each]));
    await panel.close();
  });

  for (const one of cases) {
    it(`${one.expression}: PyTorch's outputs`, () => {
      const result = results.get(one.expression);
      assert.equal(result?.message, undefined);
      for (const [i, { step, data }] of one.outputs.entries()) {
        const sampled = (result?.outputs[i] ?? []).filter((_, at) => at % step === 0);
        const error = relativeError(sampled, data);
        assert.ok(error <= 2e-5, `output ${i}: relative error ${error}`);
      }
      assert.deepEqual(result?.fallbacks, []);
    });
  }
});

describe('the worker', function () {
  this.timeout(longest);
  const graph = smallCnn();
  const elementwise = [...catalogue.values()].filter(({ shape }) => shape === 'elementwise').map(({ id }) => id);
  // No gradient passes a step: there is no pass that trains to measure.
  const every = elementwise.filter((id) => id !== 'step');
  const plan = { ...defaultPlan(graph, every, { budget: 600_000 }), rounds: 4, seeds: 1 };
  const request: Omit<RunRequest, 'runtime'> = {
    type: 'compare',
    graph,
    file: 'cnn.py',
    plan,
    language: 'en',
    backend: 'webgpu',
  };
  let panel: PanelPage;

  before(async () => {
    panel = await openTestPage('runner');
    await panel.message('ready');
  });
  after(() => panel.close());

  const run = async (order: unknown): Promise<Report> => {
    await panel.send({ type: 'run', request: order, resources: panel.resources });
    const done = await panel.message('done', almost);
    return done.report as Report;
  };

  it('runs every candidate on WebGPU with the numbers that WASM gives, nothing on the CPU', async () => {
    const report = await run(request);
    assert.equal(report.environment.backend, 'webgpu');
    assert.ok(report.environment.adapter);
    assert.equal(report.environment.software, true);
    assert.deepEqual(
      report.candidates.map(({ id, error }) => [id, error]).filter(([, error]) => error !== undefined),
      [],
    );
    assert.equal(report.complete, true);

    const runtime = await wasmRuntime();
    const never = new AbortController().signal;
    const expected = await runExperiment(
      { graph, file: 'cnn.py', plan: { ...plan, rounds: 1 } },
      runtime,
      () => {},
      never,
    );
    await runtime.dispose();
    const near = (a: number | undefined, b: number | undefined, bound: number, what: string) =>
      assert.ok(a !== undefined && b !== undefined && Math.abs(a - b) <= bound, `${what}: ${a}, ${b}`);
    for (const [i, { id, signal, gradient, compression, scores, latency, step }] of report.candidates.entries()) {
      assert.deepEqual([...(latency?.fallbacks ?? []), ...(step?.fallbacks ?? [])], [], id);
      assert.equal(latency?.samples.length, 4, id);
      assert.ok((step?.samples.length ?? 0) > 0, id);
      const other = expected.candidates[i];
      const bound = waves.has(id) ? 5e-3 : 2e-4;
      for (const [j, layer] of (signal ?? []).entries()) {
        const wanted = other?.signal?.[j];
        assert.ok(wanted);
        const scale = Math.max(Math.abs(wanted.mean), wanted.deviation, 1e-6);
        near(layer.mean, wanted.mean, bound * scale, `${id}, layer ${j}: mean`);
        near(layer.deviation, wanted.deviation, bound * scale, `${id}, layer ${j}: deviation`);
        // A value at the edge of a flat piece may fall on either side.
        near(layer.zeros, wanted.zeros, 2 / layer.count + 1e-6, `${id}, layer ${j}: zeros`);
        near(layer.saturated ?? 0, wanted.saturated ?? 0, 2 / layer.count + 1e-6, `${id}, layer ${j}: saturated`);
      }
      for (const [j, { norm }] of (gradient ?? []).entries()) {
        const wanted = other?.gradient?.[j]?.norm ?? Number.NaN;
        near(norm, wanted, 5 * bound * wanted, `${id}, layer ${j}: gradient`);
      }
      // A number that lies between two steps of 8 bits may fall on either, which moves the noise.
      for (const [j, { snrChannel }] of (compression ?? []).entries())
        near(snrChannel, other?.compression?.[j]?.snrChannel, 0.5, `${id}, layer ${j}: noise`);
      near(scores?.snrTensor?.samples[0], other?.scores?.snrTensor?.samples[0], 1, `${id}: noise`);
      const drift = other?.scores?.drift?.samples[0] ?? 0;
      near(scores?.drift?.samples[0] ?? 0, drift, 5e-3 * drift + 1e-6, `${id}: drift`);
    }
    assert.deepEqual(panel.problems, []);
  });

  it('checks the adapter once, and moves to WASM where it computes wrong', async () => {
    const { check } = await panel.message('checked', 1_000);
    const { key, problem } = check as { key: string; problem?: string };
    assert.equal(problem, undefined);
    const short = { ...request, plan: { ...plan, candidates: [], rounds: 1, measures: ['signal'] } };
    const known = await run({ ...short, checked: [{ key }] });
    assert.equal(known.environment.backend, 'webgpu');
    assert.equal(panel.posted.filter((each) => (each as { type?: string }).type === 'checked').length, 1);
    const wrong = await run({ ...short, checked: [{ key, problem: 'its outputs differ' }] });
    assert.equal(wrong.environment.backend, 'wasm');
    assert.match(wrong.environment.fallback ?? '', /computes wrong numbers: its outputs differ/);
  });

  it('trains on WebGPU to the losses that WASM gives', async () => {
    const larger = smallCnn(8);
    const logits = { ...larger, outputs: [{ name: 'y', value: larger.nodes.at(-1)?.inputs[0] ?? 0 }] };
    const learning = { steps: 12, seeds: 1, searchSeeds: 1, rates: [3e-2], optimiser: 'sgd', budget: 1 };
    const order = {
      ...request,
      graph: logits,
      plan: { ...plan, candidates: plan.candidates.slice(0, 2), measures: ['learning'], learning },
    };
    const [gpu, cpu] = [await run(order), await run({ ...order, backend: 'wasm' })];
    for (const [i, { id, learning: learnt }] of gpu.candidates.entries()) {
      const [ours, theirs] = [learnt?.runs[0], cpu.candidates[i]?.learning?.runs[0]];
      assert.equal(learnt?.environment.backend, 'webgpu');
      assert.equal(ours?.losses.length, 12);
      for (const [step, loss] of ours.losses.entries()) {
        const wanted = theirs?.losses[step] ?? Number.NaN;
        assert.ok(
          Math.abs((loss ?? Number.NaN) - wanted) <= 1e-3 * Math.max(1, wanted),
          `${id}, step ${step}: ${loss}, ${wanted}`,
        );
      }
      for (const [at, { loss, accuracy }] of ours.held.entries()) {
        assert.ok(Math.abs((loss ?? Number.NaN) - (theirs?.held[at]?.loss ?? Number.NaN)) <= 2e-3, id);
        assert.ok(Math.abs((accuracy ?? 0) - (theirs?.held[at]?.accuracy ?? 1)) <= 0.07, id);
      }
    }
    assert.deepEqual(panel.problems, []);
  });

  it('trains a model of tokens on WebGPU, and counts those that it tells as WASM does', async () => {
    const text = readFileSync(inRoot('test', 'fixtures', 'tasks', 'gpt.py'), 'utf8').replace(
      'n_layer: int = 2',
      'n_layer: int = 1',
    );
    const { extraction, batched } = await readText(text);
    const learning = { steps: 4, seeds: 1, searchSeeds: 1, rates: [1e-2], optimiser: 'sgd', budget: 1 };
    const order = {
      ...request,
      graph: extraction.graph,
      batched,
      file: 'gpt.py',
      text,
      plan: { ...defaultPlan(extraction.graph, ['relu'], { budget: 600_000 }), measures: ['learning'], learning },
    };
    const [gpu, cpu] = [await run(order), await run({ ...order, backend: 'wasm' })];
    const [ours, theirs] = [gpu, cpu].map(({ candidates: [written] }) => written?.learning?.runs[0]);
    assert.equal(gpu.candidates[0]?.learning?.environment.backend, 'webgpu');
    assert.equal(ours?.losses.length, 4);
    for (const [at, { loss, accuracy }] of ours.held.entries()) {
      assert.ok(Math.abs((loss ?? Number.NaN) - (theirs?.held[at]?.loss ?? Number.NaN)) <= 5e-3, `${loss}`);
      assert.ok(Math.abs((accuracy ?? Number.NaN) - (theirs?.held[at]?.accuracy ?? Number.NaN)) <= 0.02, `${accuracy}`);
    }
    assert.deepEqual(panel.problems, []);
  });

  for (const backend of ['webgpu', 'wasm'] as const)
    it(`starts every run from the weights that were given (${backend})`, async () => {
      const larger = smallCnn(8);
      const logits = { ...larger, outputs: [{ name: 'y', value: larger.nodes.at(-1)?.inputs[0] ?? 0 }] };
      const values = initialise(logits, 7).map((data, storage) => ({ storage, data }));
      const learning = { steps: 6, seeds: 3, searchSeeds: 1, rates: [3e-2], optimiser: 'adamw', budget: 1 };
      const report = await run({
        ...request,
        graph: logits,
        weights: { name: 'given.pt', values },
        ...(backend === 'wasm' ? { backend } : {}),
        plan: { ...plan, candidates: plan.candidates.slice(0, 1), measures: ['learning'], learning },
      });
      for (const { id, learning: learnt } of report.candidates) {
        // Before the first step; batches come in another order for each seed.
        const starts = learnt?.runs.map(({ held }) => held[0]?.loss) ?? [];
        assert.equal(learnt?.environment.backend, backend);
        assert.equal(starts.length, 3);
        for (const loss of starts) assert.equal(loss, starts[0], id);
      }
    });

  it('refuses half precision where the GPU has none, and says what to do', async () => {
    const order = { ...request, plan: { ...plan, measures: ['cost'], half: true } };
    for (const [backend, message] of [
      ['webgpu', /needs a GPU with shader-f16, which swiftshader \(google\) lacks/],
      ['wasm', /Half precision needs a GPU/],
    ] as const) {
      await panel.send({ type: 'run', request: { ...order, backend }, resources: panel.resources });
      assert.match(String((await panel.message('error', 60_000)).message), message);
    }
  });

  it('leaves an adapter in software alone unless it is asked for, and says so', async () => {
    const { backend: _, ...order } = request;
    const few = { ...plan, candidates: plan.candidates.slice(0, 1), measures: ['signal'] };
    const { environment } = await run({ ...order, plan: few });
    assert.equal(environment.backend, 'wasm');
    assert.equal(environment.passedOver, 'swiftshader (google)');
    assert.equal(environment.fallback, 'the GPU adapter here is software (swiftshader (google)), which is slower');
  });

  it('runs on WASM when asked, and starts clean after a run', async () => {
    const report = await run({
      ...request,
      backend: 'wasm',
      plan: { ...plan, candidates: plan.candidates.slice(0, 2), rounds: 2 },
    });
    assert.equal(report.environment.backend, 'wasm');
    assert.equal(report.environment.fallback, undefined);
  });

  it('turns an error into a message, in the language of the page', async () => {
    await panel.send({
      type: 'run',
      request: { ...request, plan: { ...plan, sites: ['gone'] } },
      resources: panel.resources,
    });
    const { message } = await panel.message('error', 60_000);
    assert.match(String(message), /no activation at gone/);
    const gone = { ...request, plan: { ...plan, sites: ['gone'] }, language: 'zh-cn' };
    await panel.send({ type: 'run', request: gone, resources: panel.resources });
    assert.match(String((await panel.message('error', 60_000)).message), /模型在 gone 处没有激活函数/);
  });
});
