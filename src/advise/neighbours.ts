import type { FindModule } from '../flow/fileFlow';
import type { Program, Stmt } from '../python/syntax/ast';
import { parseProgram } from '../python/syntax/parse';
import { cachedProgram } from '../python/syntax/programs';
import type { Source, SourceText } from '../source/source';
import type { Syntax } from '../syntax/syntax';

/** Files of the workspace that take part in a file's advice, parsed. */
export interface Neighbours {
  /** Those that it imports, and what they import. */
  readonly find: FindModule;
  readonly texts: readonly SourceText[];
  /** Those that import it: their losses may be fed by what it defines. */
  readonly users: readonly Program[];
}

/** Files and characters that are looked at beside one file. */
const MAX_FILES = 50;
const MAX_CHARACTERS = 2_000_000;
/** Imports of imports. */
const MAX_DEPTH = 4;
/** Without a loss, or a module of the workspace that trains, there is nothing that other files could tell. */
const loss =
  /Loss\b|cross_entropy|nll_loss|kl_div|mse_loss|criterion|loss_fn|^from [\w.]*(?:train|engine|solver)\w* import/m;

/** Whether other files may tell what a text feeds to a loss. */
export function mayComputeLoss(text: string): boolean {
  return loss.test(text);
}

/** Finds and parses the files that take part in the advice for a text. */
export async function neighboursOf(
  syntax: Syntax,
  source: Source,
  text: SourceText,
  program: Program,
  users: readonly string[] = [],
): Promise<Neighbours> {
  const search = new Search(syntax, source);
  search.add(text, program);
  const using: Program[] = [];
  for (const file of users) {
    const found = file === text.file ? undefined : await search.read(file);
    if (!found || !mayComputeLoss(found.text.text)) continue;
    await search.follow(found.program, 0);
    if (search.imports(found.program, text.file)) using.push(found.program);
  }
  if (mayComputeLoss(text.text)) await search.follow(program, 0);
  return { find: search.find, texts: search.texts, users: using };
}

class Search {
  readonly texts: SourceText[] = [];
  private readonly programs = new Map<string, { readonly text: SourceText; readonly program: Program }>();
  private readonly files = new Map<string, string | undefined>();
  private characters = 0;

  constructor(
    private readonly syntax: Syntax,
    private readonly source: Source,
  ) {}

  readonly find: FindModule = (from, module, level) => {
    const file = this.files.get(keyOf(from, module, level));
    return file === undefined ? undefined : this.programs.get(file)?.program;
  };

  add(text: SourceText, program: Program): void {
    this.programs.set(text.file, { text, program });
    this.texts.push(text);
    this.characters += text.text.length;
  }

  async read(file: string): Promise<{ readonly text: SourceText; readonly program: Program } | undefined> {
    const known = this.programs.get(file);
    if (known) return known;
    if (this.texts.length >= MAX_FILES || this.characters > MAX_CHARACTERS) return undefined;
    // A file that can't be read tells nothing.
    const text = await this.source.read(file).catch(() => undefined);
    if (!text) return undefined;
    const parse = () => parseProgram(this.syntax, text.text, file);
    this.add(text, await cachedProgram(this.syntax, file, text.text, parse));
    return this.programs.get(file);
  }

  /** Reads what a program imports, and what that imports. */
  async follow(program: Program, depth: number): Promise<void> {
    for (const { module, level } of importsIn(program.body)) {
      const key = keyOf(program.file, module, level);
      if (this.files.has(key)) continue;
      const file = external.test(module) && level === 0 ? undefined : await this.resolve(program.file, module, level);
      this.files.set(key, file);
      const found = file === undefined ? undefined : await this.read(file);
      if (found && depth < MAX_DEPTH) await this.follow(found.program, depth + 1);
    }
  }

  /** Whether a program leads to a file. */
  imports(program: Program, file: string): boolean {
    const seen = new Set<string>();
    const open = [program.file];
    for (let at = open.pop(); at !== undefined; at = open.pop()) {
      if (seen.has(at)) continue;
      seen.add(at);
      if (at === file) return true;
      for (const { module, level } of importsIn(this.programs.get(at)?.program.body ?? [])) {
        const next = this.files.get(keyOf(at, module, level));
        if (next !== undefined) open.push(next);
      }
    }
    return false;
  }

  private resolve(from: string, module: string, level: number): Promise<string | undefined> {
    return this.source.resolve(from, module, level).catch(() => undefined);
  }
}

/** Libraries, which are no part of a workspace. */
const external =
  /^(torch|torchvision|torchaudio|numpy|scipy|pandas|matplotlib|sklearn|PIL|cv2|os|sys|re|math|time|json|typing|functools|collections|argparse|random|copy|logging|pathlib|itertools|tqdm|wandb|yaml|dataclasses|abc|warnings|datetime|glob|shutil|pickle|einops|timm|transformers|datasets|lightning|pytorch_lightning|tensorboard)(\.|$)/;

const keyOf = (from: string, module: string, level: number) => `${level} ${module} ${from}`;

/** What a block imports, those of its branches and functions included; `from a import b` may mean the module `a.b`. */
function* importsIn(body: readonly Stmt[]): Generator<{ readonly module: string; readonly level: number }> {
  for (const statement of body)
    switch (statement.kind) {
      case 'import':
        for (const { module } of statement.names) yield { module, level: 0 };
        break;
      case 'from':
        yield statement;
        for (const { name } of statement.names)
          yield { module: statement.module ? `${statement.module}.${name}` : name, level: statement.level };
        break;
      case 'if':
        yield* importsIn(statement.consequence);
        yield* importsIn(statement.otherwise);
        break;
      case 'try':
        yield* importsIn(statement.body);
        for (const { body: inner } of statement.handlers) yield* importsIn(inner);
        break;
      case 'function':
        yield* importsIn(statement.code.body);
        break;
      case 'class':
        for (const inner of statement.body) if (inner.kind === 'function') yield* importsIn(inner.code.body);
        break;
      default:
    }
}
