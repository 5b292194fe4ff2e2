import { Language, Parser, type Tree } from 'web-tree-sitter';

export type { Node, Tree, TreeCursor } from 'web-tree-sitter';
export { Edit } from 'web-tree-sitter';

export type LanguageId = 'python' | 'typescript' | 'tsx';

/** Files of the parser and its grammars, as `esbuild.mjs` copies them to `dist/grammars/`. */
export type GrammarFile = 'web-tree-sitter.wasm' | `tree-sitter-${LanguageId}.wasm`;

/** Hosts hand over the bytes of a grammar file; nothing is read before a language is first needed. */
export type ReadGrammar = (file: GrammarFile) => Promise<Uint8Array>;

/** Milliseconds for which a host may be held up. */
export const SLICE = 12;

/** Lets the host do other things. */
export const pause = () => new Promise<void>((resume) => setTimeout(resume, 0));

/** The parsers of one host: the same WASM everywhere, tolerant of half-typed code. */
export class Syntax {
  private readonly parsers = new Map<LanguageId, Promise<Parser>>();
  private readonly turns = new Map<LanguageId, Promise<unknown>>();
  private core: Promise<void> | undefined;

  constructor(private readonly readGrammar: ReadGrammar) {}

  /**
   * Parses text, incrementally where `previous` (already `edit`ed) is given, in slices of `SLICE` milliseconds, so that
   * a long file does not hold up its host. The caller owns the tree and must `delete()` it.
   */
  parse(language: LanguageId, text: string, previous?: Tree): Promise<Tree> {
    // The caller may edit or free its tree before the turn comes.
    const basis = previous?.copy();
    // A parser keeps its place between slices, so that texts take turns.
    const turn = (this.turns.get(language) ?? Promise.resolve())
      .then(() => this.parseNow(language, text, basis))
      .finally(() => basis?.delete());
    this.turns.set(
      language,
      turn.catch(() => undefined),
    );
    return turn;
  }

  private async parseNow(language: LanguageId, text: string, previous: Tree | undefined): Promise<Tree> {
    const parser = await this.parser(language);
    for (;;) {
      const end = performance.now() + SLICE;
      // The callback's result stops the parse; the types forget that.
      const isOver = () => performance.now() > end;
      const tree = parser.parse(text, previous, { progressCallback: isOver as () => void });
      if (tree) return tree;
      await pause();
    }
  }

  /** The compiled grammar, for queries. */
  async language(language: LanguageId): Promise<Language> {
    const parser = await this.parser(language);
    if (!parser.language) throw new RangeError(`the ${language} grammar is not loaded`);
    return parser.language;
  }

  private parser(language: LanguageId): Promise<Parser> {
    let parser = this.parsers.get(language);
    if (!parser) {
      parser = this.load(language);
      this.parsers.set(language, parser);
      // A failed load is tried again at the next need.
      parser.catch(() => this.parsers.delete(language));
    }
    return parser;
  }

  private async load(language: LanguageId): Promise<Parser> {
    this.core ??= this.readGrammar('web-tree-sitter.wasm').then((wasmBinary) => Parser.init({ wasmBinary }));
    const [grammar] = await Promise.all([this.readGrammar(`tree-sitter-${language}.wasm`), this.core]);
    const parser = new Parser();
    parser.setLanguage(await Language.load(grammar));
    return parser;
  }
}
