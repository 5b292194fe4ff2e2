import assert from 'node:assert/strict';
import { advise } from '../../src/advise/engine';
import { detect } from '../../src/detect/detect';
import type { Skipped } from '../../src/detect/skipped';
import type { SourceText } from '../../src/source/source';
import { MAX_NESTING } from '../../src/syntax/ancestors';
import type { Node } from '../../src/syntax/syntax';
import { type Make, pythonCode, tsxCode, typescriptCode } from '../support/deepCode';
import { testSyntax } from '../support/syntax';

const syntax = testSyntax();
type Look = (text: SourceText, tell: (skipped: Skipped) => void) => Promise<readonly unknown[]>;
const look: Look = (text, tell) => detect(syntax, text, undefined, tell);
const check: Look = (text, tell) => advise(syntax, text, { tell });

/** Ways from node to node: each call goes into the parser's memory. */
const WAYS = [
  'childForFieldName',
  'childWithDescendant',
  'descendantForIndex',
  'firstChildForIndex',
  'namedChild',
] as const;

/** How many ways from node to node some work takes. */
async function steps(work: () => Promise<unknown>): Promise<number> {
  const tree = await syntax.parse('python', 'x');
  const prototype: Node = Object.getPrototypeOf(tree.rootNode);
  tree.delete();
  let count = 0;
  const saved = WAYS.map((way) => Object.getOwnPropertyDescriptor(prototype, way) as PropertyDescriptor);
  for (const [index, way] of WAYS.entries())
    Object.defineProperty(prototype, way, {
      ...saved[index],
      value(this: Node, ...given: unknown[]) {
        count++;
        return saved[index]?.value.apply(this, given);
      },
    });
  try {
    await work();
  } finally {
    for (const [index, way] of WAYS.entries())
      Object.defineProperty(prototype, way, saved[index] as PropertyDescriptor);
  }
  return count;
}

const tables: readonly (readonly [string, Readonly<Record<string, Make>>, Look, string])[] = [
  ['detection of Python', pythonCode, look, 'a.py'],
  ['advice on Python', pythonCode, check, 'a.py'],
  ['detection of TypeScript', typescriptCode, look, 'a.ts'],
  ['detection of JSX', tsxCode, look, 'a.tsx'],
];

for (const [what, constructs, run, file] of tables)
  describe(`${what}, deep and long`, () => {
    for (const [name, make] of Object.entries(constructs))
      it(`takes twice the steps for twice as many ${name}`, async function () {
        this.timeout(60_000);
        const count = (n: number) => steps(() => run({ file, text: make(n), version: 1 }, () => undefined));
        const [half, whole] = [await count(400), await count(800)];
        assert.ok(whole < 2.5 * half + 500, `${half} steps, then ${whole}`);
      });
  });

describe('what is too deep', () => {
  const told = async (run: Look, file: string, text: string) => {
    const skipped: Skipped[] = [];
    const found = await run({ file, text, version: 1 }, (each) => skipped.push(each));
    return { found: found.length, skipped };
  };

  it('is left out and told, the rest is found', async () => {
    for (const [run, file, make] of [
      [look, 'a.py', pythonCode.lists],
      [check, 'a.py', pythonCode.lists],
      [look, 'a.ts', typescriptCode.arrays],
      [look, 'a.tsx', tsxCode.elements],
    ] as const) {
      const { found, skipped } = await told(run, file, make?.(20_000) ?? '');
      assert.equal(found, 0);
      assert.equal(skipped.length, 1);
      assert.match(skipped[0]?.reason ?? '', new RegExp(`${MAX_NESTING} levels`));
    }
    const text = `${pythonCode.lists?.(20_000)}y = F.relu(x)\n`;
    const { found, skipped } = await told(look, 'a.py', text);
    assert.equal(found, 1);
    assert.deepEqual(
      skipped.map(({ range }) => range.line),
      [3],
    );
  });

  it('is no ordinary code', async () => {
    for (const make of [pythonCode.lists, pythonCode['calls in calls'], pythonCode['sum to the left']]) {
      const { skipped } = await told(look, 'a.py', make?.(300) ?? '');
      assert.deepEqual(skipped, []);
    }
  });
});

describe('a text that takes too long to parse', () => {
  it('is given up, and holds up no other', async function () {
    this.timeout(120_000);
    const slow = `import torch\n${'\\\n'.repeat(200_000)}torch.relu(x)\n`;
    const given = assert.rejects(detect(syntax, { file: 'a.py', text: slow, version: 1 }), { name: 'ParseError' });
    const other = { file: 'b.py', text: 'import torch\ntorch.relu(x)\n', version: 1 };
    let isOver = false;
    given.then(() => {
      isOver = true;
    });
    assert.equal((await detect(syntax, other)).length, 1);
    assert.equal(isOver, false);
    await given;
  });
});
