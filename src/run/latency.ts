/** Times several models against each other, fairly: every round runs each of them once, in an order of its own. */
import type { Random } from '../compare/random';
import type { Feeds } from './runtime';
import type { Session } from './session';

/** One model in the race. */
export interface Runner {
  readonly session: Session;
  readonly feeds: Feeds;
  /** Milliseconds, one a round. */
  readonly samples: number[];
  error?: string;
}

export interface LatencyOptions {
  readonly rounds: number;
  /** Milliseconds, counted from the end of the first warm-up (it compiles shaders); one round is always finished. */
  readonly budget: number;
  readonly random: Random;
  readonly signal: AbortSignal;
  readonly explain: (error: unknown) => string;
  /** After every round: what has been done of the budget, 0–1. */
  readonly onRound: (done: number) => void;
  readonly now?: () => number;
}

const warmUps = 3;

/** Lets messages and signals in: a run blocks its thread. */
const pause = () => new Promise<void>((resolve) => setTimeout(resolve, 0));

/**
 * Fills `samples`. The first runs compile shaders and fill caches: they are thrown away, up to a quarter of the budget
 * and one run each at least. A runner that fails keeps its message and drops out; where the first one (the baseline)
 * fails, the race is over.
 */
export async function race(runners: readonly Runner[], options: LatencyOptions): Promise<void> {
  const { rounds, budget, random, signal, explain, onRound, now = () => performance.now() } = options;
  let start = now();
  const spent = () => now() - start;
  const running = () => (runners[0]?.error === undefined ? runners.filter(({ error }) => error === undefined) : []);

  const attempt = async (runner: Runner, keep: boolean) => {
    try {
      const time = await runner.session.time(runner.feeds);
      // A clock as coarse as browsers make it can show nothing at all.
      if (keep) runner.samples.push(Math.max(time, 1e-3));
    } catch (error) {
      runner.error = explain(error);
    }
  };

  for (let i = 0; i < warmUps && (i === 0 || spent() < budget / 4); i++) {
    for (const runner of running()) {
      signal.throwIfAborted();
      await attempt(runner, false);
      await pause();
    }
    if (i === 0) start = now();
  }
  for (let round = 0; round < rounds && (round === 0 || spent() < budget); round++) {
    for (const runner of random.shuffle(running())) {
      signal.throwIfAborted();
      await attempt(runner, true);
      await pause();
    }
    if (running().length === 0) return;
    onRound(Math.min(1, Math.max((round + 1) / rounds, spent() / budget)));
  }
}
