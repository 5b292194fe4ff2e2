import type { Formula } from '../activations/formula';
import type { ActivationParameters, SourceRange } from '../graph/types';

/** Host → explainer panel. */
export type ToExplainPanel = {
  readonly type: 'show';
  readonly activation: string;
  readonly parameters: ActivationParameters;
  /**
   * The function's and its derivative's formula as SVG markup drawn in `currentColor` (the page has no MathJax), and those
   * of the words that choose another.
   */
  readonly formula: Formula & { readonly variants?: Readonly<Record<string, Formula>> };
  /** The line it was opened from. */
  readonly source?: SourceRange;
};

/** Explainer panel → host. */
export type FromExplainPanel =
  | { readonly type: 'ready' }
  /** Show another entry (a sibling): the host answers with `show`. */
  | { readonly type: 'explain'; readonly activation: string }
  | { readonly type: 'compare'; readonly activation: string }
  | { readonly type: 'reveal'; readonly source: SourceRange };

/** What the page keeps with `setState`, so that the host can show it again after a restart of the editor. */
export interface ExplainPanelState {
  readonly activation: string;
  readonly parameters: ActivationParameters;
}
