import type { Extraction, ExtractRequest } from '../extract/extract';
import type { OnnxRequest } from '../fromOnnx/extraction';
import type { Graph } from '../graph/types';
import type { Language } from '../language/say';
import type { OnnxInspection, OnnxRewriting, OnnxRewritingRequest } from '../rewrite/onnxFile';
import type { ModelShapes } from '../shapes/types';
import type { SourceText } from '../source/source';
import type { GrammarFile } from '../syntax/syntax';

/** What is read: an extraction's request without what only lives in its own thread. */
export type ReadRequest = Omit<ExtractRequest, 'syntax' | 'source' | 'signal' | 'callers' | 'alive'> & {
  /** Read the model for a comparison: with a larger batch as well, and as it trains. */
  readonly compared?: boolean;
  /** Tell the shapes of the file's lines. */
  readonly shapes?: boolean;
  /** With it: tell sizes that follow a number that the model is built with by its name. */
  readonly names?: boolean;
};

export interface ReadResult {
  readonly extraction: Extraction;
  /** The model with a larger batch, where it was asked for and can be had. */
  readonly batched?: Graph | undefined;
  /** The model as it trains, where it takes other branches then. */
  readonly training?: Graph | undefined;
  /** The shapes of the file's lines, where they were asked for and the model could be read. */
  readonly shapes?: ModelShapes | undefined;
}

/** What a thread is asked for: any for a model's graph, that of ONNX files for what is done with them besides. */
export type ThreadOrder =
  | { readonly type: 'read'; readonly request: ReadRequest }
  | { readonly type: 'inspect'; readonly request: OnnxRequest }
  | { readonly type: 'rewrite'; readonly request: OnnxRewritingRequest };

/** What comes of an order, by its type. */
export interface ThreadOutcomes {
  readonly read: ReadResult;
  readonly inspect: OnnxInspection;
  readonly rewrite: OnnxRewriting;
}
export type ThreadOutcome = ThreadOutcomes[keyof ThreadOutcomes];

/** Parts of the product that only the readings of TensorFlow.js need, as the build puts them in `dist/sealed/`. */
export const productParts = ['quickjs.wasm', 'guest.js'] as const;
export type ProductPart = (typeof productParts)[number];

/** What the worker asks its host for: it has neither files nor a network. */
export type Question =
  | { readonly kind: 'grammar'; readonly file: GrammarFile }
  | { readonly kind: 'text'; readonly file: string }
  | { readonly kind: 'module'; readonly from: string; readonly module: string; readonly level: number }
  | { readonly kind: 'file'; readonly from: string; readonly path: string }
  | { readonly kind: 'bytes'; readonly file: string }
  | { readonly kind: 'part'; readonly name: ProductPart }
  | { readonly kind: 'callers'; readonly name: string; readonly file: string };

/** The answer's type by the question's kind. */
export interface Answers {
  readonly grammar: Uint8Array;
  readonly text: SourceText | undefined;
  readonly module: string | undefined;
  readonly file: string | undefined;
  readonly bytes: Uint8Array | undefined;
  readonly part: Uint8Array;
  readonly callers: readonly string[];
}

export type ToWorker =
  | (ThreadOrder & { readonly language: Language })
  | { readonly type: 'cancel' }
  | { readonly type: 'answer'; readonly id: number; readonly value: Answers[keyof Answers] }
  | { readonly type: 'refusal'; readonly id: number; readonly message: string };

export type FromWorker =
  /** Sent while the worker can still be spoken to, or says itself that it goes on. */
  | { readonly type: 'alive' }
  | { readonly type: 'question'; readonly id: number; readonly question: Question }
  | { readonly type: 'result'; readonly result: ThreadOutcome }
  /** A mistake of this program, or a file that the host refused. */
  | { readonly type: 'error'; readonly message: string };

/** Milliseconds between two signs of life. */
export const HEARTBEAT = 100;
