import assert from 'node:assert/strict';
import fc from 'fast-check';
import { Random } from '../../src/compare/random';
import { measure } from '../../src/compare/scores';
import { boundsOf, median, medianInterval, pairedInterval, pairedRatioInterval } from '../../src/compare/statistics';

describe('statistics', () => {
  it('finds the median of odd and even counts', () => {
    assert.equal(median([3, 1, 2]), 2);
    assert.equal(median([4, 1, 2, 3]), 2.5);
    assert.equal(median([5]), 5);
    assert.equal(median([10, 9, 100]), 10, 'numbers, not texts, are sorted');
    assert.equal(median([1, 2, 2, 2, 9, 9]), 2);
    assert.ok(Number.isNaN(median([])));
    const given = [3, 1, 2];
    median(given);
    assert.deepEqual(given, [3, 1, 2]);
  });

  it('gives no ends to an interval of too few values', () => {
    for (const few of [[3], [3, 4], [1, 2, 3, 4, 5]]) assert.equal(boundsOf(medianInterval(few)), undefined);
    assert.deepEqual(boundsOf(medianInterval([1, 2, 3, 4, 5, 6])), [1, 6]);
  });

  // Ranks of the 95 % interval for a median, as tables of the sign test have them: the largest r for which
  // 2 · P(X ≤ r − 1) ≤ 0.05, where X is binomial with n trials of ½; from the r-th smallest to the r-th largest value.
  it('gives the ranks that tables of the sign test give', () => {
    const table: readonly (readonly [count: number, rank: number])[] = [
      [6, 1],
      [8, 1],
      [9, 2],
      [11, 2],
      [12, 3],
      [15, 4],
      [17, 5],
      [20, 6],
      [25, 8],
      [30, 10],
      [40, 14],
      [50, 18],
    ];
    for (const [count, rank] of table) {
      const found = medianInterval(Array.from({ length: count }, (_, i) => count - i));
      const middle = (count + 1) / 2;
      assert.deepEqual(found, { median: middle, low: rank, high: count + 1 - rank, enough: true }, `${count} values`);
    }
  });

  it('gives the narrowest interval of which all equally likely signs say that it holds', () => {
    for (let count = 1; count <= 14; count++) {
      /** Of all 2^count ways to fall on either side of the median, how many let so many values fall below it. */
      const below = new Uint32Array(count + 1);
      for (let signs = 0; signs < 2 ** count; signs++) {
        const ones = signs.toString(2).replaceAll('0', '').length;
        below[ones] = (below[ones] ?? 0) + 1;
      }
      for (const error of [0.5, 0.2, 0.0625, 0.05, 0.05 / 6]) {
        const sorted = Array.from({ length: count }, (_, i) => i);
        const missed = (out: number) => (2 * below.slice(0, out + 1).reduce((sum, ways) => sum + ways)) / 2 ** count;
        const fits = sorted.filter((out) => missed(out) <= error);
        const out = fits.at(-1) ?? 0;
        const { low, high, enough } = medianInterval(sorted, error);
        assert.deepEqual([low, high, enough], [out, count - 1 - out, fits.length > 0], `${count} values, ${error}`);
      }
    }
  });

  it('knows no interval of no value, and one value for its own', () => {
    const none = Number.NaN;
    assert.deepEqual(medianInterval([]), { median: none, low: none, high: none, enough: false });
    assert.deepEqual(medianInterval([4]), { median: 4, low: 4, high: 4, enough: false });
    assert.deepEqual(medianInterval([7, 7, 7, 7, 7, 7]), { median: 7, low: 7, high: 7, enough: true });
  });

  it('compares pairs, not samples', () => {
    // Differences 1, 2, 4, 8, 16, 32, 64, 128, 256: with nine pairs one is left out at each end.
    const baseline = [5, 900, -3, 40, 0.5, 70, -800, 9, 10];
    const candidate = baseline.map((value, i) => value + 2 ** i);
    assert.deepEqual(pairedInterval(candidate, baseline, 'difference', 1), {
      scale: 'difference',
      estimate: 16,
      low: 2,
      high: 128,
      confidence: 0.95,
      enough: true,
      separable: true,
    });
    // 2 · P(X ≤ 0) = 2 / 512 bears an error of 0.05 / 12, and not one of 0.05 / 13.
    const shared = [12, 13].map((comparisons) => pairedInterval(candidate, baseline, 'difference', comparisons));
    assert.deepEqual(
      shared.map(({ low, high, enough, separable }) => [low, high, enough, separable]),
      [
        [1, 256, true, true],
        [1, 256, false, false],
      ],
    );
    assert.deepEqual(
      pairedInterval(candidate, baseline, 'difference', 0),
      pairedInterval(candidate, baseline, 'difference', 1),
    );
    // 2 · P(X ≤ 2) = 2 · (1 + 9 + 36) / 512 = 0.1797
    const loose = pairedInterval(candidate, baseline, 'difference', 1, 0.8);
    assert.deepEqual([loose.low, loose.high, loose.confidence], [4, 64, 0.8]);
  });

  it('takes the middle of an even count of ratios by their logarithms', () => {
    const { scale, estimate, low, high } = pairedRatioInterval([2, 1, 16, 3, 32, 0.5], [1, 2, 2, 3, 1, 1], 1);
    // Ratios ½, ½, 1, 2, 8, 32: the geometric mean of 1 and 2 is in the middle.
    assert.equal(scale, 'ratio');
    for (const [found, expected] of [
      [estimate, Math.SQRT2],
      [low, 0.5],
      [high, 32],
    ] as const)
      assert.ok(Math.abs(found / expected - 1) < 1e-14, `${found} for ${expected}`);
  });

  it('separates only what lies wholly on one side of no difference', () => {
    const of = (...apart: number[]) => {
      const zeros = apart.map(() => 0);
      const ones = apart.map(() => 1);
      const difference = pairedInterval(apart, zeros, 'difference', 1).separable;
      assert.equal(pairedRatioInterval(apart.map(Math.exp), ones, 1).separable, difference);
      return difference;
    };
    assert.equal(of(1, 1, 2, 3, 4, 5), true);
    assert.equal(of(-1, -1, -2, -3, -4, -5), true);
    assert.equal(of(-1, 1, 2, 3, 4, 5), false);
    assert.equal(of(0, 1, 2, 3, 4, 5), false, 'a tie at the lower end');
    assert.equal(of(-5, -4, -3, -2, -1, 0), false, 'a tie at the upper end');
    assert.equal(of(0, 0, 0, 0, 0, 0), false);
    assert.equal(of(1, 1, 1, 1, 1), false, 'five pairs are too few');
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
        const interval = pairedRatioInterval(candidate, baseline, comparisons);
        assert.ok(interval.low <= interval.estimate * (1 + 1e-12) && interval.estimate <= interval.high * (1 + 1e-12));
        assert.deepEqual(pairedRatioInterval(candidate, baseline, comparisons), interval);
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
    const [one, other] = [pairedRatioInterval(a, b, 1), pairedRatioInterval(b, a, 1)];
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
          pairedRatioInterval(
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
      if (pairedRatioInterval(draw(), draw(), 1).separable) wrong++;
    }
    assert.ok(wrong <= 12, `${wrong} of 100`);
    const baseline = Array.from({ length: 15 }, () => 1 + 0.01 * random.uniform());
    assert.equal(
      pairedRatioInterval(
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
    const found = measure('drift', candidate, baseline, 1);
    assert.deepEqual(found.samples, [1.5, 3.5, 4.5, 6.5, 7.5]);
    assert.equal(found.against, undefined, 'the drift of the model as written is none');
    const { samples, against } = measure('snrTensor', candidate, baseline, 1);
    assert.deepEqual(samples, found.samples);
    assert.deepEqual([against?.estimate, against?.low, against?.high], [0.5, 0.5, 0.5]);
    assert.equal(measure('spread', [1, 2, 0], [1, 2, 3], 1).against, undefined, 'zero has no ratio');
    assert.equal(measure('spread', [1, Number.NaN], [Number.NaN, 1], 1).against, undefined);
  });

  it('refuses what is not paired', () => {
    assert.throws(() => pairedRatioInterval([1], [1, 2], 1), new RangeError('rounds are not paired'));
    assert.throws(() => pairedRatioInterval([], [], 1), new RangeError('no rounds'));
    const notPositive = new RangeError('ratios need positive numbers');
    assert.throws(() => pairedRatioInterval([0], [1], 1), notPositive);
    assert.throws(() => pairedRatioInterval([1, 1, -1], [1, 1, 1], 1), notPositive);
    assert.throws(
      () => pairedInterval([1, Infinity], [1, 1], 'difference', 1),
      new RangeError('numbers are not finite'),
    );
  });
});
