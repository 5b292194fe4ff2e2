// Builds everything under dist/.
//   node esbuild.mjs [--production] [--watch]
// A production build is minified, has no source maps, and fails where an entry point is missing.
import { cpSync, existsSync, mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import esbuild from 'esbuild';
import { guestOptions } from './scripts/esbuild-guest.mjs';
import { nodeOptions, pageOptions, runnerOptions, threadOptions, webHostOptions } from './scripts/lib/bundle.mjs';
import { inRoot, root } from './scripts/lib/paths.mjs';

const production = process.argv.includes('--production');
const watch = process.argv.includes('--watch');
const dist = inRoot('dist');

/** What is built: output, entry point, and where it runs. */
const outputs = [
  { out: 'extension', entry: 'src/extension.node.ts', options: nodeOptions },
  { out: 'web/extension', entry: 'src/extension.web.ts', options: webHostOptions },
  { out: 'reader.worker', entry: 'src/reader/worker.ts', options: threadOptions },
  { out: 'tfjs.worker', entry: 'src/reader/tfjsWorker.ts', options: threadOptions },
  { out: 'onnx.worker', entry: 'src/reader/onnxWorker.ts', options: threadOptions },
  { out: 'webview/compare', entry: 'webview/compare/main.ts', options: pageOptions },
  { out: 'webview/explain', entry: 'webview/explain/main.ts', options: pageOptions },
  { out: 'webview/onnx', entry: 'webview/onnx/main.ts', options: pageOptions },
  { out: 'webview/price', entry: 'webview/price/main.ts', options: pageOptions },
  { out: 'webview/runner.worker', entry: 'src/run/worker.ts', options: runnerOptions },
  { out: 'cli', entry: 'src/cli.ts', options: nodeOptions, banner: '#!/usr/bin/env node' },
];

/** What runs inside the interpreter that TensorFlow.js models are read in; the product loads it as a text. */
const guest = {
  entry: inRoot('src/tfjs/guest/main.ts'),
  out: join(dist, 'sealed', 'guest.js'),
  globalName: 'lens',
};

const modules = inRoot('node_modules');

/** The interpreter itself. */
const engine = join(modules, '@jitl', 'quickjs-wasmfile-release-sync', 'dist', 'emscripten-module.wasm');

/** Files that are shipped as they come. */
const copies = {
  grammars: [
    'web-tree-sitter/web-tree-sitter.wasm',
    'tree-sitter-python/tree-sitter-python.wasm',
    'tree-sitter-typescript/tree-sitter-typescript.wasm',
    'tree-sitter-typescript/tree-sitter-tsx.wasm',
  ],
  // The panel's build of ONNX Runtime: WebGPU and WASM in one file, on JavaScript promise integration.
  ort: ['onnxruntime-web/dist/ort-wasm-simd-threaded.jspi.wasm'],
  // The terminal's: plain WASM, which Node 20 can run. Not part of the extension's package.
  'ort-node': ['mjs', 'wasm'].map((end) => `onnxruntime-web/dist/ort-wasm-simd-threaded.${end}`),
};

function copyFiles() {
  for (const [folder, files] of Object.entries(copies)) {
    mkdirSync(join(dist, folder), { recursive: true });
    for (const file of files) cpSync(join(modules, file), join(dist, folder, basename(file)));
  }
  mkdirSync(join(dist, 'sealed'), { recursive: true });
  cpSync(engine, join(dist, 'sealed', 'quickjs.wasm'));
}

/** What the output is for: the extension host may not guess by `NODE_ENV`, and libraries drop their checks by it. */
const define = { 'process.env.NODE_ENV': production ? '"production"' : '"development"' };

let building = 0;
/** Says when a build begins and when the last of its outputs is there: what an editor's task waits for. */
const announced = {
  name: 'announced',
  setup(build) {
    build.onStart(() => {
      if (building++ === 0) console.log('build started');
    });
    build.onEnd(() => {
      if (--building === 0) console.log('build finished');
    });
  },
};

async function contextOf({ out, entry, options, banner = undefined }) {
  const shared = await options();
  return esbuild.context({
    ...shared,
    plugins: watch ? [announced, ...shared.plugins] : shared.plugins,
    entryPoints: [{ in: inRoot(entry), out }],
    outdir: dist,
    banner: banner ? { js: banner } : undefined,
    define: { ...shared.define, ...define },
    minify: production,
    sourcemap: production ? false : 'linked',
    metafile: true,
  });
}

const kilobytes = (bytes) => `${(bytes / 1024).toFixed(0).padStart(7)} kB`;

function printSizes() {
  const files = readdirSync(dist, { recursive: true, withFileTypes: true })
    .filter((file) => file.isFile() && !file.name.endsWith('.map'))
    .map((file) => join(file.parentPath, file.name))
    .sort();
  for (const file of files) console.log(`${kilobytes(statSync(file).size)}  ${file.slice(root.length + 1)}`);
}

if (production) rmSync(dist, { recursive: true, force: true });
mkdirSync(dirname(join(dist, 'web', 'x')), { recursive: true });
copyFiles();

const missing = outputs.filter(({ entry }) => !existsSync(inRoot(entry)));
for (const { entry, out } of missing) console.log(`skipped dist/${out}.js: there is no ${entry}`);
if (missing.length && production) process.exit(1);

const contexts = await Promise.all(outputs.filter((output) => !missing.includes(output)).map(contextOf));
if (existsSync(guest.entry)) contexts.push(await esbuild.context(guestOptions({ ...guest, production })));
if (watch) {
  await Promise.all(contexts.map((context) => context.watch()));
} else {
  try {
    await Promise.all(contexts.map((context) => context.rebuild()));
    printSizes();
  } catch {
    // esbuild has printed what is wrong and where.
    process.exitCode = 1;
  } finally {
    await Promise.all(contexts.map((context) => context.dispose()));
  }
}
