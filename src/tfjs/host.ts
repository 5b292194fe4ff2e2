/** What is read, and what a reading is done with. */
import type { InputSpec } from '../extract/extract';
import type { Setting } from '../extract/given';
import type { Source } from '../source/source';
import type { Syntax } from '../syntax/syntax';
import type { SealedParts } from './sealed';

export interface TfjsRequest {
  readonly file: string;
  /** `createModel(28)`; the file's likeliest model where absent. */
  readonly expression?: string | undefined;
  readonly inputs?: readonly InputSpec[] | undefined;
  /** Values for arguments of the builder, by name: expressions. */
  readonly settings?: readonly Setting[] | undefined;
  /** Read for a comparison: with a larger batch as well, and as it trains. */
  readonly compared?: boolean | undefined;
  /** Tell what is known of the file's lines. */
  readonly traced?: boolean | undefined;
}

/** What a reading is done with. */
export interface TfjsHost {
  readonly syntax: Syntax;
  readonly source: Source;
  readonly signal?: AbortSignal | undefined;
  /** Files that may call a name of the file, likeliest first. */
  callers?(name: string, file: string): Promise<readonly string[]>;
  /** The interpreter's parts, when it is first needed. */
  parts(): Promise<SealedParts>;
  /** Says that a long step goes on. */
  alive?(): void;
}
