import assert from 'node:assert/strict';
import { Random } from '../../src/compare/random';
import { type Runner, race } from '../../src/run/latency';
import { Mutex } from '../../src/run/mutex';
import type { Session } from '../../src/run/session';

/** Runners on a clock of their own; each run is written down. */
function track(times: readonly number[], fail: (name: number, run: number) => boolean = () => false) {
  const order: number[] = [];
  let clock = 0;
  const runners = times.map((time, name): Runner => {
    let run = 0;
    const session = {
      time: async () => {
        if (fail(name, run++)) throw new Error('the shader did not compile');
        order.push(name);
        clock += time;
        return time;
      },
    };
    return { session: session as unknown as Session, feeds: {}, samples: [] };
  });
  return { order, runners, now: () => clock };
}

const options = {
  rounds: 20,
  budget: 1e6,
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
