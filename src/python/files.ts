import type { Source } from '../source/source';
import type { Syntax } from '../syntax/syntax';
import type { Program } from './ast';
import { convertProgram } from './convert';
import { moduleKey } from './interpreter';

/** Parsed files of one extraction, read as imports ask for them. */
export class Files {
  /** By `moduleKey`; null where there is no such module. */
  readonly programs = new Map<string, Program | null>();
  private readonly byFile = new Map<string, Promise<Program | null>>();

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
  async load(request: { readonly from: string; readonly module: string; readonly level: number }): Promise<void> {
    const key = moduleKey(request.from, request.module, request.level);
    if (this.programs.has(key)) return;
    let program: Program | null = null;
    try {
      const file = await this.source.resolve(request.from, request.module, request.level);
      program = file === undefined ? null : await this.program(file);
    } catch {
      // Too large or not readable: the same for the model as not being there.
      program = null;
    }
    this.programs.set(key, program);
  }

  private async parse(file: string): Promise<Program | null> {
    const text = await this.source.read(file);
    return text === undefined ? null : parseProgram(this.syntax, text.text, file);
  }
}

/** Parses text and frees the tree. */
export async function parseProgram(syntax: Syntax, text: string, file: string): Promise<Program> {
  const tree = await syntax.parse('python', text);
  try {
    return convertProgram(tree, file);
  } finally {
    tree.delete();
  }
}
