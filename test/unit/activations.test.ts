import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import {
  catalogue,
  defaultParameters,
  findActivation,
  isCandidate,
  suggestedCandidates,
} from '../../src/activations/catalogue';
import { facts } from '../../src/activations/facts';
import type { Activation } from '../../src/activations/types';
import type { ActivationParameters } from '../../src/graph/types';
import { inRoot } from '../support/paths';

interface Reference {
  readonly points: readonly number[];
  readonly cases: readonly {
    readonly activation: string;
    readonly parameters: ActivationParameters;
    readonly values: readonly number[];
    readonly slopes: readonly number[];
    readonly facts: Readonly<Record<'mean' | 'deviation' | 'zeros' | 'meanSquaredSlope', number>>;
  }[];
  readonly rows: readonly {
    readonly activation: string;
    readonly parameters: ActivationParameters;
    readonly rows: readonly (readonly number[])[];
    readonly values: readonly (readonly number[])[];
  }[];
}

const reference: Reference = JSON.parse(readFileSync(inRoot('test', 'fixtures', 'activations.json'), 'utf8'));

function entry(id: string): Activation {
  const found = catalogue.get(id);
  assert.ok(found, `the catalogue has no ${id}`);
  return found;
}

/** Within `bound` of the larger of 1 and the value itself. */
function near(actual: number | undefined, expected: number, bound: number, what: string): void {
  const error = Math.abs((actual ?? Number.NaN) - expected) / Math.max(1, Math.abs(expected));
  assert.ok(error <= bound, `${what}: ${actual} is not ${expected}`);
}

describe('the catalogue', () => {
  it('holds what every entry needs, and each has a reference', () => {
    const referenced = new Set([...reference.cases, ...reference.rows].map(({ activation }) => activation));
    for (const { id, shape, value, derivative, row } of catalogue.values()) {
      assert.ok(referenced.has(id), `${id} has no reference`);
      assert.ok(shape === 'elementwise' ? value && derivative : row, id);
    }
  });

  it('suggests only what can stand in for a hidden activation', () => {
    for (const id of suggestedCandidates) assert.ok(isCandidate(entry(id)), id);
    for (const id of [
      'glu',
      'softmax',
      'softmin',
      'softmax2d',
      'log_softmax',
      'gumbel_softmax',
      'threshold',
      'logsigmoid',
    ])
      assert.ok(!isCandidate(entry(id)), id);
  });

  for (const { activation, parameters, values, slopes, facts: expected } of reference.cases) {
    const name = `${activation} ${JSON.stringify(parameters)}`;
    it(`has PyTorch's values and slopes of ${name}`, () => {
      const found = entry(activation);
      const all = { ...defaultParameters(found), ...parameters };
      reference.points.forEach((x, i) => {
        near(found.value?.(x, all), values[i] ?? Number.NaN, 1e-12, `${name} at ${x}`);
        near(found.derivative?.(x, all), slopes[i] ?? Number.NaN, 1e-12, `slope of ${name} at ${x}`);
      });
    });

    it(`computes the facts of ${name}`, () => {
      const found = entry(activation);
      const computed = facts(found, { ...defaultParameters(found), ...parameters });
      assert.ok(computed);
      // The reference's midpoint rule is good to about 1e-7.
      for (const key of ['mean', 'deviation', 'zeros', 'meanSquaredSlope'] as const) {
        near(computed[key], expected[key], 1e-6, `${key} of ${name}`);
      }
      near(computed.preservingGain, 1 / Math.hypot(expected.mean, expected.deviation), 1e-6, `gain of ${name}`);
    });
  }

  for (const { activation, parameters, rows, values } of reference.rows) {
    it(`has PyTorch's rows of ${activation} ${JSON.stringify(parameters)}, without overflow`, () => {
      const found = entry(activation);
      rows.forEach((row, i) => {
        const actual = found.row?.(row, { ...defaultParameters(found), ...parameters }) ?? [];
        assert.equal(actual.length, values[i]?.length);
        actual.forEach((value, at) => {
          near(value, values[i]?.[at] ?? Number.NaN, 1e-14, `${activation} of ${row}`);
        });
      });
    });
  }

  it('knows ranges, corners and dips', () => {
    const known = (id: string) => {
      const found = facts(entry(id), defaultParameters(entry(id)));
      assert.ok(found);
      return found;
    };
    assert.deepEqual(known('relu').range, { low: 0, high: Number.POSITIVE_INFINITY });
    assert.deepEqual(known('sigmoid').range, { low: 0, high: 1 });
    assert.deepEqual(known('tanh').range, { low: -1, high: 1 });
    near(known('gelu').range.low, -0.16997120747990369, 1e-6, 'the dip of GELU');
    near(known('hard_mish').range.low, -0.5, 1e-6, 'the dip of hard Mish');
    assert.deepEqual(known('sine').range.low < -0.9999 && known('sine').range.high <= 1, true);
    assert.equal(known('relu2').largestSlope, Number.POSITIVE_INFINITY);
    near(known('snake').largestSlope, 2, 1e-3, 'the largest slope of Snake');
    near(known('silu').range.low, -0.27846454276107374, 1e-6, 'the dip of SiLU');
    near(known('silu').largestSlope, 1.0998393194985, 1e-6, 'the largest slope of SiLU');
    for (const [id, monotonic, smooth, zeroCentred] of [
      ['relu', true, false, false],
      ['hardswish', false, false, false],
      ['tanh', true, true, true],
      ['elu', true, true, false],
      ['selu', true, false, true],
      ['mish', false, true, false],
      ['identity', true, true, true],
      ['relu2', true, true, false],
      ['star_relu', true, true, true],
      ['snake', true, true, false],
      ['sine', false, true, true],
      ['hardshrink', true, false, true],
      ['hardtanh', true, false, true],
    ] as const) {
      const { monotonic: m, smooth: s, zeroCentred: z } = known(id);
      assert.deepEqual([id, m, s, z], [id, monotonic, smooth, zeroCentred]);
    }
  });

  it('finds entries by every spelling', () => {
    for (const [name, id] of [
      ['ReLU', 'relu'],
      ['SiLU', 'silu'],
      ['swish', 'silu'],
      ['gelu_new', 'gelu'],
      ['leakyReLU', 'leaky_relu'],
      ['hardsigmoid', 'hardsigmoid'],
      ['LogSigmoid', 'logsigmoid'],
      ['thresholdedReLU', 'threshold'],
      ['relu_', 'relu'],
    ] as const) {
      assert.equal(findActivation(name)?.id, id, name);
    }
    assert.equal(findActivation('nonsense'), undefined);
  });

  it('explains every entry in both languages, with siblings that exist', () => {
    for (const { id, prose, siblings, documentation } of catalogue.values()) {
      assert.ok(siblings.length >= 2, id);
      assert.match(prose['zh-cn'], /[\u4e00-\u9fff]/, id);
      for (const sibling of siblings) assert.ok(catalogue.has(sibling), `${id} names ${sibling}`);
      if (documentation !== undefined) assert.match(documentation, /^https:\/\/docs\.pytorch\.org\//);
    }
  });

  it('cites no table without the entry’s own cell', () => {
    for (const { id, evidence } of catalogue.values()) {
      for (const { value, against, url } of evidence) {
        assert.ok(Number.isFinite(value), id);
        assert.ok(!(id in against), id);
        assert.match(url, /^https:/);
      }
    }
  });
});
