import assert from 'node:assert/strict';
import fc from 'fast-check';
import { strip } from '../../src/tfjs/strip';
import { plain, runCompiled, runStripped } from '../support/strip';
import { testSyntax } from '../support/syntax';

/** Programs of TypeScript that end and don't throw, written with and without semicolons, on one line and on several. */
const names = ['a', 'b', 'c', 'd'] as const;

const type = fc.constantFrom(
  'any',
  'number | undefined',
  '{ a: number;\n b?: string }',
  'Array<Map<string, any>>',
  '(x: number) => void',
  'typeof log',
  "'x' | 'y'",
);
const gap = fc.constantFrom(' ', ' ', '\n', ' /* c */ ', ' // c\n');

const { expression } = fc.letrec<{ expression: string }>((tie) => {
  const e = tie('expression');
  return {
    expression: fc.oneof(
      { maxDepth: 4, depthSize: 'small' },
      fc.constantFrom(
        '1',
        '2.5',
        "'s'",
        '`t`',
        'true',
        'null',
        'undefined',
        'a',
        'b',
        'c',
        'd',
        '/x/g.source',
        '[1, 2]',
        '{ a: 1 }.a',
        'E.B',
        'N.v',
        'new P(2).x',
      ),
      fc
        .tuple(
          e,
          fc.constantFrom('===', '!==', '==', '!=', '<', '<=', '>', '>=', '&&', '||', '+', '-', '*', '%', ','),
          e,
        )
        .map(([l, o, r]) => `((${l}) ${o} (${r}))`),
      fc.tuple(e, e).map(([l, r]) => `((${l}) ?? (${r}))`),
      fc.tuple(e, e, e).map(([c, t, f]) => `((${c}) ? (${t}) : (${f}))`),
      fc.tuple(e, type).map(([v, t]) => `((${v}) as ${t})`),
      fc.tuple(e, type, gap).map(([v, t, g]) => `(<${t}>${g}(${v}))`),
      fc.tuple(e, type).map(([v, t]) => `((${v}) satisfies ${t})`),
      e.map((v) => `(${v})!`),
      e.map((v) => `!(${v})`),
      e.map((v) => `typeof (${v})`),
      e.map((v) => `(({ k: ${v} } as any)?.k)`),
      e.map((v) => `[...[${v}], 1].length`),
      e.map((v) => `({ ...{ z: (${v}) } }).z`),
      fc.tuple(e, type, type, gap).map(([v, t, r, g]) => `((x: ${t}${g}): ${r} => (${v}))(1 as any)`),
      fc
        .tuple(e, e, type)
        .map(([v, w, t]) => `(function <T>(this: void, x: ${t} = (${v}) as any, ...r: any[]) { return (${w}) })()`),
      fc.tuple(e, e).map(([v, w]) => `(({ p = (${v}), q: [r = 1] = [] }: any = {}) => [p, r, (${w})].length)()`),
      // A union there makes the grammar read comparisons, behind another one.
      e.map((v) => `id<any>(${v})`),
      e.map(
        (v) =>
          `((v: any) => { switch (v) { case (${v}): return 'same'; case 1: return 'one'; default: return 'none' } })(a)`,
      ),
      e.map((v) => `(() => { let n: any = (${v}); n ||= 1; n &&= 2; n ??= 3; return n })()`),
      e.map((v) => `((() => (${v}))!() as any)`),
    ),
  };
});

