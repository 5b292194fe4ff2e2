// Who may import whom: the table of the design as data. A room not named in a list is out of reach.

/** Rooms of `src/`, and the other rooms of `src/` that each may import. */
const pure = {
  // Messages for people in their language; every room may speak.
  language: [],
  activations: ['graph'],
  syntax: [],
  source: [],
  graph: [],
  detect: ['syntax', 'source', 'activations', 'graph'],
  resolve: ['syntax', 'source', 'activations', 'detect', 'graph'],
  // Where values go in code, by syntax alone.
  flow: ['python', 'activations', 'graph'],
  advise: ['syntax', 'source', 'activations', 'detect', 'resolve', 'graph', 'python', 'flow'],
  explain: ['activations', 'detect', 'resolve', 'graph'],
  // What may be typed at a place: completions and the file's habit.
  complete: ['syntax', 'activations', 'detect', 'graph'],
  // The language, the libraries that models are written with, and the reading of models.
  python: ['syntax', 'source', 'graph'],
  stdlib: ['python', 'graph'],
  torch: ['python', 'graph', 'activations'],
  numpy: ['python', 'torch', 'graph'],
  einops: ['syntax', 'python', 'torch', 'graph'],
  prelude: ['source'],
  yaml: ['python', 'graph'],
  extract: [
    'syntax',
    'source',
    'activations',
    'graph',
    'python',
    'stdlib',
    'torch',
    'numpy',
    'einops',
    'prelude',
    'yaml',
  ],
  // TensorFlow.js models: run once in a sealed interpreter, what they did becomes their graph.
  tfjs: ['syntax', 'source', 'activations', 'graph', 'weights'],
  lower: ['graph', 'activations'],
  // ONNX files as graphs.
  fromOnnx: ['source', 'graph', 'activations'],
  onnx: ['graph', 'activations'],
  // ONNX files with other activations.
  rewrite: ['source', 'graph', 'activations', 'compare', 'lower', 'onnx', 'fromOnnx'],
  weights: ['graph'],
  compare: ['graph', 'activations'],
  // Models are read in a thread of their own; its other side is `reader/worker.ts`.
  reader: ['syntax', 'source', 'graph'],
  // What is known of the shapes on the lines of a model's code.
  shapes: ['graph'],
  // What models are trained on, and what they are trained for.
  data: ['graph', 'activations', 'compare', 'weights'],
  // What a finding costs: which model is measured as written and as mended, and what is read of both.
  price: ['graph', 'activations', 'data', 'compare'],
  // What is wrong with a model as it stands: rules over what was measured of it.
  health: ['graph', 'activations', 'compare'],
  // What is kept of a comparison: tables, and a script that repeats it in PyTorch.
  exports: ['graph', 'activations', 'compare', 'data'],
  run: ['graph', 'lower', 'onnx', 'compare', 'activations', 'data', 'weights', 'price', 'health'],
  // What coding agents may call, in every host.
  agents: [
    'syntax',
    'source',
    'activations',
    'graph',
    'detect',
    'advise',
    'explain',
    'python',
    'extract',
    'fromOnnx',
    'reader',
    'compare',
  ],
};

/** Rooms of which the others may import types only. */
const typesOnly = {
  onnx: ['lower'],
  reader: ['extract', 'fromOnnx', 'rewrite', 'shapes'],
  rewrite: ['extract'],
  tfjs: ['extract'],
  fromOnnx: ['extract'],
};

const core = Object.keys(pure);
for (const name of core) if (name !== 'language') pure[name].push('language');

/**
 * A room of `src/` and all that its code may reach.
 * @param {string} name
 * @returns {ReadonlySet<string>}
 */
export function reachOf(name) {
  const reached = new Set([name]);
  for (const each of reached) for (const next of pure[each]) reached.add(next);
  return reached;
}

const inSource = (names) => names.map((name) => `src/${name}`);

/**
 * Every room: a folder or a file, the longest name that fits a path wins.
 * - `imports`: the rooms that it may import
 * - `types`: rooms of which it may import types only
 * - `hosts`: what of its surroundings it may use: `node`, `vscode`, `dom`, `worker`
 */
