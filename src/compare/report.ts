import type { ActivationParameters, DType, SourceRange } from '../graph/types';

/**
 * The result of a comparison: every measure with its samples, interval, unit, device and where it ran.
 * The CLI prints it as JSON, the panel draws it, exports keep it; so it is plain data.
 */
export interface Report {
  readonly version: 1;
  /** ISO 8601. */
  readonly created: string;
  readonly model: ModelSummary;
  readonly environment: Environment;
  readonly plan: PlanSummary;
  /** The first is the baseline: the model as written. */
  readonly candidates: readonly CandidateReport[];
  /** False while measuring, after Cancel, or when a candidate failed. */
  readonly complete: boolean;
}

export interface ModelSummary {
  /** `ResNet`, `resnet18()`. */
  readonly name: string;
  readonly file: string;
  readonly inputs: readonly { readonly name: string; readonly dtype: DType; readonly shape: readonly number[] }[];
  /** Elements of trainable tensors. */
  readonly parameters: number;
  /** The file whose weights it ran with; absent: random ones. */
  readonly weights?: string;
  readonly notes: readonly string[];
}

export interface Environment {
  readonly backend: 'webgpu' | 'wasm';
  /** Why not WebGPU, where it is not. */
  readonly fallback?: string;
  /** `swiftshader (google)`; absent on WASM. */
  readonly adapter?: string;
  /** Software adapters are correct and slow: the panel says so. */
  readonly software?: boolean;
  /** `onnxruntime-web 1.30.0`. */
  readonly runtime: string;
  readonly threads: number;
}

export interface PlanSummary {
  readonly sites: readonly SwapSite[];
  readonly seed: number;
  /** Time for measuring, in milliseconds. */
  readonly budget: number;
}

/** An activation of the model that may be swapped: the nodes that one place in the source makes. */
export interface SwapSite {
  /** Unique in a graph. */
  readonly id: string;
  readonly activation: string;
  readonly parameters: ActivationParameters;
  /** Module paths of its nodes: `layer1.0.relu`. */
  readonly paths: readonly string[];
  /** Indices into `Graph.nodes`. */
  readonly nodes: readonly number[];
  /** Where the source names it; absent where the model's code is not the user's. */
  readonly source?: SourceRange;
}

export interface CandidateReport {
  /** `baseline`, or the catalogue's id. */
  readonly id: string;
  readonly title: string;
  readonly parameters: ActivationParameters;
  /** Parameters (elements) that the swap adds. */
  readonly addedParameters: number;
  readonly latency?: Latency;
  readonly signal?: readonly LayerSignal[];
  /** Why this candidate has no (more) numbers. */
  readonly error?: string;
}

export interface Latency {
  readonly unit: 'ms';
  /** Forward pass of the whole model, one a round, warm-up discarded. */
  readonly samples: readonly number[];
  readonly median: number;
  /** Median of the paired per-round ratios to the baseline; absent for the baseline itself. */
  readonly ratio?: Interval;
  /** Operators that ran on the CPU beside the GPU and spoil this number. */
  readonly fallbacks: readonly string[];
}

export interface Interval {
  readonly estimate: number;
  readonly low: number;
  readonly high: number;
  /** After correction for the number of candidates: 0.95 means 95 % for all of them together. */
  readonly confidence: number;
  /** False where so few rounds can't bear that confidence: `low` and `high` are then only what was seen. */
  readonly enough: boolean;
  /** There were enough rounds, and the interval excludes 1. */
  readonly separable: boolean;
}

/** Statistics of one activation's output. */
export interface LayerSignal {
  readonly path: string;
  readonly call: number;
  readonly mean: number;
  readonly deviation: number;
  /** Share of exact zeros, 0–1. */
  readonly zeros: number;
  /** Number of elements. */
  readonly count: number;
}

/** What the user may choose, before a run. */
export interface ComparePlan {
  /** Ids of `SwapSite`s to swap. */
  readonly sites: readonly string[];
  readonly candidates: readonly { readonly activation: string; readonly parameters: ActivationParameters }[];
  readonly seed: number;
  /** Milliseconds. */
  readonly budget: number;
  /** Rounds at most. */
  readonly rounds: number;
}
