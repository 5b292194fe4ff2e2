import assert from 'node:assert/strict';
import fc from 'fast-check';
import { sampleCurve } from '../../src/activations/curve';
import type { LayerSignal } from '../../src/compare/report';
import { measure } from '../../src/compare/scores';
import { pairedRatioInterval } from '../../src/compare/statistics';
import { explainPanelState } from '../../src/protocol/explain';
import { modelRequest } from '../../src/protocol/model';
import { parse } from '../../src/protocol/parse';
import {
  hiddenLayers,
  logTicks,
  pairLayers,
  ratioDomain,
  ratioPoints,
  sharedText,
  singleSamples,
} from '../../webview/charts/calculations';
import { curveRange } from '../../webview/charts/curveShape';
import { flatShare } from '../../webview/charts/functions';
import { inputBins, inputRange, shareBelow } from '../../webview/charts/inputBins';
import { layerName } from '../../webview/charts/signal';
import { barDomain, decisionColumns, positionOf } from '../../webview/compare/decisions';
import { memoryText } from '../../webview/compare/memory';
import { rowsOf, standings } from '../../webview/compare/rows';
import { type CompareState, fromSaved, initialState, toSaved } from '../../webview/compare/state';
import { fromSaved as explainFromSaved } from '../../webview/explain/state';
import { numbersFor } from '../../webview/ui/numbers';
import { pageLanguage } from '../../webview/ui/texts';
import { en } from '../../webview/ui/texts.en';
import { zhCn } from '../../webview/ui/texts.zh-cn';
import { detailedReport, reportOf } from '../support/reports';

const report = reportOf(['leaky_relu', 'prelu', 'hardswish'], true, ['prelu']);

describe('values on a logarithmic axis', () => {
  it('are three to eleven round ones, or both ends and the middle, between any ends', () => {
    const end = fc.double({ min: 1e-12, max: 1e12, noNaN: true });
    fc.assert(
      fc.property(end, fc.double({ min: 1.001, max: 1e6, noNaN: true }), (least, factor) => {
        const most = least * factor;
        const ticks = logTicks(least, most);
        assert.ok(ticks.length >= 3 && ticks.length <= 11, `${ticks}`);
        assert.ok(ticks.every((value, i) => value >= least && value <= most && value > (ticks[i - 1] ?? 0)));
      }),
    );
    assert.deepEqual(
      logTicks(0.18, 0.7),
      [0.2, 0.3, 0.5, 0.7].filter((value) => value <= 0.7),
    );
    assert.deepEqual(logTicks(0.001, 100), [0.001, 0.1, 10]);
  });
});

