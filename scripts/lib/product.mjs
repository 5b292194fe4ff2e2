// What the product is made of: bundles, and files that are shipped as they come.
import { nodeOptions, runnerOptions, threadOptions, webHostOptions } from './bundle.mjs';

/** What is built: output, entry point, and where it runs. */
export const outputs = [
  { out: 'extension', entry: 'src/extension.node.ts', options: nodeOptions },
  { out: 'web/extension', entry: 'src/extension.web.ts', options: webHostOptions },
  { out: 'reader.worker', entry: 'src/reader/worker.ts', options: threadOptions },
  { out: 'tfjs.worker', entry: 'src/reader/tfjsWorker.ts', options: threadOptions },
  { out: 'onnx.worker', entry: 'src/reader/onnxWorker.ts', options: threadOptions },
  { out: 'webview/runner.worker', entry: 'src/run/worker.ts', options: runnerOptions },
  { out: 'cli', entry: 'src/cli.ts', options: nodeOptions, banner: '#!/usr/bin/env node' },
];

const page = (name) => ({ out: `webview/${name}`, entry: `webview/${name}/main.ts` });

/**
 * The pages, by what is built together: what several of them have, or one needs later, becomes a file of its own beside them. The
 * comparison is alone, so that it begins with few files: somebody waits for each that is asked for.
 */
export const pages = [[page('compare')], ['explain', 'health', 'onnx', 'price'].map(page)];

/** The interpreter itself, from the root. */
export const engine = 'node_modules/@jitl/quickjs-wasmfile-release-sync/dist/emscripten-module.wasm';

/** Other files that are shipped as they come, by their folder in `dist/`, from `node_modules/`. */
export const copies = {
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

/** All of them, from the root. */
export const copied = [
  engine,
  ...Object.values(copies).flatMap((files) => files.map((file) => `node_modules/${file}`)),
];
