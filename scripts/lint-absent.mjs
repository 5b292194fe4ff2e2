// A size, an element or an input that is missing is a mistake of ours: no default may make it a number that looks right.
import { relative, sep } from 'node:path';
import { absentReads } from './lib/absent.mjs';
import { filesUnder } from './lib/files.mjs';
import { inRoot, root } from './lib/paths.mjs';

const files = ['src', 'webview'].flatMap((folder) => filesUnder(inRoot(folder), (name) => name.endsWith('.ts')));
const found = absentReads(
  inRoot('tsconfig.json'),
  new Map(files.map((file) => [file.split(sep).join('/'), relative(root, file).split(sep).join('/')])),
);
for (const line of found) console.error(line);
process.exitCode = found.length ? 1 : 0;