describe('what the panels calculate', () => {
  it('shows in the columns that decide what was measured, and no column without a number', () => {
    const columns = decisionColumns(report, en, numbersFor('en'));
    assert.deepEqual(
      columns.map(({ key }) => key),
      ['latency'],
    );
    const [forward] = columns;
    assert.deepEqual(
      report.candidates.map((each) => forward?.cell(each)?.text),
      ['4.25 ms', '1.01×', undefined, '0.91×'],
    );
    const detailed = decisionColumns(detailedReport(['gelu']), en, numbersFor('en'));
    assert.deepEqual(
      detailed.map(({ key }) => key),
      ['heldLoss', 'latency', 'step', 'flow', 'dead', 'snrChannel', 'memory'],
    );
  });

  it('draws the bars of a column to one measure, no difference among it', () => {
    const intervals = report.candidates.flatMap(({ latency }) => latency?.ratio ?? []);
    const [low, high] = barDomain(intervals);
    assert.ok(low < 0 && high > 0);
    for (const each of intervals) {
      assert.ok(positionOf(each, each.low) >= low && positionOf(each, each.high) <= high);
      assert.equal(Math.sign(positionOf(each, each.estimate)), Math.sign(each.estimate - 1));
    }
    assert.deepEqual(barDomain([]), [0, 0]);
  });

  it('draws what was measured once as one value, few samples one by one, and neither as an interval', () => {
    const found = (samples: readonly number[]) => measure('flow', samples, undefined, 1);
    assert.deepEqual(singleSamples(found([3])), []);
    assert.deepEqual(singleSamples(found([3, 5])), [3, 5]);
    assert.deepEqual(singleSamples(found([1, 2, 3, 4, 5, 6])), []);
    const once = pairedRatioInterval([30], [10], 1);
    // Ends that are only what was seen stretch no axis.
    const seen = { ...once, low: 1e-3, high: 1e3 };
    assert.deepEqual(barDomain([seen]), [0, Math.log(once.estimate)]);
    assert.ok(ratioDomain([{ title: 'a', median: 1, ...seen }])[1] < 3.2);
  });

  it('says what is one number, in place of a chart of it', () => {
    const percent = numbersFor('en').percent;
    assert.equal(sharedText([0, 0, -0, 1e-5], percent), '0%');
    assert.equal(sharedText([-1e-5, 0], percent), '0%');
    assert.equal(sharedText([0, 0.001], percent), undefined);
    assert.equal(sharedText([], percent), undefined);
  });

  it('tells memory as more and as less, in both languages', () => {
    const change = { a: 3e6, b: -8650, c: 10, d: 2e6, e: -9e5 };
    const [written] = detailedReport(['gelu']).candidates;
    assert.ok(written);
    const own = written.memory?.step ?? Number.NaN;
    const candidates = Object.entries(change).map(([title, more]) => ({
      ...written,
      title,
      memory: { forward: 0, step: own + more },
    }));
    const told = (language: 'en' | 'zh-cn', texts: typeof en) =>
      memoryText({ ...report, candidates: [written, ...candidates] }, texts, numbersFor(language)) ?? '';
    assert.match(told('en', en), /: 21 MB; candidates add a 3 MB, d 2 MB; e takes 900 kB less\.$/);
    assert.match(told('zh-cn', zhCn), /：21 MB；候选另增 a 3 MB、d 2 MB；e 少占 900 kB。$/);
    const few = {
      ...report,
      candidates: [
        { ...written, memory: { forward: 4e4 } },
        { ...written, title: 'SiLU', memory: { forward: 31350 } },
      ],
    };
    assert.match(memoryText(few, en, numbersFor('en')) ?? '', /: 40 kB; SiLU takes 8\.65 kB less\.$/);
    assert.equal(memoryText({ ...report, candidates: [] }, en, numbersFor('en')), undefined);
  });

  it('keeps 1 and every interval on the ratio axis', () => {
    const points = ratioPoints(report);
    assert.deepEqual(
      points.map((point) => point.title),
      ['LeakyReLU', 'Hardswish'],
    );
    const [low, high] = ratioDomain(points);
    for (const point of points) assert.ok(low <= point.low && point.high <= high);
    assert.ok(low < 0.95 && high > 1.05);
    assert.ok(ratioDomain([])[0] < 1);
  });

  it('joins layers by their place in the model', () => {
    const layer = (index: number, path: string): LayerSignal => ({
      index,
      path,
      call: 0,
      mean: 0,
      deviation: 1,
      zeros: 0,
      count: 1,
    });
    const of = (id: string, signal: readonly LayerSignal[]) => ({
      id,
      title: id,
      parameters: {},
      addedParameters: 0,
      signal,
    });
    // Functions called in the model's own code have no path of their own.
    const pairs = pairLayers(
      of('baseline', [layer(0, ''), layer(1, ''), layer(2, 'b')]),
      of('gelu', [layer(1, ''), layer(3, 'c')]),
      'deviation',
    );
    assert.deepEqual(
      pairs.map(({ index, path, baseline, candidate }) => [index, path, baseline, candidate]),
      [
        [1, '', 1, undefined],
        [2, '', 1, 1],
        [3, 'b', 1, undefined],
        [4, 'c', undefined, 1],
      ],
    );
    assert.deepEqual(pairLayers(of('baseline', [layer(0, '')]), of('gelu', [layer(0, '')]), 'norm'), []);
  });

  it('draws lines through hidden activations alone, and keeps the others in the numbers, marked', () => {
    const signal = [0, 1, 2].map(
      (index): LayerSignal => ({
        ...{ index, path: `a.${index}`, call: 0, mean: 0, deviation: 1, zeros: 0, count: 1 },
        ...(index === 1 && { apart: true }),
      }),
    );
    const candidate = { id: 'gelu', title: 'GELU', parameters: {}, addedParameters: 0, signal };
    const pairs = pairLayers(candidate, candidate, 'mean');
    assert.deepEqual(
      pairs.map((pair) => layerName(pair, en)),
      ['1 a.0', '2 a.1 (no hidden activation)', '3 a.2'],
    );
    assert.deepEqual(
      hiddenLayers(pairs).map(({ index }) => index),
      [1, 3],
    );
  });

  it('samples a curve to its ends and leaves gaps where it is not finite', () => {
    const points = sampleCurve((x) => 1 / x, -1, 1, { count: 3 });
    assert.deepEqual([points[0]?.x, points.at(-1)?.x], [-1, 1]);
    assert.ok(Number.isNaN(points.find(({ x }) => x === 0)?.y));
    const overflow = sampleCurve((x) => (x > 0.6 ? Number.POSITIVE_INFINITY : x), -1, 1, { count: 9 });
    assert.ok(Number.isNaN(overflow.at(-1)?.y));
  });

  it('leaves a gap where a function jumps, at its corners, too, and none where it is steep', () => {
    const step = sampleCurve((x) => (x > 0.3 ? 1 : 0), -1, 1, { corners: [0.3] });
    const at = step.findIndex(({ y }) => Number.isNaN(y));
    assert.deepEqual([step[at - 1]?.y, step[at]?.x, step[at + 1]?.y], [0, 0.3, 1]);
    const atEnds = sampleCurve((x) => Number(x > 0 && x <= 3), 0, 3, { count: 3 });
    assert.deepEqual(
      atEnds.filter(({ y }) => !Number.isNaN(y)).map(({ y }) => y),
      [1, 1, 1],
    );
    const steep = sampleCurve((x) => Math.tanh(100 * x), -1, 1);
    assert.ok(steep.every(({ y }) => !Number.isNaN(y)));
    assert.equal(steep.length, 241);
  });

  it('shows the dip of a function that goes on without bound, and a bounded one up to its end', () => {
    const gelu = sampleCurve((x) => x / (1 + Math.exp(-1.702 * x)), -6, 6);
    const [low, high] = curveRange([gelu], { low: -0.16, high: Number.POSITIVE_INFINITY });
    assert.ok(low < -0.16 && low > -0.4 && high < 3, `${low} to ${high}`);
    // The dip takes a twentieth of the height at least: some 15 of 300 pixels.
    assert.ok(0.16 / (high - low) > 0.05);
    const capped = sampleCurve((x) => Math.min(Math.max(x, 0), 6), -6, 8);
    assert.ok(curveRange([capped], { low: 0, high: 6 })[1] > 6);
    assert.deepEqual(
      curveRange([[]]).map((end) => end > -0.1 && end < 1.1),
      [true, true],
    );
  });

  it('puts histograms together, one as much as the other', () => {
    const wide = { low: -4, high: 4, counts: [0, 10, 10, 0] };
    const spike = { low: 0, high: 0, counts: [0, 5] };
    const none = { low: 0, high: 0, counts: [0, 0] };
    assert.equal(shareBelow([wide], 0), 0.5);
    assert.equal(shareBelow([wide], -1), 0.25);
    assert.equal(shareBelow([wide, spike, none], 0), 0.25);
    assert.equal(shareBelow([spike], 1e-9), 1);
    const bins = inputBins([wide, spike], -2, 2, 4);
    assert.ok(bins.every(({ density }, i) => Math.abs(density - (i === 1 || i === 2 ? 0.75 : 0.25)) < 1e-9));
  });

  it('draws from where to where nearly all inputs lie, and where activations bend', () => {
    assert.deepEqual(inputRange([{ low: -1, high: 1, counts: [1] }]), { from: -3, to: 3 });
    assert.deepEqual(inputRange([{ low: -10, high: 30, counts: [1, 998, 1, 0] }]), { from: -3, to: 10 });
    assert.deepEqual(inputRange([{ low: -1e6, high: 1e6, counts: [1, 1] }]), { from: -100, to: 100 });
  });

  it('says at which share of inputs a slope is flat', () => {
    const inputs = inputBins([{ low: -1, high: 3, counts: [1, 1, 1, 1] }], -3, 3, 240);
    const relu = sampleCurve((x) => Number(x > 0), -3, 3);
    assert.ok(Math.abs(flatShare(relu, inputs, 0.1) - 0.25) < 0.01);
    assert.equal(
      flatShare(
        sampleCurve(() => 1, -3, 3),
        inputs,
        0.1,
      ),
      0,
    );
  });

  it('sorts with the model as written first and the unmeasured last', () => {
    const ids = (sort: 'latency' | 'zeros', descending: boolean) =>
      rowsOf(report, sort, descending).map((row) => row.candidate.id);
    assert.deepEqual(ids('latency', false), ['baseline', 'hardswish', 'leaky_relu', 'prelu']);
    assert.deepEqual(ids('latency', true), ['baseline', 'leaky_relu', 'hardswish', 'prelu']);
  });

  it('marks who is in front, and nobody where all are', () => {
    assert.deepEqual([...standings(report, 'latency')], [['hardswish', 'best']]);
    assert.deepEqual([...standings(report, 'heldLoss')], []);
  });
});

