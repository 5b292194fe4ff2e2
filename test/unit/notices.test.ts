import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { inRoot } from '../support/paths';

/** Bundles the product without writing it, and says what is in it and which notices it would have. */
const bundling = `
  import esbuild from 'esbuild';
  import { guestOptions } from './scripts/esbuild-guest.mjs';
  import { noticesOf, packagesIn } from './scripts/lib/notices.mjs';
  import { copied, outputs } from './scripts/lib/product.mjs';

  const bundle = async (options) => {
    const { metafile } = await esbuild.build({ ...options, absWorkingDir: process.cwd(), metafile: true, write: false });
    return metafile;
  };
  const entries = outputs.map(async ({ out, entry, options }) =>
    bundle({ ...(await options()), entryPoints: [{ in: entry, out }], outdir: 'dist' }),
  );
  const guest = bundle(guestOptions({ entry: 'src/tfjs/guest/main.ts', out: 'dist/sealed/guest.js', production: true }));
  const metafiles = await Promise.all([...entries, guest]);
  const files = metafiles.flatMap(({ outputs }) =>
    Object.values(outputs).flatMap(({ inputs }) =>
      Object.entries(inputs).flatMap(([file, { bytesInOutput }]) => (bytesInOutput > 0 ? [file] : [])),
    ),
  );
  const notices = noticesOf(packagesIn(metafiles, copied));
  process.stdout.write(JSON.stringify({ files: [...new Set([...files, ...copied])], notices }));
`;

describe('the notices of other people’s packages', function () {
  this.timeout(120_000);
  let files: readonly string[];
  let notices: string;
  before(() => {
    const args = ['--input-type=module', '--eval', bundling];
    const made = execFileSync(process.execPath, args, { cwd: inRoot(), encoding: 'utf8', maxBuffer: 2 ** 28 });
    ({ files, notices } = JSON.parse(made) as { files: string[]; notices: string });
  });

  it('name every package of which something is in the product', () => {
    const parts = files.map((file) => file.split('node_modules/')).filter((each) => each.length > 1);
    const names = new Set(parts.map((each) => /^(?:@[^/]+\/)?[^/]+/.exec(each.at(-1) ?? '')?.[0]));
    assert.ok(names.size > 30, String(names.size));
    const missing = [...names].filter((name) => !new RegExp(`^${name} \\d+\\.\\S* \\(.+\\)$`, 'm').test(notices));
    assert.deepEqual(missing, []);
  });

  it('hold the text of each licence, and whose work it is', () => {
    for (const part of notices.split('='.repeat(80)).slice(1)) {
      const [titles = '', ...texts] = part.trim().split('\n\n');
      assert.ok(texts.join('\n').length > 400, titles);
    }
    const textOf = (title: string) => notices.split('='.repeat(80)).find((part) => part.includes(`\n${title} `)) ?? '';
    assert.match(textOf('@tensorflow/tfjs-core'), /Google LLC[\s\S]*Apache License\s+Version 2\.0/);
    assert.match(textOf('@jitl/quickjs-wasmfile-release-sync'), /Fabrice Bellard[\s\S]*Permission is hereby granted/);
    assert.match(
      textOf('onnxruntime-web'),
      /Microsoft[\s\S]*Permission is hereby granted[\s\S]*ThirdPartyNotices\.txt/,
    );
    assert.match(textOf('tree-sitter-python'), /Max Brunsfeld[\s\S]*Permission is hereby granted/);
    assert.match(textOf('@mathjax/src'), /Apache License/);
  });

  it('are in the package', () => {
    const allowed = readFileSync(inRoot('.vscodeignore'), 'utf8').split('\n');
    assert.ok(allowed.includes('!dist/ThirdPartyNotices.txt'));
  });
});
