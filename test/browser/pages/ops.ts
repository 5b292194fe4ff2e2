// The page of runner.test.ts that runs single operators on the GPU and on WASM, without a worker.
import * as ort from 'onnxruntime-web/jspi';
import { ConsoleTap } from '../../../src/run/placement';
import { Runtime } from '../../../src/run/runtime';
import type { OpCase } from '../../support/ops';
import { runCase } from '../../support/runCase';

declare function acquireVsCodeApi(): { postMessage(message: unknown): void };

const api = acquireVsCodeApi();
const tap = new ConsoleTap(console);

window.addEventListener('message', async ({ data }) => {
  if (data.type !== 'cases') return;
  ort.env.wasm.wasmBinary = await (await fetch(data.wasm)).arrayBuffer();
  const runtime = await Runtime.open({ ort, gpu: navigator.gpu, tap });
  const results: unknown[] = [];
  for (const one of data.cases as readonly OpCase[]) {
    try {
      results.push({ name: one.name, ...(await runCase(runtime, one)) });
    } catch (error) {
      results.push({ name: one.name, error: null, fallbacks: [], message: runtime.explain(error) });
    }
  }
  await runtime.dispose();
  api.postMessage({ type: 'results', environment: runtime.environment, results });
});

api.postMessage({ type: 'ready' });
