import assert from 'node:assert/strict';
import { performance as hostPerformance } from 'node:perf_hooks';
import { nodeThreads } from '../../src/reader/node';
import { Reader } from '../../src/reader/reader';
import { inRoot } from '../support/paths';
import { MemorySource } from '../support/python';
import { readPart } from '../support/reader';
import { readGrammar } from '../support/syntax';

const ordinary = `import * as tf from '@tensorflow/tfjs';
export const createModel = () => tf.sequential({layers: [tf.layers.dense({units: 3, activation: 'relu', inputShape: [4]})]});
`;

const head = `import * as tf from '@tensorflow/tfjs';\n`;
const around = (body: string) =>
  `${head}export function createModel() {\n${body}\n${ordinary.split('createModel = () => ')[1]?.replace('tf.seq', 'return tf.seq')}}\n`;

const cases: readonly [what: string, text: string, seconds: number][] = [
  ['a loop at the file’s own level', `${head}for (;;);\n${ordinary.slice(head.length)}`, 10],
  ['a loop in the builder', around('for (;;);'), 10],
  ['a loop of promises', around('const wait = async () => { for (;;) await 0; }; wait();'), 10],
  ['a pattern that backtracks', around('/^(a+)+$/.test("a".repeat(40) + "b");'), 10],
  [
    'long searches of a text',
    around('const t = "x".repeat(1e6); for (let i = 0; i < 1e5; i++) t.indexOf("xxxxxxy");'),
    20,
  ],
  ['long joins', around('const a = new Array(1e6).fill("y"); for (let i = 0; i < 1e4; i++) a.join("x");'), 20],
  ['large typed arrays', around('const a = []; for (;;) a.push(new Float64Array(1e6));'), 20],
  ['calls without end', around('const f = () => f() + 1; f();'), 10],
  [
    'prototypes that are replaced',
    around('Array.prototype.map = null; Object.prototype.units = 1; Promise.prototype.then = null;'),
    10,
  ],
  [
    'a class that says it is a model',
    `${head}export const createModel = () => ({ layers: [], inputs: [{}], outputs: [{}], apply: (x) => x, countParams: () => 1 });\n`,
    10,
  ],
  ['a shape that is no shape', around('tf.layers.dense({ units: 1e12, inputShape: [1e12] });'), 10],
  [
    'a width beyond memory',
    `${head}export const createModel = () => tf.sequential({layers: [tf.layers.dense({units: 1e9, inputShape: [1e9]})]});\n`,
    10,
  ],
  [
    'a name that acts',
    `${head}export const createModel = () => tf.sequential({layers: [tf.layers.dense({units: 1, inputShape: [1], name: 'a\\u001b[2J<img src=x onerror=alert(1)>'})]});\n`,
    10,
  ],
  ['getters that loop', around('Object.defineProperty(Object.prototype, "toJSON", { get() { for (;;); } });'), 10],
];

/** Milliseconds for which a file may hold up its host. */
const MOST_BUSY = 50;

describe('hostile TypeScript', () => {
  let reader: Reader;
  before(() => {
    reader = new Reader(nodeThreads(inRoot('out', 'tfjs.worker.js')), readGrammar, undefined, readPart);
  });
  after(() => reader.dispose());

  const read = (text: string) =>
    reader.read({ file: 'model.ts', expression: 'createModel()' }, { source: new MemorySource({ 'model.ts': text }) });

  for (const [what, text, seconds] of cases)
    it(`ends ${what}, and reads on`, async () => {
      // The least of three counts: others use this machine, too.
      const busy: number[] = [];
      for (let times = 0; times < 3 && Math.min(MOST_BUSY, ...busy) >= MOST_BUSY; times++) {
        const before = hostPerformance.eventLoopUtilization();
        const began = performance.now();
        const { extraction } = await read(text);
        busy.push(hostPerformance.eventLoopUtilization(before).active);
        if (!extraction.ok) assert.ok(extraction.problem.message.length > 10, extraction.problem.kind);
        const took = performance.now() - began;
        assert.ok(took < seconds * 1000, `${took.toFixed(0)} ms`);
      }
      assert.ok(Math.min(...busy) < MOST_BUSY, `the host was busy for ${busy.map((each) => each.toFixed(0))} ms`);
      const next = await read(ordinary);
      assert.ok(next.extraction.ok, next.extraction.ok ? '' : next.extraction.problem.message);
      assert.equal(next.extraction.graph.storages.length, 2);
      assert.equal(({} as { units?: number }).units, undefined);
    }).timeout(60_000);
});
