import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { GenericSchema } from 'valibot';
import type { Formula } from '../../src/activations/formula';
import type { SwapSite } from '../../src/compare/report';
import type { SourceRange } from '../../src/graph/types';
import type { PricedFinding } from '../../src/price/finding';
import type { LeastLoss, PriceReport, PriceSubject } from '../../src/price/report';
import {
  type CandidateOption,
  type CompareRequests,
  compareRequests,
  type FromComparePanel,
  fromComparePanel,
  longestText,
  type ToComparePanel,
  toComparePanel,
} from '../../src/protocol/compare';
import {
  explainPanelState,
  explainTarget,
  type FromExplainPanel,
  fromExplainPanel,
  type ShownActivation,
  type ToExplainPanel,
  toExplainPanel,
} from '../../src/protocol/explain';
import { type FromHealthPanel, fromHealthPanel, type ToHealthPanel, toHealthPanel } from '../../src/protocol/health';
import { compareTarget, linkTarget, modelAnswer, modelRequest } from '../../src/protocol/model';
import { pack, unpack } from '../../src/protocol/numbers';
import { type FromOnnxPanel, fromOnnxPanel, type ToOnnxPanel, toOnnxPanel } from '../../src/protocol/onnx';
import { parse } from '../../src/protocol/parse';
import {
  type FromPricePanel,
  fromPricePanel,
  priceReport,
  priceTarget,
  type ToPricePanel,
  toPricePanel,
} from '../../src/protocol/price';
import { reportOutline } from '../../src/protocol/report';
import type { done, Ok } from '../../src/protocol/requests';
import { healthOf } from '../support/healths';
import { priceOf } from '../support/prices';
import { detailedReport, graph, modelMessage, reportOf } from '../support/reports';
import { optionalFields, type SchemaParts, typesOf, wrongs } from '../support/schemas';

/** At least one message of every type, with every optional field in one of them: a new type without one fails here. */
type Examples<M extends { readonly type: string }> = {
  readonly [K in M['type']]: readonly [Extract<M, { type: K }>, ...Extract<M, { type: K }>[]];
};

const source = { file: 'file:///m.py', line: 1, column: 0, endLine: 1, endColumn: 4 };
const report = reportOf(['gelu'], true);
const id = 'page-1';
const weights = {
  file: 'file:///w.pt',
  label: 'w.pt',
  uri: 'https://w.pt',
  beside: [{ path: 'w.bin', uri: 'https://w.bin' }],
  matched: 1,
  total: 2,
  problems: ['no'],
};

const toCompare: Examples<ToComparePanel> = {
  model: [
    modelMessage({
      sites: modelMessage()
        .sites.slice(0, 1)
        .map((site) => ({
          ...site,
          written: { as: 'module', name: 'Mish' },
          learns: true,
          unit: 'GEGLU',
          kept: 'It is a gate.',
        })),
      selected: ['site-0'],
      batched: graph,
      training: graph,
      part: 'encoder.0',
      forInput: true,
      guessesArguments: true,
      text: 'x',
      writes: true,
      candidates: [
        {
          id: 'gelu(approximate=tanh)',
          activation: 'gelu',
          title: 'GELU (approximate=tanh)',
          parameters: { approximate: 'tanh', a: 1 },
          selected: true,
          family: 'smooth',
          adjusts: [{ name: 'approximate', choices: ['none', 'tanh'] }],
          curve: [-0.1, 0, 3],
        },
      ],
      weights,
    }),
  ],
  unreadable: [
    {
      type: 'unreadable',
      obstacles: [{ message: 'no', source }],
      parts: [{ path: 'a', name: 'A' }],
      models: ['Net'],
      goesByValues: true,
      draft: 'Encoder(in_dim=)',
      needsInput: true,
    },
  ],
  data: [
    { type: 'data' },
    { type: 'data', data: { label: 'cats', files: [{ path: 'a/1.png', uri: 'https://1.png' }] } },
  ],
  stored: [{ type: 'stored', report, key: '0a' }],
  stale: [{ type: 'stale' }],
  reading: [{ type: 'reading' }],
  resources: [
    { type: 'resources', wasm: 'https://a.wasm', worker: 'https://a.js' },
    { type: 'resources', wasm: 'https://a.wasm', worker: 'https://a.js', checked: ['a GPU'] },
  ],
  device: [{ type: 'device', device: 'wasm' }],
  reply: [
    { type: 'reply', id, ok: { edits: 1 } },
    { type: 'reply', id, error: 'no' },
  ],
};

