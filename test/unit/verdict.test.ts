import assert from 'node:assert/strict';
import { Random } from '../../src/compare/random';
import type { CandidateReport, RateSearch, Report, Scores } from '../../src/compare/report';
import { resultHint } from '../../src/compare/resultHint';
import { measure } from '../../src/compare/scores';
import { pairedRatioInterval } from '../../src/compare/statistics';
import { type ReportVerdict, verdictOf } from '../../src/compare/verdict';
import { certaintyWords, claimWords } from '../../src/compare/verdictWords';
import { detailedReport, reportOf } from '../support/reports';

const seeds = 16;

/** Samples around a level, the same noise for the same seed of noise. */
const samples = (level: number, spread: number, from = 0, count = seeds): number[] =>
  Array.from({ length: count }, (_, i) => level + spread * Math.sin(3 * i + from));

interface Numbers {
  readonly heldLoss?: readonly number[];
  readonly dead?: readonly number[];
  readonly flow?: readonly number[];
  /** Milliseconds a step, one a round. */
  readonly step?: readonly number[];
  readonly search?: RateSearch;
  /** The step at which a run diverged. */
  readonly diverged?: number;
  /** Held-out losses from the first to the last, the same for all seeds. */
  readonly falls?: readonly [first: number, last: number];
}

/** A report of the model as written and candidates with these numbers. */
function reportWith(numbers: Readonly<Record<string, Numbers>>): Report {
  const ids = Object.keys(numbers).filter((id) => id !== 'baseline');
  const report = reportOf(ids, true);
  const written = numbers.baseline ?? {};
  const [template] = detailedReport(['gelu']).candidates;
  const candidates = report.candidates.map((candidate): CandidateReport => {
    const own = numbers[candidate.id] ?? {};
    const isWritten = candidate.id === 'baseline';
    const scores: Scores = Object.fromEntries(
      (['heldLoss', 'dead', 'flow'] as const).flatMap((score) => {
        const [ours, theirs] = [own[score], written[score]];
        return ours ? [[score, measure(score, ours, isWritten ? undefined : theirs, ids.length)]] : [];
      }),
    );
    const { latency: _, ...bare } = candidate;
    const { step, falls } = own;
    const [first = 2, last = 1] = falls ?? [];
    return {
      ...bare,
      scores,
      ...(step && {
        step: {
          unit: 'ms' as const,
          samples: step,
          median: step[0] ?? 0,
          low: 0,
          high: 0,
          fallbacks: [],
          ...(!isWritten && written.step && { ratio: pairedRatioInterval(step, written.step, ids.length) }),
        },
      }),
      ...(own.heldLoss &&
        template?.learning && {
          learning: {
            ...template.learning,
            ...(own.search && { search: own.search }),
            setup: { ...template.learning.setup, chance: { loss: 2.31, learntBelow: 2.19 } },
            best: [{ seed: 0, rate: 1 }],
            runs: [
              {
                seed: 0,
                rate: 1,
                losses: [],
                held: [
                  { step: 0, loss: first },
                  { step: 60, loss: last },
                ],
                ...(own.diverged !== undefined && { diverged: own.diverged }),
                milliseconds: 1,
              },
            ],
          },
        }),
    };
  });
  return { ...report, candidates };
}

const kinds = ({ claims }: ReportVerdict) => claims.map(({ kind }) => kind);
const words = (report: Report) => verdictOf(report).claims.map((claim) => claimWords(report, claim));

