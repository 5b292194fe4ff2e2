import assert from 'node:assert/strict';
import fc from 'fast-check';
import { decisionLine } from '../../src/cli/decide';
import { type CompareDecision, decide } from '../../src/compare/decide';
import { leastPairs, MOST_PAIRS, pairsNeeded } from '../../src/compare/needed';
import { Random } from '../../src/compare/random';
import type { CandidateReport, Report } from '../../src/compare/report';
import { measure } from '../../src/compare/scores';
import { medianInterval, pairedRatioInterval } from '../../src/compare/statistics';
import { detailedReport, reportOf } from '../support/reports';

const normal = (random: Random, count: number, mean: number): number[] =>
  Array.from({ length: count }, () => mean + random.normal());
/** Five values with this median and a deviation of 1. */
const five = (middle: number) => [-1.2, -Math.sqrt(0.56), 0, Math.sqrt(0.56), 1.2].map((value) => middle + value);

describe('how many pairs it takes', () => {
  it('knows the fewest that bear an interval', () => {
    // 2^(1 − n) ≤ error.
    assert.equal(leastPairs(0.05), 6);
    assert.equal(leastPairs(0.05 / 6), 8);
    assert.equal(leastPairs(0.5), 2);
  });

  it('estimates nothing from fewer than five', () => {
    for (const few of [[], [1], [1, 1, 1, 1]]) assert.deepEqual(pairsNeeded(few, 0.05), { kind: 'at-least', count: 6 });
  });

  it('needs no more than the fewest where all agree, and never ends where there is no difference', () => {
    assert.deepEqual(pairsNeeded([2, 2, 2, 2, 2], 0.05), { kind: 'pairs', count: 6 });
    assert.deepEqual(pairsNeeded([0, 0, 0, 0, 0], 0.05), { kind: 'too-many' });
    assert.deepEqual(pairsNeeded([-2, -1, 0, 1, 2], 0.05), { kind: 'too-many' });
    // Most are equal, and the median is none.
    assert.deepEqual(pairsNeeded([0, 0, 0, 0, 5], 0.05), { kind: 'too-many' });
    assert.equal(pairsNeeded([1, 1, 1, 1, -30], 0.05).kind, 'too-many', 'one far off among few tells little');
  });

  it('agrees with what comes out when that many are drawn', () => {
    const random = new Random(3);
    for (const [effect, error] of [
      [1, 0.05],
      [0.5, 0.05],
      [0.5, 0.05 / 6],
      [0.25, 0.05],
    ] as const) {
      const needed = pairsNeeded(five(effect), error);
      assert.equal(needed.kind, 'pairs');
      if (needed.kind !== 'pairs') continue;
      const told = (count: number) => {
        let times = 0;
        for (let i = 0; i < 2000; i++) {
          const { low, high, enough } = medianInterval(normal(random, count, effect), error);
          if (enough && (low > 0 || high < 0)) times++;
        }
        return times / 2000;
      };
      const share = told(needed.count);
      assert.ok(share > 0.74 && share < 0.95, `${effect} at ${error}: ${needed.count} pairs tell ${share}`);
      assert.ok(told(Math.floor(needed.count * 0.6)) < 0.75, `${needed.count} pairs are far more than it takes`);
    }
  });

  it('goes by the ratio of effect and spread alone, whichever way it points', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: -100, max: 100 }), { minLength: 5, maxLength: 30 }),
        fc.constantFrom(-8, -1, 0.25, 4),
        (values, factor) => {
          const [one, other] = [values, values.map((value) => factor * value)].map((each) => pairsNeeded(each, 0.01));
          assert.deepEqual(one, other);
          if (one?.kind === 'pairs') assert.ok(one.count >= leastPairs(0.01) && one.count <= MOST_PAIRS);
        },
      ),
      { seed: 5 },
    );
  });

  it('goes by how many of many differ the wrong way, however far off one is', () => {
    const seen = Array.from({ length: 20 }, (_, i) => (i % 4 === 0 ? -1 : 1));
    const far = seen.map((value, i) => (i === 0 ? 1e6 * value : value));
    assert.deepEqual(pairsNeeded(far, 0.05), pairsNeeded(seen, 0.05));
    // 5 of 20 the wrong way: tables of the sign test have some 35 pairs for a share of a quarter.
    const { kind, ...needed } = pairsNeeded(seen, 0.05);
    assert.equal(kind, 'pairs');
    assert.ok('count' in needed && needed.count > 25 && needed.count < 45, JSON.stringify(needed));
  });

  it('needs more for a smaller effect, and for a smaller error', () => {
    const noise = [-1.3, -0.9, -0.4, 0, 0.4, 0.9, 1.3];
    const count = (effect: number, error: number) => {
      const found = pairsNeeded(
        noise.map((each) => each + effect),
        error,
      );
      return found.kind === 'pairs' ? found.count : Infinity;
    };
    assert.ok(count(2, 0.05) < count(1, 0.05) && count(1, 0.05) < count(0.5, 0.05));
    assert.ok(count(1, 0.05) < count(1, 0.001));
    assert.equal(count(0.001, 0.05), Infinity);
  });
});

