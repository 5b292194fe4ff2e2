// Builds what runs inside the sealed interpreter to one text: the real TensorFlow.js on a backend without data. What the
// library would compute element by element while a tensor is made becomes a kernel of ours instead.
import { readFileSync } from 'node:fs';
import esbuild from 'esbuild';

/** Replaces a text that must be there, so that another version of the library can't go by unnoticed. */
function edited(text, file, ...edits) {
  return edits.reduce((before, [find, put]) => {
    if (!before.includes(find)) throw new Error(`${file} has no ${JSON.stringify(find)}`);
    return before.replace(find, put);
  }, text);
}

/** A draw of tfjs-core as a kernel: its checks, then no numbers. */
const drawn = (name, kernel, parameters, attributes) => `
import { ENGINE } from '../engine';
import { assertNonNegativeIntegerDimensions } from '../util_base';
import { op } from './operation';
function ${name}_(shape, ${parameters}) {
  assertNonNegativeIntegerDimensions(shape);
  if (dtype === 'bool') throw new Error('Unsupported data type bool');
  return ENGINE.runKernel('${kernel}', {}, { shape, ${attributes}, dtype: dtype || 'float32', seed });
}
export const ${name} = /* @__PURE__ */ op({ ${name}_ });`;

const filled = (name, value) => `
import { ENGINE } from '../engine';
import { assertNonNegativeIntegerDimensions } from '../util_base';
import { complex } from './complex';
${name === 'ones' ? "import { zeros } from './zeros';" : ''}
export function ${name}(shape, dtype = 'float32') {
  assertNonNegativeIntegerDimensions(shape);
  if (dtype === 'complex64') return complex(${name}(shape), zeros(shape));
  return ENGINE.runKernel('Fill', {}, { shape: [...shape], value: ${value}, dtype });
}`;

/** Files of the library that are written anew, by the end of their path. */
const whole = {
  'tfjs-core/dist/ops/random_uniform.js': drawn(
    'randomUniform',
    'RandomUniform',
    "minval = 0, maxval = 1, dtype = 'float32', seed",
    'minval, maxval',
  ),
  'tfjs-core/dist/ops/random_normal.js': drawn(
    'randomNormal',
    'RandomNormal',
    'mean = 0, stdDev = 1, dtype, seed',
    'mean, stdDev',
  ),
  'tfjs-core/dist/ops/truncated_normal.js': drawn(
    'truncatedNormal',
    'TruncatedNormal',
    'mean = 0, stdDev = 1, dtype, seed',
    'mean, stdDev',
  ),
  'tfjs-core/dist/ops/random_gamma.js': drawn(
    'randomGamma',
    'RandomGamma',
    "alpha, beta = 1, dtype = 'float32', seed",
    'alpha, beta',
  ),
  'tfjs-core/dist/ops/zeros.js': filled('zeros', 0),
  'tfjs-core/dist/ops/ones.js': filled('ones', 1),
  // A model that is read has no use for the library's own gradients.
  'tfjs-core/dist/register_all_gradients.js': '',
};

const matrix = `const buff = buffer([numRows, numColumns], dtype);
    const n = numRows <= numColumns ? numRows : numColumns;
    for (let i = 0; i < n; ++i) {
        buff.set(1, i, i);
    }
    const out = reshape(buff.toTensor(), [numRows, numColumns]);`;

/** Files of the library in which a passage is replaced. */
const passages = {
  'tfjs-core/dist/ops/eye.js': [
    ["import { buffer } from './buffer';", "import { ENGINE } from '../engine';"],
    ["import { reshape } from './reshape';", ''],
    [matrix, "const out = ENGINE.runKernel('Eye', {}, { rows: numRows, columns: numColumns, dtype });"],
  ],
  // It looks for a page, Node or a worker.
  'tfjs-core/dist/global_util.js': [["throw new Error('Could not find a global object');", 'ns = globalThis;']],
  // Its QR decomposition took minutes for a large layer, and its values are drawn by the host.
  'tfjs-layers/dist/initializers.js': [
    ['import { eye,', 'import { engine, eye,'],
    [
      '// flatten the input shape with the last dimension remaining its',
      "return engine().runKernel('Orthogonal', {}, { shape, gain: this.gain });",
    ],
  ],
  // Each activation is a step of its own.
  'tfjs-layers/dist/utils/generic_utils.js': [
    ['export function mapActivationToFusedKernel(activationName) {', '$&\n    return null;'],
  ],
};

/** @returns {import('esbuild').Plugin} */
function patches() {
  return {
    name: 'patches of TensorFlow.js',
    setup(build) {
      build.onLoad({ filter: /tfjs-(core|layers)[\\/]dist[\\/].*\.js$/ }, ({ path }) => {
        const file = path.replaceAll('\\', '/');
        const end = (list) => Object.keys(list).find((each) => file.endsWith(each));
        const written = end(whole);
        if (written !== undefined) return { contents: whole[written], loader: 'js' };
        const patched = end(passages);
        if (patched === undefined) return undefined;
        return { contents: edited(readFileSync(path, 'utf8'), patched, ...passages[patched]), loader: 'js' };
      });
    },
  };
}

/**
 * How the guest is bundled.
 * @param {{ entry: string, out: string, production: boolean, globalName?: string }} what
 * @returns {import('esbuild').BuildOptions}
 */
export function guestOptions({ entry, out, production, globalName = undefined }) {
  return {
    entryPoints: [entry],
    outfile: out,
    bundle: true,
    charset: 'ascii',
    define: { 'process.env.NODE_ENV': '"production"' },
    external: ['node-fetch', 'util', 'crypto', 'fs'],
    format: 'iife',
    globalName,
    legalComments: 'none',
    logLevel: 'warning',
    minify: production,
    platform: 'browser',
    plugins: [patches()],
    // The interpreter speaks ES2023.
    target: 'es2022',
  };
}

/** Builds the guest. */
export const buildGuest = (what) => esbuild.build(guestOptions(what));
