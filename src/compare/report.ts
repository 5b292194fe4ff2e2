import type { ActivationParameters, DType, SourceRange } from '../graph/types';
import type { MeasureName, Score } from './measures/index';
import type { ScoreDefinition } from './measures/measure';
import type { Scale } from './statistics';

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
  /** What the plan's time left no room for. */
  readonly skipped?: readonly SkippedMeasures[];
  /**
   * Milliseconds of a forward and backward pass of the model as written with all that was read in it, no less than those of
   * one alone: where there was no time to measure that.
   */
  readonly roughStep?: number;
}

/** A measure, or one of the two passes whose cost is measured. */
export type SkippedPart = Exclude<MeasureName, 'cost' | 'learning'> | 'latency' | 'step';

export interface SkippedMeasures {
  readonly measures: readonly SkippedPart[];
  /** Ids of those that it was left out for; absent: for all, the model as written too. */
  readonly candidates?: readonly string[];
  /** The time with which it would probably have been measured. */
  readonly seconds: number;
}

export interface ModelSummary {
  /** `ResNet`, `resnet18()`. */
  readonly name: string;
  readonly file: string;
  readonly inputs: readonly { readonly name: string; readonly dtype: DType; readonly shape: readonly number[] }[];
  /** Elements of parameters. */
  readonly parameters: number;
  /** Elements of those that are not frozen, where some are. */
  readonly trainable?: number;
  /** The file whose weights it ran with; absent: random ones. */
  readonly weights?: string;
  /** Sizes of the inputs at which everything but the forward latency was measured, where they differ from `inputs`. */
  readonly batched?: readonly (readonly number[])[];
  readonly notes: readonly string[];
}

export interface Environment {
  readonly backend: 'webgpu' | 'wasm';
  /** Why not WebGPU, where it is not and nobody chose so. */
  readonly fallback?: string;
  /** The adapter in software that the CPU was taken instead of. */
  readonly passedOver?: string;
  /** `swiftshader (google)`; absent on WASM. */
  readonly adapter?: string;
  /** Software adapters are correct and slow: the panel says so. */
  readonly software?: boolean;
  /** What latencies are told by: the GPU's timestamps, or the time that passes until it is done. */
  readonly clock?: 'gpu' | 'wall';
  /** `onnxruntime-web 1.30.0`. */
  readonly runtime: string;
  readonly threads: number;
}

export interface PlanSummary {
  readonly sites: readonly SwapSite[];
  /** The model's other activations, which stay as they are. */
  readonly left?: readonly SwapSite[];
  readonly seed: number;
  /** Time for measuring, in milliseconds. */
  readonly budget: number;
  /** The forward pass was timed in half precision. */
  readonly half?: boolean;
  /** Weights before the swapped activations were drawn with the gain of the new one. */
  readonly reinitialised?: boolean;
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
  /** The code writes it out, as in `x * torch.sigmoid(x)`. */
  readonly written?: WrittenPlace;
  /** Parameters of the model take part in what is written out: Swish's β. */
  readonly learns?: boolean;
  /** The gated unit whose gate it opens: `GEGLU`. What stands in for it makes another unit of the kind. */
  readonly unit?: string;
  /** Why a comparison leaves it alone unless told otherwise; absent for a hidden activation. */
  readonly kept?: string;
}

/** What stands at the place of an activation that is written out. */
export interface WrittenPlace {
  /** The expression itself, the call of an autograd Function, or the construction of a module. */
  readonly as: 'expression' | 'call' | 'module';
  /** The class of the Function or the module. */
  readonly name?: string;
}

export interface CandidateReport {
  /** `baseline`, or the catalogue's id; with the settings where they are not the usual ones. */
  readonly id: string;
  /** The catalogue's id, where `id` has settings. */
  readonly activation?: string;
  readonly title: string;
  readonly parameters: ActivationParameters;
  /** Parameters (elements) that the swap adds. */
  readonly addedParameters: number;
  /** Forward pass of the whole model, at the model's own batch. */
  readonly latency?: Latency;
  /** Forward and backward pass: every parameter's gradient, at the batch of `ModelSummary.batched`. */
  readonly step?: Latency;
  readonly memory?: PeakMemory;
  /** Every measure's scores. */
  readonly scores?: Scores;
  /** Numbers of each layer, under the name of the measure that tells them. */
  readonly signal?: readonly LayerSignal[];
  readonly similarity?: readonly LayerSimilarity[];
  readonly gradient?: readonly LayerGradient[];
  readonly compression?: readonly LayerCompression[];
  readonly learning?: Learning;
  /** Why this candidate has no (more) numbers. */
  readonly error?: string;
  /** It was measured later than the others, beside the model as written again. */
  readonly added?: AddedRun;
}

