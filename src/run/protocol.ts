import type { MeasureName } from '../compare/measures/index';
import type { ComparePlan, Report } from '../compare/report';
import type { DataFile } from '../data/user/index';
import type { GivenWeights, Graph } from '../graph/types';
import type { HealthReport } from '../health/report';
import type { Language } from '../language/say';
import type { PriceReport } from '../price/report';
import type { HealthRequest } from './health';
import type { PriceRequest } from './price';

/** Messages between a page (or the terminal) and the worker that owns ONNX Runtime. Cancelling ends the worker. */
export type WorkerRequest = RunRequest | PriceRunRequest | HealthRunRequest;

/** What every request has. */
interface Surroundings {
  readonly runtime: RuntimeFiles;
  /** Of the messages. */
  readonly language: Language;
  /** Where to run whatever the adapter is; absent: on the GPU, unless its adapter is one in software or there is none. */
  readonly backend?: 'wasm' | 'webgpu';
  /** Adapters that were checked before. */
  readonly checked?: readonly AdapterCheck[];
}

/** Measure what a finding costs. */
export interface PriceRunRequest extends Surroundings, PriceRequest {
  readonly type: 'price';
}

/** Check a model as it stands. */
export interface HealthRunRequest extends Surroundings, HealthRequest {
  readonly type: 'health';
  readonly checkpoint?: Checkpoint;
}

/** Compare activations. */
export interface RunRequest extends Surroundings {
  readonly type: 'compare';
  readonly graph: Graph;
  /** The same model read with a larger batch, for all that needs one; absent: `graph` has one. */
  readonly batched?: Graph;
  /** The same model read as it trains, with that batch, where it takes other branches then. */
  readonly training?: Graph;
  readonly file: string;
  readonly plan: ComparePlan;
  /** The user's own data to learn from. */
  readonly data?: { readonly name: string; readonly files: readonly DataFile[] };
  /** Of the open file: what a model of characters learns. */
  readonly text?: string;
  /** Weights instead of initial ones: given, or a file to read them from. */
  readonly weights?: GivenWeights;
  readonly checkpoint?: Checkpoint;
}

/** Whether an adapter computes as WebAssembly does. */
export interface AdapterCheck {
  /** The adapter, the runtime and the browser. */
  readonly key: string;
  /** What is wrong with it; absent where nothing is. */
  readonly problem?: string;
}

/** A file of weights. */
export interface Checkpoint {
  readonly name: string;
  readonly bytes: ArrayBuffer;
  /** Files that it names, by its own paths. */
  readonly beside: readonly DataFile[];
  /** Path of the submodule that the graph is. */
  readonly part?: string;
}

/** ONNX Runtime's files: workers of a webview can't load resources by URL, so their bytes are handed over. */
export interface RuntimeFiles {
  readonly wasm: ArrayBuffer;
}

export type RunEvent =
  /** What is being done now, in plain words for the language of the page: a key of its texts. */
  | {
      readonly type: 'progress';
      readonly stage: Stage;
      readonly candidate?: string;
      readonly done: number;
      readonly total: number;
      /** Milliseconds that the rest will take, where that is known. */
      readonly remaining?: number;
    }
  | CheckedEvent
  /** The report so far: `complete` is false until the end. */
  | { readonly type: 'report'; readonly report: Report }
  | { readonly type: 'done'; readonly report: Report }
  | ErrorEvent;

interface CheckedEvent {
  readonly type: 'checked';
  readonly check: AdapterCheck;
}

interface ErrorEvent {
  readonly type: 'error';
  readonly message: string;
}

/** The same of a price. */
export type PriceEvent =
  | { readonly type: 'progress'; readonly stage: Stage; readonly done: number; readonly total: number }
  | CheckedEvent
  | { readonly type: 'priced'; readonly report: PriceReport }
  | ErrorEvent;

/** The same of a check. */
export type HealthEvent =
  | { readonly type: 'progress'; readonly stage: Stage; readonly done: number; readonly total: number }
  | CheckedEvent
  | { readonly type: 'diagnosed'; readonly report: HealthReport }
  | ErrorEvent;

/** What is being done: getting ready, timing, or taking a measure. */
export type Stage = 'runtime' | 'adapter' | 'check' | 'session' | 'latency' | 'step' | Exclude<MeasureName, 'cost'>;
