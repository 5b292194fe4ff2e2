import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { catalogue, findActivation, isCandidate } from '../../src/activations/catalogue';
import { swapSites } from '../../src/compare/sites';
import { describeOnnx } from '../../src/fromOnnx/describe';
import { readOnnx } from '../../src/fromOnnx/read';
import { itemAt } from '../../src/graph/access';
import type { Graph, TensorData } from '../../src/graph/types';
import { inspectOnnx, rewriteOnnx } from '../../src/rewrite/onnxFile';
import { rewrite } from '../../src/rewrite/rewrite';
import type { Runtime } from '../../src/run/runtime';
import { NodeSource } from '../../src/source/node';
import { computeGraph, differenceOf } from '../support/onnxCases';
import { besideFixtures, onnxFixtures } from '../support/onnxFixtures';
import { runFile } from '../support/onnxRoundTrip';
import { wasmRuntime } from '../support/ort';
import { inRoot } from '../support/paths';
import { ruledInput } from '../support/rule';

const source = new NodeSource();
const digits = inRoot('samples', 'digits.onnx');
const fixture = (name: string) => inRoot('test', 'fixtures', 'onnx', `${name}.onnx`);
const bytesOf = (file: string) => new Uint8Array(readFileSync(file));

const read = (bytes: Uint8Array, batch?: number): Promise<Graph> =>
  readOnnx(bytes, { external: besideFixtures, ...(batch !== undefined && { batch }) });

async function rewritten(file: string, activation: string, sites?: readonly string[]) {
  const { bytes, notes, problem } = await rewriteOnnx({ file, order: { activation, sites } }, source);
  assert.ok(bytes, problem?.message);
  return { bytes, notes };
}

/** Inputs of a graph, floats by the rule. */
const inputsOf = (graph: Graph): TensorData[] =>
  graph.inputs.map(({ value }, i) => ruledInput(i, itemAt(graph.values, value).type));