/** A run that added candidates to a report. */
export interface AddedRun {
  /** ISO 8601. */
  readonly created: string;
  /** Milliseconds. */
  readonly budget: number;
  /** The model as written in it, which its candidates are held against. */
  readonly baseline: Pick<CandidateReport, 'latency' | 'step' | 'scores'>;
}

/** One number of a candidate, measured in several rounds or with several seeds. */
export interface Measured {
  readonly unit: ScoreDefinition['unit'];
  readonly samples: readonly number[];
  readonly median: number;
  /** Of the median, at 95 %; only what was seen where `enough` is false. */
  readonly low: number;
  readonly high: number;
  readonly enough: boolean;
  /** Paired with the baseline; absent for the baseline itself. */
  readonly against?: ConfidenceInterval;
}

export type Scores = { readonly [S in Score]?: Measured };

export interface Latency {
  readonly unit: 'ms';
  /** One a round, warm-up discarded. */
  readonly samples: readonly number[];
  readonly median: number;
  /** Of the median, at 95 %; only what was seen where there are too few rounds. */
  readonly low: number;
  readonly high: number;
  /** Median of the paired per-round ratios to the baseline; absent for the baseline itself. */
  readonly ratio?: ConfidenceInterval;
  /** Operators that ran on the CPU beside the GPU and spoil this number. */
  readonly fallbacks: readonly string[];
}

/**
 * The most bytes of tensors that are alive at once while the graph runs in order, weights included: computed from
 * their lifetimes, for no runtime tells. Runtimes add their own.
 */
export interface PeakMemory {
  readonly forward: number;
  /** Of `step`. */
  readonly step?: number;
}

export interface ConfidenceInterval {
  readonly scale: Scale;
  readonly estimate: number;
  readonly low: number;
  readonly high: number;
  /** After correction for the number of candidates: 0.95 means 95 % for all of them together. */
  readonly confidence: number;
  /** False where so few rounds can't bear that confidence: `low` and `high` are then only what was seen. */
  readonly enough: boolean;
  /** There were enough rounds, and the interval excludes 1 (a difference: 0). */
  readonly separable: boolean;
}

/** One activation in the model. */
export interface LayerPlace {
  /** Which one, from 0, in the order in which the model runs them: the same in every candidate. */
  readonly index: number;
  /** Module path; '' where the model's own code calls it. */
  readonly path: string;
  /** Which call of that module, from 0. */
  readonly call: number;
  /** Line of the call, from 1, where the source is known. */
  readonly line?: number;
  /** It is no hidden activation (attention's softmax, a gate): scores leave it out, and so do the lines of charts. */
  readonly apart?: true;
}

/** Statistics of one activation's output: medians over the seeds. */
export interface LayerSignal extends LayerPlace {
  readonly mean: number;
  readonly deviation: number;
  /** Share of exact zeros, 0–1. */
  readonly zeros: number;
  /** Share of elements where |slope| is below `SATURATED`; absent where it is no function of one element (softmax, GLU). */
  readonly saturated?: number;
  /** Share of units (channels, features) whose slope is below 1e-6 for every sample and place of the batch. */
  readonly dead?: number;
  /** Number of elements. */
  readonly count: number;
  readonly histogram?: Histogram;
  /** Of its input's elements. */
  readonly inputs?: Histogram;
}

/** Of a sample of the elements, with the first seed. */
export interface Histogram {
  readonly low: number;
  readonly high: number;
  /** Elements in each of equally wide bins. */
  readonly counts: readonly number[];
}

/** How alike different inputs are at one activation's output: medians over the seeds. */
export interface LayerSimilarity extends LayerPlace {
  /** Mean cosine of two samples of the batch, between −1 and 1; samples that are zero everywhere are left out. */
  readonly similarity: number;
}

/** The loss's gradient at one activation's input: medians over the seeds. */
export interface LayerGradient extends LayerPlace {
  /** Euclidean. */
  readonly norm: number;
  /** Share of units whose gradient is exactly zero for every sample and place of the batch. */
  readonly silent: number;
}

/** One activation's output in 8 bits. */
export interface LayerCompression extends LayerPlace {
  /** dB, against the output in 32 bits; 150 stands for all that single precision can't tell apart. */
  readonly snrTensor: number;
  readonly snrChannel: number;
  /** Range of the values. */
  readonly low: number;
  readonly high: number;
  /** Share of elements more than six deviations from the mean. */
  readonly outliers: number;
}

