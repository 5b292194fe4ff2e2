// What npm runs before it packs a checkout, also for `npm install -g git+…`, which is how pre-commit installs its hooks:
// builds what the command line is made of. npm lets its children install globally, too, and so leaves out the packages of
// the checkout that the build needs; they are installed here where they are missing.
import { inRoot } from './lib/paths.mjs';
import { main, run } from './lib/process.mjs';
import { installPackages } from './setup.mjs';

await main(async () => {
  await installPackages();
  return run(process.execPath, [inRoot('esbuild.mjs'), '--production'], { cwd: inRoot() });
});