describe('what the panels keep', () => {
  const kept = (state: unknown) => JSON.parse(JSON.stringify(state));
  /** As `toSaved` of the first versions wrote it. */
  const first = { file: 'file:///m.py', version: 1, report, sites: ['a'], candidates: ['gelu'], sort: 'latency' };

  it('comes back as it was saved', () => {
    const state: CompareState = {
      ...initialState(),
      subject: { file: 'file:///m.py', expression: 'Net()', part: 'a', input: '1x3', weights: '' },
      report,
      sites: new Set(['a']),
      candidates: new Set(['gelu']),
      sort: 'zeros',
      depthOf: 'norm',
      descending: true,
      layersOf: 'gelu',
      learning: { steps: 5, seeds: 2, searchSeeds: 1, rates: [0.1], optimiser: 'sgd', budget: 1000 },
      reinitialise: true,
      half: true,
      device: 'wasm',
    };
    assert.deepEqual(fromSaved(kept(toSaved(state))), state);
  });

  it('comes back from what older versions saved, which had less', () => {
    const { subject, sites, candidates, learning, ...rest } = fromSaved(kept(first));
    assert.deepEqual(subject, { file: 'file:///m.py' });
    assert.deepEqual([...sites, ...candidates], ['a', 'gelu']);
    assert.deepEqual(rest.report, kept(report));
    assert.deepEqual(learning, initialState().learning);
    assert.deepEqual([rest.sort, rest.descending, rest.half], ['latency', false, false]);
    // The host opens the panel again from the same state.
    assert.deepEqual(parse(modelRequest, kept(first)), subject);
    const explained = { activation: 'gelu', parameters: { approximate: 'tanh' } };
    assert.equal(explainFromSaved(kept(explained))?.choices.slope, true);
    assert.deepEqual(parse(explainPanelState, { ...explained, choices: { x: 2 } }), explained);
  });

  it('loses no more than what it does not know', () => {
    for (const wrong of [undefined, null, 'x', [], { ...first, version: 2 }])
      assert.deepEqual(fromSaved(wrong), initialState());
    const strange = {
      ...kept(first),
      report: { version: 3 },
      sort: 'q',
      learning: { steps: -1 },
      half: 'yes',
      sites: {},
    };
    const { subject, report: none, sort, half, sites, learning, candidates } = fromSaved(strange);
    assert.deepEqual([subject?.file, none, sort, half, sites.size], ['file:///m.py', undefined, 'listed', false, 0]);
    assert.deepEqual(learning, initialState().learning);
    assert.ok(candidates.has('gelu'));
    assert.equal(fromSaved({ ...first, expression: 5 }).subject, undefined);
    assert.equal(explainFromSaved({ activation: 'gelu' }), undefined);
    assert.deepEqual(
      explainFromSaved({ activation: 'gelu', parameters: {}, choices: { x: null, slope: false } })?.choices,
      {
        slope: false,
        overlays: [],
        x: 1,
      },
    );
  });

  it('survives whatever it is given', () => {
    const key = fc.constantFrom(...Object.keys(toSaved(initialState()) as object), 'file', 'choices', 'parameters');
    fc.assert(
      fc.property(fc.anything(), key, (value, name) => {
        fromSaved(value);
        fromSaved({ ...first, [name]: value });
        explainFromSaved({ activation: 'gelu', parameters: {}, [name]: value });
      }),
    );
  });
});

