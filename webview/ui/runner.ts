import type { Language } from '../../src/language/say';
import type { ChosenData } from '../../src/protocol/compare';
import type {
  AdapterCheck,
  Checkpoint,
  HealthEvent,
  HealthRunRequest,
  PriceEvent,
  PriceRunRequest,
  RunEvent,
  RunRequest,
} from '../../src/run/protocol';
import type { Texts } from './texts';

/** Where the runtime's files are: webview URIs. */
export interface RunnerResources {
  readonly wasm: string;
  readonly worker: string;
  /** Keys of the adapters that are known to compute right. */
  readonly checked?: readonly string[] | undefined;
}

/** What the runner adds to every request. */
type Added = 'runtime' | 'language' | 'checked';

/** A file of weights, and where it is loaded from. */
interface CheckpointOrder {
  readonly checkpoint?: Omit<Checkpoint, 'bytes' | 'beside'> & {
    readonly uri: string;
    readonly beside?: ChosenData['files'];
  };
}

type RunOrder = Omit<RunRequest, Added | 'checkpoint' | 'data'> & CheckpointOrder & { readonly data?: ChosenData };
type HealthOrder = Omit<HealthRunRequest, Added | 'checkpoint'> & CheckpointOrder & { readonly data?: never };

type PriceOrder = Omit<PriceRunRequest, Added> & { readonly checkpoint?: never; readonly data?: never };
type EventOf<Order> = Order extends PriceOrder ? PriceEvent : Order extends HealthOrder ? HealthEvent : RunEvent;

interface LoadedResources {
  /** Address of the worker's script, as a blob. */
  readonly worker: string;
  readonly wasm: ArrayBuffer;
}

/**
 * Owns the worker that runs models. Webviews can't start workers from resource addresses and workers can't fetch them,
 * so the page fetches script and WASM once and starts each worker from a blob. A run can't be interrupted: cancelling
 * ends the worker, which frees the device and the WASM memory, and the next run starts a new one.
 */
export class WorkerRunner {
  private worker: Worker | undefined;
  /** Counts runs, so that what a cancelled one still has under way is ignored. */
  private run = 0;
  /** What is known of adapters: each is checked once in the life of the page. */
  private readonly checked: AdapterCheck[] = [];
  private loaded: { readonly of: RunnerResources; readonly resources: Promise<LoadedResources> } | undefined;

  constructor(
    private readonly texts: Texts,
    private readonly language: Language,
  ) {}

  /** Starts a run and ends the one before. `emit` gets its events until the last one, `error` or `cancel`. */
  start<Order extends RunOrder | PriceOrder | HealthOrder>(
    resources: RunnerResources,
    order: Order,
    emit: (event: EventOf<Order>) => void,
  ): void {
    this.cancel();
    const run = this.run;
    const fail = (message: string) => {
      if (run !== this.run) return;
      this.cancel();
      emit({ type: 'error', message } as EventOf<Order>);
    };
    const { checkpoint, data, ...rest } = order;
    Promise.all([
      this.load(resources),
      checkpoint && this.read(checkpoint.uri),
      this.readAll(checkpoint?.beside ?? []),
      data && this.readAll(data.files),
    ])
      .then(([loaded, bytes, beside, files]) => {
        if (run !== this.run) return;
        const worker = new Worker(loaded.worker, { type: 'module', name: 'activation-lens-runner' });
        this.worker = worker;
        worker.onerror = (event) => {
          event.preventDefault();
          fail(event.message || this.texts.compare.noWorker);
        };
        worker.onmessageerror = () => fail(this.texts.compare.noWorker);
        // Both sides come from one build and nothing else knows this worker: types are enough, no shape is checked.
        worker.onmessage = (event: MessageEvent<RunEvent | PriceEvent | HealthEvent>) => {
          if (run !== this.run) return;
          if (event.data.type === 'checked') this.checked.push(event.data.check);
          if (['done', 'priced', 'diagnosed', 'error'].includes(event.data.type)) this.cancel();
          emit(event.data as EventOf<Order>);
        };
        const request = {
          ...rest,
          ...(checkpoint && bytes && { checkpoint: { ...checkpoint, bytes, beside } }),
          ...(data && files && { data: { name: data.label, files } }),
          checked: [...this.checked, ...(resources.checked ?? []).map((key) => ({ key }))],
          runtime: { wasm: loaded.wasm },
          language: this.language,
        };
        // The bytes move, and aren't copied.
        const moved = [...beside, ...(files ?? [])].map((file) => file.bytes.buffer);
        worker.postMessage(request, bytes ? [bytes, ...moved] : moved);
      })
      .catch((error: unknown) => fail(error instanceof Error ? error.message : String(error)));
  }

  /** Ends the run, if there is one: at once, whatever it is doing. */
  cancel(): void {
    this.run += 1;
    this.worker?.terminate();
    this.worker = undefined;
  }

  private load(resources: RunnerResources): Promise<LoadedResources> {
    const { of, resources: known } = this.loaded ?? {};
    if (known && of?.wasm === resources.wasm && of.worker === resources.worker) return known;
    const loading = Promise.all([
      this.fetch(resources.worker).then((response) => response.text()),
      this.fetch(resources.wasm).then((response) => response.arrayBuffer()),
    ]).then(([worker, wasm]) => ({ worker: scriptUrl(worker), wasm }));
    this.loaded = { of: resources, resources: loading };
    // A failure is told to whoever waits; the next run tries again.
    loading.catch(() => {
      this.loaded = undefined;
    });
    return loading;
  }

  /** A few files at a time: a folder may hold thousands. */
  private async readAll(files: ChosenData['files']): Promise<{ path: string; bytes: Uint8Array<ArrayBuffer> }[]> {
    const read: { path: string; bytes: Uint8Array<ArrayBuffer> }[] = [];
    for (let i = 0; i < files.length; i += 16) {
      const some = files
        .slice(i, i + 16)
        .map(async ({ path, uri }) => ({ path, bytes: new Uint8Array(await this.read(uri)) }));
      read.push(...(await Promise.all(some)));
    }
    return read;
  }

  private async read(url: string): Promise<ArrayBuffer> {
    return (await this.fetch(url)).arrayBuffer();
  }

  private async fetch(url: string): Promise<Response> {
    const name = url.slice(url.lastIndexOf('/') + 1);
    let reason: string;
    try {
      const response = await fetch(url);
      if (response.ok) return response;
      reason = `HTTP ${response.status}`;
    } catch (error) {
      reason = error instanceof Error ? error.message : String(error);
    }
    throw new Error(this.texts.compare.fetchFailed(name, reason));
  }
}

function scriptUrl(code: string): string {
  return URL.createObjectURL(new Blob([code], { type: 'text/javascript' }));
}
