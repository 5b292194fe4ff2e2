import { gzipSync } from 'fflate';
import { nodeThreads } from '../../src/reader/node';
import { Reader } from '../../src/reader/reader';
import { NodeSource } from '../../src/source/node';
import { type Bench, medians, type Row } from '../support/bench';
import { inRoot } from '../support/paths';
import { readPart, sealedParts } from '../support/reader';
import { readGrammar } from '../support/syntax';

/** Readings of the sample: the first with a thread and an interpreter that start, and once both are there. */
export const bench: Bench = async () => {
  const file = inRoot('samples', 'tfjs_mnist.ts');
  const source = new NodeSource();
  const open = () => new Reader(nodeThreads(inRoot('out', 'tfjs.worker.js')), readGrammar, undefined, readPart);
  const read = async (reader: Reader) => {
    const { extraction } = await reader.read({ file }, { source });
    if (!extraction.ok) throw new Error(extraction.problem.message);
  };
  const [cold = Number.NaN] = await medians(
    [
      async () => {
        const reader = open();
        await read(reader);
        reader.dispose();
      },
    ],
    5,
  );
  const reader = open();
  await read(reader);
  const [warm = Number.NaN] = await medians([() => read(reader)], 15);
  reader.dispose();
  const rows: Row[] = [
    { what: 'read samples/tfjs_mnist.ts, cold', value: cold, unit: 'ms' },
    { what: 'read samples/tfjs_mnist.ts, warm', value: warm, unit: 'ms' },
  ];
  const { engine, guest } = await sealedParts();
  const packed = [engine, new TextEncoder().encode(guest)].map((bytes) => gzipSync(bytes, { level: 9 }).length);
  const size = packed.reduce((sum, each) => sum + each, 0) / 1024;
  rows.push({
    what: 'the interpreter and its library, packed',
    value: size,
    unit: 'kB',
    peer: 'limit of 450 kB',
    ratio: size / 450,
  });
  return rows;
};
