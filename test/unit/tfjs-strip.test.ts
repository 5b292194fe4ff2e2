import assert from 'node:assert/strict';
import vm from 'node:vm';
import { strip } from '../../src/tfjs/strip';
import { type Modules, plain, reasonOf, runCompiled, runStripped, unknown } from '../support/strip';
import { testSyntax } from '../support/syntax';

/** Each sets `out`; esbuild says to what. */
const snippets: Record<string, string> = {
  'casts and assertions': `
    const a: number = 3 as number; let b = <any>4; const c = (a as unknown as number)! + b!;
    const d = { x: 1 } satisfies { x: number }; const e = [1, 2] as const;
    function f(x: unknown): x is number { return typeof x === 'number' }
    function g(x: any): asserts x is number { if (!x) throw x }
    (b as any) = 7; g(1);
    export const out = [a, b, c, d, e, f(3), f('x')];`,
  'generics on calls, classes and new': `
    function id<T, U = T>(x: T): T { return x } class Box<T> { constructor(public v: T) {} map<U>(f: (v: T) => U): Box<U> { return new Box<U>(f(this.v)) } }
    const m = new Map<string, number>([['a', 1]]); const inst = id<string>;
    export const out = [id<number>(4), new Box<number>(2).map<string>((v) => v + '!'), m.get('a'), inst('s'), id<Array<Map<string, number[]>>>([]).length];`,
  'return types over lines': `
    const f = (
      x: number,
    ): Promise<
      number
    > => Promise.resolve(x);
    const g = async <
      T,
    >(x: T): Promise<T> => x;
    const h = <T,>(
      x: T) : {
        a: T
      } => ({a: x});
    function k() { return <{
      a: number}
    >{ a: 5 } }
    export const out = [h(3), k(), f.length, g.length, f.name];`,
  'statements without semicolons': `
    let log: any[] = []
    const a = log
    type T = { a: number }
    ;[1].forEach((x) => log.push(x))
    const b = log
    interface I {}
    (log as any).push(2)
    let c = 1
    declare const zzz: number
    ++c
    const fn = () => 1
    enum E { A }
    let s = \`x\`
    function over(a: string): string
    function over(a: any) { return a }
    do c++
    while (c < 5)
    if (c) log.push(c)
    else log.push(0)
    export const out = [log, c, E.A, over('z'), s]`,
  enums: `
    enum A { X, Y = 5, Z, S = 'str', N = -1, L = S.length } const enum B { P = 1 << 2, Q = P | 1, R = A.Y * 2, T = B.P + 1 }
    enum A2 { 'a-b' = 3, "c" , d = c + 1 }
    enum A { M = 50, O }
    export enum Act { RELU = 'relu', TANH = \`tanh\` } function f() { enum In { A = 1, B } return In.B + In.A }
    export const out = [A, B.P, B.Q, B.R, B.T, A2, A2['a-b'], Act, f()];`,
  namespaces: `
    namespace N { export const a = 1; export let b = 2; export function f() { return a + b } export class C { x = a } export enum E { Q = 4 }
      namespace Hidden { export const z = 9 } export namespace In.Deep { export const w = Hidden.z } const priv = 3; export const p2 = priv; export interface I {} }
    namespace OnlyTypes { export interface X { a: number } export type Y = string }
    function g() { return g.extra } namespace g { export const extra = 'e' }
    class K { static s() { return K.t } } namespace K { export const t = 't' }
    import alias = N.In.Deep;
    N.b = 10;
    export namespace Out { export const o = N.f() }
    export const out = [N.a, N.f(), new N.C(), N.E.Q, N.In.Deep.w, N.p2, g(), K.s(), alias.w, Out.o, typeof (N as any).Hidden];`,
  'parameter properties': `
    class P { y = this.x * 2; static s = 3; constructor(readonly x: number, private z = x + 1, protected readonly q?: string, plain = 1) { this.z += plain } sum() { return this.x + this.z } }
    class Q extends P { w; ['k' + 1] = this.v; constructor(public v: number) { const t = v + 1; super(t); this.w = this.v } }
    class R { constructor(private a: number) {} get() { return this.a } }
    export const out = [new P(2), new P(2).sum(), new Q(5), new R(4).get(), Object.keys(new P(1)).sort()];`,
  'class members': `
    abstract class A { abstract m(): number; abstract f: string; declare d: number; a?: number; b!: string; c; static e: number; #p: number = 1; #q?: number;
      readonly r = 1; protected static readonly t: string = 't'; public async *gen(): AsyncGenerator<number> { yield 1 }
      get g(): number { return this.#p } set g(v: number) { this.#p = v; this.#q = v } [k: string]: any; over(x: string): void; over(x: any) { return x }
      private ['comp' + 1](): number { return 7 } static { this.e = 12 } opt?(): void; has(o: any) { return #p in o } declare readonly zz: string
      override toString() { return 'A' } }
    class B extends A implements I { m() { return 2 } f = 'f' } interface I {}
    const b = new B(); b.g = 4;
    export const out = [b, b.g, b.m(), B.e, b.over('o'), (b as any).comp1(), String(b), b.has(b), Object.keys(b)];`,
  overloads: `
    function f(a: number): number; function f(a: string): string; function f(this: void, a: any, b?: number): any { return [a, b] }
    function t(this: { x: number }, y: number) { return this.x + y } function only(this: any) { return this }
    export const out = [f(1), f('a'), t.call({ x: 1 }, 2), t.length, only.call(3)];`,
  'default exports': `export default class { a = 1 }\nexport const out = 1;`,
  'default function': `export default function <T>(x: T): T { return x }\nexport const out = 2;`,
  'default arrow': `export default async (x: number): Promise<number> => x; export const out = 3;`,
  'default named': `export default function foo(a) { return a } export const out = foo(3);`,
  'default value': `const q = 4; export default q; export { q as r, q as 'x-y' }; export const out = q;`,
  'default object': `export default { a: 1, b: [2] } as const; export const out = 0;`,
  'default abstract': `export default abstract class Q { abstract x(): void; static s = 3 } export const out = Q.s;`,
  'exported lists': `const a = 1, [b, { c = 3, ...d }] = [2, { e: 5 } as any]; let u: number; var v = 2, w; export { a, b, c, d, u, v, w }; export const { x, y: [z] } = { x: 1, y: [2] }; export const out = [a, b, c, d, u, v, w, x, z];`,
  generators: `
    function* g(n: number): Generator<number> { for (let i = 0; i < n; i++) { const got = yield i * 2; if (got) yield got } }
    const it = g(3); const all = [it.next().value, it.next(9).value, ...it];
    function args() { return arguments.length } const o = { m(this: any) { return (() => this.v)() }, v: 5, get w() { return 1 }, async am() {}, *gm() { yield* [1, 2] } };
    export const out = [all, args.apply(null, [1, 2]), o.m(), [...o.gm()]];`,
  operators: `
    let n: any = null, z: any = 0, o: any = { a: { b: [1, { c: 2 }] }, f(x: any) { return this.a === o.a ? x : -1 } };
    n ||= 3; z ??= 4; z &&= 1; o.q ||= 5; o.a.r ??= 6; const idx = 0; o['s' + idx] ||= 7;
    const t = [n === 3, n !== 3, n == '3', n != null, 1 < n, n <= 3, n > 2, n >= 4, n < z, 'a' in o, o instanceof Object, typeof n, typeof nothing, typeof o.f, !n, !!n, void 0];
    const u = [o?.a?.b?.[1]?.c, o.f?.(3), n?.x, null?.['x' as any], o.a!.b![0], o?.f(4), (o?.a).r, delete o?.zz];
    const v = [n && z, n || z, z && n, null ?? n, (n && z) || 9, !(n && z) ? 1 : 2, (n, z), n ? z ? 1 : 2 : 3, z || (n && 4)];
    export const out = [o, t, u, v];`,
  'control flow': `
    const log: any[] = [];
    for (const k in { a: 1, b: 2 }) log.push(k); for (const [i, v] of ['x', 'y'].entries()) log.push([i, v]); let i = 0; while (i < 3) i++; do { i-- } while (i > 1);
    outer: for (let a = 0; a < 3; a++) { for (let b = 0, n = 4; b < n; b++) { if (b === 2) continue outer; if (a === 2) break outer; log.push(a * 10 + b) } }
    switch (i) { case 0: log.push('zero'); case 1: log.push('one'); case 2: log.push('two'); break; default: log.push('no') }
    switch (true) { case i > 5: log.push('big'); break; case i === 1: { let i = 'in'; log.push(i); break } }
    try { throw new Error('e') } catch { log.push('caught') } finally { log.push('finally') } try { null!.x } catch (e: any) { log.push(typeof e) }
    for (var x of [1, 2]); for (let f of [() => 1, () => 2] as (() => number)[]) log.push(f()); const fs: any[] = []; for (let q = 0; q < 3; q++) fs.push(() => q); log.push(fs.map((f) => f()));
    function rec(n: number): any { switch (n) { case 0: return 'z'; case rec(n - 1) === 'z' ? 1 : 99: return 'one'; default: return 'more' } } log.push(rec(0), rec(1), rec(3));
    if (!log.length) log.push(1); else if (log.length > 2) log.push('many'); for (;;) break; for (;i < 0;); lab: { if (i) break lab; log.push('never') }
    export const out = log;`,
  'spread and patterns': `
    const cfg: any = { units: 4, nested: { k: 1 }, list: [1, 2, 3] }; const { units = 9, bias = true, nested: { k = 2, m: mm = 3 } = {} as any, ...rest } = cfg; let a: any, b: any; [a, b = 5] = [1]; ({ a, x: b = 7 } = { a: 2 } as any);
    function f({ p = 1, q: { r = 2 } = {} as any, ...o }: any = {}, [s, t = 4]: any[] = [], ...more: number[]) { return [p, r, o, s, t, more] }
    const g = ({ p = 1 } = {} as any) => p; const h = (x = 1, y = x + 1) => [x, y]; const j = async (z = 3) => z; class C { m(a = this.d) { return a } d = 8 }
    export const out = [units, bias, k, mm, rest, a, b, f(), f({ p: 3, z: 1 }, [9], 1, 2), g(), h(), h(5), Math.max(...[1, 2], ...cfg.list), { ...cfg, units: 1 }, [...'ab'], new C().m(), f.length];`,
  'templates and regexes': `
    const a = 1; const tag = (s: TemplateStringsArray, ...v: any[]) => [s.raw, v]; const r = /[/'"\`]+\\/(?<n>a)/gi; type X = \`a\${string}\`;
    export const out = [\`x\${a as number}y\${\`in\${a!}\`}\`, tag\`p\${a}q\\n\`, r.source, 'a /* no */ b', "//", 4 / 2 / 1];`,
  jsx: `const App = (p) => <div a={1}>{p.x}</div>; const v = <></>; export const out = [App({}), v, <A b />];`,
  'names that modules are given': `const module = { a: 1 }; let exports2 = 2; const require = (x) => x; export const out = [module, exports2, require(3)];`,
  'accessors and using': `function f() { const a = { v: 1 }; return a.v } const { a: { b } } = { a: { b: 2 } }; export const out = [f(), b];`,
  unicode: `const größe = 3, 変数 = { é: '😀' }; /* 😀 */ export const out = [größe as number, 変数!.é];`,
  'names inside and outside': `
    const a = 1; { const a = 2; let q = a; } function f(a) { return a } const g = (a) => { { let b = a; return b } }; try { throw 5 } catch (a) { f(a) }
    class a2 { a = a; static a(a) { return a } } for (const a of [3]) f(a); export const out = [f(2), g(3), new a2(), a2.a(4), { a }];`,
  'classes as values': `const C = class Named { static n = Named.name }; const D = class { x = 1 }; function mix(B: any) { return class extends B { y = 2 } } class E extends mix(D) {} export const out = [C.n, C.name, D.name, new E(), E.name];`,
  hoisting: `const early = later(); function later() { return typeof v } var v = 1; export const out = [early, later(), v]; if (v) { function inner() { return 3 } var w = inner() } export { w };`,
  'async functions': `async function a() { await null; return 1 } const o = { async *g() { for await (const x of [1]) yield x } }; export const out = [typeof a(), typeof o.g().next];`,
  'type-only everything': `import type { A } from './nowhere'; import { type B } from './nowhere'; import { C } from './nowhere'; export type { D } from './nowhere'; export type E = A; type F = B & C; declare module 'x' {} declare global { interface G {} } declare function h(): void; declare let i: F; export declare const j: number; export interface K {} export as namespace L; export const out = 1;`,
  comments: `// a\n/* b */ const a /* c */ = /* d */ 1 as /* e */ number // f\n/** g */ export /* h */ const out /* i */ = [a] // j\n`,
  'object members': `const k = 'z'; const o = { a: 1 as number, [k + 1]: 2, 'q-r': 3, get g(): number { return 4 }, set g(v: number) {}, m<T>(x: T): T { return x }, async n() {}, k, ...{ s: 5 } }; export const out = [o, o.m(6)];`,
  'signs in odd places': `let x = 5; x = (-x) ** 2 as number || x; const y = x++ + ++x; const b = !x as any; const c = [, 1, , 2]; const n = 1_000n; export const out = [x, y, b, c, n, 0x1f, .5, 1e3, (() => {})() === undefined];`,
};

