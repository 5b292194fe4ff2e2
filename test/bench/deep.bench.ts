import { advise } from '../../src/advise/engine';
import { detect } from '../../src/detect/detect';
import type { LanguageId } from '../../src/syntax/syntax';
import type { Bench, Row } from '../support/bench';
import { type Make, pythonCode, tsxCode, typescriptCode } from '../support/deepCode';
import { testSyntax } from '../support/syntax';

const syntax = testSyntax();
/** Steps of each construct; ten times as many should take some ten times as long. */
const SIZES = [1_000, 10_000, 100_000];
/** Longer texts are not read. */
const LONGEST = 4 * 1024 * 1024;

type Look = (file: string, text: string) => Promise<unknown>;
const look: Look = (file, text) => detect(syntax, { file, text, version: 1 });
const check: Look = (file, text) => advise(syntax, { file, text, version: 1 });

/** Detection and advice without the parse, in code of every construct that can be deep or long. */
export const bench: Bench = async () => [
  ...(await measure('detect', 'python', 'a.py', pythonCode, look)),
  ...(await measure('lint', 'python', 'a.py', pythonCode, check)),
  ...(await measure('detect', 'typescript', 'a.ts', typescriptCode, look)),
  ...(await measure('detect', 'tsx', 'a.tsx', { ...typescriptCode, ...tsxCode }, look)),
];

async function measure(
  command: string,
  language: LanguageId,
  file: string,
  constructs: Readonly<Record<string, Make>>,
  run: Look,
): Promise<Row[]> {
  const rows: Row[] = [];
  for (const [name, make] of Object.entries(constructs)) {
    let [before, last] = [0, ''];
    for (const size of SIZES) {
      const text = make(size);
      if (text.length > LONGEST || text.length === last.length) break;
      const parse = await spent(async () => (await syntax.parse(language, text)).delete());
      // What takes too long to parse is given up, and there is nothing to measure.
      const time = parse === undefined ? undefined : await spent(() => run(file, text));
      if (parse === undefined || time === undefined) break;
      const value = Math.max(time - parse, 0.1);
      const what = `${command}, ${language}: ${name}, ${size}`;
      rows.push({ what, value, unit: 'ms', ...(before > 0 && { peer: 'a tenth of it', ratio: value / before }) });
      [before, last] = [value, text];
    }
  }
  return rows;
}

/** Milliseconds of the processor's; undefined where the text was given up. */
async function spent(work: () => Promise<unknown>): Promise<number | undefined> {
  const start = process.cpuUsage();
  try {
    await work();
  } catch (error) {
    if (error instanceof Error && error.name === 'ParseError') return undefined;
    throw error;
  }
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1000;
}
