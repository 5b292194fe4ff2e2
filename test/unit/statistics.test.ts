import assert from 'node:assert/strict';
import fc from 'fast-check';
import { Random } from '../../src/compare/random';
import { measured } from '../../src/compare/scores';
import { median, pairedRatio } from '../../src/compare/statistics';

describe('statistics', () => {
  it('finds the median of odd and even counts', () => {
    assert.equal(median([3, 1, 2]), 2);
    assert.equal(median([4, 1, 2, 3]), 2.5);
    assert.ok(Number.isNaN(median([])));
  });

  it('keeps the estimate inside the interval, and the interval the same for the same samples', () => {
    const times = fc.array(
      fc.tuple(fc.double({ min: 0.01, max: 100, noNaN: true }), fc.double({ min: 0.01, max: 100, noNaN: true })),
      {
        minLength: 1,
        maxLength: 20,
      },
    );
    fc.assert(
      fc.property(times, fc.integer({ min: 1, max: 10 }), (pairs, comparisons) => {
        const candidate = pairs.map(([time]) => time);
        const baseline = pairs.map(([, time]) => time);
        const interval = pairedRatio(candidate, baseline, comparisons);
        assert.ok(interval.low <= interval.estimate * (1 + 1e-12) && interval.estimate <= interval.high * (1 + 1e-12));
        assert.deepEqual(pairedRatio(candidate, baseline, comparisons), interval);
        // The smallest and the largest of n values leave the median out with probability 2^(1−n).
        if (2 ** (1 - pairs.length) > 0.05 / comparisons)
          assert.deepEqual([interval.enough, interval.separable], [false, false]);
        else assert.equal(interval.enough, true);
      }),
      { numRuns: 40 },
    );
  });

  it('inverts when candidate and baseline change places', () => {
    const random = new Random(7);
    const a = Array.from({ length: 25 }, () => 2 + random.uniform());
    const b = Array.from({ length: 25 }, () => 2 + random.uniform());
    const [one, other] = [pairedRatio(a, b, 1), pairedRatio(b, a, 1)];
    assert.ok(Math.abs(one.estimate * other.estimate - 1) < 1e-12);
  });

  it('covers the true ratio as often as it says, drift and heavy tails included', () => {
    const random = new Random(1);
    const [trials, comparisons] = [400, 4];
    for (const rounds of [12, 30]) {
      let covered = 0;
      for (let trial = 0; trial < trials; trial++) {
        const drift = Array.from({ length: rounds }, (_, i) => 1 + 0.3 * Math.sin(i / 5));
        const noise = () => Math.exp(0.05 * random.normal() + (random.uniform() < 0.1 ? random.uniform() : 0));
        const all = Array.from({ length: comparisons }, () =>
          pairedRatio(
            drift.map((d) => 1.2 * d * noise()),
            drift.map((d) => d * noise()),
            comparisons,
          ),
        );
        if (all.every(({ low, high }) => low <= 1.2 && 1.2 <= high)) covered++;
      }
      // All four together: 95 % with the error of 400 trials (three standard errors).
      assert.ok(covered / trials > 0.95 - 0.033, `${rounds} rounds: ${covered} of ${trials} covered`);
    }
  }).timeout(120_000);

  it('does not call equals separable, and does call a clear difference so', () => {
    const random = new Random(3);
    let wrong = 0;
    for (let trial = 0; trial < 100; trial++) {
      const draw = () => Array.from({ length: 15 }, () => Math.exp(0.1 * random.normal()));
      if (pairedRatio(draw(), draw(), 1).separable) wrong++;
    }
    assert.ok(wrong <= 12, `${wrong} of 100`);
    const baseline = Array.from({ length: 15 }, () => 1 + 0.01 * random.uniform());
    assert.equal(
      pairedRatio(
        baseline.map((time) => time * 1.5),
        baseline,
        6,
      ).separable,
      true,
    );
  });

  it('pairs a score seed by seed, also where a seed gave none', () => {
    const baseline = [1, 2, 3, 4, Number.NaN, 6, 7];
    const candidate = baseline.map((value, seed) => (seed === 1 ? Number.POSITIVE_INFINITY : value + 0.5));
    const found = measured('drift', candidate, baseline, 1);
    assert.deepEqual(found.samples, [1.5, 3.5, 4.5, 6.5, 7.5]);
    assert.equal(found.against, undefined, 'the drift of the model as written is none');
    const { samples, against } = measured('snrTensor', candidate, baseline, 1);
    assert.deepEqual(samples, found.samples);
    assert.deepEqual([against?.estimate, against?.low, against?.high], [0.5, 0.5, 0.5]);
    assert.equal(measured('spread', [1, 2, 0], [1, 2, 3], 1).against, undefined, 'zero has no ratio');
    assert.equal(measured('spread', [1, Number.NaN], [Number.NaN, 1], 1).against, undefined);
  });

  it('refuses what is not paired', () => {
    assert.throws(() => pairedRatio([1], [1, 2], 1), RangeError);
    assert.throws(() => pairedRatio([], [], 1), RangeError);
    assert.throws(() => pairedRatio([0], [1], 1), RangeError);
  });
});
