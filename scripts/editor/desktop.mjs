// Desktop VS Code: found where it is installed, or downloaded for the tests.
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { canInstall, ensureDebian } from '../lib/debian.mjs';
import { inRoot } from '../lib/paths.mjs';
import { Unmet, which } from '../lib/process.mjs';

const programs = {
  linux: ['/usr/share/code/code', '/usr/bin/code', '/snap/bin/code', '/opt/visual-studio-code/code'],
  darwin: ['', homedir()].map((start) => `${start}/Applications/Visual Studio Code.app/Contents/MacOS/Electron`),
  win32: [process.env.LOCALAPPDATA && join(process.env.LOCALAPPDATA, 'Programs'), process.env.PROGRAMFILES]
    .filter((folder) => folder)
    .map((folder) => join(folder, 'Microsoft VS Code', 'Code.exe')),
};

/** Whether windows can be shown here. */
const hasScreen = () => process.platform !== 'linux' || Boolean(process.env.DISPLAY || process.env.WAYLAND_DISPLAY);

/** An installed desktop VS Code that can be started from here, or undefined. As root it refuses to start plainly. */
export function findDesktop() {
  if (!hasScreen() || process.getuid?.() === 0) return undefined;
  const installed = (programs[process.platform] ?? []).find((file) => existsSync(file));
  // On Windows the program on PATH is a batch file, which can't be started without a shell.
  return installed ?? (process.platform === 'win32' ? undefined : which('code'));
}

/** Why VS Code can't be downloaded here, or undefined where it can. */
export async function whyNotDownloadable() {
  if (existsSync(inRoot('.vscode-test'))) return undefined;
  try {
    const answer = await fetch('https://update.code.visualstudio.com/api/releases/stable', {
      signal: AbortSignal.timeout(5000),
    });
    return answer.ok ? undefined : `the download server answered ${answer.status}`;
  } catch (error) {
    const { cause, message } = /** @type {any} */ (error);
    return `the download server can't be reached (${cause?.code ?? message})`;
  }
}

/**
 * The program and first arguments that start something with a screen: a virtual one where there is none.
 * @returns {Promise<readonly string[]>}
 */
export async function screen() {
  if (hasScreen()) return [];
  if (canInstall())
    await ensureDebian(
      ['xvfb', 'xauth', 'libnss3', 'libgtk-3-0', 'libgbm1', 'libasound2'],
      'to run desktop VS Code without a screen',
    );
  const program = which('xvfb-run');
  if (!program) throw new Unmet('there is no screen and no xvfb-run; on Debian: sudo apt-get install xvfb xauth');
  return [program, '-a'];
}
