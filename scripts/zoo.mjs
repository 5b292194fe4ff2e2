// Reads every model of other people's checkouts, each from its class or builder alone, and prints which share was read,
// what was asked and what was refused, by kinds.
//   node scripts/zoo.mjs FOLDER ... [--judge PYTHON] [--library SITE_PACKAGES] [--only PATTERN] [--sample N] [--seed 0]
//                        [--seconds 30] [--json OUT] [--list]
// With --judge, a Python with torch RUNS the checkouts' code to build the same models: only do so with code you trust.
import { rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { resolve, sep } from 'node:path';
import { parseArgs } from 'node:util';
import esbuild from 'esbuild';
import { nodeOptions, threadOptions } from './lib/bundle.mjs';
import { filesUnder } from './lib/files.mjs';
import { inRoot } from './lib/paths.mjs';
import { main, output, Unmet } from './lib/process.mjs';
import { setup } from './setup.mjs';

// A folder of its own, so that a run goes on reading with what it began with.
const out = inRoot('out', 'zoo', String(process.pid));
process.on('exit', () => rmSync(out, { recursive: true, force: true }));

async function bundle() {
  await Promise.all([
    esbuild.build({
      ...(await nodeOptions()),
      entryPoints: [inRoot('test', 'zoo', 'main.ts')],
      outfile: `${out}/main.cjs`,
    }),
    esbuild.build({
      ...(await threadOptions()),
      entryPoints: [inRoot('src', 'reader', 'worker.ts')],
      outfile: `${out}/reader.worker.js`,
    }),
  ]);
  return createRequire(import.meta.url)(`${out}/main.cjs`);
}

const isSkipped = (file) => /[\\/](\.|node_modules[\\/]|build[\\/]|site-packages[\\/])/.test(file);

await main(async () => {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      judge: { type: 'string' },
      library: { type: 'string', multiple: true, default: [] },
      only: { type: 'string' },
      sample: { type: 'string' },
      seed: { type: 'string', default: '0' },
      seconds: { type: 'string', default: '30' },
      json: { type: 'string' },
      list: { type: 'boolean', default: false },
    },
  });
  if (positionals.length === 0) throw new Unmet('name folders with Python code: npm run zoo -- FOLDER …');
  await setup();
  if (values.judge !== undefined && output(values.judge, ['-c', 'import torch']) === undefined)
    throw new Unmet(`${values.judge} is no Python with torch`);
  const { requirePath, runZoo } = await bundle();
  const folders = positionals.map((folder) => {
    const root = requirePath(folder);
    const files = filesUnder(root, (name) => name.endsWith('.py'));
    return { root, files: files.filter((file) => !isSkipped(file.slice(root.length))) };
  });
  await runZoo({
    ...values,
    folders,
    worker: `${out}/reader.worker.js`,
    judgeScript: inRoot('test', 'zoo', 'judge.py'),
    library: values.library.map((folder) => resolve(folder).replace(/[\\/]$/, '') + (folder === sep ? sep : '')),
    sample: values.sample === undefined ? undefined : Number(values.sample),
    seed: Number(values.seed),
    seconds: Number(values.seconds),
    out: (line) => console.log(line),
    progress: (line) => console.error(line),
  });
  process.exit();
});