const several: Record<string, Modules> = {
  'live bindings': {
    './a.ts': `import { count, add, default as d, obj as o } from './b'; import * as b from './b'; add(); const f = (count: number) => count; const g = { count, o }; export const out = [count, f(7), b.count, d, g, typeof add, (() => { const count = 1; return count })()]; add(); out.push(count, (() => count)());`,
    './b.ts': `export let count = 0; export function add(this: any) { count++; return this } export default 'def'; export const obj = { k: 1 };`,
  },
  circles: {
    './a.ts': `import { b, fromB } from './b'; export function a() { return 'a' } export const late = 1; export const out = [b, fromB()];`,
    './b.ts': `import { a, late } from './a'; export const b = a(); export function fromB() { return late }`,
  },
  're-exports': {
    './a.ts': `export * from './b'; export * as ns from './b'; export { x as y, default as z } from './b'; import { x } from './b'; export { x as again }; export const out = [x];`,
    './b.ts': `export const x = 1; export default 2; export const w = 3;`,
  },
  commonjs: {
    './a.js': `const { f, g: { h } } = require('./b'); const b = require('./b'); exports.out = [f(1), h, b.f(2)]; module.exports.more = 4; this.viaThis = 5;`,
    './b.js': `function f(x) { return x + 1 } module.exports = { f, g: { h: 3 } };`,
  },
  'import of what was required': {
    './a.ts': `import b = require('./b'); import { v } from './c'; import c from './c'; export const out = [b.x, v, c.v];`,
    './b.ts': `export const x = 1;`,
    './c.js': `exports.v = 7;`,
  },
  'export =': {
    './a.ts': `import F = require('./b'); export const out = [F(2), F.extra];`,
    './b.ts': `function f(x: number) { return x * 2 } namespace f { export const extra = 1 } export = f;`,
  },
  'enums of other files': {
    './a.ts': `import { E, N } from './b'; enum Own { A = E.B, C = N.v } export const out = [Own, E.B, N.v, E];`,
    './b.ts': `export enum E { A, B = 4 } export namespace N { export const v = 3 }`,
  },
};

