// Tries everything that wants a GPU on this machine's, within some minutes, and prints one table in Markdown: operators,
// half precision, models beside their peers, activations beside a copy.
//   node scripts/gpu.mjs [--out FILE] [--minutes 10]
// Where there is no adapter but one in software, it takes that and says so.
import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { parseArgs } from 'node:util';
import { filesUnder } from './lib/files.mjs';
import { inRoot } from './lib/paths.mjs';
import { main, run, say, Unmet } from './lib/process.mjs';
import { setup } from './setup.mjs';

await main(async () => {
  const { values } = parseArgs({ options: { out: { type: 'string' }, minutes: { type: 'string', default: '10' } } });
  const minutes = Number(values.minutes);
  if (!(minutes > 0)) throw new Unmet(`${values.minutes} is no number of minutes`);
  await setup();
  const [{ bundleTests }, { ensureBrowser }, { default: esbuild }, { nodeOptions }] = await Promise.all([
    import('./build-tests.mjs'),
    import('./lib/ensureBrowser.mjs'),
    import('esbuild'),
    import('./lib/bundle.mjs'),
  ]);
  await ensureBrowser();
  if ((await run(process.execPath, [inRoot('esbuild.mjs'), '--production'], { stdio: ['ignore', 2, 2] })) !== 0)
    throw new Unmet('the extension could not be built; the output above says why');
  await bundleTests(['browser', 'bench'].flatMap((kind) => filesUnder(inRoot('test', kind, 'pages'))));
  const forNode = await nodeOptions();
  const outfile = inRoot('out', 'test', 'bench', 'gpu.cjs');
  await esbuild.build({
    ...forNode,
    entryPoints: [inRoot('test', 'bench', 'gpu.ts')],
    outfile,
    // It plays the editor's side of pages.
    alias: { ...forNode.alias, vscode: inRoot('test', 'support', 'vscode.ts') },
    external: ['playwright-core'],
  });
  const { measureGpu, tableOf } = createRequire(import.meta.url)(outfile);
  const table = tableOf(await measureGpu(minutes, say));
  process.stdout.write(table);
  if (values.out) writeFileSync(values.out, table);
  process.exit();
});