const fromCompare: Examples<FromComparePanel> = {
  ready: [{ type: 'ready' }],
  reveal: [{ type: 'reveal', source }],
  explain: [{ type: 'explain', activation: 'gelu' }],
  report: [{ type: 'report', report }],
  failed: [{ type: 'failed', message: 'The GPU was lost.' }],
  checked: [{ type: 'checked', key: 'a GPU' }],
  device: [{ type: 'device', device: 'auto' }],
  cancel: [{ type: 'cancel', id }],
  read: [
    { type: 'read', id },
    { type: 'read', id, expression: 'Net()', part: 'encoder.0', input: '1x3x32x32', forInput: true },
  ],
  refresh: [{ type: 'refresh', id }],
  undo: [{ type: 'undo', id }],
  weights: [{ type: 'weights', id, choose: true }],
  data: [{ type: 'data', id, choose: false }],
  setting: [{ type: 'setting', id, activation: 'leaky_relu', parameters: { negative_slope: 0.2 } }],
  curves: [{ type: 'curves', id, from: -3, to: 3, of: [{ activation: 'gelu', parameters: { approximate: 'tanh' } }] }],
  apply: [{ type: 'apply', id, activation: 'gelu', parameters: { approximate: 'tanh' }, sites: ['a'] }],
  preview: [{ type: 'preview', id, activation: 'gelu', parameters: { approximate: 'tanh' }, sites: ['a'] }],
  picture: [{ type: 'picture', id, name: 'Held-out loss', format: 'svg', data: '<svg/>' }],
  copy: [{ type: 'copy', id, report, form: 'csv' }],
  write: [{ type: 'write', id, activation: 'gelu', parameters: { approximate: 'tanh' }, sites: ['a'] }],
  export: [{ type: 'export', id, report }],
};

const drawing = { value: '<svg/>', derivative: '<svg/>' };
const toExplain: Examples<ToExplainPanel> = {
  show: [
    {
      type: 'show',
      activation: 'gelu',
      title: 'GELU',
      parameters: { a: 1 },
      formula: { ...drawing, variants: { tanh: drawing } },
      source,
    },
  ],
  inFile: [
    {
      type: 'inFile',
      activation: 'gelu',
      label: 'm.py',
      sites: [{ source, text: 'nn.GELU', role: '1 of 2 GELU' }],
      measured: report,
      depth: 12,
    },
  ],
};

const fromExplain: Examples<FromExplainPanel> = {
  ready: [{ type: 'ready' }],
  explain: [{ type: 'explain', activation: 'gelu' }],
  compare: [{ type: 'compare', activation: 'gelu' }],
  reveal: [{ type: 'reveal', source }],
  goTo: [{ type: 'goTo', site: 0 }],
  replace: [{ type: 'replace', site: 0 }],
  rule: [{ type: 'rule', code: 'selu-init' }],
};

const finding = { code: 'softmax-before-nll', range: source, related: [source], isOutside: true };
const price = priceOf();
const toPrice: Examples<ToPricePanel> = {
  finding: [{ type: 'finding', code: 'softmax-before-nll', message: 'no', place: 'm.py, line 2', fix: 'Remove it' }],
  model: [{ type: 'model', finding, graph, batched: graph, training: graph, guessesArguments: true, report: price }],
  unreadable: [{ type: 'unreadable', message: 'no' }],
  stale: [{ type: 'stale' }],
  fresh: [{ type: 'fresh', place: 'm.py, line 4' }],
  resources: [{ type: 'resources', wasm: 'https://a.wasm', worker: 'https://a.js' }],
  reply: [
    { type: 'reply', id, ok: null },
    { type: 'reply', id, error: 'no' },
  ],
};

const fromPrice: Examples<FromPricePanel> = {
  ready: [{ type: 'ready' }],
  reveal: [{ type: 'reveal' }],
  again: [{ type: 'again' }],
  report: [{ type: 'report', report: price }],
  cancel: [{ type: 'cancel', id }],
  fix: [{ type: 'fix', id }],
};

const health = healthOf();
const toHealth: Examples<ToHealthPanel> = {
  reading: [{ type: 'reading', label: 'm.py' }],
  model: [
    {
      type: 'model',
      graph,
      batched: graph,
      training: graph,
      label: 'm.py',
      expression: 'Net()',
      part: 'encoder.0',
      weights,
      backend: 'wasm',
      report: health,
    },
  ],
  unreadable: [{ type: 'unreadable', message: 'no', source }],
  stale: [{ type: 'stale', isStale: true }],
  resources: [{ type: 'resources', wasm: 'https://a.wasm', worker: 'https://a.js' }],
};