describe('the verdict', () => {
  it('says nothing where nothing is measured', () => {
    assert.deepEqual(kinds(verdictOf(reportWith({ baseline: {} }))), ['nothing']);
    assert.deepEqual(kinds(verdictOf(reportWith({ baseline: {}, gelu: {} }))), ['nothing']);
    assert.deepEqual(kinds(verdictOf(reportOf(['gelu'], false, ['gelu']))), ['nothing']);
  });

  it('names who learns better, and what that costs', () => {
    const report = reportWith({
      baseline: { heldLoss: samples(0.55, 0.01), step: samples(10, 0.1) },
      gelu: { heldLoss: samples(0.41, 0.01), step: samples(10.4, 0.1) },
      tanh: { heldLoss: samples(0.7, 0.01), step: samples(9, 0.1) },
    });
    assert.deepEqual(kinds(verdictOf(report)), ['learns-better', 'cost']);
    assert.equal(verdictOf(report).choice, 'gelu');
    const [learns, cost] = words(report);
    assert.equal(learns, 'GELU learns better than the model as written: held-out loss 0.41 against 0.55.');
    assert.match(cost ?? '', /^A step of training takes longer with GELU \(4 %\)\.$/);
    const [claim] = verdictOf(report).claims;
    assert.ok(claim);
    assert.match(
      certaintyWords(report, claim)[0] ?? '',
      /^GELU: -0\.\d+ to -0\.\d+ beside the model as written, at 95 %$/,
    );
  });

  it('calls ties ties, and takes the cheaper of them', () => {
    const report = reportWith({
      baseline: { heldLoss: samples(0.55, 0.01), step: samples(10, 0.1) },
      gelu: { heldLoss: samples(0.41, 0.02), step: samples(12, 0.1) },
      silu: { heldLoss: samples(0.41, 0.02, 1), step: samples(10.1, 0.1, 2) },
    });
    assert.match(words(report)[0] ?? '', /^(GELU, SiLU|SiLU, GELU) learn better .* can’t be told apart/);
    assert.equal(verdictOf(report).choice, 'silu');
  });

  it('keeps what is written where none learns better', () => {
    const report = reportWith({
      baseline: { heldLoss: samples(0.55, 0.02) },
      gelu: { heldLoss: samples(0.55, 0.02, 1) },
      tanh: { heldLoss: samples(0.9, 0.02) },
    });
    assert.equal(verdictOf(report).choice, undefined);
    assert.equal(words(report)[0], 'No candidate learns better than the model as written; Tanh learns worse.');
  });

  it('says that runs at chance show noise, and that few seeds show nothing', () => {
    const chance = reportWith({
      baseline: { heldLoss: samples(2.3, 0.01), falls: [2.32, 2.31] },
      gelu: { heldLoss: samples(2.22, 0.01), falls: [2.32, 2.3] },
    });
    assert.deepEqual(kinds(verdictOf(chance)).slice(0, 1), ['at-chance']);
    assert.equal(verdictOf(chance).choice, undefined);
    const one = reportWith({ baseline: { heldLoss: samples(2.3, 0.01) }, gelu: { heldLoss: samples(1.5, 0.01) } });
    assert.deepEqual(kinds(verdictOf(one)), ['learns-better', 'written-at-chance']);
    assert.match(words(one)[1] ?? '', /As written the model learnt nothing in 60 steps/);
    const few = reportWith({
      baseline: { heldLoss: samples(0.5, 0.01, 0, 3) },
      gelu: { heldLoss: samples(0.3, 0.01, 0, 3) },
    });
    assert.equal(words(few)[0], '3 seeds are too few to tell who learns better.');
  });

  it('says what diverged, and never that what diverged for some seeds is better', () => {
    const lost = reportWith({
      baseline: { heldLoss: samples(0.55, 0.01) },
      gelu: { heldLoss: samples(0.3, 0.01), diverged: 7 },
      tanh: { search: { runs: [{ seed: 9, rate: 1, loss: null }] }, heldLoss: samples(0.55, 0.02) },
    });
    const { claims, choice } = verdictOf(lost);
    assert.deepEqual(kinds({ claims }), ['none-better', 'diverged']);
    assert.equal(choice, undefined);
    assert.equal(
      words(lost)[1],
      'Tanh: training diverged at every learning rate that was tried. GELU: some of the runs diverged.',
    );
  });

  it('tells of dead units and of the gradient while nobody has looked at learning', () => {
    const dead = reportWith({
      baseline: { dead: samples(0.34, 0.01), flow: samples(1, 0.1) },
      silu: { dead: samples(0, 0), flow: samples(1, 0.1, 1) },
    });
    assert.deepEqual(kinds(verdictOf(dead)), ['fewer-dead', 'learning-unknown']);
    assert.equal(words(dead)[0], '34 % of the units are dead at the start as written; with SiLU, 0 %.');
    const lost = reportWith({
      baseline: { flow: samples(0.001, 0.0001), dead: samples(0, 0) },
      silu: { flow: samples(0.5, 0.01), dead: samples(0, 0) },
    });
    assert.deepEqual(kinds(verdictOf(lost)), ['gradient-mended', 'learning-unknown']);
    const harmed = reportWith({
      baseline: { flow: samples(0.8, 0.01), dead: samples(0, 0) },
      sigmoid: { flow: samples(0.002, 0.0001), dead: samples(0, 0) },
      silu: { flow: samples(0.8, 0.01, 1), dead: samples(0, 0) },
    });
    assert.match(words(harmed)[0] ?? '', /^With sigmoid the gradient reaches the first layer at 0\.002 times/i);
    const healthy = reportWith({
      baseline: { flow: samples(0.8, 0.01), dead: samples(0, 0) },
      silu: { flow: samples(0.8, 0.01, 1), dead: samples(0, 0) },
    });
    assert.deepEqual(kinds(verdictOf(healthy)), ['healthy', 'learning-unknown']);
  });

  it('claims no difference whose interval includes none, whatever the numbers', () => {
    const generator = new Random(7);
    const draw = () => generator.uniform();
    const noise = (level: number, count: number) => Array.from({ length: count }, () => level * (0.5 + draw()));
    for (let round = 0; round < 300; round++) {
      const count = 3 + Math.floor(draw() * 14);
      const ids = ['gelu', 'silu', 'mish', 'tanh'].slice(0, 1 + Math.floor(draw() * 4));
      const all = ['baseline', ...ids].map((id) => {
        const shift = draw() < 0.3 ? 0.2 + 2 * draw() : 1;
        const numbers: Numbers = {
          ...(draw() < 0.7 && { heldLoss: noise(shift, count) }),
          ...(draw() < 0.7 && { dead: noise(0.2 * shift, count) }),
          ...(draw() < 0.7 && { flow: noise(0.3 * shift, count) }),
          ...(draw() < 0.7 && { step: noise(9 * shift, count) }),
        };
        return [id, numbers] as const;
      });
      const report = reportWith(Object.fromEntries(all));
      const { claims, choice } = verdictOf(report);
      assert.ok(claims.length > 0);
      for (const claim of claims) {
        const effects = 'effects' in claim ? claim.effects : claim.kind === 'none-better' ? claim.worse : [];
        for (const { against } of effects) {
          const same = against.scale === 'ratio' ? 1 : 0;
          assert.ok(against.enough && (against.low > same || against.high < same), claim.kind);
        }
        assert.ok(claimWords(report, claim).length > 10);
      }
      if (choice !== undefined) assert.equal(claims[0]?.kind, 'learns-better');
    }
  });
});

