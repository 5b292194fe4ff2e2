import type { Syntax } from '../../syntax/syntax';
import type { Program } from './ast';

/** Characters of source whose programs are kept; a program is some twenty times as large in memory. */
const LARGEST = 1_500_000;

interface Kept {
  readonly text: string;
  readonly program: Promise<Program>;
}

/**
 * Programs by file, for as long as their text stays the same: a model is read again after each edit of one file, and the
 * files around it, of libraries mostly, don't change. The ones used last are kept.
 */
class ProgramCache {
  private readonly kept = new Map<string, Kept>();
  private size = 0;

  get(file: string, text: string, parse: () => Promise<Program>): Promise<Program> {
    const known = this.kept.get(file);
    if (known) this.drop(file, known);
    const entry = known?.text === text ? known : { text, program: parse() };
    this.kept.set(file, entry);
    this.size += text.length;
    // A parse that failed is tried again.
    entry.program.catch(() => {
      if (this.kept.get(file) === entry) this.drop(file, entry);
    });
    for (const [oldest, one] of this.kept) {
      if (this.size <= LARGEST) break;
      this.drop(oldest, one);
    }
    return entry.program;
  }

  private drop(file: string, entry: Kept): void {
    this.kept.delete(file);
    this.size -= entry.text.length;
  }
}

const caches = new WeakMap<Syntax, ProgramCache>();

/** The program of a file's text: the one parsed before, where the text is the same. */
export function cachedProgram(
  syntax: Syntax,
  file: string,
  text: string,
  parse: () => Promise<Program>,
): Promise<Program> {
  let cache = caches.get(syntax);
  if (!cache) {
    cache = new ProgramCache();
    caches.set(syntax, cache);
  }
  return cache.get(file, text, parse);
}
