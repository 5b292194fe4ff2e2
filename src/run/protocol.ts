import type { MeasureName } from '../compare/measures/index';
import type { ComparePlan, Report } from '../compare/report';
import type { DataFile } from '../data/user/index';
import type { GivenWeights, Graph } from '../graph/types';
import type { Language } from '../language/say';

/** Messages between a page (or the terminal) and the worker that owns ONNX Runtime. Cancelling ends the worker. */
export type RunRequest = {
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
  readonly runtime: RuntimeFiles;
  /** Of the messages. */
  readonly language: Language;
  /** Ask for WASM even where there is an adapter. */
  readonly backend?: 'wasm';
  /** Adapters that were checked before, by this page. */
  readonly checked?: readonly AdapterCheck[];
};

/** Whether an adapter computes as WebAssembly does. */
export interface AdapterCheck {
  readonly adapter: string;
  /** What is wrong with it; absent where nothing is. */
  readonly problem?: string;
}

/** A file of weights. */
export interface Checkpoint {
  readonly name: string;
  readonly bytes: ArrayBuffer;
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
  | { readonly type: 'checked'; readonly check: AdapterCheck }
  /** The report so far: `complete` is false until the end. */
  | { readonly type: 'report'; readonly report: Report }
  | { readonly type: 'done'; readonly report: Report }
  | { readonly type: 'error'; readonly message: string };

/** What is being done: getting ready, timing, or taking a measure. */
export type Stage = 'runtime' | 'adapter' | 'check' | 'session' | 'latency' | 'step' | Exclude<MeasureName, 'cost'>;
