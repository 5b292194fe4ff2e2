// Holds every import of src/ and webview/ against the table of rooms (scripts/lib/rooms.mjs), and every way out to a
// person against the table of doors (scripts/lib/doors.mjs).
import { readFileSync } from 'node:fs';
import { relative, sep } from 'node:path';
import { Language, Parser } from 'web-tree-sitter';
import { findPastDoors, readUses } from './lib/doors.mjs';
import { filesUnder } from './lib/files.mjs';
import { readFacts, violations } from './lib/imports.mjs';
import { inRoot, root } from './lib/paths.mjs';
import * as table from './lib/rooms.mjs';

await Parser.init();
const parser = new Parser();
parser.setLanguage(
  await Language.load(inRoot('node_modules', 'tree-sitter-typescript', 'tree-sitter-typescript.wasm')),
);

const files = new Map();
const uses = new Map();
for (const file of ['src', 'webview'].flatMap((folder) => filesUnder(inRoot(folder), (name) => name.endsWith('.ts')))) {
  const tree = parser.parse(readFileSync(file, 'utf8'));
  const path = relative(root, file).split(sep).join('/');
  files.set(path, readFacts(tree.rootNode));
  uses.set(path, readUses(tree.rootNode));
  tree.delete();
}

const found = [...violations(files, table), ...findPastDoors(uses)];
for (const line of found) console.error(line);
console.log(
  `imports and doors of ${files.size} files: ${found.length ? `${found.length} out of bounds` : 'all within bounds'}`,
);
process.exitCode = found.length ? 1 : 0;