const withoutFunctions = (exports: Record<string, unknown>) => plain(exports);

describe('stripping TypeScript', () => {
  for (const [title, text] of Object.entries(snippets))
    it(`${title}: what runs is what esbuild makes of it`, async () => {
      const file = title === 'jsx' ? './a.jsx' : './a.ts';
      const globals = { React: { createElement: () => null, Fragment: null }, A: null };
      const run = await runStripped({ [file]: text }, { globals });
      assert.deepEqual(run.failures, []);
      assert.deepEqual(withoutFunctions(run.exports), withoutFunctions(runCompiled({ [file]: text }, globals)));
      const stripped = run.stripped.get(file);
      assert.equal(stripped?.code.split('\n').length, text.split('\n').length + 1);
    });

  for (const [title, modules] of Object.entries(several))
    it(`${title}: as esbuild has it`, async () => {
      const run = await runStripped(modules);
      assert.deepEqual(run.failures, []);
      assert.deepEqual(withoutFunctions(run.exports), withoutFunctions(runCompiled(modules)));
    });

  it('a statement that throws keeps no other from running', async () => {
    const text = `const a = nothing(); let b = a; const { c, d } = null as any; class E extends (5 as any) {} const f = () => [b, E];\nthrow new Error('x');\nexport const g = 3, h = boom(), i = 4; export default boom();`;
    const run = await runStripped({ './a.ts': text });
    assert.equal(run.failures.length, 6);
    assert.match(reasonOf(run.exports.h) ?? '', /^h \(boom is not defined\)/);
    assert.deepEqual([run.exports.g, run.exports.i], [3, 4]);
    assert.match(reasonOf(run.evaluate('f()[0]')) ?? '', /^a /);
    assert.match(reasonOf(run.exports.default) ?? '', /boom/);
    const statement = run.stripped.get('./a.ts')?.statements.find(({ line }) => line === 1);
    assert.deepEqual(statement, { file: './a.ts', line: 1, column: 0, endLine: 1, endColumn: 21 });
  });

  it('a module that awaits at its own level runs asynchronously', async () => {
    const run = await runStripped({
      './a.ts':
        'export const a = await Promise.resolve(3); for await (const x of [1]) ; export const { b } = await import("./b")',
      './b.ts': 'export const b = 2',
    });
    assert.deepEqual([run.exports.a, run.exports.b, run.stripped.get('./a.ts')?.isAsync], [3, 2, true]);
    const sync = await strip(testSyntax(), 'a.ts', 'async function f() { await 1 }');
    assert.equal(sync.isAsync, false);
  });

  it('using, import.meta, JSON and hashbangs', async () => {
    const run = await runStripped({
      './a.ts':
        '#!/usr/bin/env node\nusing a = { v: 1 }\nfunction f() { using b = { v: 2 }; return b.v }\nexport const out = [a.v, f(), import.meta.url]',
    });
    assert.deepEqual(run.failures, []);
    assert.deepEqual(plain(run.exports.out), [1, 2, './a.ts']);
  });

  it('scripts of pages and components stay where they are', async () => {
    const page =
      '<html><script src="x"></script>\n<script>\nvar a = 1\n</script>\n<p>{{ x }}</p>\n<script type="text/template"><b></script><script>a += 2</script></html>';
    const run = await runStripped({ './p.html': page });
    assert.deepEqual(run.failures, []);
    assert.equal(run.evaluate('a'), 3);
    const component =
      '<template><div/></template>\n<script lang="ts">\nexport default { data(): any { return { x: 1 as number } } }\n</script>\n<style>a { }</style>';
    const vue = await runStripped({ './c.vue': component });
    assert.deepEqual(plain((vue.exports.default as { data(): unknown }).data()), { x: 1 });
  });

  it('a function that is imported has no this', async () => {
    const run = await runStripped({
      './a.ts': `import { who } from './b'\nlet a = 1\nwho()\nexport const out = [who() === undefined, a]`,
      './b.ts': `export function who(this: any) { return this }`,
    });
    assert.deepEqual(plain(run.exports.out), [true, 1]);
  });

  it('what is not found is unknown, by its name', async () => {
    const run = await runStripped({
      './a.ts': `import Papa, { parse as p } from 'papaparse'; import * as all from 'other'; export { q } from 'third'; export const out = [Papa, p, all.x];`,
    });
    assert.deepEqual(Array.from(run.exports.out as unknown[], reasonOf), [
      'import papaparse',
      'import papaparse.parse',
      'import other.x',
    ]);
    assert.equal(reasonOf(run.exports.q), 'import third.q');
  });
});

