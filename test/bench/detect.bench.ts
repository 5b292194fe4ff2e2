import { readFileSync } from 'node:fs';
import { detectPython } from '../../src/detect/python';
import type { SourceText } from '../../src/source/source';
import { against, type Bench } from '../support/bench';
import { inRoot } from '../support/paths';
import { testSyntax } from '../support/syntax';

/** Detection in a long file, against parsing the same text and no more. */
export const bench: Bench = async () => {
  const syntax = testSyntax();
  const text = readFileSync(inRoot('samples', 'vit.py'), 'utf8').repeat(40);
  const source: SourceText = { file: 'long.py', text, version: 1 };
  const lines = text.split('\n').length;
  const parse = async (use: (tree: Awaited<ReturnType<typeof syntax.parse>>) => unknown) => {
    const tree = await syntax.parse('python', text);
    use(tree);
    tree.delete();
  };
  const ours = () => parse((tree) => detectPython(tree, source));
  return [await against(`parse and detect, ${lines} lines`, ours, 'bare parse', () => parse(() => undefined))];
};