describe('worth a GPU run?', () => {
  const wave = (level: number, spread: number, count = 9, from = 0) =>
    Array.from({ length: count }, (_, i) => level + spread * Math.sin(2.3 * i + from));

  /** A report of short training runs, by the candidates' losses. */
  function trained(losses: Readonly<Record<string, readonly number[]>>, chance = 2.3): Report {
    const { baseline: written = [], ...others } = losses;
    const report = detailedReport(Object.keys(others));
    const comparisons = Object.keys(others).length;
    const candidates = report.candidates.map((candidate): CandidateReport => {
      const own = losses[candidate.id] ?? [];
      const isWritten = candidate.id === 'baseline';
      const { learning } = candidate;
      return {
        ...candidate,
        scores: { heldLoss: measure('heldLoss', own, isWritten ? undefined : written, comparisons) },
        ...(learning && {
          learning: { ...learning, setup: { ...learning.setup, chance: { loss: chance, learntBelow: chance - 0.1 } } },
        }),
      };
    });
    return { ...report, candidates };
  }
  const by = ({ candidates }: CompareDecision, id: string) =>
    candidates.find((each) => each.id === id)?.findings.find((each) => each.by === 'heldLoss');

  it('is yes where a candidate learns better for sure', () => {
    const report = trained({ baseline: wave(1, 0.1), silu: wave(0.5, 0.1) });
    const decision = decide(report);
    assert.equal(decision.worth, 'yes');
    assert.equal(by(decision, 'silu')?.standing, 'better');
    assert.equal(by(decision, 'silu')?.needed, undefined);
    assert.match(decisionLine(report), /^worth a GPU run: yes; SiLU: learning better/);
  });

  it('is no where all do worse or are alike', () => {
    const report = trained({ baseline: wave(1, 0.1), silu: wave(1.5, 0.1), gelu: wave(1, 0.1) });
    const decision = decide(report);
    assert.equal(decision.worth, 'no');
    assert.equal(by(decision, 'silu')?.standing, 'worse');
    assert.deepEqual(by(decision, 'gelu')?.needed, { kind: 'too-many' });
    assert.match(decisionLine(report), /^worth a GPU run: no.*SiLU: learning worse.*GELU: .*learning alike/);
  });

  it('stays open where more seeds would tell, and says how many', () => {
    const report = trained({ baseline: wave(1, 0), silu: [0.9, 0.95, 0.8, 1.05, 0.9, 0.85, 1.1, 0.9, 1.02] });
    const decision = decide(report);
    assert.equal(decision.worth, 'open');
    const finding = by(decision, 'silu');
    assert.equal(finding?.standing, 'tie');
    assert.ok(finding?.needed?.kind === 'pairs' && finding.needed.count > 9, JSON.stringify(finding?.needed));
    assert.match(
      decisionLine(report),
      /not told yet; SiLU: (time [^;]*, )?learning not told by 9 seeds, about \d+ would/,
    );
    const few = trained({ baseline: wave(1, 0.1, 3), silu: wave(0.5, 0.1, 3) });
    assert.equal(decide(few).worth, 'open');
    assert.match(decisionLine(few), /not told by 3 seeds, at least 6 are needed/);
  });

  it('can not tell where nothing was trained, nothing learnt, or runs diverged', () => {
    assert.equal(decide(reportOf(['silu'], true)).worth, 'unknown');
    assert.match(decisionLine(reportOf(['silu'], true)), /can not be told, nothing was trained/);
    const lost = trained({ baseline: wave(2.3, 0.01), silu: wave(2.31, 0.01) });
    assert.equal(decide(lost).worth, 'unknown');
    assert.match(decisionLine(lost), /nothing learnt anything in \d+ steps/);
    const diverged = trained({ baseline: wave(1, 0.1), silu: [Number.NaN, ...wave(0.99, 0.2, 8, 1)] });
    assert.equal(by(decide(diverged), 'silu')?.needed, undefined);
  });

  it('tells times by their ratios', () => {
    const report = reportOf(['silu'], true);
    const [written, silu] = report.candidates;
    assert.ok(written?.latency && silu?.latency);
    const [ours, theirs] = [wave(1.2, 0.05, 30), wave(1, 0.05, 30, 1)];
    const latency = { ...silu.latency, samples: ours, ratio: pairedRatioInterval(ours, theirs, 1) };
    const told = {
      ...report,
      candidates: [
        { ...written, latency: { ...written.latency, samples: theirs } },
        { ...silu, latency },
      ],
    };
    const forward = decide(told).candidates[0]?.findings.find((each) => each.by === 'forward');
    assert.equal(forward?.standing, 'worse');
    assert.match(decisionLine(told), /time of a forward pass worse/);
  });
});
