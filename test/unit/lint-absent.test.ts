import assert from 'node:assert/strict';
import { pathToFileURL } from 'node:url';
import { inRoot } from '../support/paths';

type AbsentReads = (
  config: string,
  names: ReadonlyMap<string, string>,
  options: { readonly cwd: string; readonly fs: Readonly<Record<string, (path: string) => unknown>> },
) => string[];

/** A project of one file, which is nowhere. */
async function check(text: string): Promise<string[]> {
  const [config, file] = [inRoot('snippet', 'tsconfig.json'), inRoot('snippet', 'snippet.ts')];
  const compilerOptions = { strict: true, noUncheckedIndexedAccess: true, target: 'ES2023', types: [] };
  const files = new Map([
    [config, JSON.stringify({ compilerOptions, files: ['snippet.ts'] })],
    [file, text],
  ]);
  const fs = {
    readFile: (path: string) => files.get(path),
    fileExists: (path: string) => files.has(path) || undefined,
  };
  // The module asks TypeScript's own process, whose program lies beside TypeScript: it can't be bundled.
  const module = pathToFileURL(inRoot('scripts', 'lib', 'absent.mjs')).href;
  const { absentReads } = (await import(module)) as { absentReads: AbsentReads };
  return absentReads(config, new Map([[file, 'snippet.ts']]), { cwd: inRoot(), fs });
}

const declared = `
declare const shape: readonly number[], names: string[] | undefined, data: Float32Array | Int32Array, i: number;
declare const optional: (number | null)[], text: string, list: ArrayLike<number>;
declare const sizes: Map<string, number>, counts: Record<string, number>, byNumber: Record<number, number>;
declare const layers: { size: number }[], values: unknown[];
`;

describe('the lint of reads that may be of nothing', () => {
  it('finds them', async () => {
    const reads = [
      'shape[i] ?? 1',
      'shape[0] ?? 0',
      'shape.at(-1) ?? 0',
      '(shape[i]) ?? (0)',
      '(shape[i] ?? 1) * 2',
      'shape[shape.indexOf(3)] ?? -1',
      'data[i] ?? NaN',
      'data[i] ?? Number.NaN',
      'list[i] ?? 0',
      "names?.[i] ?? ''",
      "text[i] ?? ''",
      'shape[i] || 1',
      'layers[i]?.size ?? 1',
      'layers.at(-1)?.size.toFixed() ?? 0',
      'counts.x ?? shape[i] ?? 1',
      '((of: string[]) => of.map((_, k) => shape[k] ?? 1))([])',
    ];
    const text = `${declared}${reads.map((read) => `void (${read});`).join('\n')}`;
    const first = declared.split('\n').length;
    const found = await check(text);
    assert.deepEqual(
      found.map((line) => Number(/^snippet\.ts:(\d+): .*itemAt/.exec(line)?.[1])),
      reads.map((_, at) => first + at),
      found.join('\n'),
    );
  });

  it('finds defaults of patterns', async () => {
    const found = await check(`${declared}
const [first = 1, , third = ''] = shape.map((size) => (size ? '' : size));
const [rows = 1] = shape.slice(1);
const area = ([height = 1, width = 1]: readonly number[]) => height * width;
void [first, third, rows, area];
`);
    assert.equal(found.length, 5, found.join('\n'));
  });

  it('lets pass what may be absent, and what is no list', async () => {
    const found = await check(`${declared}
void (sizes.get(text) ?? 0);
void (counts[text] ?? 0);
void (byNumber[i] ?? 0);
void (optional[i] ?? 0);
void (values[i] ?? 0);
void (shape[i] ?? Math.max(...shape));
void (/(a)|(b)/.exec(text)?.[1] ?? '');
void (text.match(/a/)?.[0] ?? '');
const [first, second] = shape;
const [, group = ''] = /(a)?/.exec(text) ?? [];
const [given = 1] = optional;
void [first ?? 0, second, group, given];
`);
    assert.deepEqual(found, []);
  });
});
