import type { SourceRange } from '../../graph/types';
import { say } from '../../language/say';
import type { Unknown } from '../values/values';

/** What stops an extraction for good; Python's `except` does not catch these. */
export type ProblemKind = 'unsupported' | 'shape' | 'budget' | 'cancelled' | 'syntax' | 'needs-input';

/** What to do about a construct that is not supported. */
export const wayOut = () => say('export the model to ONNX and compare that file instead, or compare a submodule');

export class ExtractionError extends Error {
  override name = 'ExtractionError';
  constructor(
    readonly kind: ProblemKind,
    message: string,
    public range: SourceRange | undefined,
    /** The value that could not be read, where the error is a use of it. */
    readonly because?: Unknown,
  ) {
    super(message);
  }
}