const fromHealth: Examples<FromHealthPanel> = {
  ready: [{ type: 'ready' }],
  reveal: [{ type: 'reveal', source }],
  again: [{ type: 'again' }],
  weights: [
    { type: 'weights', choose: true },
    { type: 'weights', choose: false },
  ],
  report: [{ type: 'report', report: health }],
};

const toOnnx: Examples<ToOnnxPanel> = {
  reading: [{ type: 'reading', label: 'm.onnx' }],
  file: [
    {
      type: 'file',
      size: 10,
      summary: {
        producer: 'pytorch',
        producerVersion: '2.13',
        irVersion: 10,
        opsets: { '': 18 },
        name: 'main_graph',
        inputs: [{ name: 'x', type: 'float32', axes: ['batch', 3, null] }],
        outputs: [{ name: 'y', type: 'float32', axes: [1] }],
        operators: [{ operator: 'Relu', count: 2 }],
        nodes: 2,
        initialisers: 1,
        elements: 9,
        hasOpenBatch: true,
        isQuantised: false,
        functions: ['pkg.act'],
        external: ['m.onnx.data'],
        metadata: { author: 'a' },
      },
    },
  ],
  model: [
    {
      type: 'model',
      sites: [
        {
          id: 'path:/act:relu',
          activation: 'relu',
          title: 'ReLU',
          parameters: { a: 1 },
          paths: ['/act'],
          written: true,
          unit: 'GEGLU',
          kept: 'It is a gate.',
        },
      ],
      selected: ['path:/act:relu'],
      input: '1x3',
      parameters: 9,
      notes: ['no'],
    },
  ],
  unreadable: [{ type: 'unreadable', message: 'no', sizes: 'height=224' }],
  reply: [
    { type: 'reply', id, ok: null },
    { type: 'reply', id, error: 'no' },
  ],
};

const fromOnnx: Examples<FromOnnxPanel> = {
  ready: [{ type: 'ready' }],
  again: [{ type: 'again', sizes: 'height=224' }],
  compare: [{ type: 'compare', sites: ['path:/act:relu'] }],
  explain: [{ type: 'explain', activation: 'relu' }],
  cancel: [{ type: 'cancel', id }],
  write: [{ type: 'write', id, sites: ['path:/act:relu'] }],
};

/** Requests whose answer says more than that it is done. */
type Answered = {
  [K in keyof CompareRequests]: CompareRequests[K]['ok'] extends typeof done ? never : K;
}[keyof CompareRequests];

const answers: { readonly [K in Answered]: readonly [Ok<CompareRequests, K>, ...Ok<CompareRequests, K>[]] } = {
  apply: [{ edits: 2 }],
  setting: [
    {
      ...(modelMessage().candidates[0] as CandidateOption),
      adjusts: [{ name: 'approximate', choices: ['none', 'tanh'] }],
      curve: [-0.1, 0, 3],
    },
  ],
  curves: [
    {
      curves: [
        {
          value: [
            { x: -1, y: 0 },
            { x: 0, y: Number.NaN },
          ],
          slope: [{ x: 1, y: 1 }],
        },
        null,
      ],
    },
  ],
  write: [{ message: 'written' }, { message: null }],
};

const file = 'file:///m.py';
const read = { expression: 'Net()', part: '', input: '1x3x32x32', forInput: true, weights: 'file:///w.pt' };

