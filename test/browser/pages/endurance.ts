// The page of endurance.test.ts: many comparisons in one runtime, and a device that goes away in the middle of one.
import * as ort from 'onnxruntime-web/jspi';
import type { ExperimentRequest } from '../../../src/run/experiment';
import { ConsoleTap } from '../../../src/run/placement';
import { runExperiment } from '../../../src/run/runExperiment';
import { Runtime } from '../../../src/run/runtime';

declare function acquireVsCodeApi(): { postMessage(message: unknown): void };

const api = acquireVsCodeApi();
const tap = new ConsoleTap(console);
const never = new AbortController().signal;

/** Buffers of the GPU that were made and not destroyed, with their bytes. */
const alive = new Map<GPUBuffer, number>();
const { createBuffer } = GPUDevice.prototype;
GPUDevice.prototype.createBuffer = function (this: GPUDevice, descriptor) {
  const buffer = createBuffer.call(this, descriptor);
  alive.set(buffer, descriptor.size);
  return buffer;
};
const { destroy } = GPUBuffer.prototype;
GPUBuffer.prototype.destroy = function (this: GPUBuffer) {
  alive.delete(this);
  return destroy.call(this);
};

async function many(request: ExperimentRequest, times: number): Promise<object> {
  const runtime = await Runtime.open({ ort, gpu: navigator.gpu, tap });
  const bytes: number[] = [];
  for (let i = 0; i < times; i++) {
    await runExperiment(request, runtime, () => {}, never);
    bytes.push([...alive.values()].reduce((sum, size) => sum + size, 0));
  }
  await runtime.dispose();
  return { backend: runtime.environment.backend, bytes };
}

async function lose(request: ExperimentRequest): Promise<object> {
  const runtime = await Runtime.open({ ort, gpu: navigator.gpu, tap });
  let message = '';
  try {
    await runExperiment(
      request,
      runtime,
      (event) => {
        // As a driver that restarts does it.
        if (event.type === 'progress' && event.stage === 'latency') runtime.gpu?.device.destroy();
      },
      never,
    );
  } catch (error) {
    message = runtime.explain(error);
  }
  await runtime.dispose().catch(() => {});
  const again = await Runtime.open({ ort, gpu: navigator.gpu, tap });
  const report = await runExperiment(request, again, () => {}, never);
  await again.dispose();
  return { message, complete: report.complete, backend: again.environment.backend };
}

/** A buffer that no adapter has room for, as a model that is too large asks for it. */
async function refuse(): Promise<object> {
  const runtime = await Runtime.open({ ort, gpu: navigator.gpu, tap });
  const device = runtime.gpu?.device;
  device?.createShaderModule({ code: 'this is no shader' });
  await device?.queue.onSubmittedWorkDone();
  await new Promise((resolve) => setTimeout(resolve, 50));
  const failure = runtime.gpu?.failure();
  const after = runtime.gpu?.failure();
  await runtime.dispose();
  return { failure, after };
}

window.addEventListener('message', async ({ data }) => {
  if (data.type !== 'many' && data.type !== 'lose' && data.type !== 'refuse') return;
  ort.env.wasm.wasmBinary ??= await (await fetch(data.wasm)).arrayBuffer();
  const result =
    data.type === 'many'
      ? await many(data.request, data.times)
      : data.type === 'lose'
        ? await lose(data.request)
        : await refuse();
  api.postMessage({ type: 'result', ...result });
});

api.postMessage({ type: 'ready' });
