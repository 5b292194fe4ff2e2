import { readdirSync } from 'node:fs';
import { extractModel } from '../../src/extract/extract';
import { NodeSource } from '../../src/source/node';
import { type Bench, medians, type Row } from '../support/bench';
import { inRoot } from '../support/paths';
import { testSyntax } from '../support/syntax';

/** Reading each sample's model out of its source. */
export const bench: Bench = async () => {
  const syntax = testSyntax();
  const rows: Row[] = [];
  for (const name of readdirSync(inRoot('samples')).filter((each) => each.endsWith('.py') && each !== 'mistakes.py')) {
    const file = inRoot('samples', name);
    const read = async () => {
      const extraction = await extractModel({ syntax, source: new NodeSource(), file });
      if (!extraction.ok) throw new Error(`${name}: ${extraction.problem.message}`);
    };
    const [value = Number.NaN] = await medians([read], 5);
    rows.push({ what: `extract samples/${name}`, value, unit: 'ms' });
  }
  return rows;
};
