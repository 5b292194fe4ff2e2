// Runs bundled tests in a process of their own and counts them.
import { spawn } from 'node:child_process';
import { inRoot } from './paths.mjs';

/**
 * @param {readonly string[]} files bundled test files
 * @param {object} [how]
 * @param {number} [how.timeout] milliseconds for one test, unless it says otherwise
 * @param {string} [how.grep] a part of the titles of the tests to run; all unless given
 * @param {number} [how.jobs] processes that take one file after the other
 * @returns {Promise<import('./stages.mjs').Counts>} a run that ends without counts has failed
 */
export async function runMocha(files, { timeout = 60_000, grep = '', jobs = 1 } = {}) {
  if (!files.length) {
    console.log('no test was found');
    return { passed: 0, failed: 1 };
  }
  const child = spawn(
    process.execPath,
    [inRoot('scripts', 'lib', 'mochaProcess.mjs'), String(timeout), String(jobs), grep, ...files],
    {
      cwd: inRoot(),
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    },
  );
  let counts;
  child.on('message', (message) => {
    counts = message;
  });
  const code = await new Promise((resolve) => child.once('close', resolve));
  if (!counts) {
    console.log(`the tests ended without a result (exit ${code})`);
    return { passed: 0, failed: 1 };
  }
  if (counts.pending) console.log(`${counts.pending} tests were skipped, which counts as failed`);
  const failed = counts.failures + counts.pending;
  return {
    passed: counts.passes,
    failed: failed === 0 && counts.passes === 0 ? 1 : failed,
    failing: counts.failing,
  };
}
