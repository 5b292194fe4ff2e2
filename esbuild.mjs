// Builds everything under dist/.
//   node esbuild.mjs [--production] [--watch]
// A production build is minified and has no source maps.
import { cpSync, mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import esbuild from 'esbuild';
import { guestOptions } from './scripts/esbuild-guest.mjs';
import { pagesOptions } from './scripts/lib/bundle.mjs';
import { noticesOf, packagesIn } from './scripts/lib/notices.mjs';
import { inRoot, root } from './scripts/lib/paths.mjs';
import { copied, copies, engine, outputs, pages } from './scripts/lib/product.mjs';

const production = process.argv.includes('--production');
const watch = process.argv.includes('--watch');
const dist = inRoot('dist');

/** What runs inside the interpreter that TensorFlow.js models are read in; the product loads it as a text. */
const guest = {
  entry: inRoot('src/tfjs/guest/main.ts'),
  out: join(dist, 'sealed', 'guest.js'),
  globalName: 'lens',
};

const modules = inRoot('node_modules');

function copyFiles() {
  for (const [folder, files] of Object.entries(copies)) {
    mkdirSync(join(dist, folder), { recursive: true });
    for (const file of files) cpSync(join(modules, file), join(dist, folder, basename(file)));
  }
  mkdirSync(join(dist, 'sealed'), { recursive: true });
  cpSync(inRoot(engine), join(dist, 'sealed', 'quickjs.wasm'));
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

async function contextOf({ entries, options, banner = undefined }) {
  const shared = await options();
  return esbuild.context({
    ...shared,
    plugins: watch ? [announced, ...shared.plugins] : shared.plugins,
    entryPoints: entries.map(({ entry, out }) => ({ in: inRoot(entry), out })),
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
for (const folder of ['web', 'webview']) mkdirSync(join(dist, folder), { recursive: true });
copyFiles();

// Parts of pages are named by what they hold: those of the build before are none of this one's.
for (const file of readdirSync(join(dist, 'webview')))
  if (file.startsWith('part-')) rmSync(join(dist, 'webview', file));

const contexts = await Promise.all([
  ...outputs.map(({ options, banner, ...one }) => contextOf({ entries: [one], options, banner })),
  ...pages.map((entries) => contextOf({ entries, options: pagesOptions })),
]);
contexts.push(
  await esbuild.context({ ...guestOptions({ ...guest, production }), absWorkingDir: root, metafile: true }),
);
if (watch) {
  await Promise.all(contexts.map((context) => context.watch()));
} else {
  try {
    const built = await Promise.all(contexts.map((context) => context.rebuild()));
    const packages = packagesIn(
      built.map(({ metafile }) => metafile),
      copied,
    );
    writeFileSync(join(dist, 'ThirdPartyNotices.txt'), noticesOf(packages));
    printSizes();
  } catch (error) {
    // esbuild has printed what is wrong and where.
    if (!(error instanceof Error && 'errors' in error)) console.error(error);
    process.exitCode = 1;
  } finally {
    await Promise.all(contexts.map((context) => context.dispose()));
  }
}
