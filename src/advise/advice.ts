import type { SourceRange } from '../graph/types';

export type Severity = 'error' | 'warning' | 'information';

/** A rule's finding at a range. */
export interface Advice {
  /** The rule's stable code: `no-nonlinearity`. Its page is `docs/rules/<code>.md`. */
  readonly code: string;
  readonly severity: Severity;
  readonly range: SourceRange;
  /** One sentence for the Problems list. */
  readonly message: string;
  /** A few words for the end of the line. */
  readonly hint: string;
  /** Other places that take part: the loss, the first layer. */
  readonly related: readonly { readonly range: SourceRange; readonly message: string }[];
  /** The first is preferred where `preferred` says that it is clearly right. */
  readonly fixes: readonly Fix[];
}

export interface Fix {
  readonly title: string;
  readonly preferred: boolean;
  readonly edits: readonly TextEdit[];
}

/** Replaces `range` by `text`; an empty range inserts. */
export interface TextEdit {
  readonly range: SourceRange;
  readonly text: string;
}
