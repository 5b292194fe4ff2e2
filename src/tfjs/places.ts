/**
 * From a place in the text that ran to the text that was written: `PositionMap` turns a stack frame's line and column
 * into an offset, `callAt` finds the call around it.
 */
import { itemAt, itemOr } from '../graph/access';
import type { SourceRange } from '../graph/types';
import { countBefore } from '../syntax/sorted';
import { type CodePart, fieldOf, partAt } from './nodes';

/** Lines of a text: offsets to lines and UTF-16 columns from 0. */
export class Lines {
  private readonly starts: number[] = [0];

  constructor(private readonly text: string) {
    for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) this.starts.push(at + 1);
  }

  range(file: string, start: number, end: number): SourceRange {
    const [from, to] = [this.position(start), this.position(end)];
    return { file, line: from.line, column: from.column, endLine: to.line, endColumn: to.column };
  }

  position(offset: number): { line: number; column: number } {
    const line = countBefore(this.starts, offset + 1, (start) => start) - 1;
    return { line, column: offset - itemAt(this.starts, line) };
  }

  /**
   * The offset of a line and a column that counts code points, both from 1 as QuickJS has them; undefined where the text
   * has no such line.
   */
  offset(line: number, column: number): number | undefined {
    if (!Number.isInteger(line) || line < 1 || line > this.starts.length) return undefined;
    const start = itemAt(this.starts, line - 1);
    const end = itemOr(this.starts, line, this.text.length + 1) - 1;
    let at = start;
    for (let left = column - 1; left > 0 && at < end; left--) at += (this.text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1;
    return at;
  }
}

/** A part of a text that was made: where it begins there, and what it was made of. */
export interface Piece {
  /** Offset in the text that was made. */
  readonly made: number;
  /** Offset in the text that was written. */
  readonly written: number;
  /** Whether it is the written text, letter for letter. */
  readonly isCopy: boolean;
}

/** Where each place of a made text comes from. */
export class PositionMap {
  private lines: Lines | undefined;

  constructor(
    private readonly made: string,
    private readonly pieces: readonly Piece[],
  ) {}

  /**
   * The offset in the written text of a stack frame's place, from 1, columns in code points; undefined where the made text
   * has no such place.
   */
  offsetAt(line: number, column: number): number | undefined {
    this.lines ??= new Lines(this.made);
    const made = this.lines.offset(line, column);
    if (made === undefined) return undefined;
    const index = countBefore(this.pieces, made + 1, (piece) => piece.made) - 1;
    if (index < 0) return 0;
    const piece = itemAt(this.pieces, index);
    return piece.isCopy ? piece.written + made - piece.made : piece.written;
  }
}

const isCall = (part: CodePart): boolean => part.type === 'call_expression' || part.type === 'new_expression';

/** Syntax that leaves a value what it is. */
const wrappers = new Set(['parenthesized_expression', 'as_expression', 'satisfies_expression', 'non_null_expression']);

/** The expression in parentheses, casts and `!`. */
export function unwrap(part: CodePart): CodePart {
  let at = part;
  for (;;) {
    const inner = wrappers.has(at.type)
      ? at.children.find(({ isNamed, type }) => isNamed && type !== 'comment')
      : at.type === 'type_assertion'
        ? at.children.at(-1)
        : undefined;
    if (!inner) return at;
    at = inner;
  }
}

/**
 * The call or `new` that a stack frame at an offset of the written text runs; undefined where none is around it. QuickJS
 * points at the `(` of a call's arguments, at the `return` of a call in tail position, and behind a `new` without
 * arguments.
 */
export function callAt(root: CodePart, offset: number): CodePart | undefined {
  const found = partAt(root, offset);
  if (found.type === 'return') {
    const value = found.parent?.children.find(({ isNamed, type }) => isNamed && type !== 'comment');
    const called = value && unwrap(value);
    if (called && isCall(called)) return called;
  }
  for (let at: CodePart | undefined = found; at; at = at.parent) {
    const list = fieldOf(at, 'arguments');
    if (isCall(at) && list?.start === offset) return at;
  }
  const before = offset > 0 ? partAt(root, offset - 1) : found;
  for (let at: CodePart | undefined = before; at && at.end <= offset; at = at.parent)
    if (at.type === 'new_expression' && !fieldOf(at, 'arguments')) return at;
  for (let at: CodePart | undefined = found; at; at = at.parent) if (isCall(at)) return at;
  return undefined;
}
