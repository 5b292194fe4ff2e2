// Builds for production and packages the extension; prints what makes up its size and writes its SHA-256 beside it. A
// warning is a failure.
//   node scripts/package.mjs [OUT.vsix]
import { createHash } from 'node:crypto';
import { readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import { inRoot } from './lib/paths.mjs';
import { main, run, runAndKeep, Unmet } from './lib/process.mjs';
import { setup } from './setup.mjs';

/** The manifest names no public repository: pictures of the README are packaged and stay relative. */
const withoutRepository = ['--allow-missing-repository', '--no-rewrite-relative-links'];

const kilobytes = (bytes) => `${(bytes / 1024).toFixed(0).padStart(8)} kB`;

/** Sizes by folder inside the package, in bytes. */
async function sizes(file) {
  const { unzipSync } = await import('fflate');
  const entries = [];
  // Only the directory is read: nothing passes the filter.
  unzipSync(readFileSync(file), { filter: (entry) => entries.push(entry) < 0 });
  const groups = new Map();
  for (const { name, size: compressed, originalSize: size } of entries) {
    const parts = name.replace(/^extension\//, '').split('/');
    const group = parts.slice(0, parts[0] === 'dist' ? 2 : 1).join('/');
    const sum = groups.get(group) ?? { size: 0, compressed: 0, files: 0 };
    groups.set(group, { size: sum.size + size, compressed: sum.compressed + compressed, files: sum.files + 1 });
  }
  return [...groups].map(([name, sum]) => ({ name, ...sum })).sort((a, b) => b.compressed - a.compressed);
}

await main(async () => {
  await setup();
  const { name, version } = JSON.parse(readFileSync(inRoot('package.json'), 'utf8'));
  const out = process.argv[2] ?? inRoot(`${name}-${version}.vsix`);
  rmSync(out, { force: true });
  const built = await run(process.execPath, [inRoot('esbuild.mjs'), '--production']);
  if (built !== 0) throw new Unmet('the build failed; its output above says why');
  const vsce = inRoot('node_modules', '@vscode', 'vsce', 'vsce');
  // Everything is bundled, so no dependency is packaged beside it.
  const { code, text } = await runAndKeep(
    process.execPath,
    [vsce, ...['package', '--no-dependencies', '--out', out], ...withoutRepository],
    {
      cwd: inRoot(),
    },
  );
  if (code !== 0) throw new Unmet('vsce could not package the extension; its output above says why');
  const groups = await sizes(out);
  const sum = (key) => groups.reduce((total, each) => total + each[key], 0);
  console.log(`\n${kilobytes(statSync(out).size)}  ${out}\n`);
  console.log('  packed       unpacked  files  what');
  for (const { name: group, size, compressed, files } of [
    ...groups,
    { name: 'all', size: sum('size'), compressed: sum('compressed'), files: sum('files') },
  ])
    console.log(`${kilobytes(compressed)} ${kilobytes(size)}  ${String(files).padStart(5)}  ${group}`);
  // As `sha256sum --check` reads it.
  const checksum = createHash('sha256').update(readFileSync(out)).digest('hex');
  writeFileSync(`${out}.sha256`, `${checksum}  ${basename(out)}\n`);
  if (/\bWARNING\b/i.test(text)) throw new Unmet('vsce warned; see above');
});
