// Starting other programs without a shell, on every platform.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';

/** A failure that the person can do something about: printed as its message, without a stack. */
export class Unmet extends Error {}

/** Runs a script's main function; what goes wrong ends it with exit code 1 and says why. */
export async function main(body) {
  try {
    process.exitCode = (await body()) ?? process.exitCode ?? 0;
  } catch (error) {
    console.error(error instanceof Unmet ? error.message : error);
    process.exitCode = 1;
  }
}

/** Notes on setting up go to standard error, so that a command's own output stays clean. */
export const say = (text) => console.error(text);

/**
 * Runs a program to its end.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {import('node:child_process').SpawnOptions} [options]
 * @returns {Promise<number>} its exit code; 1 where a signal ended it
 */
export function run(command, args, options = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: 'inherit', ...options });
    child.on('error', reject);
    child.on('close', (code) => resolve(code ?? 1));
  });
}

/** Runs a program, showing what it prints and keeping it. */
export function runAndKeep(command, args, options = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
    let text = '';
    const pass = (from, to) =>
      from.setEncoding('utf8').on('data', (piece) => {
        text += piece;
        to.write(piece);
      });
    pass(child.stdout, process.stdout);
    pass(child.stderr, process.stderr);
    child.on('error', reject);
    child.on('close', (code) => resolve({ code: code ?? 1, text }));
  });
}

/** A program's standard output, or undefined where it fails or isn't there. */
export function output(command, args, options = {}) {
  const { status, stdout, error } = spawnSync(command, args, { encoding: 'utf8', ...options });
  return error || status !== 0 ? undefined : stdout;
}

/** The full path of a program on PATH. */
export function which(name) {
  const ends = process.platform === 'win32' ? ['.exe', '.cmd', '.bat', ''] : [''];
  for (const folder of (process.env.PATH ?? '').split(delimiter).filter(Boolean))
    for (const end of ends) {
      const file = join(folder, name + end);
      if (existsSync(file)) return file;
    }
  return undefined;
}

/** npm's own script, to be run by Node: on Windows npm is a batch file, which Node starts only through a shell. */
function npmScript() {
  const beside = dirname(process.execPath);
  const candidates = [
    process.env.npm_execpath,
    join(beside, 'node_modules', 'npm', 'bin', 'npm-cli.js'),
    join(beside, '..', 'lib', 'node_modules', 'npm', 'bin', 'npm-cli.js'),
  ];
  const found = candidates.find((file) => file?.endsWith('npm-cli.js') && existsSync(file));
  if (!found) throw new Unmet('npm was not found beside Node; start this with `npm start` or `npm test`');
  return found;
}

/**
 * Runs npm, its chatter on standard error. Settings that an outer `npm run` left in the environment are dropped: they
 * belong to this repository, not to the folder where npm runs now.
 */
export function npm(args, { cwd, env = {}, node = process.execPath }) {
  const inherited = Object.entries(process.env).filter(([name]) => !/^npm_/i.test(name));
  return run(node, [npmScript(), ...args], {
    cwd,
    env: { ...Object.fromEntries(inherited), ...env },
    stdio: ['ignore', 2, 2],
  });
}
