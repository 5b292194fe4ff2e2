import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { main } from '../../src/cli';
import { inRoot } from '../support/paths';
import { testReader } from '../support/reader';
import { testSyntax } from '../support/syntax';

/** A finding whose place was read; lines are told by their text, which stays where versions differ. */
interface Judged {
  /** Below the folder of packages: `torch/distributions/bernoulli.py`. */
  readonly file: string;
  readonly code: string;
  /** The class or function at the top of the file that it is in. */
  readonly within: string;
  readonly line: string;
}

interface Verdict extends Judged {
  readonly verdict: 'true';
  readonly reason: string;
}

interface Told {
  readonly file: string;
  readonly line: number;
  readonly code: string;
}

const verdicts: readonly Verdict[] = JSON.parse(
  readFileSync(inRoot('test', 'fixtures', 'advise-verdicts.json'), 'utf8'),
);

const keyOf = ({ file, code, within, line }: Judged) => [file, code, within, line].join('\t');

function packageFolder(name: string): string {
  const python = process.env.ACTIVATION_LENS_PYTHON ?? '/usr/bin/python3';
  const code = 'import importlib.util, sys; print(importlib.util.find_spec(sys.argv[1]).submodule_search_locations[0])';
  return execFileSync(python, ['-c', code, name], { encoding: 'utf8' }).trim();
}

/** What `lint` tells of a folder by the rules that are on by default. */
async function lint(folder: string): Promise<readonly Told[]> {
  let out = '';
  const keep = (text: string) => {
    out += text;
  };
  const host = { syntax: testSyntax(), reader: testReader(), out: keep, err: () => undefined };
  await main(['lint', '--format', 'json', folder], host);
  return JSON.parse(out);
}

function judgedOf({ file, line, code }: Told, packages: string): Judged {
  const lines = readFileSync(file, 'utf8').split('\n').slice(0, line);
  const top = lines.map((each) => /^(?:class|(?:async )?def) (\w+)/.exec(each)?.[1]).findLast((name) => name);
  return { file: relative(packages, file), code, within: top ?? '', line: lines.at(-1)?.trim() ?? '' };
}

/** Every finding in a well-kept package has been read in its source; what has no verdict is taken to be wrong. */
describe('advice on packages, each finding with a verdict', () => {
  for (const [name, fewest] of [
    ['torch', 1000],
    ['torchvision', 100],
  ] as const)
    it(name, async () => {
      const folder = packageFolder(name);
      const files = readdirSync(folder, { recursive: true, encoding: 'utf8' });
      assert.ok(files.filter((file) => file.endsWith('.py')).length > fewest);
      const packages = dirname(folder);
      const found = (await lint(folder)).map((told) => keyOf(judgedOf(told, packages)));
      const expected = verdicts.filter(({ file }) => file.startsWith(join(name, '/'))).map(keyOf);
      assert.ok(expected.length > 0);
      assert.deepEqual([...new Set(found)].toSorted(), expected.toSorted());
    });
});
