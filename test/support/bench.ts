/** One line of the benchmark's table. */
export interface Row {
  readonly what: string;
  readonly value: number;
  readonly unit: string;
  /** What the ratio is to: the same work done by a peer, measured in the same run. */
  readonly peer?: string;
  readonly ratio?: number;
}

/** A file `test/bench/<name>.bench.ts` exports this as `bench`. */
export type Bench = () => Promise<readonly Row[]>;

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}

/**
 * Median milliseconds of each body, run in turns so that what slows the machine down slows all of them.
 * @param rounds how often each is run, after one round that does not count
 */
export async function medians(bodies: readonly (() => unknown)[], rounds = 20): Promise<number[]> {
  const times = bodies.map(() => [] as number[]);
  for (let round = -1; round < rounds; round++)
    for (const [index, body] of bodies.entries()) {
      const start = performance.now();
      await body();
      if (round >= 0) times[index]?.push(performance.now() - start);
    }
  return times.map(median);
}

/** A row for our work against a peer's. */
export async function against(what: string, ours: () => unknown, peer: string, theirs: () => unknown): Promise<Row> {
  const [value = Number.NaN, other = Number.NaN] = await medians([ours, theirs]);
  return { what, value, unit: 'ms', peer, ratio: value / other };
}
