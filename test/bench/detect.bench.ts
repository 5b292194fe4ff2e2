import { readFileSync } from 'node:fs';
import { detectTree } from '../../src/detect/detect';
import type { LanguageId } from '../../src/syntax/syntax';
import { against, type Bench, type Row } from '../support/bench';
import { inRoot } from '../support/paths';
import { testSyntax } from '../support/syntax';

/** Detection in a long file, against parsing the same text and no more. */
export const bench: Bench = async () => [
  await measure('vit.py', 'python', (text) => text.repeat(40)),
  await measure('tfjs_mnist.ts', 'typescript', (text) => {
    // One import, and a part of the file for each copy.
    const [imports = ''] = /^import .*\n/m.exec(text) ?? [];
    const parts = Array.from({ length: 40 }, (_, part) => `namespace Part${part} {\n${text.replace(imports, '')}}\n`);
    return imports + parts.join('');
  }),
];

async function measure(sample: string, language: LanguageId, long: (text: string) => string): Promise<Row> {
  const syntax = testSyntax();
  const text = long(readFileSync(inRoot('samples', sample), 'utf8'));
  const lines = text.split('\n').length;
  const parse = async (use: (tree: Awaited<ReturnType<typeof syntax.parse>>) => unknown) => {
    const tree = await syntax.parse(language, text);
    use(tree);
    tree.delete();
  };
  const ours = () => parse((tree) => detectTree(tree, language, { file: sample, text, version: 1 }));
  return against(`parse and detect, ${lines} lines of ${sample}`, ours, 'bare parse', () => parse(() => undefined));
}
