import assert from 'node:assert/strict';
import { Random } from '../../src/compare/random';
import { pairedRatioInterval } from '../../src/compare/statistics';
import { type Runner, race } from '../../src/run/latency';
import { Mutex } from '../../src/run/mutex';
import { resolutionOf, smallestStep } from '../../src/run/resolution';

/** Runners on a clock of their own, which tells whole ticks; each sample is written down with its passes. */
function track(
  times: readonly number[],
  fail: (name: number, run: number) => boolean = () => false,
  tick = 1e-6,
  slowed: (run: number) => number = () => 1,
) {
  const order: number[] = [];
  const passes = times.map((): number[] => []);
  let clock = 0.37 * tick;
  const told = () => Math.floor(clock / tick) * tick;
  const runners = times.map((time, name): Runner => {
    let run = 0;
    const session = {
      time: async (_: unknown, count = 1) => {
        if (fail(name, run++)) throw new Error('the shader did not compile');
        order.push(name);
        passes[name]?.push(count);
        const start = told();
        clock += time * count * slowed(run - 1);
        return told() - start;
      },
    };
    return { session, feeds: {}, samples: [] };
  });
  return { order, passes, runners, now: () => clock };
}

const options = {
  rounds: 20,
  budget: 1e6,
  tick: 1e-6,
  random: new Random(1),
  signal: new AbortController().signal,
  explain: String,
  onRound: () => {},
};

describe('the race', () => {
  it('runs everyone once a round, in changing order, warm-ups thrown away', async () => {
    const { order, runners, now } = track([1, 2, 3]);
    const done: number[] = [];
    await race(runners, { ...options, now, onRound: (share) => done.push(share) });
    assert.deepEqual(
      runners.map(({ samples }) => samples.length),
      [20, 20, 20],
    );
    const rounds = Array.from({ length: 20 }, (_, i) => order.slice(9 + 3 * i, 12 + 3 * i));
    assert.ok(rounds.every((round) => [...round].sort().join() === '0,1,2'));
    assert.ok(new Set(rounds.map(String)).size > 3);
    assert.equal(done.at(-1), 1);
  });

  it('keeps to its budget, but always finishes a round', async () => {
    const { runners, now } = track([10, 10]);
    await race(runners, { ...options, now, budget: 100 });
    assert.ok((runners[0]?.samples.length ?? 0) <= 5);
    const slow = track([1e4, 1e4]);
    await race(slow.runners, { ...options, now: slow.now, budget: 1 });
    assert.deepEqual(
      slow.runners.map(({ samples }) => samples.length),
      [1, 1],
    );
  });

  it('goes on without one that fails, and ends with the baseline', async () => {
    const one = track([1, 1, 1], (name, run) => name === 1 && run === 5);
    await race(one.runners, { ...options, now: one.now });
    assert.match(one.runners[1]?.error ?? '', /shader/);
    assert.deepEqual([one.runners[0]?.samples.length, one.runners[2]?.samples.length], [20, 20]);
    const baseline = track([1, 1], (name) => name === 0);
    await race(baseline.runners, { ...options, now: baseline.now });
    assert.deepEqual(baseline.runners[1]?.samples, []);
  });

  it('stops when it is told to', async () => {
    const controller = new AbortController();
    const { runners, now } = track([1, 1]);
    const stopped = race(runners, { ...options, now, signal: controller.signal, onRound: () => controller.abort() });
    await assert.rejects(stopped, { name: 'AbortError' });
    assert.equal(runners[0]?.samples.length, 1);
  });
});

describe('a coarse clock', () => {
  for (const tick of [0.1, 1]) {
    it(`of ${tick} ms tells 0.2 ms from 0.3 ms, in samples of fifty ticks`, async () => {
      // The first pass compiles: what it takes says nothing of how many passes a sample needs.
      const { runners, passes, now } = track([0.2, 0.3, 0.003], undefined, tick, (run) => (run === 0 ? 1e4 : 1));
      const { coarse } = await race(runners, { ...options, tick, now, budget: 1e5 });
      const [first = [], second = [], third = []] = runners.map(({ samples }) => samples);
      for (const [samples, time] of [
        [first, 0.2],
        [second, 0.3],
        [third, 0.003],
      ] as const) {
        assert.equal(samples.length, 20);
        for (const sample of samples) assert.ok(Math.abs(sample / time - 1) < 0.021, `${sample} is no ${time}`);
      }
      const ratio = pairedRatioInterval(second, first, 2);
      assert.ok(ratio.separable && ratio.low > 1.45 && ratio.high < 1.55);
      assert.equal(coarse, false);
      const kept = passes.map((counts) => counts.slice(-20));
      assert.ok(kept.every((counts) => new Set(counts).size === 1));
      assert.ok((kept[0]?.[0] ?? 0) * 0.2 >= 50 * tick);
    });
  }

  it('is made up for where something else slowed the warm-ups down', async () => {
    const { runners, now } = track([0.2, 0.3], undefined, 0.1, (run) => (run < 3 ? 1e3 : 1));
    await race(runners, { ...options, tick: 0.1, now });
    for (const [i, time] of [0.2, 0.3].entries())
      for (const sample of runners[i]?.samples ?? []) assert.ok(Math.abs(sample / time - 1) < 0.021, String(sample));
    assert.equal(runners[0]?.samples.length, 20);
  });

  it('takes one pass a sample of a slow model, beside a fast one', async () => {
    const { runners, passes, now } = track([5.2, 0.2], undefined, 0.1);
    await race(runners, { ...options, tick: 0.1, now });
    assert.deepEqual([...new Set(passes[0])], [1]);
    assert.ok((passes[1]?.at(-1) ?? 0) >= 25);
  });

  it('is no reason to do without rounds: shorter samples, which is said', async () => {
    const { runners, now } = track([0.2, 0.3], undefined, 1);
    const { coarse } = await race(runners, { ...options, tick: 1, now, budget: 240 });
    assert.equal(coarse, true);
    assert.ok((runners[0]?.samples.length ?? 0) >= 8);
    assert.ok(now() < 500);
  });

  it('is seen in its steps', () => {
    let calls = 0;
    assert.equal(
      resolutionOf(() => Math.floor(calls++ / 300) * 0.125),
      0.125,
    );
    assert.ok(resolutionOf(() => performance.now()) < 1);
    assert.equal(smallestStep([7, 1, 3, 7]), 2);
    // No step in all that time: as coarse as browsers make it.
    assert.equal(smallestStep([4, 4]), 100);
  });
});

describe('the mutex', () => {
  it('lets one in at a time, in order, failures included', async () => {
    const mutex = new Mutex();
    const seen: string[] = [];
    const job = (name: string, fails = false) =>
      mutex.run(async () => {
        seen.push(`${name} begins`);
        await new Promise((resolve) => setTimeout(resolve, 1));
        seen.push(`${name} ends`);
        if (fails) throw new Error(name);
        return name;
      });
    const results = await Promise.allSettled([job('a'), job('b', true), job('c')]);
    assert.deepEqual(
      results.map(({ status }) => status),
      ['fulfilled', 'rejected', 'fulfilled'],
    );
    assert.deepEqual(seen, ['a begins', 'a ends', 'b begins', 'b ends', 'c begins', 'c ends']);
  });
});
