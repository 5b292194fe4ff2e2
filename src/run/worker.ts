/**
 * The worker that owns ONNX Runtime in a page. It serves one comparison or price: WASM memory never shrinks and a run can't be
 * interrupted, so the page ends the worker when it is done or cancelled, and starts a new one for the next.
 */
import * as ort from 'onnxruntime-web/jspi';
import { say, sentence } from '../language/say';
import { speakIn } from '../language/speakIn';
import { planPrice } from '../price/planPrice';
import { applyWeights } from '../weights/apply';
import { readWeights } from '../weights/read';
import { runHealth } from './health';
import { ConsoleTap } from './placement';
import { isSmall, runPrice } from './price';
import type {
  AdapterCheck,
  HealthEvent,
  HealthRunRequest,
  PriceEvent,
  PriceRunRequest,
  RunEvent,
  RunRequest,
  WorkerRequest,
} from './protocol';
import { runExperiment } from './runExperiment';
import { Runtime } from './runtime';
import { checkGradients, checkOutputs } from './selfcheck';

const scope = globalThis as unknown as {
  onmessage: ((event: MessageEvent<WorkerRequest>) => void) | null;
  postMessage(event: RunEvent | PriceEvent | HealthEvent): void;
};

const emit = (event: RunEvent | PriceEvent | HealthEvent) => scope.postMessage(event);

async function run(request: WorkerRequest): Promise<void> {
  if (!('Suspending' in WebAssembly)) {
    throw new Error(
      say(
        'This browser lacks JavaScript promise integration for WebAssembly, which the runtime needs. Use VS Code 1.106 or newer, or Chrome or Edge 137 or newer.',
      ),
    );
  }
  // What can't be measured is said before the runtime starts.
  if (request.type === 'price') planPrice(request.finding, request.model);
  emit({ type: 'progress', stage: 'runtime', done: 0, total: 1 });
  ort.env.wasm.wasmBinary = request.runtime.wasm;
  emit({ type: 'progress', stage: 'adapter', done: 0, total: 1 });
  const runtime = await openRuntime(request);
  try {
    await serve(request, runtime, new GpuJudge(runtime, request));
  } catch (error) {
    if (!(error instanceof WrongNumbers)) throw error;
    // What has been measured there is measured again.
    await serve(request, await openOnCpu(error.message));
  }
}

/** Releases the runtime in the end, in every case. */
async function serve(request: WorkerRequest, runtime: Runtime, judge?: GpuJudge): Promise<void> {
  const beforeTraining = async () => judge?.gradients();
  try {
    await judge?.outputs();
    if (request.type === 'compare') {
      const { signal } = new AbortController();
      await runExperiment(withWeights(request), runtime, emit, signal, { beforeTraining });
    } else {
      await beforeTraining();
      if (request.type === 'price') await price(request, runtime);
      else await checkHealth(withWeights(request), runtime);
    }
  } catch (error) {
    if (error instanceof WrongNumbers) throw error;
    throw new Error(runtime.explain(error), { cause: error });
  } finally {
    await runtime.dispose();
  }
}

async function price(request: PriceRunRequest, runtime: Runtime): Promise<void> {
  emit({ type: 'progress', stage: 'session', done: 0, total: 1 });
  const report = await runPrice(request, runtime, (done, total) =>
    emit({ type: 'progress', stage: 'gradient', done, total }),
  );
  emit({ type: 'priced', report });
}

async function checkHealth(request: HealthRunRequest, runtime: Runtime): Promise<void> {
  // Only the whole is told: what follows from a part of the numbers might not follow from all.
  const onEvent = (event: RunEvent) => event.type === 'progress' && emit(event);
  emit({ type: 'diagnosed', report: await runHealth(request, runtime, onEvent, new AbortController().signal) });
}

/** Reads the checkpoint here, where its bytes are. */
function withWeights<R extends RunRequest | HealthRunRequest>(request: R): R {
  const { checkpoint, graph } = request;
  if (!checkpoint) return request;
  const { name, bytes, beside, part } = checkpoint;
  const shards = new Map(beside.map((file) => [file.path, file.bytes]));
  const { values } = applyWeights(graph, readWeights(new Uint8Array(bytes), name, shards), part);
  return { ...request, weights: { name, values } };
}

/** A GPU whose numbers can't be believed; the message says which and why. */
class WrongNumbers extends Error {}

/** Whether the GPU computes right, found out in two halves, each before what it is about; nothing where there is no GPU. */
class GpuJudge {
  private readonly adapter: string | undefined;
  private readonly key: string;
  private readonly known: AdapterCheck | undefined;

  constructor(
    private readonly runtime: Runtime,
    request: WorkerRequest,
  ) {
    this.adapter = runtime.environment.adapter;
    this.key = [this.adapter, ort.env.versions.web, navigator.userAgent].join(' | ');
    this.known = request.checked?.find(({ key }) => key === this.key);
  }

  /** @throws WrongNumbers */
  async outputs(): Promise<void> {
    this.refuse(this.known?.problem);
    await this.check(checkOutputs);
  }

  /** The second half. @throws WrongNumbers */
  async gradients(): Promise<void> {
    if (await this.check(checkGradients)) emit({ type: 'checked', check: { key: this.key } });
  }

  /** @returns whether there was something to check */
  private async check(findFault: (runtime: Runtime) => Promise<string | undefined>): Promise<boolean> {
    if (this.adapter === undefined || this.known) return false;
    emit({ type: 'progress', stage: 'check', done: 0, total: 1 });
    const problem = await findFault(this.runtime);
    if (problem !== undefined) emit({ type: 'checked', check: { key: this.key, problem } });
    this.refuse(problem);
    return true;
  }

  private refuse(problem: string | undefined): void {
    if (problem === undefined) return;
    throw new WrongNumbers(say('the GPU ({0}) computes wrong numbers: {1}', this.adapter ?? '', sentence(problem)));
  }
}

function openRuntime(request: WorkerRequest): Promise<Runtime> {
  const backend = backendOf(request);
  return Runtime.open({
    ort,
    gpu: navigator.gpu,
    ...(backend === 'wasm' && { backend }),
    avoidsSoftware: backend === undefined,
    tap: new ConsoleTap(console),
  });
}

const openOnCpu = (reason: string) => Runtime.open({ ort, backend: 'wasm', reason });

/** Where a request runs: to compile for a GPU takes longer than a few passes of a small model on the CPU. */
function backendOf(request: WorkerRequest): WorkerRequest['backend'] {
  const isQuick =
    (request.type === 'price' && isSmall(request.model)) || (request.type === 'health' && isSmall(request));
  return request.backend ?? (isQuick ? 'wasm' : undefined);
}

scope.onmessage = ({ data }) => {
  speakIn(data.language);
  run(data).catch((error: unknown) => {
    emit({ type: 'error', message: error instanceof Error ? error.message : String(error) });
  });
};
