import assert from 'node:assert/strict';
import type { Page } from 'playwright-core';
import { launchBrowser } from '../../scripts/lib/browser.mjs';
import type { Graph } from '../../src/graph/types';
import type { Bench, Row } from '../support/bench';
import { extractCase } from '../support/modelCases';
import { PageServer } from '../support/server';
import type { Race } from './pages/peers';

const models = [
  { name: 'SmallCNN', about: 'small CNN, 8×3×16×16', input: { shape: [8, 3, 16, 16], dtype: 'float32' } },
  { name: 'MLP', about: 'MLP, 32×64', input: { shape: [32, 64], dtype: 'float32' } },
  { name: 'SmallGPT', about: 'small GPT, 4×32 tokens', input: { shape: [4, 32], dtype: 'int64' } },
] as const;
const activations = ['relu', 'leaky_relu', 'gelu', 'silu', 'hardswish', 'mish', 'elu', 'tanh'];
const backends = ['webgpu', 'wasm'] as const;
const rounds = { webgpu: 15, wasm: 40 } as const;

interface OnPage {
  training(name: string, graph: Graph, backend: string, rounds: number): Promise<Race>;
  forward(name: string, graph: Graph, backend: string, rounds: number): Promise<{ peer: Race; bare: Race }>;
  alone(activation: string, backend: string, elements: number, rounds: number): Promise<Race>;
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

async function measure(page: Page): Promise<Row[]> {
  const rows: Row[] = [];
  const skipped = (what: string, error: unknown) =>
    console.error(`${what}: ${error instanceof Error ? error.message.split('\n')[0] : String(error)}`);
  for (const backend of backends) {
    const shown = backend === 'webgpu' ? 'WebGPU' : 'WASM';
    for (const { name, about, input } of models) {
      const found = await extractCase({
        file: 'test/fixtures/bench/peers.py',
        expression: `${name}()`,
        inputs: [{ ...input, shape: [...input.shape] }],
      } as unknown as Parameters<typeof extractCase>[0]);
      if (!found.ok) throw new Error(found.problem.message);
      const order = [name, found.graph, backend, rounds[backend]] as const;
      try {
        const race = await page.evaluate((given) => (globalThis as unknown as OnPage).training(...given), order);
        requireEqual(about, race);
        rows.push(row(`training step, ${shown}: ${about}`, race, 'TensorFlow.js'));
      } catch (error) {
        skipped(`training step, ${shown}: ${about}`, error);
      }
      try {
        const { peer, bare } = await page.evaluate(
          (given) => (globalThis as unknown as OnPage).forward(...given),
          order,
        );
        rows.push(row(`forward, ${shown}: ${about}`, peer, 'TensorFlow.js'));
        rows.push(row(`forward, ${shown}: ${about}`, bare, 'bare ONNX Runtime'));
      } catch (error) {
        skipped(`forward, ${shown}: ${about}`, error);
      }
    }
    for (const activation of activations) {
      const order = [activation, backend, 2 ** 20, rounds[backend]] as const;
      const race = await page.evaluate((given) => (globalThis as unknown as OnPage).alone(...given), order);
      rows.push(row(`${activation} alone, ${shown}, 4 MB`, race, 'a copy of the tensor'));
    }
  }
  return rows;
}

/** Forward passes, training steps and single activations, in turns with their peers in one Chromium. */
export const bench: Bench = async () => {
  const [browser, server] = [await launchBrowser(), await PageServer.start()];
  try {
    const page = await (await browser.newContext()).newPage();
    page.on('pageerror', (error) => console.error(error.message));
    await page.goto(server.add('<!doctype html><script type="module" src="/out/test/bench/pages/peers.js"></script>'));
    await page.waitForFunction(() => 'training' in globalThis);
    return await measure(page);
  } finally {
    await browser.close();
    await server.close();
  }
};
