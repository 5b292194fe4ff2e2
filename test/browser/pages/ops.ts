// The page of runner.test.ts that runs single operators and whole models on the GPU, without a worker.
import * as ort from 'onnxruntime-web/jspi';
import type { Graph } from '../../../src/graph/types';
import { ConsoleTap } from '../../../src/run/placement';
import { Runtime } from '../../../src/run/runtime';
import type { OpCase } from '../../support/ops';
import type { RuledInput } from '../../support/rule';
import { runCase } from '../../support/runCase';
import { runModel } from '../../support/runModel';

declare function acquireVsCodeApi(): { postMessage(message: unknown): void };

const api = acquireVsCodeApi();
const tap = new ConsoleTap(console);

interface Model {
  readonly name: string;
  readonly graph: Graph;
  readonly inputs: readonly RuledInput[];
}

/** Each result under its name, or why there is none. */
async function each<T extends { readonly name: string }>(
  items: readonly T[],
  runtime: Runtime,
  run: (item: T) => Promise<object>,
): Promise<unknown[]> {
  const results: unknown[] = [];
  for (const item of items) {
    try {
      results.push({ name: item.name, ...(await run(item)) });
    } catch (error) {
      results.push({ name: item.name, error: null, fallbacks: [], outputs: [], message: runtime.explain(error) });
    }
  }
  return results;
}

window.addEventListener('message', async ({ data }) => {
  if (data.type !== 'cases' && data.type !== 'models') return;
  ort.env.wasm.wasmBinary = await (await fetch(data.wasm)).arrayBuffer();
  const runtime = await Runtime.open({ ort, gpu: navigator.gpu, tap });
  const results =
    data.type === 'cases'
      ? await each(data.cases as readonly OpCase[], runtime, (one) => runCase(runtime, one))
      : await each(data.models as readonly Model[], runtime, async ({ graph, inputs }) => {
          const { outputs, fallbacks } = await runModel(runtime, graph, inputs);
          return { outputs: outputs.map((output) => Array.from(output, Number)), fallbacks };
        });
  await runtime.dispose();
  api.postMessage({ type: 'results', environment: runtime.environment, results });
});

api.postMessage({ type: 'ready' });
