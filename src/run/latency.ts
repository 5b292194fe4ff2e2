/**
 * Times several models against each other, fairly: every round takes a sample of each, in an order of its own. A sample
 * is the mean of as many passes as a coarse clock needs to tell them.
 */
import type { Random } from '../compare/random';
import type { Feeds } from './runtime';
import type { Session } from './session';

/** One model in the race. */
export interface Runner {
  readonly session: Pick<Session, 'time'>;
  readonly feeds: Feeds;
  /** Milliseconds of a pass, one a round. */
  readonly samples: number[];
  error?: string;
}

export interface LatencyOptions {
  readonly rounds: number;
  /** Milliseconds; one warm-up and one round are always finished, and no round begins that would not be over in time. */
  readonly budget: number;
  /** Milliseconds between two times that the clock of passes tells apart. */
  readonly tick: number;
  readonly random: Random;
  readonly signal: AbortSignal;
  readonly explain: (error: unknown) => string;
  /** After every round: what has been done of the budget, 0–1. */
  readonly onRound: (done: number) => void;
  readonly now?: () => number;
}

/** Ticks of the clock that a sample lasts: rounding is then 2 % of it. */
export const leastTicks = 50;

/** Above the least, for passes that get faster. */
const headroom = 1.25;

const warmUps = 3;
/** With those that find out how many passes a sample needs. */
const mostWarmUps = 6;

/** How often a sample is taken again with more passes. */
const corrections = 2;

/** A sample is not so long that fewer rounds than these fit into the budget: with fewer, intervals can't be told. */
const leastRounds = 12;

/** Lets messages and signals in: a run blocks its thread. */
const pause = () => new Promise<void>((resolve) => setTimeout(resolve, 0));

/**
 * Fills `samples`. The first runs compile shaders, fill caches and tell how many passes a sample needs: they are thrown
 * away, up to a quarter of the budget and one run each at least. A runner that fails keeps its message and drops out;
 * where the first one (the baseline) fails, the race is over.
 * @returns whether samples were shorter than `leastTicks`, as the budget left no room for longer ones
 */
export async function race(runners: readonly Runner[], options: LatencyOptions): Promise<{ readonly coarse: boolean }> {
  const { rounds, budget, tick, random, signal, explain, onRound, now = () => performance.now() } = options;
  const start = now();
  const spent = () => now() - start;
  const running = () => (runners[0]?.error === undefined ? runners.filter(({ error }) => error === undefined) : []);

  const least = leastTicks * tick;
  const aim = Math.min(headroom * least, budget / (leastRounds * runners.length));
  const enough = Math.min(least, aim);
  const passes = new Map<Runner, number>();
  const passesOf = (runner: Runner) => passes.get(runner) ?? 1;
  /** From how long a sample's passes took, give or take a tick. */
  const passesFor = (count: number, time: number) =>
    count === 1 && time >= least ? 1 : Math.max(1, Math.ceil((count * aim) / Math.max(time - tick, tick)));
  const unsettled = new Set(runners);
  let coarse = false;

  /** Runs a sample's passes. @returns milliseconds of all together; undefined where the runner failed */
  const attempt = async (runner: Runner): Promise<number | undefined> => {
    signal.throwIfAborted();
    try {
      return await runner.session.time(runner.feeds, passesOf(runner));
    } catch (error) {
      runner.error = explain(error);
      unsettled.delete(runner);
      return undefined;
    } finally {
      await pause();
    }
  };

  for (let i = 0; i < mostWarmUps && (i === 0 || spent() < budget / 4); i++) {
    if (i >= warmUps && unsettled.size === 0) break;
    for (const runner of running()) {
      const time = await attempt(runner);
      // The first pass compiles, which says nothing of those that follow.
      if (time === undefined || i === 0) continue;
      if (time >= enough) unsettled.delete(runner);
      passes.set(runner, passesFor(passesOf(runner), time));
    }
  }
  let took = 0;
  for (let round = 0; round < rounds && (round === 0 || spent() + took <= budget); round++) {
    const began = now();
    for (const runner of random.shuffle(running())) {
      let time = await attempt(runner);
      // Warm-ups that something else slowed down leave too few passes.
      for (let more = 0; more < corrections && time !== undefined && time < enough; more++) {
        const count = passesFor(passesOf(runner), time);
        if (count <= passesOf(runner)) break;
        passes.set(runner, count);
        time = await attempt(runner);
      }
      if (time === undefined) continue;
      // What a clock doesn't see took less than a tick.
      runner.samples.push(Math.max(time, tick) / passesOf(runner));
      coarse ||= enough < least && time < least;
    }
    if (running().length === 0) break;
    took = now() - began;
    onRound(Math.min(1, Math.max((round + 1) / rounds, spent() / budget)));
  }
  return { coarse };
}
