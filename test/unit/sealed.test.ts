import assert from 'node:assert/strict';
import { parseAnswer } from '../../src/tfjs/answer';
import { Sealed, SealedError } from '../../src/tfjs/sealed';
import { sealedParts } from '../support/reader';

let sealed: Sealed;

/** Runs an expression beside a module's statements. @returns the guest's answer */
function run(expression: string, statements = '', milliseconds = 400) {
  const code = `(function(__lens,exports,module,require){__lens.scope(__lens_t=>eval(__lens_t));${statements}\n})`;
  const request = {
    entry: 'lens:0',
    expression,
    scripts: [],
    dependencies: {},
    decided: {},
    usual: {},
    batch: 1,
    training: false,
    files: {},
  };
  return parseAnswer(sealed.run(new Map([['lens:0', code]]), JSON.stringify(request), milliseconds));
}

/** What an expression gives, told through a layer's name: the only word that the guest hands on. */
function told(expression: string, statements = ''): string {
  const model = `tf.sequential({name: 'm', layers: [tf.layers.dense({units: 1, inputShape: [1], name: 'x' + (${expression})})]})`;
  const { problem, outcome } = run(model, statements);
  assert.equal(problem, undefined, problem?.message);
  return (outcome as { layers: { path: string }[] }).layers[0]?.path ?? '';
}

function endOf(expression: string, statements = '', milliseconds?: number): string {
  try {
    const { problem } = run(expression, statements, milliseconds);
    return problem?.kind ?? 'read';
  } catch (error) {
    if (!(error instanceof SealedError)) throw error;
    return error.end;
  }
}

const model = 'tf.sequential({layers: [tf.layers.dense({units: 3, inputShape: [4]})]})';

describe('sealed interpreter', () => {
  before(async function () {
    this.timeout(60_000);
    sealed = await Sealed.open(await sealedParts());
  });

  // After each of them an ordinary model is read as before.
  afterEach(async () => {
    if (sealed.isBroken) sealed = await Sealed.open(await sealedParts());
    const { outcome, problem } = run(model, '', 3000);
    assert.equal(problem, undefined, problem?.message);
    assert.deepEqual((outcome as { parameters: unknown }).parameters, { total: 15, trainable: 15 });
  });

  for (const [what, expression, statements] of [
    ['a loop', 'f()', 'function f() { for (;;); }'],
    ['a loop of a module itself', model, 'for (;;);'],
    ['a loop that catches', 'f()', 'function f() { for (;;) { try { for (;;); } catch {} } }'],
    ['a loop in finally', 'f()', 'function f() { try { throw 1 } finally { for (;;); } }'],
    ['jobs without end', 'f()', 'async function f() { for (;;) await 0; }'],
    [
      'promises that beget promises',
      'f()',
      'function f() { Promise.resolve().then(f); return new Promise(() => {}); }',
    ],
    ['a getter that loops', 'o', 'const o = { get model() { for (;;); } };'],
    ['a message that loops', '(() => { throw { get message() { for (;;); } } })()', ''],
    ['toJSON that loops', model, 'Object.prototype.toJSON = function () { for (;;); };'],
    ['a pattern that backtracks', '/^(a+)+$/.test("a".repeat(40) + "b")', ''],
    ['a finalizer that loops', 'f()', 'function f() { new FinalizationRegistry(() => {}).register({}, 1); for (;;); }'],
  ] as const)
    it(`ends ${what}`, () => {
      const started = performance.now();
      const end = endOf(expression, statements);
      assert.ok(['time', 'raised', 'no-model', 'read'].includes(end), end);
      assert.ok(performance.now() - started < 5000, `${performance.now() - started} ms`);
    });

  for (const [what, expression] of [
    ['a string that doubles', '(() => { let s = "x"; for (;;) s += s; })()'],
    ['arrays without end', '(() => { const a = []; for (;;) a.push(new Array(1e5).fill(a)); })()'],
    ['a large buffer', 'new ArrayBuffer(2 ** 31)'],
    ['typed arrays without end', '(() => { const a = []; for (;;) a.push(new Float64Array(1e6)); })()'],
  ] as const)
    it(`bounds ${what}`, () => {
      assert.ok(['memory', 'raised', 'time'].includes(endOf(expression)), endOf(expression));
    });

  for (const [what, expression] of [
    ['calls', '(function f() { return f() + 1; })()'],
    ['calls through the library', '(function f() { return [1].map(() => f()); })()'],
    ['source text', 'eval("(".repeat(1e5))'],
    ['JSON', '(() => { let o = {}; for (let i = 0; i < 1e5; i++) o = { o }; return JSON.stringify(o); })()'],
    ['proxies', '(() => { let f = () => 1; for (let i = 0; i < 5e4; i++) f = new Proxy(f, {}); return f(); })()'],
    ['patterns', 'new RegExp("(".repeat(2e4) + ")".repeat(2e4)).test("a")'],
  ] as const)
    it(`bounds the depth of ${what}`, () => {
      // Time enough for a machine that is busy: it is the depth that ends it.
      const end = endOf(expression, '', 5000);
      assert.ok(['depth', 'memory', 'raised', 'no-model', 'broken'].includes(end), end);
    });

  it('has nothing of its host', () => {
    const names = [
      'process',
      'require',
      'module',
      'fetch',
      'XMLHttpRequest',
      'WebAssembly',
      'Deno',
      'importScripts',
      'std',
      'os',
    ];
    // Reached past the scope that stands in for what is not known.
    const real = names.map((name) => `typeof (0, eval)('this').${name}`).join(` + '_' + `);
    assert.equal(told(real), `x${names.map(() => 'undefined').join('_')}`);
    assert.equal(told(`typeof (() => {}).constructor('return this')().process`), 'xundefined');
  });

  it('keeps nothing from one run to the next', () => {
    endOf(model, 'Array.prototype.map = null; Object.prototype.units = 7; (0, eval)("this").mark = 2;');
    assert.equal(told('typeof (0, eval)("this").mark + typeof [].map + ({}).units'), 'xundefinedfunctionundefined');
  });

  it('answers in its own words, whatever becomes of JSON and Promise', () => {
    const statements = `JSON.stringify = () => '{"problem":null}'; JSON.parse = null; Object.prototype.toJSON = () => 'x';
      Promise.prototype.then = null; Array.prototype[Symbol.iterator] = null;`;
    const end = endOf(model, statements);
    assert.ok(['raised', 'read', 'broken', 'time'].includes(end), end);
  });

  it('has no prototype of the host in its reach', () => {
    endOf(model, 'Object.prototype.polluted = 1; ({}).constructor.prototype.polluted = 2;');
    assert.equal(({} as { polluted?: number }).polluted, undefined);
  });
});