/** Every schema that is asked what comes from outside, with values that it takes. */
const shapes: Readonly<Record<string, readonly [schema: GenericSchema, examples: readonly unknown[]]>> = {
  'host → compare panel': [toComparePanel, Object.values(toCompare).flat()],
  'compare panel → host': [fromComparePanel, Object.values(fromCompare).flat()],
  'host → explainer': [toExplainPanel, Object.values(toExplain).flat()],
  'explainer → host': [fromExplainPanel, Object.values(fromExplain).flat()],
  'host → price panel': [toPricePanel, Object.values(toPrice).flat()],
  'host → editor of ONNX files': [toOnnxPanel, Object.values(toOnnx).flat()],
  'editor of ONNX files → host': [fromOnnxPanel, Object.values(fromOnnx).flat()],
  'price panel → host': [fromPricePanel, Object.values(fromPrice).flat()],
  'host → health panel': [toHealthPanel, Object.values(toHealth).flat()],
  'health panel → host': [fromHealthPanel, Object.values(fromHealth).flat()],
  'a price’s report': [priceReport, [price]],
  'the argument of a measurement': [priceTarget, [{ code: 'softmax-before-nll', range: source }]],
  'a report’s outline': [reportOutline, [detailedReport(['gelu']), report]],
  'a request for a model': [modelRequest, [{ file, ...read }]],
  'a remembered answer': [modelAnswer, [read]],
  'the argument of a comparison': [compareTarget, [{ file, ...read, site: source, sites: ['a'], activation: 'gelu' }]],
  'the argument of the explainer': [explainTarget, [{ activation: 'gelu', parameters: { a: 1 }, source }]],
  'the explainer’s state': [explainPanelState, [{ activation: 'gelu', parameters: { a: true } }]],
  ...Object.fromEntries(
    Object.entries(answers).map(([type, examples]) => [
      `the answer to ${type}`,
      [compareRequests[type as Answered].ok, examples] as const,
    ]),
  ),
};

const partsOf = (schema: GenericSchema) => schema as unknown as SchemaParts;

/** Fields that a type of the core has and its message leaves out. A field that is new in the core fails to compile here. */
type LeftOut<Core, Sent> = Exclude<keyof Core, keyof Sent>;
type Model = Extract<ToComparePanel, { type: 'model' }>;
type Reveal = Extract<FromComparePanel, { type: 'reveal' }>;
type Priced = Extract<FromPricePanel, { type: 'report' }>['report'];
const nothing: [
  LeftOut<SwapSite, Model['sites'][number]>,
  LeftOut<SourceRange, Reveal['source']>,
  LeftOut<Formula, ShownActivation['formula']>,
  LeftOut<PricedFinding, Extract<ToPricePanel, { type: 'model' }>['finding']>,
  LeftOut<PriceReport, Priced>,
  LeftOut<PriceSubject, Priced['subject']>,
  LeftOut<LeastLoss, NonNullable<Priced['least']>>,
] extends [never, never, never, never, never, never, never]
  ? true
  : false = true;

