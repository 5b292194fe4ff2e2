// Bundles every test to out/test/**.cjs, found by glob, in one go; and what browser tests load as pages
// (test/browser/pages/*.ts, test/bench/pages/*.ts) to out/test/…/pages/*.js; and the threads that read models.
//   node scripts/build-tests.mjs [unit] [editor] [browser] [parity] [bench] [test/unit/some.test.ts ...]
import { existsSync, rmSync } from 'node:fs';
import { join, relative } from 'node:path';
import { pathToFileURL } from 'node:url';
import esbuild from 'esbuild';
import { buildGuest } from './esbuild-guest.mjs';
import { nodeOptions, pageOptions, threadOptions, webHostOptions } from './lib/bundle.mjs';
import { filesUnder } from './lib/files.mjs';
import { inRoot } from './lib/paths.mjs';

const kinds = ['unit', 'editor', 'browser', 'parity', 'bench'];

/** Packages that tests load as they are: they find files beside themselves, or hold one state for all bundles. */
const external = ['vscode', 'mocha', 'playwright-core', 'axe-core', 'esbuild', '@mathjax/src', '@biomejs/biome'];

/**
 * TensorFlow.js has two forms, with a class `Tensor` each: methods of tensors are registered with the modules' own.
 * @type {import('esbuild').Plugin}
 */
const oneTensorFlow = {
  name: 'one TensorFlow.js',
  setup(build) {
    build.onResolve({ filter: /^@tensorflow\/tfjs-(core|layers|backend-cpu)$/ }, ({ path }) => ({
      path: inRoot('node_modules', ...path.split('/'), 'dist', 'index.js'),
    }));
  },
};

const stripExtension = (file) => file.replace(/\.ts$/, '');

/**
 * @param {readonly string[]} chosen folders of test/
 * @returns the bundled test files, sorted
 */
export async function buildTests(chosen = kinds) {
  for (const kind of chosen) rmSync(inRoot('out', 'test', kind), { recursive: true, force: true });
  return bundleTests(chosen.flatMap((kind) => filesUnder(inRoot('test', kind))));
}

/**
 * @param {readonly string[]} sources files of tests, absolute
 * @returns the bundled test files
 */
export async function bundleTests(sources) {
  const tests = sources.filter((file) => /\.(test|bench)\.ts$/.test(file));
  const suites = ['index.ts', 'times.ts', 'siteTimes.ts', 'adviceTimes.ts', 'shapeTimes.ts'].map((name) =>
    inRoot('test', 'editor', name),
  );
  const suite = sources.filter((file) => suites.includes(file));
  const webSuite = sources.filter((file) => relative(inRoot(), file) === join('test', 'editor', 'web.ts'));
  const pageFolders = ['browser', 'bench'].map((kind) => inRoot('test', kind, 'pages'));
  const pages = sources.filter((file) => file.endsWith('.ts') && pageFolders.some((folder) => file.startsWith(folder)));
  const shared = { outdir: inRoot('out'), outbase: inRoot(), sourcemap: 'inline', sourcesContent: false };
  const forNode = await nodeOptions();
  const plugins = [...(forNode.plugins ?? []), oneTensorFlow];
  const node = { ...forNode, ...shared, plugins, outExtension: { '.js': '.cjs' } };
  const isForBrowser = (file) =>
    file.startsWith(inRoot('test', 'browser')) || file === inRoot('test', 'bench', 'panel.bench.ts');
  const inNode = tests.filter((file) => !isForBrowser(file));
  const build = (options) => options.entryPoints.length && esbuild.build(options);
  await build({ ...node, external, entryPoints: [...inNode, ...suite] });
  await build({ ...(await webHostOptions()), ...shared, outExtension: node.outExtension, entryPoints: webSuite });
  // They play the editor's side, so a small stand-in replaces its API.
  const alias = { ...node.alias, vscode: inRoot('test', 'support', 'vscode.ts') };
  const outside = external.filter((name) => name !== 'vscode');
  await build({ ...node, alias, external: outside, entryPoints: tests.filter(isForBrowser) });
  await build({ ...(await pageOptions()), ...shared, entryPoints: pages });
  const threads = [
    { in: inRoot('src', 'reader', 'worker.ts'), out: 'reader.worker' },
    { in: inRoot('src', 'reader', 'tfjsWorker.ts'), out: 'tfjs.worker' },
    { in: inRoot('src', 'reader', 'onnxWorker.ts'), out: 'onnx.worker' },
  ];
  await build({ ...(await threadOptions()), ...shared, entryPoints: threads });
  const guest = { entry: inRoot('src', 'tfjs', 'guest', 'main.ts'), out: inRoot('out', 'sealed', 'guest.js') };
  await buildGuest({ ...guest, production: true, globalName: 'lens' });
  return tests.map((file) => inRoot('out', `${stripExtension(relative(inRoot(), file))}.cjs`));
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const asked = process.argv.slice(2);
  const isKind = (name) => kinds.includes(name);
  const files = asked.filter((name) => !isKind(name)).map((name) => inRoot(name));
  const wrong = files.find((file) => !existsSync(file));
  if (wrong) {
    console.error(`${wrong} is no test file, nor one of ${kinds.join(', ')}`);
    process.exit(2);
  }
  const built = asked.length
    ? [...(await buildTests(asked.filter(isKind))), ...(await bundleTests(files))]
    : await buildTests();
  for (const file of built) console.log(relative(inRoot(), file));
}
