import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { speakIn } from '../../src/language/speakIn';
import type { ReadResult } from '../../src/reader/messages';
import { nodeThreads } from '../../src/reader/node';
import { Reader } from '../../src/reader/reader';
import { NodeSource } from '../../src/source/node';
import { phrase, translatePhrases } from '../../src/tfjs/phrases';
import { inRoot } from '../support/paths';
import { MemorySource } from '../support/python';
import { readPart } from '../support/reader';
import { readGrammar } from '../support/syntax';

describe('phrases of the guest', () => {
  afterEach(() => speakIn('en'));

  it('become words, alone, inside of text and inside of each other', () => {
    assert.equal(translatePhrases(`${phrase('argument', 'units')}.length`), 'argument units.length');
    const nested = phrase('handedOn', `${phrase('argument', 'done')}()`);
    assert.equal(translatePhrases(nested), 'what argument done() hands on');
    assert.equal(translatePhrases(`tf.relu(${nested})`), 'tf.relu(what argument done() hands on)');
    speakIn('zh-cn');
    assert.equal(translatePhrases(phrase('notKnown', phrase('layer'), nested)), '某一层 未知：参数 done() 传来的值');
  });

  const forged: Record<string, readonly [string, string]> = {
    'a name that is none': ['⦗nothing⦘', '…'],
    'a name of every object': ['⦗toString⦙x⦘', '…'],
    'values that a phrase does not take': ['⦗layer⦙x⦘⦗argument⦘', '……'],
    'a phrase that was cut off': ['a ⦗argument⦙un', 'a un'],
    'marks alone': ['⦘a⦙b⦗', 'ab'],
  };
  for (const [what, [text, told]] of Object.entries(forged))
    it(`are an ellipsis or nothing where they are forged: ${what}`, () => {
      assert.equal(translatePhrases(text), told);
    });

  it('end, however deep they are', () => {
    const deep = `${'⦗handedOn⦙'.repeat(400)}x${'⦘'.repeat(400)}`;
    assert.ok(translatePhrases(deep).length < 1000);
  });
});

const head = "import * as tf from '@tensorflow/tfjs';\n";
const builder = (body: string) => `${head}export async function createModel() {\n${body}\n}\n`;
const dense = (settings: string) => `tf.layers.dense({ inputShape: [4], ${settings} })`;
const layer = (call: string) => `${head}class Own extends tf.layers.Layer {
  call(inputs) { const x = Array.isArray(inputs) ? inputs[0] : inputs; ${call} }
  computeOutputShape(shape) { return shape; }
}
Own.className = 'Own';
export const createModel = () => tf.sequential({ layers: [${dense('units: 3')}, new Own()] });
`;

