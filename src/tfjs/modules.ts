/** A file and everything that it imports, stripped, as far as the workspace has it. */
import { say } from '../language/say';
import type { Source } from '../source/source';
import { ParseError, type Syntax } from '../syntax/syntax';
import { NestingError } from './nodes';
import { type Dependency, parseJson, Specifiers } from './specifiers';
import type { Stripped } from './strip';
import { cachedStrip } from './strippedTexts';

/** A module that is to be run. */
export interface TfjsModule {
  readonly file: string;
  readonly version: number;
  /** A function expression, `(function(__lens,exports,module,require){…})`. */
  readonly code: string;
  /** How the text was stripped; JSON is not. */
  readonly stripped: Stripped | undefined;
  /** What it asks for, by specifier. */
  readonly dependencies: ReadonlyMap<string, Dependency>;
}

export interface ModuleLimits {
  readonly modules: number;
  /** UTF-16 units of all texts. */
  readonly characters: number;
  /** Imports of imports. */
  readonly depth: number;
}

/** Far more than a model takes; a web application whose components are reached from its model stops there. */
export const MODULE_LIMITS: ModuleLimits = { modules: 300, characters: 4_000_000, depth: 40 };

/** Longer texts are bundles or data. */
const MOST_CHARACTERS = 1_000_000;

export interface ModuleRequestOptions {
  readonly syntax: Syntax;
  readonly source: Source;
  readonly limits?: ModuleLimits;
  readonly signal?: AbortSignal;
}

/**
 * Reads a file and what it imports, the entry first. What is not found, is no code or goes beyond the limits is a dependency
 * of kind `unknown` with its reason.
 * @throws what `source` throws for the entry; ParseError, NestingError where the entry can't be read
 */
export async function readModules(entry: string, options: ModuleRequestOptions): Promise<TfjsModule[]> {
  const { syntax, source, limits = MODULE_LIMITS, signal } = options;
  const specifiers = new Specifiers(source);
  const modules = new Map<string, TfjsModule>();
  const refused = new Map<string, string>();
  let characters = 0;
  const read = async (file: string): Promise<TfjsModule | undefined> => {
    const text = await specifiers.read(file);
    if (!text) return undefined;
    characters += text.text.length;
    const stripped = isJson(file) ? undefined : await cachedStrip(syntax, text);
    const dependencies = new Map<string, Dependency>();
    for (const { specifier } of stripped?.requests ?? [])
      if (!dependencies.has(specifier)) dependencies.set(specifier, await specifiers.resolve(file, specifier));
    const code = stripped ? stripped.code : jsonModule(text.text);
    return { file, version: text.version, code, stripped, dependencies };
  };
  const first = await read(entry);
  if (!first) return [];
  modules.set(entry, first);
  let level: TfjsModule[] = [first];
  for (let depth = 1; level.length > 0; depth++) {
    const next: TfjsModule[] = [];
    for (const module of level)
      for (const [specifier, dependency] of module.dependencies) {
        if (dependency.kind !== 'module' || modules.has(dependency.file)) continue;
        signal?.throwIfAborted();
        const { file } = dependency;
        const isOver = modules.size >= limits.modules || characters >= limits.characters || depth > limits.depth;
        const reason = refused.get(file) ?? (isOver ? say('too many modules') : await reasonAgainst(file, specifiers));
        const found = reason === undefined ? await read(file).catch(asReason) : reason;
        if (typeof found === 'object') {
          modules.set(file, found);
          next.push(found);
          continue;
        }
        const why = found ?? say('not found');
        refused.set(file, why);
        const unknown: Dependency = { kind: 'unknown', reason: say('import {0} ({1})', specifier, why) };
        (module.dependencies as Map<string, Dependency>).set(specifier, unknown);
      }
    level = next;
  }
  return [...modules.values()];
}

const isJson = (file: string): boolean => /\.json$/i.test(file);

async function reasonAgainst(file: string, specifiers: Specifiers): Promise<string | undefined> {
  const text = await specifiers.read(file).catch((error: Error) => error.message);
  if (typeof text === 'string') return text;
  if (!text) return say('not found');
  if (text.text.length > MOST_CHARACTERS) return say('too long');
  return isJson(file) && parseJson(text.text) === undefined ? say('not JSON') : undefined;
}

function asReason(error: unknown): string {
  if (error instanceof ParseError || error instanceof NestingError) return error.message;
  throw error;
}

/** JSON as a module; what is none gives nothing. */
function jsonModule(text: string): string {
  const value = parseJson(text);
  const json = value === undefined ? 'null' : JSON.stringify(value);
  return `(function(__lens,exports,module,require){module.exports=JSON.parse(${JSON.stringify(json)})\n})`;
}
