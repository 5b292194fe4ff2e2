import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { detectTree } from '../../src/detect/detect';
import { finish, PythonSites } from '../../src/detect/python/detect';
import type { Imported } from '../../src/detect/python/names';
import type { LanguageId } from '../../src/syntax/syntax';
import { Edit, isHeldUp, pause } from '../../src/syntax/syntax';
import { against, type Bench, median, type Row } from '../support/bench';
import { inRoot } from '../support/paths';
import { testSyntax } from '../support/syntax';

const syntax = testSyntax();
const nothing: Imported = new Map();

/** Detection against parsing the same text and no more; after a key press; and in a file that is far too long. */
export const bench: Bench = async () => [
  await corpus(),
  await measure('tfjs_mnist.ts', 'typescript', (text) => {
    // One import, and a part of the file for each copy.
    const [imports = ''] = /^import .*\n/m.exec(text) ?? [];
    const parts = Array.from({ length: 40 }, (_, part) => `namespace Part${part} {\n${text.replace(imports, '')}}\n`);
    return imports + parts.join('');
  }),
  ...(await keystrokes()),
  await longest(),
];

async function measure(sample: string, language: LanguageId, long: (text: string) => string): Promise<Row> {
  const text = long(readFileSync(inRoot('samples', sample), 'utf8'));
  const lines = text.split('\n').length;
  const parse = async (use: (tree: Awaited<ReturnType<typeof syntax.parse>>) => unknown) => {
    const tree = await syntax.parse(language, text);
    use(tree);
    tree.delete();
  };
  const ours = () => parse((tree) => finish(detectTree(tree, language, { file: sample, text, version: 1 })));
  return against(`parse and detect, ${lines} lines of ${sample}`, ours, 'bare parse', () => parse(() => undefined));
}

/** Every Python file at hand: Debian's PyTorch packages where they are installed, else the samples. */
async function corpus(): Promise<Row> {
  const packages = ['torch', 'torchvision'].map((name) => `/usr/lib/python3/dist-packages/${name}`).filter(existsSync);
  const folders = packages.length > 0 ? packages : [inRoot('samples'), inRoot('test', 'fixtures')];
  const files = folders.flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) => join(folder, name)),
  );
  const [ratios, times]: [number[], number[]] = [[], []];
  for (const file of files.filter((name) => name.endsWith('.py'))) {
    const text = readFileSync(file, 'utf8');
    if (text.length < 1000) continue;
    let [bare, whole] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
    for (let round = 0; round < 3; round++) {
      const start = performance.now();
      const tree = await syntax.parse('python', text);
      const parsed = performance.now();
      finish(detectTree(tree, 'python', { file, text, version: 1 }));
      const done = performance.now();
      tree.delete();
      bare = Math.min(bare, parsed - start);
      whole = Math.min(whole, done - start);
    }
    ratios.push(whole / bare);
    times.push(whole);
  }
  const what = `parse and detect, median of ${ratios.length} files of ${packages.length > 0 ? 'torch and torchvision' : 'the samples'}`;
  return { what, value: median(times), unit: 'ms', peer: 'bare parse', ratio: median(ratios) };
}

/** One letter typed and taken back, in the middle of a file of 2,000 lines. */
async function keystrokes(): Promise<Row[]> {
  const base = readFileSync(inRoot('samples', 'vit.py'), 'utf8');
  const copies = Math.ceil(2000 / base.split('\n').length);
  const text = Array.from({ length: copies }, (_, i) => base.replace(/^(class|def) (\w+)/gm, `$1 $2${i}`)).join('\n');
  const at = text.indexOf('self.', text.length / 2) + 'self.'.length;
  const line = text.slice(0, at).split('\n').length;
  const typed = `${text.slice(0, at)}x${text.slice(at)}`;
  const column = at - text.lastIndexOf('\n', at - 1) - 1;
  const place = (index: number) => ({ row: line - 1, column: column + index - at });
  const sites = new PythonSites();
  let tree = await syntax.parse('python', text);
  finish(sites.update(tree, { file: 'a.py', text, version: 0 }, nothing));
  const times: number[] = [];
  const memory: number[] = [];
  for (let edit = 0; edit < 10_000; edit++) {
    const [from, to] = edit % 2 ? [1, 0] : [0, 1];
    const next = to ? typed : text;
    const start = performance.now();
    tree.edit(
      new Edit({
        startIndex: at,
        oldEndIndex: at + from,
        newEndIndex: at + to,
        startPosition: place(at),
        oldEndPosition: place(at + from),
        newEndPosition: place(at + to),
      }),
    );
    const fresh = await syntax.parse('python', next, tree);
    tree.delete();
    tree = fresh;
    finish(sites.update(tree, { file: 'a.py', text: next, version: edit }, nothing));
    times.push(performance.now() - start);
    if (edit === 1000 || edit === 9999) {
      globalThis.gc?.();
      memory.push(process.memoryUsage().arrayBuffers + process.memoryUsage().external);
    }
  }
  tree.delete();
  const [first = Number.NaN, last = Number.NaN] = memory;
  return [
    { what: `after a key press in ${text.split('\n').length} lines (limit 3 ms)`, value: median(times), unit: 'ms' },
    {
      what: 'memory outside the heap after 10,000 edits',
      value: last / 2 ** 20,
      unit: 'MB',
      peer: 'after 1,000',
      ratio: last / first,
    },
  ];
}

/** The longest stretch for which 50,000 lines hold up their host. */
async function longest(): Promise<Row> {
  const base = readFileSync(inRoot('samples', 'vit.py'), 'utf8');
  const copies = Math.ceil(50_000 / base.split('\n').length);
  const text = Array.from({ length: copies }, (_, i) => base.replace(/^(class|def) (\w+)/gm, `$1 $2${i}`)).join('\n');
  let [stretch, last, over] = [0, performance.now(), false];
  const tick = () => {
    const now = performance.now();
    stretch = Math.max(stretch, now - last);
    last = now;
    if (!over) setImmediate(tick);
  };
  setImmediate(tick);
  const tree = await syntax.parse('python', text);
  const steps = new PythonSites().update(tree, { file: 'a.py', text, version: 1 }, nothing);
  while (!steps.next().done) if (isHeldUp()) await pause();
  over = true;
  tree.delete();
  return { what: `longest stretch in ${text.split('\n').length} lines (limit 50 ms)`, value: stretch, unit: 'ms' };
}
