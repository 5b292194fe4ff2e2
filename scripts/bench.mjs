// Measures what the project promises about speed and size, and prints a table.
//   node scripts/bench.mjs [NAME ...]      names of test/bench/<NAME>.bench.ts, `editor`, `comparison`; all, and the sizes,
//                                          unless given
//   node scripts/bench.mjs ab --base FOLDER [--pairs 12]      this checkout beside another one (lib/benchAb.mjs)
// Each benchmark is a file; a time stands beside a peer's where there is one, measured in turns with it.

import { readdirSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { loadavg } from 'node:os';
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

/** What hovers may take, in milliseconds, beyond one over nothing: more is felt. */
const limits = new Map([
  ['the first hover', 100],
  ['hovers with parameters not seen before', 10],
  ['hovers seen before', 10],
]);

/** What advice may take behind the pauses that it waits for (`documents.ts`), in milliseconds. */
const ADVICE = 200;
const pauses = new Map([
  ['a keystroke to a problem shown', 600],
  ['a keystroke to a problem gone', 120],
]);

/** What shapes may take after a keystroke, and how long at a stretch the extension may keep its host meanwhile, in milliseconds. */
const shapes = new Map([
  ['a keystroke to the shapes of its text', 1000],
  ['the longest stretch that the host is blocked for shapes', 5],
]);

/** What a comparison may take until it shows a model's sites, in milliseconds: the thread that reads starts first. */
const LIST = 1000;

/** In the browser editor, which every machine can have: the editor's own way to and fro included. */
async function measureInEditor() {
  console.error('measuring in the editor');
  const [{ editorTimes }, { buildTests }, { ensureBrowser }] = await Promise.all([
    import('./editor/suite.mjs'),
    import('./build-tests.mjs'),
    import('./lib/ensureBrowser.mjs'),
  ]);
  await ensureBrowser();
  await buildTests(['editor']);
  const times = await editorTimes();
  const nothing = times.find(({ what }) => what === 'hovers over nothing')?.value ?? 0;
  return times.map(({ what, value, unit }) => {
    const limit = limits.get(what);
    const row = { what: `${what}, in the editor`, value, unit };
    if (what.includes('site list')) return { ...row, peer: `its limit, ${LIST} ms`, ratio: value / LIST };
    const most = shapes.get(what);
    if (most) return { ...row, peer: `its limit, ${most} ms`, ratio: value / most };
    const pause = pauses.get(what);
    if (pause)
      return { ...row, peer: `its limit, ${ADVICE} ms behind a pause of ${pause} ms`, ratio: (value - pause) / ADVICE };
    return limit
      ? { ...row, peer: `its limit, ${limit} ms beyond one over nothing`, ratio: (value - nothing) / limit }
      : row;
  });
}

/** What somebody waits for after the click, in milliseconds: the first ratio, and all but what is learnt. */
const waits = new Map([
  ['ratio', 2000],
  ['end', 10_000],
]);
const shown = { number: 'first number', ratio: 'first ratio', verdict: 'verdict', end: 'end' };

/** Five comparisons of each sample in the browser editor; a machine with other work makes them slow. */
async function measureComparisons() {
  console.error(`measuring comparisons in the editor; load ${loadavg()[0].toFixed(1)} before`);
  const [{ comparisonTimes }, { ensureBrowser }] = await Promise.all([
    import('./editor/comparisonTimes.mjs'),
    import('./lib/ensureBrowser.mjs'),
  ]);
  await ensureBrowser();
  const times = await comparisonTimes({ rounds: 5, software: true });
  console.error(`load ${loadavg()[0].toFixed(1)} after, the comparisons' own included`);
  return times.map(({ sample, device, mark, values }) => {
    const value = values.toSorted((a, b) => a - b)[values.length >> 1];
    const limit = device === 'CPU' ? waits.get(mark) : undefined;
    const row = { what: `from the click to the ${shown[mark]}, ${sample}, ${device}`, value, unit: 'ms' };
    return limit ? { ...row, peer: `its limit, ${limit} ms`, ratio: value / limit } : row;
  });
}

await main(async () => {
  await setup();
  const asked = process.argv.slice(2);
  if (asked[0] === 'ab') return (await import('./lib/benchAb.mjs')).benchAb(asked.slice(1));
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
  if (!asked.length || asked.includes('editor')) rows.push(...(await measureInEditor()));
  if (!asked.length || asked.includes('comparison')) rows.push(...(await measureComparisons()));
  if (!asked.length) rows.push(...sizes());
  if (!rows.length) throw new Unmet('no benchmark of that name in test/bench');
  print(rows);
  process.exit();
});
