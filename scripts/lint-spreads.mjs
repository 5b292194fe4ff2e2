// A call has room for about 125,000 arguments: an array as long as the user's data must not be spread into one. Rooms
// that see such arrays neither push, splice nor compare them that way.
import { readFileSync } from 'node:fs';
import { relative, sep } from 'node:path';
import { Language, Parser } from 'web-tree-sitter';
import { filesUnder } from './lib/files.mjs';
import { inRoot, root } from './lib/paths.mjs';

const rooms = [
  'data',
  'editor',
  'graph',
  'lower',
  'onnx',
  'python',
  'stdlib',
  'torch',
  'numpy',
  'einops',
  'extract',
  'run',
  'source',
  'weights',
];
const spreading = /(?:\.(?:push|unshift|splice)|^Math\.(?:max|min|hypot)|^String\.from(?:CharCode|CodePoint))$/;

await Parser.init();
const parser = new Parser();
parser.setLanguage(
  await Language.load(inRoot('node_modules', 'tree-sitter-typescript', 'tree-sitter-typescript.wasm')),
);

const found = [];
for (const file of rooms.flatMap((room) => filesUnder(inRoot('src', room), (name) => name.endsWith('.ts')))) {
  const tree = parser.parse(readFileSync(file, 'utf8'));
  for (const call of tree.rootNode.descendantsOfType('call_expression')) {
    const callee = call.childForFieldName('function')?.text ?? '';
    const spread = call.childForFieldName('arguments')?.namedChildren.some((each) => each?.type === 'spread_element');
    if (!spread || !spreading.test(callee)) continue;
    const place = `${relative(root, file).split(sep).join('/')}:${call.startPosition.row + 1}`;
    found.push(`${place}: ${callee}(...) of many fails; use a loop, or reduce`);
  }
  tree.delete();
}
for (const line of found) console.error(line);
process.exitCode = found.length ? 1 : 0;