describe('a result in a few words', () => {
  const better = reportWith({
    baseline: { heldLoss: samples(0.55, 0.01), step: samples(10, 0.1) },
    gelu: { heldLoss: samples(0.41, 0.01), step: samples(10.4, 0.1) },
    tanh: { heldLoss: samples(0.7, 0.01), step: samples(9, 0.1) },
  });

  it('names what learns better at the place, with both losses and what it costs', () => {
    const hint = resultHint(better, 'baseline');
    assert.equal(hint?.label, 'GELU learns better: 0.41 against 0.55');
    assert.match(
      hint?.text ?? '',
      /^GELU learns better: 0\.41 ± 0\.009 against 0\.55 ± 0\.009, 4 % slower\. GELU learns/,
    );
    assert.equal(resultHint(better, 'gelu')?.label, 'better than before: 0.41 against 0.55');
  });

  it('says that nothing is better, and nothing at all where nothing is known', () => {
    const worse = { baseline: { heldLoss: samples(0.55, 0.02) }, tanh: { heldLoss: samples(0.9, 0.02) } };
    assert.equal(resultHint(reportWith(worse), 'baseline')?.label, 'nothing learns better, of 1 tried');
    assert.equal(resultHint(reportWith({ baseline: {}, gelu: {} }), 'baseline'), undefined);
  });

  it('fits at the end of a line, whatever the claim', () => {
    const steps = (...levels: number[]) =>
      reportWith(
        Object.fromEntries(
          ['baseline', 'leaky_relu', 'silu', 'tanh'].map((id, i) => [id, { step: samples(levels[i] ?? 1, 0.01) }]),
        ),
      );
    const labels = [steps(10, 10, 10, 10), steps(10, 12, 13, 14), steps(10, 8, 10, 10)].map(
      (report) => resultHint(report, 'baseline')?.label,
    );
    assert.deepEqual(labels, ['takes as long with any that was tried', 'slower with 3 of 3', 'faster with LeakyReLU']);
    const dead = reportWith({ baseline: { dead: samples(0.4, 0.01) }, gelu: { dead: samples(0.01, 0.001) } });
    assert.equal(resultHint(dead, 'baseline')?.label, 'fewer dead units with GELU');
  });

  it('claims no time that could not be told apart', () => {
    const report = reportWith({
      baseline: { heldLoss: samples(0.55, 0.01), step: samples(10, 0.5) },
      gelu: { heldLoss: samples(0.41, 0.01), step: samples(10, 0.5, 2) },
    });
    assert.doesNotMatch(resultHint(report, 'baseline')?.text ?? '', /slower|faster/);
  });
});
