// The browser editor: a real VS Code (workbench, server, extension host, webviews) that comes as an npm package.
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { canInstall, ensureDebian } from '../lib/debian.mjs';
import { cache } from '../lib/paths.mjs';
import { npm, say, Unmet, which } from '../lib/process.mjs';
import { newerNode } from '../setup.mjs';

/** VS Code 1.139.1. */
const version = '4.139.1';

const folder = join(cache, `code-server-${version}`);
const stamp = join(folder, 'installed');
const server = join(folder, 'node_modules', 'code-server', 'lib', 'vscode', 'out', 'server-main.js');

/** Its native modules are compiled here, for the Node that runs it. */
async function ensureCompiler() {
  if (process.platform !== 'linux') return;
  const tools = { python3: 'python3', make: 'make', 'g++': 'g++' };
  const missing = Object.keys(tools).filter((name) => !which(name));
  if (canInstall()) return ensureDebian(['libkrb5-dev', ...missing], 'to build the browser editor');
  if (missing.length)
    throw new Unmet(
      `${missing.join(', ')} missing, to build the browser editor; on Debian: sudo apt-get install ${missing.join(' ')} libkrb5-dev`,
    );
}

/**
 * Installs the editor where it isn't there yet (some minutes, 600 MB, outside of the checkout).
 * @returns {Promise<{ node: string, server: string }>} the program and the script that start it
 */
export async function ensureCodeServer() {
  const node = newerNode();
  if (!node || process.platform === 'win32')
    throw new Unmet(
      `the browser editor can't run on ${process.platform} (${process.arch}); install desktop VS Code from ` +
        'https://code.visualstudio.com and try again',
    );
  if (existsSync(stamp)) return { node, server };
  await ensureCompiler();
  say(`installing the browser editor (code-server ${version}) in ${folder}; this takes some minutes`);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), '{ "private": true }\n');
  const env = {
    PATH: `${dirname(node)}${delimiter}${process.env.PATH ?? ''}`,
    // The headers of the Node that runs it lie beside its program.
    npm_config_nodedir: dirname(dirname(node)),
    npm_config_ignore_scripts: 'false',
    // Only for this folder: npm 11 and later ask for leave before a package's install script runs.
    npm_config_dangerously_allow_all_scripts: 'true',
  };
  const args = ['install', `code-server@${version}`, '--omit=dev', '--no-audit', '--no-fund'];
  const code = await npm(args, { cwd: folder, env, node });
  if (code !== 0 || !existsSync(server)) {
    rmSync(folder, { recursive: true, force: true });
    throw new Unmet('the browser editor could not be installed; the output above says why');
  }
  writeFileSync(stamp, `${version}\n`);
  return { node, server };
}
