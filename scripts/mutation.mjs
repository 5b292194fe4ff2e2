// Mutation testing: what our unit tests would not notice. Stryker changes one small thing of a room at a time and runs
// the unit tests that use the room; a change that no test fails for has survived.
//   npm run mutation [-- FILE_OR_FOLDER ...]      src/graph, src/compare/statistics.ts and src/detect, unless given
// The tests are bundled once for all mutants. It takes seconds a mutant: minutes for a file, hours for a room, and is no
// part of `npm test`. The report stays in out/mutation/.
import { existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { filesUnder } from './lib/files.mjs';
import { cache, inRoot, root } from './lib/paths.mjs';
import { main, npm, run, say, Unmet } from './lib/process.mjs';
import { setup } from './setup.mjs';

const rooms = ['src/graph', 'src/compare/statistics.ts', 'src/detect'];

/** Kept outside of the checkout, as the browser editor is: 170 packages that one weekly job needs. */
const version = '10.1.1';
const folder = join(cache, `stryker-${version}`);
const stryker = join(folder, 'node_modules', '@stryker-mutator', 'core', 'bin', 'stryker.js');

async function ensureStryker() {
  const stamp = join(folder, 'installed');
  if (existsSync(stamp)) return;
  say(`installing Stryker ${version} in ${folder}`);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), '{ "private": true }\n');
  const args = ['install', `@stryker-mutator/core@${version}`, '--ignore-scripts', '--no-audit', '--no-fund'];
  if ((await npm(args, { cwd: folder })) !== 0)
    throw new Unmet('Stryker could not be installed; the output above says why');
  writeFileSync(stamp, `${version}\n`);
}

/** Where Stryker copies the checkout to, a folder for each run. */
const sandboxes = 'out/mutation/sandboxes';

const toSlashes = (path) => path.replaceAll('\\', '/');

/**
 * Unit tests that use something of a room, as paths from the root. Those that run models judge more than a room, and
 * would run for every mutant that survives.
 */
function testsOf(room) {
  const uses = new RegExp(`^import (?!type )[^;]*? from '../../${room.replace(/\.ts$/, '')}['/]`, 'm');
  return filesUnder(inRoot('test', 'unit'), (name) => name.endsWith('.test.ts'))
    .filter((file) => {
      const text = readFileSync(file, 'utf8');
      return uses.test(text) && !/src\/run\/|support\/ort'/.test(text);
    })
    .map((file) => toSlashes(relative(root, file)));
}

const mocha = 'node node_modules/mocha/bin/mocha.js --bail --reporter dot --timeout 60000';

/** The argument with which Stryker calls this very script inside of a sandbox. */
const bundling = '--bundle';

/** In a sandbox: gives it the packages of the checkout that it lies in, and bundles the tests. */
async function bundle(tests) {
  const above = sandboxes.split('/').map(() => '..');
  symlinkSync(inRoot(...above, '..', 'node_modules'), inRoot('node_modules'), 'junction');
  return run(process.execPath, [inRoot('scripts', 'build-tests.mjs'), ...tests]);
}

/** @returns {Promise<number>} Stryker's exit code */
async function mutate(room) {
  if (!existsSync(inRoot(room))) throw new Unmet(`there is no ${room}`);
  const tests = testsOf(room);
  if (!tests.length) throw new Unmet(`no unit test uses ${room}`);
  const bundled = tests.map((test) => `out/${test.replace(/\.ts$/, '.cjs')}`);
  const name = room.replace(/^src\/|\.ts$/g, '').replaceAll('/', '-');
  const out = toSlashes(join('out', 'mutation', name));
  mkdirSync(inRoot(out), { recursive: true });
  const config = {
    mutate: [room.endsWith('.ts') ? room : `${room}/**/*.ts`],
    testRunner: 'command',
    buildCommand: ['node', 'scripts/mutation.mjs', bundling, ...tests].join(' '),
    // Stryker would do it after the bundling, which needs the packages.
    symlinkNodeModules: false,
    commandRunner: { command: `${mocha} ${bundled.join(' ')}` },
    ignorePatterns: ['dist', 'out', 'media', '*.vsix'],
    reporters: ['clear-text', 'progress-append-only', 'html', 'json'],
    htmlReporter: { fileName: `${out}/report.html` },
    jsonReporter: { fileName: `${out}/report.json` },
    clearTextReporter: { allowColor: false, logTests: false },
    tempDirName: sandboxes,
    // Its rewriting of TypeScript's settings asks for a compiler of its own.
    tsconfigFile: 'none',
  };
  const file = inRoot(out, 'stryker.json');
  writeFileSync(file, JSON.stringify(config, undefined, 2));
  console.log(`\n── ${room}, by ${tests.length} files of tests`);
  return run(process.execPath, [stryker, 'run', file], { cwd: root });
}

await main(async () => {
  const args = process.argv.slice(2);
  if (args[0] === bundling) return bundle(args.slice(1));
  await setup();
  await ensureStryker();
  const asked = args.map((path) => toSlashes(path).replace(/\/$/, ''));
  let failed = 0;
  for (const room of asked.length ? asked : rooms) failed += (await mutate(room)) === 0 ? 0 : 1;
  return failed ? 1 : 0;
});
