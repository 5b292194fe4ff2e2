import type { Reader } from '../reader/reader';
import type { Source } from '../source/source';
import type { Syntax } from '../syntax/syntax';

/** What commands need of the terminal they run in. */
export interface CliHost {
  readonly syntax: Syntax;
  readonly source: Source;
  /** Reads models. */
  readonly reader: Reader;
  /** Standard output; the text ends with its own line break. */
  readonly out: (text: string) => void;
  /** Standard error. */
  readonly err: (text: string) => void;
}

/** Usage or input that can't be read: the frame prints it on standard error and exits with 2. */
export class CliError extends Error {
  override name = 'CliError';
}
