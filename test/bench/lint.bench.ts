import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { advise } from '../../src/advise/engine';
import { against, type Bench, median, type Row } from '../support/bench';
import { inRoot } from '../support/paths';
import { testSyntax } from '../support/syntax';

const syntax = testSyntax();
const torchvision = '/usr/lib/python3/dist-packages/torchvision';
/** Milliseconds from a pause in typing to a file's advice. */
const LIMIT = 200;

/** All rules over a library, against parsing the same files and no more; and over the file with the most to follow. */
export const bench: Bench = async () => {
  const folder = existsSync(torchvision) ? torchvision : inRoot('samples');
  const texts = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.py'))
    .map((file) => ({ file, text: readFileSync(join(folder, file), 'utf8'), version: 1 }));
  const lint = async () => {
    for (const text of texts) await advise(syntax, text);
  };
  const parse = async () => {
    for (const { text } of texts) (await syntax.parse('python', text)).delete();
  };
  const row = await against(`lint ${texts.length} files of ${folder}`, lint, 'bare parse', parse);
  return [row, { what: 'files a second', value: (1000 * texts.length) / row.value, unit: '' }, await slowest(texts)];
};

async function slowest(texts: readonly Parameters<typeof advise>[1][]): Promise<Row> {
  let found = { file: '', value: 0 };
  for (const text of texts) {
    const times: number[] = [];
    for (let run = 0; run < 5; run++) {
      const start = performance.now();
      await advise(syntax, text);
      times.push(performance.now() - start);
    }
    const value = median(times);
    if (value > found.value) found = { file: text.file, value };
  }
  const { file, value } = found;
  return {
    what: `advice for the slowest file (${file})`,
    value,
    unit: 'ms',
    peer: `its limit, ${LIMIT} ms`,
    ratio: value / LIMIT,
  };
}
