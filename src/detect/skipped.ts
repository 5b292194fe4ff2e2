import type { SourceRange } from '../graph/types';
import { say } from '../language/say';
import { MAX_NESTING, type TooDeep } from '../syntax/ancestors';

/** A part of a text that was not looked at, and why, for people. */
export interface Skipped {
  readonly range: SourceRange;
  readonly reason: string;
}

/** What is nested too deeply, as people are told. */
export function toSkipped({ row: line, column, endRow: endLine, endColumn }: TooDeep, file: string): Skipped {
  return {
    range: { file, line, column, endLine, endColumn },
    reason: say('What is nested more than {0} levels deep here was not looked at', MAX_NESTING),
  };
}
