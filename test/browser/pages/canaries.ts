// The page of canaries.test.ts: a model on the GPU with the options of the runtime that the product leaves alone.
import * as ort from 'onnxruntime-web/jspi';
import { Runtime } from '../../../src/run/runtime';
import type { CaseTensor } from '../../support/ops';

declare function acquireVsCodeApi(): { postMessage(message: unknown): void };

const api = acquireVsCodeApi();

/** What is run, and how. */
export interface Order {
  readonly model: readonly number[];
  readonly layout: 'NCHW' | 'NHWC';
  /** Whether the commands of the first run are recorded and replayed. */
  readonly capture: boolean;
  readonly runs: number;
  readonly feeds: Readonly<Record<string, CaseTensor>>;
  /** After each run these outputs are copied over these inputs, on the device. */
  readonly updates: readonly (readonly [output: string, input: string])[];
  /** The output that is told, of each run. */
  readonly told: string;
}

async function run(order: Order): Promise<number[][]> {
  const { model, layout, capture, runs, feeds, updates, told } = order;
  const runtime = await Runtime.open({ ort, gpu: navigator.gpu });
  const device = runtime.gpu?.device;
  if (!device) throw new Error('there is no GPU adapter');
  const uploads = Object.entries(feeds).map(([name, each]) => [name, runtime.upload(each, each.data)] as const);
  const buffers = new Map(uploads.map(([name, { buffer }]) => [name, buffer]));
  const session = await ort.InferenceSession.create(Uint8Array.from(model), {
    executionProviders: [{ name: 'webgpu', preferredLayout: layout, device }],
    preferredOutputLocation: 'gpu-buffer',
    enableGraphCapture: capture,
    logSeverityLevel: 3,
  });
  const results: number[][] = [];
  for (let step = 0; step < runs; step++) {
    const made = await session.run(Object.fromEntries(uploads.map(([name, { tensor }]) => [name, tensor])));
    const output = made[told];
    if (!output) throw new Error(`the model gave no ${told}`);
    results.push([...(await runtime.download(output.gpuBuffer, output.size))]);
    runtime.copy(
      updates.flatMap(([from, into]) => {
        const [next, now] = [made[from], buffers.get(into)];
        return next && now ? [{ from: next.gpuBuffer, to: now, bytes: next.size * 4 }] : [];
      }),
    );
    for (const tensor of Object.values(made)) tensor.dispose();
  }
  await session.release();
  await runtime.dispose();
  return results;
}

window.addEventListener('message', async ({ data }) => {
  if (data.type !== 'run') return;
  ort.env.wasm.wasmBinary ??= await (await fetch(data.wasm)).arrayBuffer();
  try {
    api.postMessage({ type: 'results', results: await run(data.order) });
  } catch (error) {
    api.postMessage({ type: 'results', results: [], message: String(error) });
  }
});

api.postMessage({ type: 'ready' });
