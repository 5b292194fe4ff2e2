import type { SourceRange } from '../../graph/types';
import type { Unknown } from '../values/values';

/** What stops an extraction for good; Python's `except` does not catch these. */
export type ProblemKind = 'unsupported' | 'shape' | 'budget' | 'cancelled' | 'syntax' | 'needs-input';

export class ExtractionError extends Error {
  override name = 'ExtractionError';
  constructor(
    readonly kind: ProblemKind,
    message: string,
    public range: SourceRange | undefined,
    /** The value that could not be read, where the error is a use of it. */
    readonly because?: Unknown,
    /** Values that only the run knows decide: the model may be read for one input. */
    readonly goesByValues = false,
    /** They are drawn while the model is made: no input, no training and no checkpoint has to do with them yet. */
    readonly isDrawn = false,
  ) {
    super(message);
  }
}
