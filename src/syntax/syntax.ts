import { Language, Parser, type Tree } from 'web-tree-sitter';

export type { Node, Tree, TreeCursor } from 'web-tree-sitter';
export { Edit } from 'web-tree-sitter';

export type LanguageId = 'python' | 'typescript' | 'tsx';

/** Files of the parser and its grammars, as `esbuild.mjs` copies them to `dist/grammars/`. */
export type GrammarFile = 'web-tree-sitter.wasm' | `tree-sitter-${LanguageId}.wasm`;

/** Hosts hand over the bytes of a grammar file; nothing is read before a language is first needed. */
export type ReadGrammar = (file: GrammarFile) => Promise<Uint8Array>;

/** The parsers of one host: the same WASM everywhere, tolerant of half-typed code. */
export class Syntax {
  private readonly parsers = new Map<LanguageId, Promise<Parser>>();
  private core: Promise<void> | undefined;

  constructor(private readonly readGrammar: ReadGrammar) {}

  /**
   * Parses text, incrementally where `previous` (already `edit`ed) is given. The caller owns the tree and must
   * `delete()` it.
   */
  async parse(language: LanguageId, text: string, previous?: Tree): Promise<Tree> {
    const parser = await this.parser(language);
    const tree = parser.parse(text, previous);
    if (!tree) throw new Error(`the ${language} parser gave no tree`);
    return tree;
  }

  /** The compiled grammar, for queries. */
  async language(language: LanguageId): Promise<Language> {
    const parser = await this.parser(language);
    if (!parser.language) throw new Error(`the ${language} grammar is not loaded`);
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
    await this.core;
    const parser = new Parser();
    parser.setLanguage(await Language.load(await this.readGrammar(`tree-sitter-${language}.wasm`)));
    return parser;
  }
}
