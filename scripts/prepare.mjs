// What npm runs before it packs a checkout, also for `npm install -g git+…`, which is how pre-commit installs its hooks:
// builds what the command line is made of. npm tells its children that they install globally, too, and then leaves out
// the packages of the checkout that the build needs; so they are installed here where they are missing.
import { inRoot } from './lib/paths.mjs';
import { main, npm, run, say, Unmet } from './lib/process.mjs';
import { packagesAreInstalled } from './setup.mjs';

await main(async () => {
  if (!packagesAreInstalled()) {
    say('installing packages');
    const env = { ...process.env, npm_config_global: 'false', npm_config_location: 'project' };
    const code = await npm(['ci', '--include=dev'], { cwd: inRoot(), env });
    if (code !== 0) throw new Unmet('npm ci failed; its output above says why');
  }
  return run(process.execPath, [inRoot('esbuild.mjs'), '--production'], { cwd: inRoot() });
});
