import { Language, Parser, type Tree } from 'web-tree-sitter';
import { say } from '../language/say';

export type { Node, Tree, TreeCursor } from 'web-tree-sitter';
export { Edit } from 'web-tree-sitter';

export type LanguageId = 'python' | 'typescript' | 'tsx';

/** Files of the parser and its grammars, as `esbuild.mjs` copies them to `dist/grammars/`. */
export type GrammarFile = 'web-tree-sitter.wasm' | `tree-sitter-${LanguageId}.wasm`;

/** Hosts hand over the bytes of a grammar file; nothing is read before a language is first needed. */
export type ReadGrammar = (file: GrammarFile) => Promise<Uint8Array>;

/** Milliseconds for which a host may be held up: what can't be interrupted then takes another one or two. */
const SLICE = 2;

/** Milliseconds of parsing after which a text is given up: some twenty times what ordinary code of its length takes. */
const patience = (text: string) => 5000 + text.length / 200;

/**
 * How often a parser may ask for text, some thousand characters at a time, until it can be stopped again. Ordinary code
 * takes dozens; what makes it read on and on for each of its steps would hold up the host. Counted between two chances
 * to stop, not by the clock, so that a fast machine gives up no text that a slow one reads.
 */
const MOST_READS = 1000;

/** A text took too long to parse; the message says so to people. */
export class ParseError extends Error {
  override name = 'ParseError';
}

/** For those who can do without a text that takes too long: `parse(…).catch(ignoreSlow)`. */
export function ignoreSlow(error: unknown): undefined {
  if (!(error instanceof ParseError)) throw error;
}

/** After all that waits already; a timer would wait for a millisecond, or four in a browser. */
const defer: (task: () => void) => void =
  typeof setImmediate === 'function'
    ? setImmediate
    : (task) => {
        const { port1, port2 } = new MessageChannel();
        port1.onmessage = () => {
          port1.close();
          task();
        };
        port2.postMessage(undefined);
      };

/** Lets the host do other things. */
export const pause = () => new Promise<void>((resume) => defer(resume));

/** When the host was last known to do other things, until it does so again. */
let held: number | undefined;

/** Whether all who ask this, one after the other, have held the host up for long enough: they should `pause` then. */
export function isHeldUp(): boolean {
  const now = performance.now();
  if (held === undefined) {
    held = now;
    defer(() => {
      held = undefined;
    });
  }
  return now > held + SLICE;
}

/** The grammars of one host: the same WASM everywhere, tolerant of half-typed code. */
export class Syntax {
  private readonly languages = new Map<LanguageId, Promise<Language>>();
  private core: Promise<void> | undefined;

  constructor(private readonly readGrammar: ReadGrammar) {}

  /**
   * Parses text, incrementally where `previous` (already `edit`ed) is given, in slices of a few milliseconds, so that
   * a long file does not hold up its host. The caller owns the tree and must `delete()` it.
   * @throws ParseError where the parse takes far longer than texts of this length do
   */
  async parse(language: LanguageId, text: string, previous?: Tree): Promise<Tree> {
    // The caller may edit or free its tree before the grammar is there.
    const basis = previous?.copy();
    let parser: Parser | undefined;
    try {
      const grammar = await this.language(language);
      // A parser keeps its place between slices, so each text has one of its own, and none waits for another.
      parser = new Parser().setLanguage(grammar);
      let reads = 0;
      const read = (index: number) => (reads++ < MOST_READS ? text.slice(index) : undefined);
      for (let spent = 0; spent < patience(text) && reads <= MOST_READS; ) {
        reads = 0;
        const start = performance.now();
        // The callback's result stops the parse; the types forget that.
        const isOver = () => {
          reads = 0;
          return isHeldUp();
        };
        const tree = parser.parse(read, basis, { progressCallback: isOver as () => void });
        if (tree && reads <= MOST_READS) {
          // The tree goes on reading its nodes' text.
          reads = Number.NEGATIVE_INFINITY;
          return tree;
        }
        tree?.delete();
        spent += performance.now() - start;
        await pause();
      }
    } finally {
      parser?.delete();
      basis?.delete();
    }
    throw new ParseError(say('The text takes too long to parse'));
  }

  /** The compiled grammar, for queries. */
  language(language: LanguageId): Promise<Language> {
    let loading = this.languages.get(language);
    if (!loading) {
      loading = this.load(language);
      this.languages.set(language, loading);
      // A failed load is tried again at the next need.
      loading.catch(() => this.languages.delete(language));
    }
    return loading;
  }

  private async load(language: LanguageId): Promise<Language> {
    this.core ??= this.readGrammar('web-tree-sitter.wasm').then((wasmBinary) => Parser.init({ wasmBinary }));
    const [grammar] = await Promise.all([this.readGrammar(`tree-sitter-${language}.wasm`), this.core]);
    return Language.load(grammar);
  }
}