describe('ONNX files with other activations', function () {
  this.timeout(60_000);
  let runtime: Runtime;
  before(async () => {
    runtime = await wasmRuntime();
  });
  after(() => runtime.dispose());

  /** What ONNX Runtime makes of a file is what is expected of it, for some number of examples. */
  async function assertComputes(bytes: Uint8Array, graph: Graph, expected: readonly TensorData[]): Promise<void> {
    const made = await runFile(runtime, bytes, graph, inputsOf(graph));
    for (const [i, each] of expected.entries())
      assert.equal(differenceOf(itemAt(made, i), each, 1e-5, 1e-4), undefined, graph.outputs[i]?.name);
  }

  it('compute what the graph with the activation computes, for any number of examples', async () => {
    const before = bytesOf(digits);
    for (const name of ['silu', 'prelu', 'relu', 'softplus']) {
      const { bytes, notes } = await rewritten(digits, name);
      assert.equal(notes?.length, 1, name);
      assert.match(notes?.[0] ?? '', /weights are those of the file.*train it further/, name);
      assert.deepEqual(describeOnnx(bytes).inputs[0]?.axes, ['batch', 1, 28, 28], name);
      assert.deepEqual(describeOnnx(bytes).outputs[0]?.axes, ['batch', 10], name);
      for (const batch of [1, 3]) {
        const graph = rewrite(await read(before, batch), { activation: name });
        const outputs = graph.outputs.map(({ value }) => value);
        await assertComputes(bytes, graph, computeGraph(graph, inputsOf(graph), outputs));
      }
    }
    assert.deepEqual(bytesOf(digits), before);
  });

  it('are what they were where each activation takes its own place', async () => {
    let judged = 0;
    for (const file of [digits, ...onnxFixtures().map(({ name }) => fixture(name))]) {
      const before = bytesOf(file);
      // ONNX Runtime is given bytes alone.
      if (describeOnnx(before).external.length > 0) continue;
      const graph = await read(before);
      const expected = await runFile(runtime, before, graph, inputsOf(graph));
      for (const { id, activation, parameters } of swapSites(graph)) {
        const entry = findActivation(activation);
        // What it has learned would start anew.
        if (!entry || entry.learned || !isCandidate(entry)) continue;
        const { bytes, problem } = await rewriteOnnx({ file, order: { activation, parameters, sites: [id] } }, source);
        assert.ok(bytes, `${file} ${id}: ${problem?.message}`);
        await assertComputes(bytes, graph, expected);
        judged++;
      }
    }
    assert.ok(judged > 60, String(judged));
  });

  it('have it at the chosen sites alone', async () => {
    const graph = await read(bytesOf(digits));
    const [first] = swapSites(graph);
    assert.ok(first);
    const { bytes } = await rewritten(digits, 'mish', [first.id]);
    const after = swapSites(await read(bytes)).map(({ activation }) => activation);
    const expected = swapSites(graph).map(({ activation }, i) => (i === 0 ? 'mish' : activation));
    assert.deepEqual(after, expected);
  });

  it('say what of the old file they have not', async () => {
    const quantised = fixture('image_quantised');
    const [site] = swapSites(await read(bytesOf(quantised)));
    assert.ok(site);
    const { notes } = await rewritten(quantised, 'softmax', [site.id]);
    assert.match(notes?.join('\n') ?? '', /was quantised: the new one rounds in the same places/);
  });

  it('are refused with the reason: no such activation, site or place for it', async () => {
    const problemWith = async (activation: string, sites?: readonly string[]) =>
      (await rewriteOnnx({ file: digits, order: { activation, sites } }, source)).problem?.message ?? '';
    assert.match(await problemWith('zelu'), /"zelu" is no activation/);
    assert.match(await problemWith('silu', ['path:/gone:relu']), /has changed since it was read/);
    assert.match(await problemWith('glu'), /half as wide/);
    assert.match(await problemWith('silu', []), /no hidden activation/);
    const missing = await rewriteOnnx({ file: inRoot('none.onnx'), order: { activation: 'silu' } }, source);
    assert.match(missing.problem?.message ?? '', /none\.onnx cannot be read/);
  });

  it('are offered every candidate of the catalogue', async () => {
    const graph = await read(bytesOf(digits));
    for (const entry of [...catalogue.values()].filter(isCandidate)) {
      const { bytes } = await rewritten(digits, entry.id);
      const swapped = rewrite(graph, { activation: entry.id });
      const outputs = swapped.outputs.map(({ value }) => value);
      await assertComputes(bytes, swapped, computeGraph(swapped, inputsOf(swapped), outputs));
    }
  });
});

describe('what an editor shows of ONNX files', () => {
  it('has the file’s own words, sites and sizes', async () => {
    const { size, summary, model, problem } = await inspectOnnx({ file: digits }, source);
    assert.equal(problem, undefined);
    assert.equal(size, bytesOf(digits).length);
    assert.equal(summary?.name, describeOnnx(bytesOf(digits)).name);
    assert.equal(model?.parameters, 7766);
    assert.deepEqual(
      model?.sites.map(({ paths }) => paths[0]),
      ['/stem/stem.2/Mul', '/body/body.2/Mul', '/Relu', '/Sigmoid', '/act/Mul_1'],
    );
    assert.ok(model && model.hidden.length > 0 && model.hidden.length < 5);
  });

  it('says what stands in the way, with the file’s own words where it has any', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'activation-lens-'));
    try {
      const cut = join(folder, 'cut.onnx');
      writeFileSync(cut, bytesOf(digits).subarray(0, 4000));
      const { summary, model, problem } = await inspectOnnx({ file: cut }, source);
      assert.deepEqual([summary, model], [undefined, undefined]);
      assert.match(problem?.message ?? '', /cut off or damaged/);
    } finally {
      rmSync(folder, { recursive: true });
    }
    const none = await inspectOnnx({ file: inRoot('none.onnx') }, source);
    assert.equal(none.problem?.kind, 'no-model');
  });
});