/** Code whose model can't be read, and what is said of it. */
const refusals: Readonly<Record<string, readonly [text: string, told: RegExp]>> = {
  'a module that is not there': [
    `import { hidden } from './sizes';\n${builder(`return tf.sequential({ layers: [${dense('units: hidden')}] })`)}`,
    /units 未知.*导入的 \.\/sizes/,
  ],
  'a module that is not JSON': [
    `import sizes from './sizes.json';\n${builder(`return tf.sequential({ layers: [${dense('units: sizes.hidden')}] })`)}`,
    /sizes\.json（不是 JSON）/,
  ],
  'a layer': [
    `import { block } from './blocks';\n${builder('const model = tf.sequential(); model.add(block()); return model;')}`,
    /某一层 未知/,
  ],
  'the input of a layer': [
    `import { x } from './inputs';\n${builder('return tf.layers.dense({ units: 1, name: "out" }).apply(x);')}`,
    /out 的输入 未知/,
  ],
  'the address of a model': [
    `import { address } from './settings';\n${builder('return tf.loadLayersModel(address);')}`,
    /已保存模型的地址 未知/,
  ],
  'a model that is none': [builder("return tf.loadLayersModel('empty/model.json');"), /没有 modelTopology/],
  'a model that is elsewhere': [builder("return tf.loadLayersModel('https://example.org/model.json');"), /不读取网络/],
  'a graph model': [builder("return tf.loadGraphModel('graph/model.json');"), /图模型 graph\/model\.json/],
  'a promise': [
    builder(`const units = await new Promise(() => {}); return tf.sequential({ layers: [${dense('units')}] });`),
    /此处无人兑现的 Promise/,
  ],
  'what another hands on': [
    `import { ask } from './page';\n${builder(`let found; ask((units) => { found = tf.sequential({ layers: [${dense('units')}] }); }); return found;`)}`,
    /传来的值/,
  ],
  'a member of an enumeration': [
    `import { first } from './page';\nenum Size { A = first, B }\n${builder(`return tf.sequential({ layers: [${dense('units: Size.B')}] })`)}`,
    /A 之后的成员/,
  ],
  'an import by a name': [
    `import { file } from './page';\n${builder(`const { units } = await import(file); return tf.sequential({ layers: [${dense('units')}] })`)}`,
    /名称未知的导入/,
  ],
  'a wait without end': [builder('await { then() {} };'), /永远不会到来/],
  'values of a tensor': [layer('return x.mul(x.dataSync()[0]);'), /只有有数据时才知道/],
  'a kernel by values': [layer('return tf.unique(x.flatten()).values;'), /Unique: .*形状取决于/],
  'a kernel of no numbers': [layer("return tf.string.stringSplit(['a b'], ' ').indices;"), /不是数值张量/],
  'a model without an output': [`${head}export const createModel = () => (x) => { x.relu(); };\n`, /输入的形状/],
  'a decision': [
    `import { deep } from './settings';\n${builder(`const model = tf.sequential({ layers: [${dense('units: 3')}] }); if (deep) model.add(tf.layers.dense({ units: 2 })); return model;`)}`,
    /取决于“deep”/,
  ],
  'an answer that is none': [
    `${head}Object.prototype.toJSON = () => 'x';\nexport const createModel = () => tf.sequential({ layers: [${dense('units: 1')}] });\n`,
    /其代码中断了/,
  ],
  'a statement that failed': [
    `${head}const kinds = tf.unique(tf.tensor1d([1, 1]));\nexport const createModel = () => void kinds;\n`,
    /有一条语句执行失败：Unique: .*形状取决于/,
  ],
};

/** Words in a row. */
const english = /[a-z]{2,} [a-z]{2,}/i;

describe('a reading in Chinese', () => {
  let reader: Reader;
  before(() => {
    reader = new Reader(nodeThreads(inRoot('out', 'tfjs.worker.js')), readGrammar, () => 'zh-cn', readPart);
  });
  after(() => reader.dispose());

  const messagesOf = ({ extraction }: ReadResult): string[] =>
    extraction.ok ? extraction.graph.notes.map(({ message }) => message) : [extraction.problem.message];
  const holdChinese = (messages: readonly string[]) => {
    for (const message of messages) {
      assert.match(message, /\p{Script=Han}/u);
      // Code that was asked for stays: `new Net`.
      assert.doesNotMatch(message.replace(/\bnew [A-Z]\w+/g, ''), english);
      assert.doesNotMatch(message, /[⦗⦙⦘]/);
    }
  };

  for (const [what, [text, told]] of Object.entries(refusals))
    it(`has no English reason: ${what}`, async () => {
      const source = new MemorySource({
        'src/model.ts': text,
        'src/sizes.json': '{',
        'empty/model.json': '{"format": "layers-model"}',
      });
      const result = await reader.read({ file: 'src/model.ts', expression: 'createModel()' }, { source });
      assert.ok(!result.extraction.ok, 'it was read');
      const messages = messagesOf(result);
      assert.match(messages.join(), told);
      holdChinese(messages);
    });

  const files = readdirSync(inRoot('test', 'fixtures', 'tfjs'), { recursive: true, encoding: 'utf8' }).filter((file) =>
    /\.(?:m?js|tsx?)$/.test(file),
  );
  it(`has none in what it says of ${files.length} files`, async () => {
    let refused = 0;
    for (const file of files) {
      const result = await reader.read(
        { file: inRoot('test', 'fixtures', 'tfjs', file) },
        { source: new NodeSource() },
      );
      if (result.extraction.ok) holdChinese(messagesOf(result));
      else {
        refused++;
        // What the code, the library and the engine say themselves is quoted.
        const { problem } = result.extraction;
        if (!('isRaised' in problem)) holdChinese(messagesOf(result));
      }
    }
    assert.ok(refused > 3, `${refused} were refused`);
  }).timeout(60_000);
});
