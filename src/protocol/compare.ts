import type { Report, SwapSite } from '../compare/report';
import type { ActivationParameters, Graph, SourceRange } from '../graph/types';

/** Host → compare panel. */
export type ToComparePanel =
  /** The model was read: everything a run needs. */
  | {
      readonly type: 'model';
      readonly graph: Graph;
      /** The same read with a larger batch, where it has a batch of one and can be. */
      readonly batched?: Graph;
      /** What was read: `ResNet`, `resnet18()`. */
      readonly expression: string;
      /** Path of the submodule that was read, where it isn't the whole model. */
      readonly part?: string;
      /** Shown name of the file, and the file as the host names it. */
      readonly file: string;
      readonly label: string;
      /** How the input shape was found: `given`, `model` (it feeds its part so), `file` (a torch.randn in it), `first-layer`, `solved`. */
      readonly inputOrigin: InputOrigin;
      readonly sites: readonly SwapSite[];
      /** Sites ticked at the start. */
      readonly selected: readonly string[];
      /** The user has just pointed at a place or an activation: `selected` goes before what was ticked until now. */
      readonly pointed: boolean;
      readonly candidates: readonly CandidateOption[];
      readonly budget: number;
      /** Run at once. */
      readonly autostart: boolean;
      /** Names of the other models in the file. */
      readonly models: readonly string[];
      /** The checkpoint that the user chose; absent: random initial weights. */
      readonly weights?: ModelWeights;
      /** Of the file, where the model takes tokens. */
      readonly text?: string;
    }
  /** The model can't be read. */
  | {
      readonly type: 'unreadable';
      /** What stands in the way, at least one. */
      readonly obstacles: readonly Obstacle[];
      /** Submodules that can be read by themselves. */
      readonly parts: readonly { readonly path: string; readonly name: string }[];
      readonly models: readonly string[];
    }
  /** The user's data for short training runs; absent: built-in data again. */
  | { readonly type: 'data'; readonly data?: ChosenData }
  /** The source changed after the model was read. */
  | { readonly type: 'stale' }
  | { readonly type: 'reading' }
  | { readonly type: 'applied'; readonly activation: string; readonly edits: number }
  | { readonly type: 'refused'; readonly message: string }
  /** Where the runtime's files are: webview URIs. */
  | { readonly type: 'resources'; readonly wasm: string; readonly worker: string };

/** Files that the user chose to learn from, and where the page loads them from. */
export interface ChosenData {
  readonly label: string;
  /** `path` with the folder that the file is in, which names its class. */
  readonly files: readonly { readonly path: string; readonly uri: string }[];
}

/** A message that names the place and the way out. */
export interface Obstacle {
  readonly message: string;
  readonly source?: SourceRange;
}

/** A checkpoint laid over the model. */
export interface ModelWeights {
  /** The file as the host names it, and its shown name. */
  readonly file: string;
  readonly label: string;
  /**
   * Where the page loads the file from: weights may be large, and cross no message. Absent where the file can't be read,
   * or nothing in it fits: the model keeps its initial weights.
   */
  readonly uri?: string;
  /** Tensors of the state dict that the file has, and all. */
  readonly matched: number;
  readonly total: number;
  /** What doesn't fit, in PyTorch's words, or why the file can't be read. */
  readonly problems: readonly string[];
}

export type InputOrigin = 'given' | 'model' | 'file' | 'first-layer' | 'solved';

export interface CandidateOption {
  readonly activation: string;
  readonly title: string;
  readonly parameters: ActivationParameters;
  readonly selected: boolean;
}

/** Compare panel → host. */
export type FromComparePanel =
  | { readonly type: 'ready' }
  /** Read again: another expression, submodule (empty: the whole model) or input (`1x3x64x64`, `2x16:int64`). */
  | { readonly type: 'read'; readonly expression?: string; readonly part?: string; readonly input?: string }
  /** Take the weights of a checkpoint, which the user is asked for, or initial ones again. */
  | { readonly type: 'weights'; readonly choose: boolean }
  /** Learn from data of the user's, who is asked for it, or from built-in data again. */
  | { readonly type: 'data'; readonly choose: boolean }
  | { readonly type: 'reveal'; readonly source: SourceRange }
  | {
      readonly type: 'apply';
      readonly activation: string;
      readonly parameters: ActivationParameters;
      readonly sites: readonly string[];
    }
  | { readonly type: 'explain'; readonly activation: string }
  | { readonly type: 'report'; readonly report: Report }
  | { readonly type: 'export'; readonly report: Report };

/**
 * What the page keeps with `setState`, beside its own: from it the host opens the panel again after a restart of the
 * editor. `file` is the model message's.
 */
export interface ComparePanelState {
  readonly file: string;
  readonly expression?: string;
  /** As in `read`. */
  readonly part?: string;
  /** As in `read`. */
  readonly input?: string;
  /** The checkpoint's file; empty where the user chose initial weights. */
  readonly weights?: string;
}
