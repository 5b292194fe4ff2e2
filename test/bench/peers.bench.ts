import assert from 'node:assert/strict';
import type { Page } from 'playwright-core';
import { launchBrowser } from '../../scripts/lib/browser.mjs';
import type { Bench, Row } from '../support/bench';
import { extractCase } from '../support/modelCases';
import { PageServer } from '../support/server';
import type { Race, Read } from './pages/peers';

const models = [
  { name: 'SmallCNN', about: 'small CNN, 8×3×16×16', input: { shape: [8, 3, 16, 16], dtype: 'float32' } },
  { name: 'MLP', about: 'MLP, 32×64', input: { shape: [32, 64], dtype: 'float32' } },
  { name: 'SmallResNet', about: 'small ResNet, 8×3×16×16', input: { shape: [8, 3, 16, 16], dtype: 'float32' } },
  { name: 'SmallUNet', about: 'small U-Net, 8×3×16×16', input: { shape: [8, 3, 16, 16], dtype: 'float32' } },
  { name: 'SmallGPT', about: 'small GPT, 4×32 tokens', input: { shape: [4, 32], dtype: 'int64' } },
] as const;
const activations = ['relu', 'leaky_relu', 'gelu', 'silu', 'hardswish', 'mish', 'elu', 'tanh'];
const backends = ['webgpu', 'wasm'] as const;
/** jax-js is for GPUs first: it recommends WebGPU for neural networks. */
const peers = { webgpu: ['TensorFlow.js', 'jax-js'], wasm: ['TensorFlow.js'] } as const;
const rounds = { webgpu: 15, wasm: 40 } as const;

/** What the page can measure. */
type OnPage = 'training' | 'forward' | 'bare' | 'alone';

/** The model as it runs, and as it is trained: batch norm takes the statistics of the batch there. */
async function readModel({ name, input }: (typeof models)[number]): Promise<Read> {
  const graphOf = async (training: boolean) => {
    const inputs = [{ ...input, shape: [...input.shape] }];
    const asked = { file: 'test/fixtures/bench/peers.py', expression: `${name}()`, inputs };
    const found = await extractCase(asked as unknown as Parameters<typeof extractCase>[0], training);
    if (!found.ok) throw new Error(found.problem.message);
    return found.graph;
  };
  return { name, batched: await graphOf(false), trained: await graphOf(true) };
}

const row = (what: string, { ours, theirs }: Race, peer: string): Row => ({
  what,
  value: ours,
  unit: 'ms',
  peer,
  ratio: ours / theirs,
});

/** The same losses, or the comparison is of different work. */
function requireEqual(what: string, { ourLosses, theirLosses }: Race): void {
  for (const [step, loss] of ourLosses.entries()) {
    const other = theirLosses[step] ?? Number.NaN;
    assert.ok(
      Math.abs(loss - other) <= 1e-3 * Math.max(1, other),
      `${what}: loss ${loss} and ${other} at step ${step}`,
    );
  }
}

type Skip = (what: string, error: unknown) => unknown;

const skipped: Skip = (what, error) =>
  console.error(`${what}: ${error instanceof Error ? error.message.split('\n')[0] : String(error)}`);

const run = (page: Page, name: OnPage, given: readonly unknown[]) =>
  page.evaluate(
    ([name, given]) =>
      (globalThis as unknown as Record<string, (...given: unknown[]) => Promise<Race>>)[name]?.(...given),
    [name, given] as const,
  ) as Promise<Race>;

/**
 * Training steps and forward passes, a row each as soon as it is known. A peer that lacks an operator has no row: what it says
 * is handed to `skip`.
 */
export async function raceModels(
  page: Page,
  backend: (typeof backends)[number],
  add: (row: Row) => unknown,
  skip: Skip = skipped,
): Promise<void> {
  const shown = backend === 'webgpu' ? 'WebGPU' : 'WASM';
  const count = rounds[backend];
  const attempt = async (what: string, peer: string, name: OnPage, given: readonly unknown[]) => {
    try {
      const race = await run(page, name, given);
      requireEqual(`${what}, ${peer}`, race);
      add(row(what, race, peer));
    } catch (error) {
      skip(`${what}, ${peer}`, error);
    }
  };
  for (const model of models) {
    const read = await readModel(model);
    const [trained, passed] = [`training step, ${shown}: ${model.about}`, `forward, ${shown}: ${model.about}`];
    for (const peer of peers[backend]) await attempt(trained, peer, 'training', [peer, read, backend, count]);
    for (const peer of peers[backend]) await attempt(passed, peer, 'forward', [peer, read, backend, count]);
    await attempt(passed, 'bare ONNX Runtime', 'bare', [read, backend, count]);
  }
}

/** An activation beside a copy of its tensor, of so many elements. */
export async function raceActivation(
  page: Page,
  activation: string,
  backend: (typeof backends)[number],
  elements: number,
  repeats = 1,
): Promise<Row> {
  const shown = backend === 'webgpu' ? 'WebGPU' : 'WASM';
  const order = [activation, backend, elements, rounds[backend], repeats] as const;
  const race = await run(page, 'alone', order);
  return row(`${activation} alone, ${shown}, ${elements / 2 ** 18} MB`, race, 'a copy of the tensor');
}

/** A page in a browser of its own that can do all this. */
export async function withPeers<T>(body: (page: Page) => Promise<T>): Promise<T> {
  const [browser, server] = [await launchBrowser(), await PageServer.start()];
  try {
    const page = await (await browser.newContext()).newPage();
    page.on('pageerror', (error) => console.error(error.message));
    await page.goto(server.add('<!doctype html><script type="module" src="/out/test/bench/pages/peers.js"></script>'));
    await page.waitForFunction(() => 'training' in globalThis);
    return await body(page);
  } finally {
    await browser.close();
    await server.close();
  }
}

/** Forward passes, training steps and single activations, in turns with their peers in one Chromium. */
export const bench: Bench = () =>
  withPeers(async (page) => {
    const rows: Row[] = [];
    for (const backend of backends) {
      await raceModels(page, backend, (row) => rows.push(row));
      for (const activation of activations) rows.push(await raceActivation(page, activation, backend, 2 ** 20));
    }
    return rows;
  });
