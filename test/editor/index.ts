import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import Mocha from 'mocha';

/** Runs the suite inside the editor: what the editor calls when it is started for tests. */
export async function run(): Promise<void> {
  const mocha = new Mocha({ ui: 'bdd', timeout: 180_000, color: false, reporter: 'spec' });
  const files = readdirSync(__dirname, { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('.test.cjs'),
  );
  for (const file of files.sort()) mocha.addFile(join(__dirname, file));
  // This line and the last ones are what scripts/editor/suite.mjs looks for: the editor itself reports no numbers.
  console.log('in-editor suite: started');
  const failing: string[] = [];
  const { passes, failures } = await new Promise<Mocha.Stats>((resolve) => {
    const runner = mocha.run(() =>
      resolve(runner.stats ?? { suites: 0, tests: 0, passes: 0, pending: 0, failures: 1 }),
    );
    runner.on('fail', (test, error) => failing.push(`${test.fullTitle()}: ${String(error.message).split('\n')[0]}`));
  });
  for (const line of failing) console.log(`in-editor suite: failed: ${line}`);
  console.log(`in-editor suite: ${passes} passed, ${failures} failed`);
  if (failures) throw new Error(`${failures} tests failed`);
}
