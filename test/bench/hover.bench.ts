import { readFileSync } from 'node:fs';
import { detectPython } from '../../src/detect/python/detect';
import { explainSite } from '../../src/explain/hover';
import { type Bench, medians } from '../support/bench';
import { inRoot } from '../support/paths';
import { testSyntax } from '../support/syntax';

/** What a hover costs beside the editor's own work: from an up-to-date tree to Markdown with its pictures. */
export const bench: Bench = async () => {
  const file = inRoot('samples', 'vit.py');
  const text = readFileSync(file, 'utf8');
  const tree = await testSyntax().parse('python', text);
  const links = { explain: 'command:explain', compare: 'command:compare', documentation: 'https://pytorch.org/docs' };
  const hover = () => {
    const [site] = detectPython(tree, { file, text, version: 1 });
    if (!site) throw new Error('samples/vit.py has no activation');
    return explainSite(site, { theme: 'dark', language: 'en', links });
  };
  const [value = Number.NaN] = await medians([hover], 50);
  tree.delete();
  return [{ what: 'hover: detect and explain', value, unit: 'ms' }];
};