/** An expression that decides on `u`, what it gives where the answer is yes, and where it is no. */
const decisions: readonly (readonly [string, unknown, unknown])[] = [
  ['u ? 1 : 2', 1, 2],
  ['u === 3', true, false],
  ['u !== 3', false, true],
  ['3 == u', true, false],
  ['u != null', false, true],
  ['u < 3', true, false],
  ['3 >= u', true, false],
  ['!u', false, true],
  ['!!u', true, false],
  ['(u && 1) || 2', 1, 2],
  ['(() => { if (u) return 1; return 2 })()', 1, 2],
  ['(() => { if (u || false) return 1; return 2 })()', 1, 2],
  ['(() => { if (true && u) return 1; return 2 })()', 1, 2],
  ['(u ?? 5) === u ? 1 : 2', 1, 2],
  ['typeof u === "string"', true, false],
  ['u instanceof Object', true, false],
  ['"k" in u', true, false],
  ['(() => { switch (u) { case 1: return 1; default: return 2 } })()', 1, 2],
  ['(() => { switch (1) { case u: return 1; default: return 2 } })()', 1, 2],
  ['((a = 7) => a === 7)(u)', true, true],
  ['(function ({ a = 7 }) { return a === 7 })({ a: u })', true, true],
  ['(() => { const { units = 7 } = u; return units === 7 })()', true, true],
  ['(() => { let x = u; x ||= 4; return x === 4 })()', true, true],
  ['(() => { const o = { x: u }; o.x ??= 4; return o.x === 4 })()', true, true],
  ['(() => { let x = u; x &&= 4; return x === 4 })()', true, false],
  ['[...u].length', 1, 0],
  ['Object.keys({ ...u }).length', 0, 0],
  ['(() => { let n = 0; for (const x of u) n++; return n })()', 1, 0],
  ['u?.x === undefined', true, true],
];

