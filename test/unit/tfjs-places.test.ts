import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import type { QuickJSWASMModule } from 'quickjs-emscripten-core';
import { detect } from '../../src/detect/detect';
import type { SourceRange } from '../../src/graph/types';
import { siteAt } from '../../src/resolve/join';
import { Origins } from '../../src/tfjs/origins';
import { callAt } from '../../src/tfjs/places';
import { strip } from '../../src/tfjs/strip';
import { inRoot } from '../support/paths';
import { testSyntax } from '../support/syntax';

/** Layers and ops that only say where they were called from, and what they were given as activations. */
const library = `
const places = [];
const here = (given) => {
  const frame = new Error().stack.split('\\n').find((line) => line.includes('(user.ts'));
  const at = /user\\.ts:(\\d+):(\\d+)/.exec(frame ?? '');
  places.push([Number(at?.[1]), Number(at?.[2]), given?.activation ?? null, given?.recurrentActivation ?? null]);
  return { apply: () => ({}), relu: (x) => here(x), add: (x) => x };
};
const tf = { layers: new Proxy({}, { get: () => (config) => here(config) }), relu: (x) => here(), tensor: () => here() };
class Layer { constructor(config) { here(config) } }
tf.Layer = Layer;
const identity = (id, a) => a;
const lens = {
  scope() {}, module() {}, export(e, k, get) {}, all: () => tf, import: () => tf, failed(id, e) { throw e },
  enum(o, define) { let n = 0; define((k, ...v) => { o[k] = v.length ? v[0] : n; n = o[k] + 1; return o[k] }) },
  test: identity, given: identity, otherwise: identity, equal: (_, a, b) => a === b, less: (_, a, b) => a < b, more: (_, a, b) => a > b,
  items: identity, spread: identity, open: (v) => v, type: (v) => typeof v, subject: identity, case: (i, s, v) => v,
};
const run = (make) => { make.call({}, lens, {}, {}, () => tf); return JSON.stringify(places) };
`;

let quickjs: QuickJSWASMModule;

interface Found {
  readonly call: string | undefined;
  readonly activation: string | undefined;
  readonly recurrent: string | undefined;
  readonly sites: (string | undefined)[];
}

async function placesOf(text: string): Promise<Found[]> {
  const stripped = await strip(testSyntax(), 'user.ts', text);
  const context = quickjs.newContext();
  try {
    const evaluate = (code: string, file: string): unknown =>
      context.unwrapResult(context.evalCode(code, file)).consume((value) => context.dump(value));
    evaluate(library, 'library.js');
    context
      .unwrapResult(context.evalCode(stripped.code, 'user.ts'))
      .consume((make) => context.setProp(context.global, 'make', make));
    const places = JSON.parse(String(evaluate('run(make)', 'library.js'))) as [
      number,
      number,
      string | null,
      string | null,
    ][];
    const sites = await detect(testSyntax(), { file: 'user.ts', text, version: 1 });
    const { file, root, lines, map } = stripped;
    const origins = new Origins(file, stripped.text, root, lines);
    const slice = (range: SourceRange | undefined) => range && textIn(text, range);
    return places.map(([line, column, activation, recurrent]) => {
      const call = callAt(root, map.offsetAt(line, column) ?? -1);
      const chosen = call && origins.activationAt(call, 'activation', activation ? new Set([activation]) : undefined);
      const gate =
        call && origins.activationAt(call, 'recurrentActivation', recurrent ? new Set([recurrent]) : undefined);
      return {
        call: call && slice(lines.range(file, call.start, call.end)),
        activation: slice(chosen),
        recurrent: slice(gate),
        sites: [chosen, gate].map((range) => range && siteAt(sites, range)?.activation),
      };
    });
  } finally {
    context.dispose();
  }
}

function textIn(text: string, { line, column, endLine, endColumn }: SourceRange): string {
  const lines = text.split('\n').slice(line, endLine + 1);
  if (line === endLine) return (lines[0] ?? '').slice(column, endColumn);
  return [(lines[0] ?? '').slice(column), ...lines.slice(1, -1), (lines.at(-1) ?? '').slice(0, endColumn)].join('\n');
}

const head = "import * as tf from '@tensorflow/tfjs'\n";

