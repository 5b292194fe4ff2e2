import { readdirSync, readFileSync } from 'node:fs';
import { readOnnx } from '../../src/fromOnnx/read';
import { type Bench, medians, type Row } from '../support/bench';
import { besideFixtures } from '../support/onnxFixtures';
import { inRoot } from '../support/paths';

/** Reading the sample and the fixtures: the first of all, which is cold, and each once it is warm. */
export const bench: Bench = async () => {
  const rows: Row[] = [];
  const files = [
    inRoot('samples', 'digits.onnx'),
    ...readdirSync(inRoot('test', 'fixtures', 'onnx'))
      .filter((name) => name.endsWith('.onnx'))
      .map((name) => inRoot('test', 'fixtures', 'onnx', name)),
  ];
  for (const [index, file] of files.entries()) {
    const bytes = new Uint8Array(readFileSync(file));
    const name = file.slice(inRoot().length + 1);
    const read = async () => {
      await readOnnx(bytes, { external: besideFixtures });
    };
    if (index === 0) {
      const began = performance.now();
      await read();
      rows.push({ what: `read ${name}, cold`, value: performance.now() - began, unit: 'ms' });
    }
    const [value = Number.NaN] = await medians([read], 5);
    rows.push({ what: `read ${name}`, value, unit: 'ms' });
  }
  return rows;
};
