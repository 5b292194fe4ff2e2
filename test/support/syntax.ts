import { readFile } from 'node:fs/promises';
import { type GrammarFile, type ReadGrammar, Syntax } from '../../src/syntax/syntax';
import { inRoot } from './paths';

const folders: Record<GrammarFile, string> = {
  'web-tree-sitter.wasm': 'web-tree-sitter',
  'tree-sitter-python.wasm': 'tree-sitter-python',
  'tree-sitter-typescript.wasm': 'tree-sitter-typescript',
  'tree-sitter-tsx.wasm': 'tree-sitter-typescript',
};

export const readGrammar: ReadGrammar = (file) => readFile(inRoot('node_modules', folders[file], file));

let shared: Syntax | undefined;

/** The parsers, with the grammars of `node_modules`; one for all tests of a process. */
export function testSyntax(): Syntax {
  shared ??= new Syntax(readGrammar);
  return shared;
}