describe('places of TensorFlow.js layers', () => {
  before(async () => {
    // It looks for its WebAssembly beside itself, so it is not bundled.
    const require = createRequire(inRoot('package.json'));
    const core = require('quickjs-emscripten-core') as typeof import('quickjs-emscripten-core');
    quickjs = await core.newQuickJSWASMModuleFromVariant(require('@jitl/quickjs-wasmfile-release-sync').default);
  });

  const calls: Record<string, readonly [string, ...string[]]> = {
    'a call': ['tf.layers.dense({ units: 1 })', 'tf.layers.dense({ units: 1 })'],
    'types and emoji before it on its line': [
      "const a: string = '😀' as string; /* é😀 */ const l: any = <any>tf.layers.dense({ units: 1 as number })",
      'tf.layers.dense({ units: 1 as number })',
    ],
    'calls in calls': [
      'const m: any = tf.layers.flatten({}); m.add(\n  tf.layers.dense({\n units: 2 }))',
      'tf.layers.flatten({})',
      'tf.layers.dense({\n units: 2 })',
    ],
    'a tail call': ['function f(): any { return (tf.layers.dense({}) as any) } f()', 'tf.layers.dense({})'],
    'an arrow': ['const f = (x: number): any => tf.layers.dense({ x }); f(1)', 'tf.layers.dense({ x })'],
    'a choice': [
      'const f = (x) => { return x === 1 ? tf.layers.a({}) : tf.layers.b({}) }; f(1); f(2)',
      'tf.layers.a({})',
      'tf.layers.b({})',
    ],
    'a chain': [
      'tf.relu(tf.tensor()\n  .relu())',
      'tf.tensor()',
      'tf.tensor()\n  .relu()',
      'tf.relu(tf.tensor()\n  .relu())',
    ],
    'a class of the file': [
      'class L extends tf.Layer { constructor(private u: number) { super({}) } } new L(3); const f = () => new L(4)\nf()',
      'super({})',
      'super({})',
    ],
    'an imported name': [
      "import { layers as L, relu } from '@tensorflow/tfjs'\nconst c = 1\nL.dense({})\nrelu(c)",
      'L.dense({})',
      'relu(c)',
    ],
    'decisions around it': [
      'const n: any = 3; const l = n === 3 && n > 2 ? n || tf.layers.a({}) : 1; switch (n) { case 3: tf.layers.b({ n }) } for (const x of [1]) tf.layers.c({})',
      'tf.layers.b({ n })',
      'tf.layers.c({})',
    ],
    'a map': ['[1, 2].map((u: number) => tf.layers.dense({ u }))', 'tf.layers.dense({ u })', 'tf.layers.dense({ u })'],
  };
  for (const [title, [text, ...expected]] of Object.entries(calls))
    it(`${title} is the smallest call around the frame`, async () => {
      assert.deepEqual(
        (await placesOf(head + text)).map(({ call }) => call),
        expected,
      );
    });

  const activations: Record<string, readonly [string, (string | undefined)[], (string | undefined)[]]> = {
    'a literal': ["tf.layers.dense({ units: 1, activation: 'relu' })", ["'relu'"], ['relu']],
    'a quoted key, a template': ["tf.layers.dense({ 'activation': `tanh` })", ['`tanh`'], ['tanh']],
    'a cast': ["tf.layers.dense({ activation: 'relu' as any })", ["'relu'"], ['relu']],
    'a constant': ["const HIDDEN = 'relu'; tf.layers.dense({ activation: HIDDEN })", ['HIDDEN'], ['relu']],
    'a shorthand': ["const activation = 'elu' as const; tf.layers.dense({ activation })", ['activation'], ['elu']],
    'a constant object': [
      "const C = { act: { hidden: 'selu' } }; tf.layers.dense({ activation: C.act.hidden })",
      ['C.act.hidden'],
      ['selu'],
    ],
    'an enumeration': [
      "enum Act { A = 'relu', B = 'tanh' } tf.layers.dense({ activation: Act.B })",
      ['Act.B'],
      ['tanh'],
    ],
    'a config in a variable': [
      "const config = { units: 3, activation: 'relu' }; tf.layers.dense(config)",
      ["'relu'"],
      ['relu'],
    ],
    'a spread config': [
      "const base = { activation: 'tanh' }; tf.layers.dense({ units: 3, ...base })",
      ["'tanh'"],
      ['tanh'],
    ],
    'a spread that is written over': [
      "const base = { activation: 'tanh' }; tf.layers.dense({ ...base, activation: 'relu' })",
      ["'relu'"],
      ['relu'],
    ],
    'a choice': ["const deep = 1; tf.layers.dense({ activation: deep ? 'relu' : 'tanh' })", ["'relu'"], ['relu']],
    'a default': ["function f(act = 'relu') { tf.layers.dense({ activation: act }) } f()", ["'relu'"], ['relu']],
    'an argument': ["function f(act: any) { tf.layers.dense({ activation: act }) } f('tanh')", ["'tanh'"], ['tanh']],
    'a destructured default': [
      "const f = ({ activation = 'elu', units = 1 } = {}) => tf.layers.dense({ activation, units }); f()",
      ["'elu'"],
      ['elu'],
    ],
    'a field': [
      "class N { act = 'relu'; build() { return tf.layers.dense({ activation: this.act }) } } new N().build()",
      ["'relu'"],
      ['relu'],
    ],
    'a parameter that is a field': [
      "class N { constructor(private act = 'tanh') {} build() { tf.layers.dense({ activation: this.act }) } } new N().build()",
      ["'tanh'"],
      ['tanh'],
    ],
    elements: [
      "for (const act of ['relu', 'tanh']) tf.layers.dense({ activation: act })",
      ["'relu'", "'tanh'"],
      ['relu', 'tanh'],
    ],
    'rows of a table': [
      "const rows = [{ u: 1, a: 'relu' }, { u: 2, a: 'elu' }]; rows.forEach((row) => tf.layers.dense({ activation: row.a }))",
      ['row.a', 'row.a'],
      [],
    ],
    nothing: ['tf.layers.dense({ units: 1 })', [undefined], [undefined]],
  };
  for (const [title, [text, expected, found]] of Object.entries(activations))
    it(`the activation: ${title}`, async () => {
      const places = await placesOf(head + text);
      assert.deepEqual(
        places.map(({ activation }) => activation),
        expected,
      );
      if (found.length > 0)
        assert.deepEqual(
          places.map(({ sites }) => sites[0]),
          found,
        );
    });

  it('the recurrent activation is a second one', async () => {
    const text = "const GATE = 'sigmoid'; tf.layers.lstm({ units: 2, activation: 'tanh', recurrentActivation: GATE })";
    const [place] = await placesOf(head + text);
    assert.deepEqual([place?.activation, place?.recurrent, place?.sites], ["'tanh'", 'GATE', ['tanh', 'sigmoid']]);
  });
});
