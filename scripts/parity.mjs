// Holds our numbers against PyTorch itself, Debian's build of it, as a judge and as a corpus of models; and against
// TensorFlow.js, which is among the packages: `tfjs.test.ts` wants no Python.
//   node scripts/parity.mjs [--full] [--seed 0] [test/parity/some.test.ts ...]      all files unless given
// Generated suites draw a sample; --full draws many times as many, --seed others.
import { availableParallelism } from 'node:os';
import { basename } from 'node:path';
import { parseArgs } from 'node:util';
import { inRoot } from './lib/paths.mjs';
import { main, output, Unmet } from './lib/process.mjs';
import { setup } from './setup.mjs';

/** The Python that has PyTorch: `ACTIVATION_LENS_PYTHON`, Debian's, or the one on PATH. */
function findPython() {
  const candidates = [process.env.ACTIVATION_LENS_PYTHON, '/usr/bin/python3', 'python3', 'python'];
  return candidates.find((program) => program && output(program, ['-c', 'import torch, torchvision']) !== undefined);
}

await main(async () => {
  const { values, positionals: files } = parseArgs({
    allowPositionals: true,
    options: { full: { type: 'boolean', default: false }, seed: { type: 'string', default: '0' } },
  });
  // Count, seed and a pattern of names: test/parity/layerCases.ts.
  process.env.LAYERS ??= `${values.full ? 6000 : 1200},${values.seed},`;
  // Which of torchvision's models are written as ONNX and read back, and up to how many parameters:
  // test/parity/zoo.test.ts.
  process.env.ROUND_TRIPS ??= values.full ? 'all' : 'some';
  process.env.ZOO_LARGEST ??= values.full ? '1e9' : '';
  // The same: test/parity/state.test.ts.
  process.env.STATE ??= `${values.full ? 3000 : 400},${values.seed},`;
  // The same: test/parity/tfjs.test.ts.
  process.env.TFJS ??= `${values.full ? 3000 : 600},${values.seed}`;
  await setup();
  const [{ buildTests, bundleTests }, { runMocha }, { runStages }, { canInstall, ensureDebian }] = await Promise.all([
    import('./build-tests.mjs'),
    import('./lib/mocha.mjs'),
    import('./lib/stages.mjs'),
    import('./lib/debian.mjs'),
  ]);
  const wantsPython = files.length === 0 || files.some((file) => basename(file) !== 'tfjs.test.ts');
  /** The judge of all but TensorFlow.js. */
  const providePython = async () => {
    if (!findPython() && canInstall())
      await ensureDebian(['python3-torch', 'python3-torchvision'], 'to judge by PyTorch');
    const python = findPython();
    if (!python)
      throw new Unmet(
        'no Python with torch and torchvision was found; install them (Debian: sudo apt-get install python3-torch ' +
          'python3-torchvision; elsewhere: pip install torch torchvision) or name the Python in ACTIVATION_LENS_PYTHON',
      );
    process.env.ACTIVATION_LENS_PYTHON = python;
    if (canInstall()) await ensureDebian(['libonnx-testdata'], "to judge by ONNX's own tests");
  };
  const parity = async () => {
    if (wantsPython) await providePython();
    const asked = files.map((file) => inRoot(file));
    // PyTorch and the runtime take turns. Of the largest models one at a time fits.
    const jobs = values.full ? 1 : Math.min(2, availableParallelism());
    return runMocha(asked.length ? await bundleTests(asked) : await buildTests(['parity']), { timeout: 300_000, jobs });
  };
  return runStages([['parity', parity]]);
});
