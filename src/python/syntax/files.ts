import type { Source } from '../../source/source';
import type { Syntax } from '../../syntax/syntax';
import type { ModuleRequest } from '../natives/native';
import { moduleKey } from '../run/interpreter';
import type { Program, Span, Stmt } from './ast';
import { convertProgram } from './convert';
import { cachedProgram } from './programs';

/** Parsed files of one extraction, read as imports ask for them. */
export class Files {
  /** By `moduleKey`; null where there is no such module. */
  readonly programs = new Map<string, Program | null>();
  /** By `moduleKey`; null where there is no such module. */
  readonly texts = new Map<string, string | null>();
  private readonly byFile = new Map<string, Promise<Program | null>>();
  private readonly textByFile = new Map<string, Promise<string | null>>();

  constructor(
    private readonly syntax: Syntax,
    private readonly source: Source,
  ) {}

  /** A file's code, or null where there is no such file. */
  program(file: string): Promise<Program | null> {
    let found = this.byFile.get(file);
    if (!found) {
      found = this.parse(file);
      this.byFile.set(file, found);
    }
    return found;
  }

  /** Fetches what an import asked for. A file that can't be read counts as missing: its names become Unknown. */
  async load(request: ModuleRequest): Promise<void> {
    if (request.kind === 'text') await this.fill(this.texts, request, (file) => this.text(file));
    else await this.fill(this.programs, request, (file) => this.program(file));
  }

  private async fill<T>(
    into: Map<string, T | null>,
    request: ModuleRequest,
    read: (file: string) => Promise<T | null>,
  ): Promise<void> {
    const key = moduleKey(request.from, request.module, request.level);
    if (into.has(key)) return;
    let found: T | null = null;
    try {
      const file = await this.source.resolve(request.from, request.module, request.level);
      found = file === undefined ? null : await read(file);
    } catch {
      // Too large or not readable: the same for the model as not being there.
      found = null;
    }
    into.set(key, found);
  }

  private text(file: string): Promise<string | null> {
    let found = this.textByFile.get(file);
    if (!found) {
      found = this.source.read(file).then((text) => text?.text ?? null);
      this.textByFile.set(file, found);
    }
    return found;
  }

  private async parse(file: string): Promise<Program | null> {
    const text = await this.text(file);
    if (text === null) return null;
    return cachedProgram(this.syntax, file, text, () => parseProgram(this.syntax, text, file));
  }
}

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
    const text = lines[line] ?? '';
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