export const rooms = {
  ...Object.fromEntries(
    core.map((name) => [
      `src/${name}`,
      {
        imports: inSource(pure[name]),
        types: inSource(typesOnly[name] ?? []),
        hosts: name === 'run' ? ['worker'] : [],
      },
    ]),
  ),
  // What runs inside the interpreter: a bundle of its own, of which the host shares nothing but the types of its outcome.
  'src/tfjs/guest': { imports: [], types: ['src/tfjs'], hosts: [] },
  'src/source/node.ts': { imports: ['src/source', 'src/language'], hosts: ['node'] },
  'src/source/links.ts': { imports: [], hosts: ['node'] },
  'src/reader/worker.ts': {
    imports: [
      'src/reader',
      'src/reader/serve.ts',
      'src/extract',
      'src/shapes',
      'src/source',
      'src/syntax',
      'src/language',
    ],
    hosts: ['worker', 'node'],
  },
  'src/reader/tfjsWorker.ts': {
    imports: [
      'src/reader',
      'src/reader/serve.ts',
      'src/shapes',
      'src/tfjs',
      'src/source',
      'src/syntax',
      'src/language',
    ],
    hosts: ['worker'],
  },
  'src/reader/onnxWorker.ts': {
    imports: ['src/reader', 'src/reader/serve.ts', 'src/fromOnnx', 'src/rewrite', 'src/language'],
    hosts: ['worker'],
  },
  'src/reader/serve.ts': {
    imports: ['src/reader', 'src/source', 'src/syntax', 'src/language'],
    hosts: ['worker', 'node'],
  },
  'src/reader/node.ts': { imports: ['src/reader'], hosts: ['node'] },
  'src/reader/web.ts': { imports: ['src/reader'], hosts: ['dom'] },
  'src/protocol': {
    imports: [],
    types: ['src/graph', 'src/compare', 'src/activations', 'src/extract', 'src/price', 'src/fromOnnx', 'src/health'],
  },
  'src/editor': { imports: inSource([...core, 'protocol', 'panel']), hosts: ['vscode'] },
  'src/panel': {
    imports: ['src/protocol', 'src/language'],
    types: ['src/graph', 'src/compare', 'src/price', 'src/health', 'src/source'],
    hosts: ['vscode'],
  },
  'src/extension.ts': {
    imports: ['src/editor', 'src/panel', 'src/syntax', 'src/language', 'src/reader', 'src/agents'],
    types: ['src/protocol'],
    hosts: ['vscode'],
  },
  'src/extension.node.ts': {
    imports: ['src/extension.ts', 'src/reader/node.ts', 'src/source/links.ts'],
    hosts: ['vscode', 'node'],
  },
  'src/extension.web.ts': { imports: ['src/extension.ts', 'src/reader/web.ts'], hosts: ['vscode'] },
  'src/cli': { imports: ['src/source/node.ts', 'src/source/links.ts', ...inSource(core)], hosts: ['node'] },
  'src/cli.ts': {
    imports: ['src/cli', 'src/source/node.ts', 'src/reader/node.ts', ...inSource(core)],
    hosts: ['node'],
  },
  webview: {
    imports: ['src/protocol', 'src/compare', 'src/activations', 'src/price', 'src/health', 'src/language'],
    types: ['src/graph', 'src/run'],
    hosts: ['dom'],
  },
};

/** Files that only these rooms may import, but for their types. */
export const entrances = {
  // Evaluating a model runs in the reader's thread and nowhere else.
  'src/extract/extract.ts': ['src/reader/worker.ts', 'src/extract'],
  'src/extract/batch.ts': ['src/reader/worker.ts', 'src/extract'],
  // And so does reading a file that may be anybody's.
  'src/fromOnnx/read.ts': ['src/fromOnnx'],
  'src/fromOnnx/extraction.ts': ['src/reader/onnxWorker.ts', 'src/rewrite'],
  'src/rewrite/onnxFile.ts': ['src/reader/onnxWorker.ts'],
};

/** What the pages' code may reach of the core. */
export const pageReach = new Set(
  rooms.webview.imports
    .map((name) => name.replace('src/', ''))
    .flatMap((name) => (name in pure ? [...reachOf(name)] : [])),
);

/** Packages that only these rooms may import, so that replacing one touches one place. */
export const packages = {
  '@tensorflow/tfjs-core': ['src/tfjs/guest'],
  '@tensorflow/tfjs-layers': ['src/tfjs/guest'],
  '@observablehq/plot': ['webview/charts'],
  '@vscode/webview-ui-toolkit': ['webview/ui'],
  commander: ['src/cli', 'src/cli.ts'],
  '@modelcontextprotocol/sdk': ['src/cli/mcp'],
  'fast-png': ['src/data'],
  fflate: ['src/weights', 'src/data'],
  'jpeg-js': ['src/data'],
  papaparse: ['src/data'],
  ignore: ['src/cli', 'src/cli.ts', 'src/source/node.ts', 'src/editor'],
  'onnx-proto': ['src/onnx'],
  'onnxruntime-web': ['src/run', 'src/cli'],
  // Shapes of what crosses between host and page, and of what a page keeps.
  valibot: ['src/protocol', 'src/advise', 'src/tfjs', 'src/weights', 'webview'],
  'web-tree-sitter': ['src/syntax'],
};

/**
 * Rooms whose files may import each other in circles: in an interpreter an expression calls a function, whose body is
 * statements, which hold expressions. A circle that leaves such a room is still an error.
 */
export const recursive = ['src/python/run'];

/**
 * Features of the editor: the files of `room` that export `by`. Only `user`, which puts them together, may import one, so
 * that each can be changed or left out by itself; what two of them share has a file of its own.
 */
export const features = { room: 'src/editor', by: 'register', user: 'src/extension.ts' };

/** Global names that exist only in some surroundings. */
export const globals = {
  document: 'dom',
  window: 'dom',
  localStorage: 'dom',
  HTMLElement: 'dom',
  process: 'node',
  Buffer: 'node',
  __dirname: 'node',
  __filename: 'node',
  require: 'node',
  Worker: 'dom',
  navigator: 'worker',
  self: 'worker',
};

/** Surroundings that contain others: a page has what a worker has. */
export const contains = { dom: ['worker'] };
