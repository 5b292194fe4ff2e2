// Settings that the build of the product and the build of its tests share, so that both see the same code.
import { existsSync } from 'node:fs';
import { basename } from 'node:path';
import { pathToFileURL } from 'node:url';
import { inRoot } from './paths.mjs';
import { pageReach, reachOf } from './rooms.mjs';

/**
 * Prose is imported as text.
 * @type {Record<string, import('esbuild').Loader>}
 */
const loader = { '.md': 'text', '.py': 'text' };

/** The parser's package is resolved to the form that fits a CommonJS output: its ES module asks for `import.meta.url`. */
const parserForCommonJs = { 'web-tree-sitter': inRoot('node_modules', 'web-tree-sitter', 'web-tree-sitter.cjs') };

/** The glue of the interpreter for TensorFlow.js models, in a form that fits the output. */
const interpreter = (file) => ({
  '@jitl/quickjs-wasmfile-release-sync/emscripten-module': inRoot(
    'node_modules',
    '@jitl',
    'quickjs-wasmfile-release-sync',
    'dist',
    file,
  ),
});

const runtime = (file) => inRoot('node_modules', 'onnxruntime-web', 'dist', file);

/** In Node ONNX Runtime is plain WASM, in the CommonJS form: the ES module asks for `import.meta.url` too. */
const runtimeForNode = Object.fromEntries(
  ['onnxruntime-web/wasm', 'onnxruntime-web'].map((name) => [name, runtime('ort.node.min.js')]),
);

/** Formulas are drawn while building, so that no host carries MathJax. */
async function formulas() {
  const file = inRoot('scripts', 'esbuild-formulas.mjs');
  if (!existsSync(file)) return [];
  const { formulas, default: plugin } = await import(pathToFileURL(file).href);
  return [(plugin ?? formulas)()];
}

/**
 * What every bundle shares.
 * @returns {Promise<import('esbuild').BuildOptions>}
 */
async function commonOptions() {
  return {
    absWorkingDir: inRoot(),
    bundle: true,
    charset: 'utf8',
    legalComments: 'none',
    loader,
    logLevel: 'warning',
    plugins: await formulas(),
    target: 'es2023',
  };
}

/**
 * For Node: the extension host, the command line, the tests.
 * @returns {Promise<import('esbuild').BuildOptions>}
 */
export async function nodeOptions() {
  return {
    ...(await commonOptions()),
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    external: ['vscode'],
    alias: { ...parserForCommonJs, ...runtimeForNode, ...interpreter('emscripten-module.cjs') },
  };
}

/** For the extension host in a web worker, which loads CommonJS and has no Node. */
export async function webHostOptions() {
  return {
    ...(await commonOptions()),
    platform: 'browser',
    format: 'cjs',
    external: ['vscode'],
    alias: parserForCommonJs,
    define: { global: 'globalThis' },
  };
}

/** What computes with the catalogue and shows none of its prose. */
const dropProse = (options) => ({ ...options, loader: { ...options.loader, '.md': 'empty' } });

/**
 * For the threads that read models: one file for Node's workers and for the browser's.
 * @returns {Promise<import('esbuild').BuildOptions>}
 */
export async function threadOptions() {
  const options = dropProse(await webHostOptions());
  return {
    ...options,
    format: 'iife',
    external: ['node:worker_threads'],
    // The one for browsers, which Node runs as well: it is given the engine's bytes.
    alias: { ...options.alias, ...interpreter('emscripten-module.browser.mjs') },
    // The glue asks where it lies, to fetch the engine from there; it is handed over instead.
    define: { ...options.define, 'import.meta.url': '"file:///engine.js"' },
  };
}

/** What has the code of some rooms alone: messages of the others are never said there. */
const dropOtherWords = (options, rooms) => ({
  ...options,
  plugins: [
    ...(options.plugins ?? []),
    {
      name: 'words',
      setup(build) {
        build.onLoad({ filter: /[\\/]l10n[\\/]core[\\/][^\\/]+\.json$/ }, ({ path }) =>
          rooms.has(basename(path).split('.')[0]) ? undefined : { contents: '{}', loader: 'json' },
        );
      },
    },
  ],
});

/** For the worker that compares. */
export async function runnerOptions() {
  return dropOtherWords(dropProse(await pageOptions()), reachOf('run'));
}

/** For pages and their workers. */
export async function pageOptions() {
  return { ...(await commonOptions()), platform: 'browser', format: 'esm' };
}

/**
 * Parts of D3 that Plot names and no chart of ours uses, a tenth of the panel: maps, and colours other than the theme's.
 * @type {import('esbuild').Plugin}
 */
const dropUnusedByCharts = {
  name: 'unused by charts',
  setup(build) {
    build.onResolve({ filter: /^d3-(geo|scale-chromatic)$/ }, ({ path }) => ({ path, namespace: 'unused' }));
    build.onLoad({ filter: /.*/, namespace: 'unused' }, async ({ path }) => ({
      // Plot calls some of them while it is loaded.
      contents: `const unused = () => undefined;
        export { ${Object.keys(await import(path)).map((name) => `unused as ${name}`)} };`,
    }));
  },
};

/** For all pages of the product together. */
export async function pagesOptions() {
  const { plugins = [], ...options } = dropOtherWords(await pageOptions(), pageReach);
  return {
    ...options,
    plugins: [...plugins, dropUnusedByCharts],
    splitting: true,
    chunkNames: 'webview/part-[hash]',
  };
}
