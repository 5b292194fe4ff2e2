/** Models as their authors write them, in files: what each is called with, and what the real library makes of it. */
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, extname, join } from 'node:path';
import type * as core from '@tensorflow/tfjs-core';
import type * as layers from '@tensorflow/tfjs-layers';
import { build as bundle, type Loader, type Plugin } from 'esbuild';
import { inRoot } from '../paths';
import { type Made, tf } from './truth';

export interface SourceCase {
  /** In `test/fixtures/tfjs`. */
  readonly file: string;
  /** What is asked for; the file's likeliest model where absent. */
  readonly asked?: string;
  /**
   * The same for the library, where what is asked for is no expression of the file's: TypeScript among its names.
   * `made` are the models that the file's code has made so far.
   */
  readonly written?: string;
  /** The end of each input's whole numbers; absent for numbers of any kind. */
  readonly below?: readonly number[];
  /** The page that runs the file with others. */
  readonly page?: string;
  /** How many layers, from the first, were made elsewhere: they are loaded. */
  readonly loaded?: number;
  /** How many activations no site of a file names: those that a layer has unasked, and names that come from other files. */
  readonly unnamed?: number;
}

export const fixture = (file: string): string => inRoot('test', 'fixtures', 'tfjs', file);

/** The last model that the file's code made on its way. */
const last = 'made.at(-1)';

export const sourceCases: readonly SourceCase[] = [
  { file: 'sequential_list.ts' },
  { file: 'sequential_add.js' },
  { file: 'functional_merge.ts' },
  { file: 'nested.ts' },
  { file: 'custom_layers.ts' },
  { file: 'op_chain.ts' },
  { file: 'op_class.js', written: '((net) => (x) => net.forward(x))(new PolicyNet())' },
  { file: 'predict_class.ts' },
  { file: 'shared_siamese.ts' },
  { file: 'time_distributed.ts' },
  { file: 'bidirectional.js', below: [20] },
  { file: 'recurrent_stack.ts' },
  { file: 'seq2seq.ts', below: [9, 7] },
  { file: 'text_convolution.mjs', asked: 'textModel()', below: [30] },
  { file: 'residual.ts' },
  { file: 'inception.js' },
  { file: 'convolutions.ts' },
  { file: 'volumes.ts' },
  { file: 'volumes.ts', asked: 'signalNet()' },
  { file: 'unet.ts' },
  { file: 'vae.ts', asked: 'vae()' },
  { file: 'vae.ts', asked: 'encoder(defaults)' },
  { file: 'gan.js', asked: 'buildGenerator()', below: [undefined as never, 10] },
  { file: 'gan.js', asked: 'buildDiscriminator()' },
  {
    file: 'gan.js',
    asked: 'buildCombined(LATENT, buildGenerator(), buildDiscriminator())',
    below: [undefined as never, 10],
  },
  { file: 'attention.ts', below: [12] },
  { file: 'attention_ops.js' },
  { file: 'activations_all.ts' },
  { file: 'factories/model.ts', unnamed: 2 },
  { file: 'packaged/app/src/model.ts', unnamed: 2 },
  {
    file: 'packaged/packages/nets/src/index.ts',
    written: "mlp({ inputs: 4, hidden: [6, 5], outputs: 2, activation: 'tanh' })",
    unnamed: 2,
  },
  { file: 'classes/wide.ts' },
  { file: 'async_builder.ts' },
  { file: 'module_level.js' },
  { file: 'call_sites.ts', written: "createModel([4, 3], 8, { rate: 0.2, activation: 'tanh' })" },
  { file: 'elsewhere/model.ts', written: 'createRegressor(4, 12)' },
  { file: 'page_events.js', written: `(await run(), ${last})` },
  { file: 'jquery_ready.js', written: `(await settled(), ${last})` },
  { file: 'react_effect.tsx', written: `(Trainer({ labels: [] }), await settled(), ${last})` },
  { file: 'worker.js', written: `(await self.onmessage({ data: { type: 'create' } }), ${last})` },
  { file: 'soft_update.js' },
  { file: 'target_network.ts', asked: 'agent.target' },
  { file: 'moving_layer.js' },
  { file: 'page/index.html', written: `(main(), ${last})` },
  { file: 'page/model.js', page: 'page/index.html', written: 'createIrisModel(FEATURES, CLASSES)' },
  { file: 'page/inline.html', unnamed: 2 },
  { file: 'express_handler.ts', written: `(await settled(), ${last})` },
  { file: 'saved/transfer.ts', loaded: 4, unnamed: 2 },
  { file: 'saved/load.js', loaded: 5, unnamed: 3 },
  { file: 'default_export.js', written: '__default()' },
  { file: 'stateful.ts', asked: 'both' },
  { file: 'stateful.ts', asked: 'agent.actor' },
  { file: 'masked.ts', below: [15] },
  { file: 'rnn_cells.ts', unnamed: 8 },
  { file: 'rnn_cells.ts', asked: 'listed()' },
  { file: 'held_by_maker.ts', asked: 'new AutoEncoder', written: 'train()' },
  { file: 'prototype_class.js' },
  { file: 'closures.js', asked: 'buildCritic', written: 'startApp().critic' },
  { file: 'closures.js', asked: 'buildActor', written: 'startApp().actor' },
  { file: 'saved/fine_tune.js', asked: 'loadBase', written: "await loadBase(['a'])", loaded: 5, unnamed: 3 },
];

/** The scripts of a page one after the other, but for those that have an address. */
async function scriptsOf(page: string): Promise<string> {
  const text = await readFile(page, 'utf8');
  const scripts = [...text.matchAll(/<script([^>]*)>(.*?)<\/script>/gs)].map(async ([, tag = '', inline = '']) => {
    const source = /src="([^"?]*)/.exec(tag)?.[1];
    if (source === undefined) return inline;
    return source.startsWith('http') ? '' : readFile(join(dirname(page), source), 'utf8');
  });
  return (await Promise.all(scripts)).join('\n;\n');
}

