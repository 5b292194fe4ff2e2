// Sets up and runs every test: types, lint, build, unit tests, the suite inside a real VS Code, the panels in Chromium.
//   node scripts/test.mjs [types] [lint] [build] [unit] [editor] [browser]
//   node scripts/test.mjs FILE.test.ts ... [--grep TITLE]      files of test/unit or test/browser alone
// A stage that can't find what it needs fails; nothing is skipped.
import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { filesUnder } from './lib/files.mjs';
import { inRoot } from './lib/paths.mjs';
import { main, run, Unmet } from './lib/process.mjs';
import { setup } from './setup.mjs';

/** Runs a script of this repository or of its packages. */
const script = (path, ...args) => run(process.execPath, [inRoot(...path.split('/')), ...args]);

await main(async () => {
  await setup();
  // What follows is loaded only now, since it needs the packages.
  const [{ buildTests, bundleTests }, { runMocha }, { runStages }, { ensureBrowser }, { runEditorSuite }] =
    await Promise.all([
      import('./build-tests.mjs'),
      import('./lib/mocha.mjs'),
      import('./lib/stages.mjs'),
      import('./lib/ensureBrowser.mjs'),
      import('./editor/suite.mjs'),
    ]);

  const stages = {
    types: async () => {
      const tsc = 'node_modules/typescript/bin/tsc';
      const codes = [await script(tsc, '--noEmit'), await script(tsc, '--noEmit', '-p', 'scripts')];
      const failed = codes.filter((code) => code !== 0).length;
      return { passed: codes.length - failed, failed };
    },
    lint: async () => {
      const codes = [
        await script('node_modules/@biomejs/biome/bin/biome', 'check', '--error-on-warnings', '.'),
        await script('scripts/lint-imports.mjs'),
        await script('scripts/lint-spreads.mjs'),
        await script('scripts/lint-absent.mjs'),
      ];
      const failed = codes.filter((code) => code !== 0).length;
      return { passed: codes.length - failed, failed };
    },
    build: () => script('esbuild.mjs', '--production'),
    unit: async () => runMocha(await buildTests(['unit']), { jobs: Math.min(4, availableParallelism()) }),
    editor: async () => {
      await ensureBrowser();
      await buildTests(['editor']);
      return runEditorSuite();
    },
    browser: async () => {
      await ensureBrowser();
      return runMocha(await buildTests(['browser']));
    },
  };

  const { positionals: asked, values } = parseArgs({ allowPositionals: true, options: { grep: { type: 'string' } } });
  const files = asked.filter((name) => name.endsWith('.test.ts')).map((name) => inRoot(name));
  if (files.length) {
    const wrong = files.find((file) => !/[\\/]test[\\/](unit|browser)[\\/]/.test(file) || !existsSync(file));
    if (wrong) throw new Unmet(`${wrong} is no file of test/unit or test/browser`);
    const isForBrowser = files.some((file) => /[\\/]browser[\\/]/.test(file));
    if (isForBrowser) await ensureBrowser();
    const pages = isForBrowser ? filesUnder(inRoot('test', 'browser', 'pages')) : [];
    return runStages([['files', async () => runMocha(await bundleTests([...files, ...pages]), { grep: values.grep })]]);
  }
  const unknown = asked.find((name) => !(name in stages));
  if (unknown) throw new Unmet(`no such stage: ${unknown}; there are ${Object.keys(stages).join(', ')}`);
  return runStages(Object.entries(stages).filter(([name]) => !asked.length || asked.includes(name)));
});
