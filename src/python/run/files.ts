import { blocksOfMarkdown, codeOfMarkdown, isMarkdown } from '../../source/markdown';
import type { Source } from '../../source/source';
import { escapePattern } from '../../syntax/identifiers';
import type { Syntax } from '../../syntax/syntax';
import type { ModuleRequest } from '../natives/context';
import { moduleKey } from '../natives/context';
import type { Program } from '../syntax/ast';
import { parseProgram } from '../syntax/parse';
import { cachedProgram } from '../syntax/programs';
import { foldersAdded } from './searchPath';

/** Parsed files of one extraction, read as imports ask for them. */
export class Files {
  /** By `moduleKey`; null where there is no such module. */
  readonly programs = new Map<string, Program | null>();
  /** By `moduleKey`; null where there is no such module. */
  readonly texts = new Map<string, string | null>();
  private readonly targets = new Map<string, Promise<string | undefined>>();
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

  /**
   * What a file shows as programs of their own: a page's blocks that hold a name, as each stands for itself, then all of
   * them; any other file as it is.
   */
  async programsWith(file: string, name: string): Promise<Program[]> {
    const whole = await this.program(file).catch(() => null);
    if (!whole) return [];
    const text = isMarkdown(file) ? ((await this.text(file)) ?? '') : '';
    const asWord = new RegExp(`(?<![\\w.])${escapePattern(name)}(?!\\w)`);
    const blocks = blocksOfMarkdown(text).filter((block) => asWord.test(block));
    const programs = await Promise.all(blocks.map((block) => parseProgram(this.syntax, block, file)));
    // Where blocks import another thing of that name each, a call says which by its block alone.
    const imports = blocks.filter((block) => new RegExp(`^\\s*from .* import .*\\b${name}\\b`, 'm').test(block));
    return imports.length > 1 ? programs : [...programs, whole];
  }

  /** Fetches what an import asked for. A file that can't be read counts as missing: its names become Unknown. */
  async load(request: ModuleRequest): Promise<void> {
    if (request.kind === 'code') await this.parseCode(request);
    else if (request.kind !== 'module') await this.fill(this.texts, request, (file) => this.text(file));
    else await this.fill(this.programs, request, (file) => this.program(file));
  }

  private async parseCode({ from, module, level }: ModuleRequest): Promise<void> {
    this.programs.set(moduleKey(from, module, level), await parseProgram(this.syntax, module, from));
  }

  /** Whether any text that was read holds something. */
  async some(holds: (text: string) => boolean): Promise<boolean> {
    const texts = await Promise.all(this.textByFile.values());
    return texts.some((text) => text !== null && holds(text));
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
      const { from, module, level } = request;
      const file =
        request.kind === 'file' ? await this.source.locate?.(from, module) : await this.locate(from, module, level);
      found = file === undefined ? null : await read(file);
    } catch {
      // Too large or not readable: the same for the model as not being there.
      found = null;
    }
    into.set(key, found);
  }

  /** The file that an import means, or undefined where it is none of the project's or of its libraries'. */
  async locate(from: string, module: string, level: number): Promise<string | undefined> {
    const key = moduleKey(from, module, level);
    let found = this.targets.get(key);
    if (!found) {
      found = this.resolve(from, module, level).catch(() => undefined);
      this.targets.set(key, found);
    }
    return await found;
  }

  /** Beside the file and above it; else in the folders of the project that the file itself adds to Python's search path. */
  private async resolve(from: string, module: string, level: number): Promise<string | undefined> {
    const found = await this.source.resolve(from, module, level);
    if (found !== undefined || level > 0 || !this.source.locate) return found;
    for (const folder of foldersAdded((await this.text(from)) ?? '')) {
      const stem = `${folder}/${module.replaceAll('.', '/')}`;
      for (const path of [`${stem}.py`, `${stem}/__init__.py`]) {
        const file = await this.source.locate(from, path);
        if (file !== undefined) return file;
      }
    }
    return undefined;
  }

  /** A file's text, or null where there is none. */
  text(file: string): Promise<string | null> {
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
    const code = isMarkdown(file) ? codeOfMarkdown(text) : text;
    return cachedProgram(this.syntax, file, code, () => parseProgram(this.syntax, code, file));
  }
}