/** What a page or a server would be, as far as these files need one: what is handed to it runs when `settled` is waited for. */
interface Surroundings {
  readonly made: layers.LayersModel[];
  settled(): Promise<void>;
}

/** Runs a file by the real library, and gives what an expression among its names is. */
export async function makeInLibrary(file: string, expression: string, page = file): Promise<Made['target']> {
  // The engine is one for all test files of a process, and each of them numbers its layers from the beginning.
  tf.disposeVariables();
  const handed: (() => unknown)[] = [];
  const made: layers.LayersModel[] = [];
  const note = <T extends layers.LayersModel>(model: T): T => {
    made.push(model);
    return model;
  };
  const view = {
    ...tf,
    sequential: (...given: Parameters<typeof tf.sequential>) => note(tf.sequential(...given)),
    model: (...given: Parameters<typeof tf.model>) => note(tf.model(...given)),
    loadLayersModel: async (path: string) => note(await tf.loadLayersModel(savedModel(join(dirname(file), path)))),
  };
  const surroundings: Surroundings = {
    made,
    async settled() {
      // Nothing is trained here, and no server answers: what comes after that is no part of a model.
      for (let run = handed.shift(); run; run = handed.shift())
        void Promise.resolve()
          .then(run)
          .catch(() => undefined);
      for (let round = 0; round < 20; round++) await new Promise((resume) => setTimeout(resume, 1));
    },
  };
  const hand = (run: unknown) => {
    if (typeof run === 'function') handed.push(() => run(anything()));
  };
  const modules: Record<string, unknown> = {
    react: {
      useEffect: hand,
      useRef: (current: unknown) => ({ current }),
      useState: (value: unknown) => [value, () => undefined],
      createElement: () => null,
    },
    express: () => ({ post: (_: string, run: unknown) => hand(run), listen: () => undefined }),
  };
  const text = /\.html$/.test(page) ? await scriptsOf(page) : await readFile(file, 'utf8');
  const plugin: Plugin = {
    name: 'the library',
    setup(build) {
      build.onResolve({ filter: /^@fixture\/nets$/ }, () => ({ path: fixture('packaged/packages/nets/src/index.ts') }));
      build.onResolve({ filter: /^@tensorflow\/|^react$|^express$/ }, ({ path }) => ({ path, external: true }));
    },
  };
  const ends = text.includes('export default ()') ? text.replace('export default ()', 'const __default = ()') : text;
  const { outputFiles } = await bundle({
    stdin: {
      contents: `${ends}\n;globalThis.__judged = async ({ made, settled }) => [${expression}\n];`,
      resolveDir: dirname(file),
      sourcefile: file,
      loader: extname(file)
        .slice(1)
        .replace(/^[mc]|html/, '')
        .padEnd(2, 'js') as Loader,
    },
    bundle: true,
    write: false,
    format: 'cjs',
    platform: 'node',
    jsx: 'transform',
    logLevel: 'silent',
    plugins: [plugin],
  });
  const require = Object.assign(
    (name: string) => {
      if (/^@tensorflow\//.test(name)) return view;
      return name in modules ? modules[name] : createRequire(file)(name);
    },
    { main: undefined },
  );
  const around = {
    tf: view,
    self: { postMessage: () => undefined },
    importScripts: () => undefined,
    document: anything(),
    $: anything(hand),
    React: modules.react,
  };
  const globals = globalThis as { __judged?: (around: Surroundings) => Promise<[Made['target']]> };
  const names = Object.keys(around);
  const run = new Function('require', 'module', 'exports', ...names, outputFiles[0]?.text ?? '');
  const module = { exports: {} };
  const { fit } = tf.LayersModel.prototype;
  // Nothing is trained here.
  tf.LayersModel.prototype.fit = (() => new Promise(() => undefined)) as never;
  tf.Sequential.prototype.fit = tf.LayersModel.prototype.fit as never;
  try {
    run(require, module, module.exports, ...Object.values(around));
    const [target] = (await globals.__judged?.(surroundings)) ?? [];
    if (!target) throw new TypeError(`${expression} gives nothing`);
    return heldModel(target);
  } finally {
    tf.LayersModel.prototype.fit = fit;
    delete globals.__judged;
  }
}

/** The model that an object of the user's holds. */
function heldModel(value: Made['target'] | { readonly model: Made['target'] }): Made['target'] {
  return typeof value === 'object' && !(value instanceof tf.LayersModel) && 'model' in value
    ? (value.model as Made['target'])
    : (value as Made['target']);
}

/** Something of which everything can be had. @param hand is given the functions that it is called with */
function anything(hand: (run: unknown) => void = () => undefined): unknown {
  return new Proxy(() => undefined, {
    get: (_, key) => (key === 'then' || typeof key === 'symbol' ? undefined : anything(hand)),
    apply(_, __, given: unknown[]) {
      for (const each of given) hand(each);
      return anything(hand);
    },
    set: () => true,
  });
}

/** A saved model on the disk, for the library. */
export function savedModel(path: string): core.io.IOHandler {
  return {
    async load() {
      const { modelTopology, weightsManifest } = JSON.parse(await readFile(path, 'utf8'));
      const [group] = weightsManifest;
      const parts = await Promise.all(group.paths.map((each: string) => readFile(join(dirname(path), each))));
      return { modelTopology, weightSpecs: group.weights, weightData: new Uint8Array(Buffer.concat(parts)).buffer };
    },
  };
}
