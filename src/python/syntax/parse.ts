import { itemAt } from '../../graph/access';
import type { Syntax } from '../../syntax/syntax';
import type { Program, Span, Stmt } from './ast';
import { convertProgram } from './convert';

/** Statements that are tried one by one after an error; more make no sense of the rest of a file. */
const MAX_RECOVERED = 400;

/**
 * Parses text. Where half-typed code makes the grammar give up on the statements after it, those are parsed again
 * one by one, so that an open bracket spoils no more than its own statement.
 */
export async function parseProgram(syntax: Syntax, text: string, file: string): Promise<Program> {
  const program = await parseOnce(syntax, text, file);
  if (program.errors.length === 0) return program;
  const body: Stmt[] = [];
  const errors: Span[] = [];
  let left = MAX_RECOVERED;
  const lines = text.split('\n');
  for (const statement of program.body) {
    const { line, endLine } = statement.span;
    if (statement.kind !== 'broken' || endLine === line || left <= 0) {
      body.push(statement);
      continue;
    }
    for (const [start, end] of chunks(lines, line, endLine)) {
      left -= 1;
      const part = await parseOnce(syntax, '\n'.repeat(start) + lines.slice(start, end).join('\n'), file);
      for (const each of part.body) body.push(each);
      for (const each of part.errors) errors.push(each);
    }
  }
  const outside = program.errors.filter(
    (error) =>
      !program.body.some((s) => s.kind === 'broken' && s.span.line <= error.line && error.line <= s.span.endLine),
  );
  const kept = body.flatMap((statement) => (statement.kind === 'broken' ? [statement.span] : []));
  const all = [...outside, ...errors, ...kept].sort((a, b) => a.line - b.line || a.column - b.column);
  return { file, body, errors: all };
}

/** Line ranges of the statements at the left margin, from `first` to `last`, each with its decorators and clauses. */
function chunks(lines: readonly string[], first: number, last: number): [number, number][] {
  const starts: number[] = [first];
  let decorated = false;
  for (let line = first; line <= Math.min(last, lines.length - 1); line++) {
    const text = itemAt(lines, line);
    if (!/^[^\s#)\]}]/.test(text) || /^(else|elif|except|finally)\b/.test(text)) continue;
    if (line > first && !decorated) starts.push(line);
    decorated = text.startsWith('@');
  }
  return starts.map((start, index) => [start, starts[index + 1] ?? Math.min(last + 1, lines.length)]);
}

/** Parses text and frees the tree. */
async function parseOnce(syntax: Syntax, text: string, file: string): Promise<Program> {
  const tree = await syntax.parse('python', text);
  try {
    return convertProgram(tree, file);
  } finally {
    tree.delete();
  }
}