describe('messages between host and page', () => {
  it('leave out no field of the core’s types', () => assert.ok(nothing));

  for (const [name, [schema, examples]] of Object.entries(shapes)) {
    describe(name, () => {
      it('takes every example as it is', () => {
        for (const example of examples) assert.deepEqual(parse(schema, example), example);
      });

      it('has an example of every optional field', () => {
        const seen = new Set<string>();
        for (const example of examples) for (const _ of wrongs(partsOf(schema), example, '', seen));
        assert.deepEqual(
          optionalFields(partsOf(schema)).filter((field) => !seen.has(field)),
          [],
        );
      });

      it('refuses each with a field missing or of another type', () => {
        let count = 0;
        for (const example of examples)
          for (const { path, value } of wrongs(partsOf(schema), example)) {
            // A remembered answer may have any of its fields, or none.
            if (schema === modelAnswer && typeof value === 'object' && value !== null && path.startsWith(' ='))
              continue;
            count += 1;
            assert.equal(parse(schema, value), undefined, path);
          }
        assert.ok(count > 20, `${count} were tried`);
      });

      it('survives whatever it is given', () => {
        const garbage = fc.anything({
          withBigInt: true,
          withDate: true,
          withMap: true,
          withNullPrototype: true,
          withTypedArray: true,
          maxDepth: 4,
        });
        const keys = Object.keys(Object.assign({}, ...examples));
        const almost = fc.tuple(fc.constantFrom(...examples), fc.constantFrom(...keys), garbage);
        fc.assert(
          fc.property(garbage, almost, (value, [example, key, part]) => {
            parse(schema, value);
            parse(schema, { ...(example as object), [key]: part });
          }),
          { numRuns: 200 },
        );
      });
    });
  }

  it('has an example of every type', () => {
    for (const [schema, examples] of [
      [toComparePanel, toCompare],
      [fromComparePanel, fromCompare],
      [toExplainPanel, toExplain],
      [fromExplainPanel, fromExplain],
      [toPricePanel, toPrice],
      [fromPricePanel, fromPrice],
      [toHealthPanel, toHealth],
      [fromHealthPanel, fromHealth],
      [toOnnxPanel, toOnnx],
      [fromOnnxPanel, fromOnnx],
    ] as const)
      assert.deepEqual(typesOf(partsOf(schema)), Object.keys(examples).sort());
  });

  it('refuses types that it does not know', () => {
    for (const type of ['', 'run', 'READY', '__proto__', 'constructor', 'toString', undefined, null, 5, ['ready']])
      for (const [, [schema]] of Object.entries(shapes).slice(0, 4))
        assert.equal(parse(schema, { ...source, id, report, choose: true, type }), undefined, String(type));
  });

  it('refuses what no page of ours would send, and what is nested beyond measure', () => {
    const many = Object.fromEntries(Array.from({ length: 65 }, (_, i) => [`p${i}`, i]));
    const apply = fromCompare.apply[0];
    assert.equal(parse(fromComparePanel, { ...apply, parameters: many }), undefined);
    assert.equal(parse(fromComparePanel, { ...apply, parameters: { a: 'x'.repeat(1001) } }), undefined);
    assert.equal(parse(fromComparePanel, { ...apply, sites: Array.from({ length: 200_001 }, () => 'a') }), undefined);
    for (const number of [-1, 0.5, 2 ** 53, Infinity])
      assert.equal(parse(fromComparePanel, { type: 'reveal', source: { ...source, line: number } }), undefined);
    assert.equal(parse(toComparePanel, { ...toCompare.model[0], text: 'x'.repeat(longestText + 1) }), undefined);
    assert.equal(parse(toComparePanel, { type: 'reply', id, ok: 1, error: 'both' }), undefined);
    let deep: unknown = 'bottom';
    for (let i = 0; i < 100_000; i++) deep = { deep };
    assert.equal(parse(fromComparePanel, { type: 'explain', activation: deep }), undefined);
  });

  it('leaves out what the protocol does not name', () => {
    assert.deepEqual(parse(fromComparePanel, { type: 'ready', extra: 1 }), { type: 'ready' });
  });

  it('lets no link choose a checkpoint or an input', () => {
    const link = { file, expression: 'ResNet', part: '', weights: '', site: source, activation: 'gelu' };
    assert.deepEqual(parse(linkTarget, { ...link, input: '1x3' }), link);
    assert.equal(parse(linkTarget, { ...link, weights: 'file:///w.pt' }), undefined);
  });

  it('looks at a large graph’s outline alone', () => {
    const node = { op: { kind: 'linear' } };
    const large = { ...graph, nodes: Array.from({ length: 200_000 }, () => node) };
    const message = { ...modelMessage(), graph: large };
    const parsed = parse(toComparePanel, message);
    assert.ok(parsed?.type === 'model');
    assert.equal(parsed.graph, large);
    const { nodes: _, ...without } = graph;
    assert.equal(parse(toComparePanel, { ...modelMessage(), graph: without }), undefined);
  });
});

describe('numbers in messages', () => {
  const throughJson = (value: unknown) => unpack(JSON.parse(JSON.stringify(pack(value))));

  it('come through the editor’s JSON as they are', () => {
    const double = fc.double().map((value) => value + 0);
    const { value } = fc.letrec((tie) => ({
      value: fc.oneof(
        { maxDepth: 4 },
        double,
        fc.constantFrom(Number.NaN, Infinity, -Infinity, null, true),
        fc.string(),
        fc.array(tie('value')),
        fc.dictionary(fc.constantFrom('a', 'b', '$', 'number'), tie('value')),
      ),
    }));
    fc.assert(fc.property(value, (each) => assert.deepEqual(throughJson(each), plain(each))));
  });

  it('are not copied where they need no help', () => {
    const message = { type: 'model', data: new Float32Array([Number.NaN]), list: [1, 2, { a: 'x' }] };
    assert.equal(pack(message), message);
    assert.equal(unpack(message), message);
    assert.deepEqual(unpack({ $number: 'toString' }), { $number: 'toString' });
  });

  it('keep a mask of −∞ and a parameter of ∞', () => {
    const initialiser = { kind: 'constant', value: -Infinity };
    const [first] = modelMessage().candidates;
    const message = modelMessage({
      graph: { ...graph, storages: [{ ...graph.storages[0], initialiser }] as typeof graph.storages },
      candidates: first ? [{ ...first, parameters: { max_val: Infinity } }] : [],
    });
    assert.deepEqual(parse(toComparePanel, JSON.parse(JSON.stringify(pack(message)))), message);
  });
});

/** Without prototypes of their own, which JSON does not keep, and with one zero. */
function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, plain(each)]));
  return value === 0 ? 0 : value;
}
