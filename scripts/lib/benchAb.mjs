// An A/B comparison of this checkout with another one: what each weighs, and how much processor time the same work
// takes in each.
//   npm run bench ab -- --base FOLDER [--pairs 12] [--only hover]
// Each side is bundled by its own esbuild with its own settings and runs in processes of its own, in turns, so that what
// slows the machine down slows both. Both read the other checkout's files, as an older one may know no newer ones. A row
// differs where its interval leaves 1 out; the intervals of all rows together hold with 95 %.
import { existsSync, mkdirSync, statSync } from 'node:fs';
import { loadavg } from 'node:os';
import { dirname, join, relative, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { filesUnder } from './files.mjs';
import { inRoot, root } from './paths.mjs';
import { output, run, Unmet } from './process.mjs';

/** What runs on each side; a checkout that has none yet runs ours over its own code. */
const entry = join('test', 'bench', 'ab.ts');

/**
 * Where older checkouts have what our entry imports, by where it stands now: one line for each file that moves, such as
 * `'src/now/file': 'src/before/file'`.
 */
const moved = { 'src/extract/extract': 'src/python/extract' };

const load = (...parts) => import(pathToFileURL(join(...parts)).href);

/** Resolves what our entry imports in another checkout. */
const checkoutPlugin = (folder) => ({
  name: 'in-checkout',
  setup(build) {
    build.onResolve({ filter: /^\./ }, ({ path, importer }) => {
      if (importer !== inRoot(entry)) return undefined;
      const now = relative(root, resolve(dirname(importer), path)).replaceAll('\\', '/');
      const file = [now, moved[now]].map((each) => join(folder, `${each}.ts`)).find(existsSync);
      return file ? { path: file } : { errors: [{ text: `${folder} has no ${now}; say in \`moved\` where it stood` }] };
    });
  },
});

/** Bundles what is timed, as the product is built. */
async function bundle(folder, outfile) {
  // Older checkouts call the options `forNode`.
  const [{ default: esbuild }, { forNode, nodeOptions = forNode }] = await Promise.all([
    load(folder, 'node_modules', 'esbuild', 'lib', 'main.js'),
    load(folder, 'scripts', 'lib', 'bundle.mjs'),
  ]);
  const own = join(folder, entry);
  const options = await nodeOptions();
  await esbuild.build({
    ...options,
    entryPoints: [existsSync(own) ? own : inRoot(entry)],
    plugins: existsSync(own) ? options.plugins : [...options.plugins, checkoutPlugin(folder)],
    define: { 'process.env.NODE_ENV': '"production"' },
    minify: true,
    outfile,
  });
}

/** Bytes of the built files, by their names. */
async function sizes(folder) {
  /** @type {import('node:child_process').SpawnOptions} */
  const options = { cwd: folder, stdio: ['ignore', 'ignore', 2] };
  if ((await run(process.execPath, [join(folder, 'esbuild.mjs'), '--production'], options)) !== 0)
    throw new Unmet(`${folder} could not be built; the output above says why`);
  const files = filesUnder(join(folder, 'dist'), (name) => /\.(js|css)$/.test(name));
  return Object.fromEntries(files.map((file) => [relative(folder, file), statSync(file).size]));
}

/**
 * Milliseconds of processor time by what was timed, in a new process.
 * @param {string} inputs the checkout whose samples and fixtures both sides read
 * @param {string} only a part of the names of what is timed
 */
function times(folder, file, inputs, only) {
  const text = output(process.execPath, [file, inputs, only], { cwd: folder, stdio: ['ignore', 'pipe', 'inherit'] });
  if (text === undefined) throw new Unmet(`the benchmark failed in ${folder}; the output above says why`);
  return JSON.parse(text);
}

/**
 * Our own statistics, of the comparison of activations.
 * @returns {Promise<typeof import('../../src/compare/statistics.ts')>}
 */
async function statistics() {
  const { build } = await import('esbuild');
  const { outputFiles } = await build({
    entryPoints: [inRoot('src', 'compare', 'statistics.ts')],
    bundle: true,
    format: 'esm',
    write: false,
  });
  return import(`data:text/javascript;base64,${Buffer.from(outputFiles[0].contents).toString('base64')}`);
}

const load1 = () => loadavg()[0].toFixed(2);

function print(rows) {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  for (const row of rows)
    console.log(row.map((cell, at) => (at ? cell.padStart(widths[at]) : cell.padEnd(widths[at]))).join('  '));
}

/**
 * Measures and prints the table `what | base | here | ratio [low, high]`; a ratio above 1 means that here takes longer
 * or weighs more.
 * @param {readonly string[]} args the command's own
 */
export async function benchAb(args) {
  const { values } = parseArgs({
    args,
    options: {
      base: { type: 'string' },
      pairs: { type: 'string', default: '12' },
      only: { type: 'string', default: '' },
    },
  });
  const pairs = Number(values.pairs);
  if (!values.base || !existsSync(join(values.base, 'esbuild.mjs')))
    throw new Unmet('name the other checkout, with its packages installed: npm run bench ab -- --base FOLDER');
  if (!(Number.isInteger(pairs) && pairs >= 10)) throw new Unmet('at least 10 pairs: --pairs 10');
  const base = resolve(values.base);
  const { median, pairedRatioInterval } = await statistics();

  const [baseSizes, hereSizes] = [await sizes(base), await sizes(root)];
  const folder = inRoot('out', 'bench');
  mkdirSync(folder, { recursive: true });
  const sides = [
    { folder: base, file: join(folder, 'base.cjs'), samples: [] },
    { folder: root, file: join(folder, 'here.cjs'), samples: [] },
  ];
  for (const side of sides) await bundle(side.folder, side.file);
  const loadBefore = load1();
  for (let pair = 0; pair < pairs; pair++) {
    // Which of the two goes first takes turns, too.
    for (const side of pair % 2 ? sides.toReversed() : sides)
      side.samples.push(times(side.folder, side.file, base, values.only));
    console.error(`pair ${pair + 1} of ${pairs}, load ${load1()}`);
  }

  const [one, other] = sides.map(({ samples }) => samples);
  const sharedKeys = (a, b) => Object.keys(b).filter((what) => what in a);
  const timed = sharedKeys(one[0], other[0]);
  const timeRows = timed.map((what) => {
    const [before, now] = [one, other].map((samples) => samples.map((sample) => sample[what]));
    const { estimate, low, high, separable } = pairedRatioInterval(now, before, timed.length);
    const verdict = separable ? (estimate > 1 ? 'slower' : 'faster') : '';
    const interval = `${estimate.toFixed(3)} [${low.toFixed(3)}, ${high.toFixed(3)}]`;
    return [what, ...[before, now].map((each) => `${median(each).toFixed(2)} ms`), interval, verdict];
  });
  const sizeRows = sharedKeys(baseSizes, hereSizes).map((what) => {
    const [before, now] = [baseSizes[what], hereSizes[what]];
    return [what, ...[before, now].map((bytes) => `${(bytes / 1024).toFixed(1)} kB`), (now / before).toFixed(3), ''];
  });
  print([['what', 'base', 'here', 'ratio [low, high]', ''], ...sizeRows, ...timeRows]);
  const alone = [
    [one[0], other[0]],
    [baseSizes, hereSizes],
  ].flatMap(([a, b]) => [...Object.keys(a), ...Object.keys(b)].filter((what) => !(what in a && what in b)));
  if (alone.length) console.log(`on one side only: ${alone.join(', ')}`);
  console.log(`milliseconds of processor time; ${pairs} pairs; load average ${loadBefore} before, ${load1()} after`);
}
