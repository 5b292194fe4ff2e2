// One run of mocha in a process of its own: node mochaProcess.mjs TIMEOUT JOBS GREP FILE...; tells its parent the counts.
import Mocha from 'mocha';
import { inRoot } from './paths.mjs';
import { mochaHooks } from './slowTests.mjs';

const [timeout, jobs, grep, ...files] = process.argv.slice(2);
const isParallel = Number(jobs) > 1;
const mocha = new Mocha({
  ui: 'bdd',
  timeout: Number(timeout),
  reporter: process.stdout.isTTY && !isParallel ? 'spec' : 'dot',
  ...(isParallel
    ? { parallel: true, jobs: Number(jobs), require: [inRoot('scripts', 'lib', 'slowTests.mjs')] }
    : { rootHooks: mochaHooks }),
});
if (grep) mocha.grep(grep);
for (const file of files) mocha.addFile(file);
if (!isParallel) await mocha.loadFilesAsync();
/** What failed, a line each, for the summary at the end of a long run. */
const failing = [];
const runner = mocha.run((failures) => {
  const { passes, pending } = runner.stats;
  // Whatever a test left open must not keep the run from ending.
  process.send({ passes, failures, pending, failing }, () => process.exit(failures ? 1 : 0));
});
runner.on('fail', (test, error) =>
  failing.push(`${test.fullTitle()}: ${String(error?.message ?? error).split('\n')[0]}`),
);
