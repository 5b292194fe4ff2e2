import assert from 'node:assert/strict';
import { initialise } from '../../src/graph/initialise';
import type { Graph, Initialiser } from '../../src/graph/types';

const COUNT = 200_000;

function graphOf(...initialisers: Initialiser[]): Graph {
  const type = { dtype: 'float32' as const, shape: [COUNT] };
  return {
    name: 'storages',
    inputs: [],
    outputs: [],
    nodes: [],
    state: [],
    updates: [],
    notes: [],
    values: initialisers.map(() => ({ type })),
    storages: initialisers.map((initialiser, value) => ({ type, trainable: true, initialiser, value })),
  };
}

/** Moments of one storage: mean, variance, skewness and kurtosis. */
function moments(initialiser: Initialiser): {
  mean: number;
  variance: number;
  kurtosis: number;
  low: number;
  high: number;
} {
  const values = Float64Array.from(initialise(graphOf(initialiser), 3)[0] ?? []);
  const mean = values.reduce((sum, x) => sum + x, 0) / values.length;
  const central = (power: number) => values.reduce((sum, x) => sum + (x - mean) ** power, 0) / values.length;
  const variance = central(2);
  return {
    mean,
    variance,
    kurtosis: central(4) / variance ** 2,
    low: values.reduce((a, b) => Math.min(a, b)),
    high: values.reduce((a, b) => Math.max(a, b)),
  };
}

// Bounds are five standard errors of each estimate at COUNT draws.
const near = (actual: number, expected: number, error: number) =>
  assert.ok(Math.abs(actual - expected) < 5 * error, `${actual} is not ${expected} ± ${5 * error}`);

describe('initial values', () => {
  it('are uniform between their bounds', () => {
    const { mean, variance, kurtosis, low, high } = moments({ kind: 'uniform', low: -2, high: 4 });
    near(mean, 1, Math.sqrt(3 / COUNT));
    near(variance, 3, 3 * Math.sqrt(0.8 / COUNT));
    near(kurtosis, 1.8, 0.005);
    assert.ok(low >= -2 && high < 4);
  });

  it('are normal', () => {
    const { mean, variance, kurtosis } = moments({ kind: 'normal', mean: 0.5, deviation: 2 });
    near(mean, 0.5, 2 / Math.sqrt(COUNT));
    near(variance, 4, 4 * Math.sqrt(2 / COUNT));
    near(kurtosis, 3, Math.sqrt(24 / COUNT));
  });

  it('are truncated where asked', () => {
    const truncated = { kind: 'truncated_normal', mean: 0, deviation: 1, low: -1, high: 1 } as const;
    const { mean, variance, low, high } = moments(truncated);
    near(mean, 0, 0.54 / Math.sqrt(COUNT));
    // 1 − 2φ(1)/(Φ(1) − Φ(−1))
    near(variance, 0.29112, 0.29 * Math.sqrt(0.9 / COUNT));
    assert.ok(low >= -1 && high <= 1);
  });

  it('depend on the seed and on the storage, and on nothing else', () => {
    const normal: Initialiser = { kind: 'normal', mean: 0, deviation: 1 };
    const first = initialise(graphOf(normal, normal), 1);
    assert.deepEqual(initialise(graphOf(normal, normal, { kind: 'constant', value: 0.25 }), 1).slice(0, 2), first);
    assert.notDeepEqual(first[0], first[1]);
    assert.notDeepEqual(initialise(graphOf(normal), 2)[0], first[0]);
    assert.equal(initialise(graphOf({ kind: 'constant', value: 0.25 }), 1)[0]?.[7], 0.25);
  });
});