describe('words and numbers of the panels', () => {
  it('have both languages for every key', () => {
    const keys = (value: object, prefix = ''): string[] =>
      Object.entries(value).flatMap(([key, each]) =>
        typeof each === 'object' && each !== null ? keys(each, `${prefix}${key}.`) : [`${prefix}${key}:${typeof each}`],
      );
    assert.deepEqual(keys(zhCn), keys(en));
    assert.equal(pageLanguage('zh-CN'), 'zh-cn');
    assert.equal(pageLanguage('de'), 'en');
  });

  it('write numbers for people', () => {
    const numbers = numbersFor('en');
    assert.equal(numbers.ratio(0.876), '0.88×');
    assert.equal(numbers.percent(0.4567), '45.7%');
    assert.equal(numbers.milliseconds(4.2567), '4.26 ms');
    assert.equal(numbers.number(0.000012345), '1.23E-5');
    assert.equal(numbers.number(-0), '0');
    assert.equal(numbers.percent(-1e-5), '0%');
    assert.equal(numbers.percent(-0.5), '-50%');
    assert.equal(numbers.list(['GELU 1.68 kB', 'SiLU 1.66 kB', 'Mish']), 'GELU 1.68 kB, SiLU 1.66 kB, Mish');
    assert.equal(
      numbersFor('zh-cn').list(['GELU 1.68 kB', 'SiLU 1.66 kB', 'Mish']),
      'GELU 1.68 kB、SiLU 1.66 kB、Mish',
    );
    assert.equal(numbers.decimals(72, 1), '72.0');
    assert.equal(numbers.decimals(1.6362, 3), '1.636');
  });
});