/** Short training runs. */
export interface Learning {
  readonly setup: LearningSetup;
  readonly environment: Environment;
  /** One for each seed that is reported, at the learning rate that the search chose. */
  readonly runs: readonly LearningRun[];
  /** The runs that count: those that came through. */
  readonly best: readonly { readonly seed: number; readonly rate: number }[];
  /** Absent in reports of versions that chose each seed's rate by its own held-out loss. */
  readonly search?: RateSearch;
}

/** How a candidate's learning rate was chosen: on other seeds and other samples than those that are reported. */
export interface RateSearch {
  /** Absent where training diverged at every rate. */
  readonly rate?: number;
  readonly runs: readonly SearchRun[];
}

export interface SearchRun {
  readonly seed: number;
  readonly rate: number;
  /** Validation loss at the end; null where training diverged. */
  readonly loss: number | null;
}

/** What the user may choose about learning. */
export interface LearningPlan {
  /** At least; more where the model as written takes longer to leave chance, as many as `budget` bears. */
  readonly steps: number;
  /** How many are reported, from the plan's seed on. */
  readonly seeds: number;
  /** How many others learning rates are chosen with; unless given, as many as so many candidates need. */
  readonly searchSeeds?: number;
  readonly rates: readonly number[];
  readonly optimiser: 'adamw' | 'sgd';
  /** Milliseconds for all runs together, as long as the least of them fit. */
  readonly budget: number;
}

/** As many seeds as six candidates need (`seedsFor`). */
export const defaultLearning: LearningPlan = {
  steps: 60,
  seeds: 9,
  rates: [1e-3, 3e-3, 1e-2],
  optimiser: 'adamw',
  budget: 40_000,
};

export interface LearningSetup {
  /** A built-in set's name, or the user's file. */
  readonly data: string;
  readonly trainSamples: number;
  /** What the rate was chosen by; absent where that was the held-out samples. */
  readonly validationSamples?: number;
  readonly heldSamples: number;
  /** What the model was trained for. */
  readonly task?: string;
  readonly loss: string;
  /** What the file calls its loss, and where; absent where the model's form alone tells it. */
  readonly lossName?: string;
  readonly lossOrigin?: SourceRange;
  /**
   * Held-out loss of what says the same whatever it is given, and what a run must come below to have clearly learnt
   * something; absent in reports of versions that didn't tell.
   */
  readonly chance?: { readonly loss: number; readonly learntBelow: number };
  readonly optimiser: string;
  readonly batch: number;
  readonly steps: number;
  readonly rates: readonly number[];
  readonly seeds: readonly number[];
  readonly searchSeeds?: readonly number[];
  /** The held-out loss that `stepsTo` counts to: half of the baseline's way down. */
  readonly targetLoss?: number;
  readonly notes: readonly string[];
}

export interface LearningRun {
  readonly seed: number;
  readonly rate: number;
  /** Training loss of each step; null where it is no number. */
  readonly losses: readonly (number | null)[];
  /** Held-out loss and accuracy (where there are classes) after so many steps. */
  readonly held: readonly { readonly step: number; readonly loss: number | null; readonly accuracy?: number }[];
  /** The step at which the loss was no number any more, or many times what it began with. */
  readonly diverged?: number;
  readonly milliseconds: number;
}

/** Rounds at most, in the panel and in the terminal: more would hardly narrow an interval. */
export const mostRounds = 200;

/** What the user may choose, before a run. */
export interface ComparePlan {
  /** Ids of `SwapSite`s to swap. */
  readonly sites: readonly string[];
  readonly candidates: readonly { readonly activation: string; readonly parameters: ActivationParameters }[];
  readonly seed: number;
  /** How many candidates intervals are to hold for together, where a report has others already. */
  readonly comparisons?: number;
  /** Milliseconds. */
  readonly budget: number;
  /** Rounds of timing at most. */
  readonly rounds: number;
  /** Seeds at most, of which signal, gradient, compression and drift are measured; 16 unless given. */
  readonly seeds?: number;
  /** What to measure; everything but learning, unless given. */
  readonly measures?: readonly MeasureName[];
  readonly learning?: LearningPlan;
  /** Time the forward pass in half precision; its error is measured, too. */
  readonly half?: boolean;
  /** Draw weights before the swapped activations anew with the gain that suits the new one. */
  readonly reinitialise?: boolean;
}
