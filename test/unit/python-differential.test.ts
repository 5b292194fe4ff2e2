import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { inRoot } from '../support/paths';
import { printed } from '../support/python';

type Case = readonly [topic: string, program: string, answer: string];

const [prelude, ...cases]: readonly [string, ...Case[]] = JSON.parse(
  gunzipSync(readFileSync(inRoot('test/fixtures/python/differential/programs.json.gz'))).toString('utf8'),
);

/** What is knowingly not read, by what a program holds. */
const UNSUPPORTED: readonly (readonly [holds: RegExp, reason: string])[] = [
  [/\\N\{/, "characters' names would need Unicode's table of them"],
  [/^class \w+\((?:int|str)\):/m, 'what is made of a subclass of int or str is a plain int or str'],
];

/** CPython words a wrong number of arguments of a function in C as that function's author did; here it is one wording. */
const ARITY =
  /^TypeError: .*(?:takes|expected|missing|given).*argument|^TypeError: .* expected (?:at (?:least|most) )?\d+ arguments?/;

const alike = (a: string | undefined, b: string | undefined): boolean =>
  a === b || (a !== undefined && b !== undefined && ARITY.test(a) && ARITY.test(b) && !a.includes(' f()'));

/** The program with its end told as make.py tells it. */
function whole(program: string): string {
  const body = program.replace(/^(?=.)/gm, '    ');
  return `${prelude}try:\n${body}\nexcept BaseException as e:\n    print('!', type(e).__name__, e)\n`;
}

async function difference(program: string, answer: string): Promise<string | undefined> {
  const expected = answer.split('\n');
  if (expected.at(-1) === '') expected.pop();
  const lines = await printed({ 'm.py': whole(program) }, 'm.py', { milliseconds: 5000 }, undefined, '__main__').catch(
    (error: unknown) => [`!! ${String(error)}`],
  );
  const at = [...expected, ...lines].findIndex((_, i) => !alike(expected[i], lines[i]));
  if (at < 0) return undefined;
  return `${program}line ${at + 1}: CPython prints\n    ${expected[at] ?? '(nothing)'}\nand here it is\n    ${lines[at] ?? '(nothing)'}\n`;
}

describe('generated Python, against what CPython prints', () => {
  it('has programs enough', () => assert.ok(cases.length >= 2000, `${cases.length} programs`));

  for (const topic of new Set(cases.map(([each]) => each))) {
    const own = cases.filter(
      ([each, program]) => each === topic && !UNSUPPORTED.some(([holds]) => holds.test(program)),
    );
    it(`${topic}: ${own.length} programs`, async () => {
      const wrong: string[] = [];
      for (const [, program, answer] of own) {
        const found = await difference(program, answer);
        if (found !== undefined) wrong.push(found);
      }
      assert.equal(wrong.length, 0, `${wrong.length} differ:\n\n${wrong.join('\n')}`);
    }).timeout(60_000);
  }
});
