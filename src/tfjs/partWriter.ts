import type { SourceRange } from '../graph/types';
import type { CodePart } from './nodes';
import type { Output } from './output';

/** Syntax that is left out or was not understood, for those who want to know. */
export interface StripNote {
  readonly kind: 'decorator' | 'using' | 'jsx' | 'error';
  readonly range: SourceRange;
}

export interface ModuleText {
  readonly file: string;
  readonly text: string;
  /** Whether imports that only types use are left out, and fields without a value. */
  readonly isTypeScript: boolean;
}

/** What writes the nodes of a module as they run, for those that write one kind of them. */
export interface PartWriter {
  readonly output: Output;
  readonly module: ModuleText;
  textOf(part: CodePart): string;
  /** Writes a node's text, and what stands before it and was not written yet. */
  emit(part: CodePart): void;
  /** Writes a node without those of its tokens whose type matches. */
  emitWithout(part: CodePart, tokens: RegExp): void;
  /** Writes blanks in place of a node. */
  blank(part: CodePart): void;
  note(kind: StripNote['kind'], part: CodePart): void;
  /** Lets text run first in a function. */
  atStart(own: CodePart, text: string): void;
  /** Lets text run behind a statement. */
  insertBehind(statement: CodePart, text: string): void;
}