describe('decisions on what is not known', () => {
  const u = new Proxy(unknown('u') as object, {
    get: (target, name) => (name === Symbol.iterator ? () => [1][Symbol.iterator]() : Reflect.get(target, name)),
  });
  const host = { isU: (value: unknown) => value === u };
  for (const [expression, yes, no] of decisions)
    it(expression, async () => {
      for (const answer of [true, false]) {
        const text = `export const out = () => ${expression};`;
        const run = await runUnknown(text, u, answer);
        const result = (run.exports.out as () => unknown)();
        assert.ok(run.asked.length > 0, 'nothing was asked');
        assert.deepEqual(result, answer ? yes : no);
        assert.equal(host.isU(result), false);
      }
    });

  it('asks nothing of what is known', async () => {
    const { decisions: found } = await strip(
      testSyntax(),
      'a.ts',
      'if (1 < 2) { 3 || 4 } for (let i = 0; i < 9; i++) {} const a = { b: 1 } ?? 2; true ? 1 : 2; while (true) break; typeof "x"',
    );
    assert.deepEqual(found, []);
  });

  it('knows its text and its place', async () => {
    const { decisions: found } = await strip(testSyntax(), 'a.ts', 'const a = 1\nif (a.b === "c") a()');
    assert.deepEqual(found, [
      {
        kind: 'equal',
        text: 'a.b === "c"',
        usual: false,
        range: { file: 'a.ts', line: 1, column: 4, endLine: 1, endColumn: 15 },
      },
    ]);
  });

  it('what is stripped parses', async () => {
    for (const [text] of decisions) new vm.Script((await strip(testSyntax(), 'a.ts', text)).code);
  });
});

function runUnknown(text: string, u: unknown, answer: boolean) {
  return runStripped({ './a.ts': text }, { globals: { u }, decide: () => answer, isUnknown: (value) => value === u });
}