/** Statements; each ends with what may stand for a semicolon. */
const end = fc.constantFrom(';', ';', '\n', ' // end\n', ';\n');
const { statement } = fc.letrec<{ statement: string }>((tie) => {
  const s = tie('statement');
  const name = fc.constantFrom(...names);
  return {
    statement: fc.oneof(
      { maxDepth: 3, depthSize: 'small' },
      fc.tuple(expression, end).map(([v, z]) => `log.push(${v})${z}`),
      fc.tuple(name, expression, end).map(([n, v, z]) => `${n} = ${v}${z}`),
      fc.tuple(type, end).map(([t, z]) => `type T${Math.abs(hash(t))} = ${t}${z}`),
      end.map((z) => `interface I { a: number; m(): void }${z}`),
      end.map((z) => `declare const nowhere: number${z}`),
      fc.tuple(expression, s, s).map(([c, x, y]) => `if (${c}) { ${x} } else { ${y} }\n`),
      fc.tuple(s, fc.nat(3)).map(([x, n]) => `for (let i = 0, n: number = ${n}; i < n; i++) { ${x} }\n`),
      fc.tuple(s, expression).map(([x, v]) => `for (const [k, v] of Object.entries({ k: ${v} }) as any) { ${x} }\n`),
      fc.tuple(s, expression).map(([x, v]) => `try { ${x} } catch (e: any) { log.push(${v}) } finally { }\n`),
      fc.tuple(s, type).map(([x, t]) => `{ const a: ${t} = 5 as any; ${x} }\n`),
      fc
        .tuple(s, type, expression)
        .map(([x, t, v]) => `(function inner(a: ${t}, b?: number) { ${x} })(${v} as any);\n`),
      fc.tuple(expression, end).map(([v, z]) => `;[1].forEach((x) => log.push(x, ${v}))${z}`),
      fc.tuple(expression, end).map(([v, z]) => `;(log as any[]).push(<any>(${v}))${z}`),
    ),
  };
});

const hash = (text: string): number => Array.from(text).reduce((sum, each) => (sum * 31 + each.charCodeAt(0)) | 0, 7);

const declarations = fc.constantFrom("enum E { A, B = A + 2, C = 'c' as any }\n", 'enum E { A = 1 << 1, B }\n');
const classes = fc
  .tuple(type, expression)
  .map(
    ([t, v]) =>
      `abstract class Base { abstract m(): ${t}; declare z: number; f?: ${t}; constructor(protected readonly w = 1) {} over(x: string): void; over(x: any) { return x } }\nclass P extends Base { static s = 1; y = this.x; constructor(public x: number, private q: any = (${v})) { super(x) } m(): any { return this.q } get g(): ${t} { return this.w as any } }\n`,
  );
const tops = fc
  .tuple(fc.constantFrom(...names), expression, type, end)
  .map(([n, v, t, z]) => `export const ${n}1: ${t} = (${v}) as any, { l${n} = 2 }: any = { k: 1 }${z}`);

const program = fc
  .tuple(
    declarations,
    classes,
    fc.array(statement, { maxLength: 6 }),
    fc.uniqueArray(tops, { maxLength: 2, selector: (each) => each.slice(0, 14) }),
    fc.array(statement, { maxLength: 4 }),
  )
  .map(([e, c, before, exported, after]) =>
    [
      'const log: any[] = []\nlet a: any = 1, b: any = 2, c: any, d: any = null\nfunction id<T>(x: T): T\nfunction id(x: any) { return x }\nnamespace N { export const v = 7; export type Q = string }\n',
      e,
      c,
      ...before,
      ...exported,
      ...after,
      'export const out = log; export { a, b, c, d, E, N }\n',
    ].join(''),
  );

describe('generated TypeScript', () => {
  it('runs as what esbuild makes of it', async function () {
    this.timeout(120_000);
    let compared = 0;
    let refused = 0;
    await fc.assert(
      fc.asyncProperty(program, async (text) => {
        let expected: Record<string, unknown>;
        try {
          expected = runCompiled({ './a.ts': text });
        } catch {
          // What throws, or esbuild refuses, says nothing.
          return;
        }
        const { isDamaged } = await strip(testSyntax(), './a.ts', text);
        // The grammar is not TypeScript's own.
        if (isDamaged) {
          refused++;
          return;
        }
        compared++;
        const run = await runStripped({ './a.ts': text });
        assert.deepEqual(run.failures, []);
        assert.deepEqual(plain(run.exports), plain(expected));
        const lines = run.stripped.get('./a.ts')?.code.split('\n').length;
        assert.equal(lines, text.split('\n').length + 1);
      }),
      { numRuns: Number(process.env.STRIP_RUNS ?? 150) },
    );
    assert.ok(compared > 50, `only ${compared} programs could be compared`);
    assert.ok(refused < compared / 20, `the grammar refuses ${refused} beside ${compared}`);
  });
});
