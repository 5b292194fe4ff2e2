// One run of mocha in a process of its own: node mochaProcess.mjs TIMEOUT GREP FILE...; tells its parent the counts.
import Mocha from 'mocha';

const [timeout, grep, ...files] = process.argv.slice(2);
const mocha = new Mocha({ ui: 'bdd', timeout: Number(timeout), reporter: process.stdout.isTTY ? 'spec' : 'dot' });
if (grep) mocha.grep(grep);
for (const file of files) mocha.addFile(file);
await mocha.loadFilesAsync();
/** What failed, a line each, for the summary at the end of a long run. */
const failing = [];
const runner = mocha.run((failures) => {
  const { passes, pending } = runner.stats;
  // Whatever a test left open must not keep the run from ending.
  process.send({ passes, failures, pending, failing }, () => process.exit(failures ? 1 : 0));
});
runner.on('pass', (test) => {
  // What comes near its limit here fails on a slower machine.
  if (test.duration > test.timeout() / 2)
    console.log(`took ${Math.round(test.duration / 1000)} s of ${test.timeout() / 1000} s: ${test.fullTitle()}`);
});
runner.on('fail', (test, error) =>
  failing.push(`${test.fullTitle()}: ${String(error?.message ?? error).split('\n')[0]}`),
);
