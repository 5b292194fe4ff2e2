import type * as vscode from 'vscode';
import type { Report } from '../compare/report';
import type { ActivationParameters, SourceRange } from '../graph/types';
import type {
  CandidateOption,
  CompareRequests,
  DeviceChoice,
  DrawnFunction,
  ToComparePanel,
} from '../protocol/compare';
import type { CompareTarget } from '../protocol/model';
import type { Ok, RequestParameters } from '../protocol/requests';
import type { StoredComparison } from '../protocol/stored';
import type { Source } from '../source/source';

/** What a comparison is opened for; of an agent, with what it is measured with, and read from. */
export interface ComparePanelTarget extends CompareTarget {
  readonly run?: AgentRun;
}

/** A run that begins by itself, with no answer of an earlier one. */
export interface AgentRun {
  /** The catalogue's ids; none: the usual ones. */
  readonly candidates: readonly string[];
  /** Milliseconds for measuring. */
  readonly budget: number;
  /** In place of the workspace: a part of it, or with another text. */
  readonly source: (workspace: Source) => Promise<Source>;
  /** What is read is no file's text, so that nothing can be edited. */
  readonly isText: boolean;
}

/** What the page is told of a model. */
export type ReadingMessage = Omit<Extract<ToComparePanel, { type: 'model' }>, 'pointed' | 'key'>;

/** A model as it was read: what the page is told, and whether the text is still the same. */
export interface Reading {
  readonly message: ReadingMessage | Extract<ToComparePanel, { type: 'unreadable' }>;
  /** What of the file was read, for the title of the tab; absent: the file. */
  readonly title?: string;
  /** What was read in the end: with the expression and the input that the user was asked for. */
  readonly request: ComparePanelTarget;
  /**
   * What reports of it are kept under.
   * @param data what tells the data to learn from; undefined: built-in data
   */
  readonly keyFor: (data: string | undefined) => string;
  /** The key of its graph alone; absent where there is none. */
  readonly graphKey?: () => string;
  /** Whether a file that the model was read from is another one now. */
  readonly isStale: () => boolean;
  /** Tells when it became so on disk, which no open document says. */
  readonly watch: (tell: () => void) => vscode.Disposable;
  /** Edits the source so that the sites use the activation. @throws Error why it can't be edited. */
  readonly apply: (change: RequestParameters<CompareRequests, 'apply'>) => Promise<Applied>;
  /** Shows what `apply` would edit. @throws Error why it can't be edited. */
  readonly preview: (change: RequestParameters<CompareRequests, 'preview'>) => Promise<void>;
  /** Writes the model with the activation to another file. @throws Error why it can't be written. */
  readonly write: (change: RequestParameters<CompareRequests, 'write'>) => Promise<Ok<CompareRequests, 'write'>>;
}

/** An edit that was made. */
export interface Applied extends Ok<CompareRequests, 'apply'> {
  /** Takes it back. @throws Error why it can't be: the text was edited since. */
  readonly undo: () => Promise<void>;
}

/** Files that the user chose, and the folder that they are all in. */
export interface ChosenFiles {
  readonly label: string;
  readonly folder: vscode.Uri;
  readonly files: readonly { readonly path: string; readonly uri: vscode.Uri }[];
}

/** What the user chose once, for all panels and windows. */
export interface RememberedChoice<T> {
  get(): T;
  set(choice: T): void;
  readonly onDidChange: vscode.Event<T>;
}

/** What the panel needs from the editor. */
export interface CompareServices {
  readonly language: () => string;
  /** Reads the model. With `ask`, the user may be asked for what the text doesn't say. Never throws. */
  readonly read: (request: ComparePanelTarget, ask: boolean, signal: AbortSignal) => Promise<Reading>;
  /** Reads the model of a reading again after an edit: nobody is asked, nor told. Never throws. */
  readonly readAgain: (request: ComparePanelTarget, signal: AbortSignal) => Promise<Reading>;
  /** What was measured under a key. Never throws. */
  readonly find: (key: string) => Promise<StoredComparison | undefined>;
  /** Keeps what was measured. */
  readonly keep: (comparison: StoredComparison) => void;
  /** Asks for a checkpoint's file; undefined where the user thinks better of it. */
  readonly chooseWeights: (request: CompareTarget) => Promise<string | undefined>;
  /** Asks for data to learn from: a file, or the images of a folder; undefined where the user thinks better of it. */
  readonly chooseData: (request: CompareTarget) => Promise<ChosenFiles | undefined>;
  /** The GPUs that computed right when a page checked them, by keys of the page's. */
  readonly adapters: { readonly keys: () => readonly string[]; readonly keep: (key: string) => void };
  /** Where comparisons run, as the user chose in whichever panel. */
  readonly device: RememberedChoice<DeviceChoice>;
  /** An activation with other settings. @throws Error why there is no such thing */
  readonly setting: (activation: string, parameters: ActivationParameters) => CandidateOption;
  /** Functions and slopes of activations; null for what is no function of one number. */
  readonly curves: (asked: RequestParameters<CompareRequests, 'curves'>) => readonly (DrawnFunction | null)[];
  readonly explain: (activation: string) => void;
  readonly reveal: (source: SourceRange) => void;
  /** Puts a report on the clipboard. */
  readonly copy: (report: Report, form: 'markdown' | 'csv') => Promise<void>;
  /** Asks where to, and writes a chart. @throws Error why it can't be written */
  readonly savePicture: (picture: RequestParameters<CompareRequests, 'picture'>) => Promise<void>;
  /** Asks in which form and where to, and writes it. `model`: as it was read. @throws Error why it can't be written */
  readonly save: (report: Report, model: ReadingMessage | undefined) => Promise<void>;
}
