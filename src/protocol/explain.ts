import type { ActivationParameters, SourceRange } from '../graph/types';

/** Host → explainer panel. */
export type ToExplainPanel = {
  readonly type: 'show';
  readonly activation: string;
  readonly parameters: ActivationParameters;
  /** The line it was opened from. */
  readonly source?: SourceRange;
};

/** Explainer panel → host. */
export type FromExplainPanel =
  | { readonly type: 'ready' }
  | { readonly type: 'compare'; readonly activation: string }
  | { readonly type: 'reveal'; readonly source: SourceRange };
