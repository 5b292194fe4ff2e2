// Debian's packages: installed where we may, else named with the command that installs them.
import { output, run, say, Unmet, which } from './process.mjs';

// biome-ignore lint/suspicious/noTemplateCurlyInString: the placeholder is dpkg-query's.
const isInstalled = (name) => output('dpkg-query', ['-W', '-f=${db:Status-Status}', name])?.trim() === 'installed';

/** Whether `apt-get` may be used as it stands. */
export const canInstall = () =>
  process.platform === 'linux' && which('apt-get') !== undefined && process.getuid?.() === 0;

let updated = false;

/**
 * Makes sure that Debian packages are there.
 * @param {readonly string[]} names
 * @param {string} purpose what they are for, for the message
 */
export async function ensureDebian(names, purpose) {
  const missing = names.filter((name) => !isInstalled(name));
  if (!missing.length) return;
  const command = `apt-get install -y --no-install-recommends ${missing.join(' ')}`;
  if (!canInstall()) throw new Unmet(`${missing.join(', ')} missing, ${purpose}; install with: sudo ${command}`);
  say(`installing ${missing.join(', ')} (${purpose})`);
  /** @type {import('node:child_process').SpawnOptions} */
  const options = { stdio: ['ignore', 2, 2], env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } };
  if (!updated) await run('apt-get', ['update', '-q'], options);
  updated = true;
  const code = await run('apt-get', command.split(' ').slice(1), options);
  if (code !== 0) throw new Unmet(`${missing.join(', ')} could not be installed, ${purpose}; try: sudo ${command}`);
}
