// Measures what the project promises about speed and size, and prints a table.
//   node scripts/bench.mjs [NAME ...]      names of test/bench/<NAME>.bench.ts; all, and the sizes, unless given
// Each benchmark is a file; a time stands beside a peer's where there is one, measured in turns with it.

import { readdirSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename } from 'node:path';
import { filesUnder } from './lib/files.mjs';
import { inRoot, root } from './lib/paths.mjs';
import { main, run, Unmet } from './lib/process.mjs';
import { setup } from './setup.mjs';

const cells = ({ what, value, unit, peer, ratio }) => [
  what,
  `${value < 10 ? value.toFixed(2) : value.toFixed(1)} ${unit}`,
  peer ? `${ratio.toFixed(2)} × ${peer}` : '',
];

function print(rows) {
  const table = rows.map(cells);
  const widths = [0, 1].map((column) => Math.max(...table.map((row) => row[column].length)));
  for (const [what, value, peer] of table)
    console.log(`${what.padEnd(widths[0])}  ${value.padStart(widths[1])}  ${peer}`.trimEnd());
}

/** What the build weighs; the package is made by `npm run package`. */
function sizes() {
  const files = filesUnder(inRoot('dist'), (name) => /\.(js|css|wasm)$/.test(name));
  const packages = readdirSync(root)
    .filter((name) => name.endsWith('.vsix'))
    .map((name) => inRoot(name));
  return [...files, ...packages].map((file) => ({
    what: `size of ${file.slice(root.length + 1)}`,
    value: statSync(file).size / 1024,
    unit: 'kB',
  }));
}

/** In the browser editor, which every machine can have: from the first request to the end of `activate`. */
async function activation() {
  console.error('measuring activation');
  const [{ activationTime }, { buildTests }, { ensureBrowser }] = await Promise.all(
    ['./editor/suite.mjs', './build-tests.mjs', './lib/ensureBrowser.mjs'].map((file) => import(file)),
  );
  await ensureBrowser();
  await buildTests(['editor']);
  return { what: 'activation, in the editor', value: await activationTime(), unit: 'ms' };
}

await main(async () => {
  await setup();
  const asked = process.argv.slice(2);
  const { buildTests } = await import('./build-tests.mjs');
  if (!asked.length && (await run(process.execPath, [inRoot('scripts', 'package.mjs')])) !== 0)
    throw new Unmet('the extension could not be packaged; the output above says why');
  const require = createRequire(import.meta.url);
  const rows = [];
  for (const file of await buildTests(['bench'])) {
    const name = basename(file, '.bench.cjs');
    if (asked.length && !asked.includes(name)) continue;
    console.error(`measuring ${name}`);
    rows.push(...(await require(file).bench()));
  }
  if (!asked.length || asked.includes('activation')) rows.push(await activation());
  if (!asked.length) rows.push(...sizes());
  if (!rows.length) throw new Unmet('no benchmark of that name in test/bench');
  print(rows);
  process.exit();
});
