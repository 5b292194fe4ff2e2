/**
 * The time of a comparison, which is kept on slow devices too. What a graph will take to compile and to run is told from
 * those before it, by the node; what doesn't fit any more is left out, with how long it would have taken.
 */
import type { SkippedMeasures, SkippedPart } from '../compare/report';

/** What is asked for is put into words by these, in seconds. */
const usualTimes = [5, 10, 15, 20, 30, 45, 60, 90, 120, 180, 300, 600, 900, 1800, 3600];

/** What is foretold may be too little. */
const headroom = 1.2;

type Guess = (byNode: number, each: number) => number;

/** Milliseconds by the node, of all graphs so far. */
class Rate {
  private milliseconds = 0;
  private nodes = 0;
  private graphs = 0;

  /** @param wider of graphs of other kinds, where nothing is known here */
  constructor(private readonly wider?: Rate) {}

  add(nodes: number, milliseconds: number): void {
    this.milliseconds += milliseconds;
    this.nodes += nodes;
    this.graphs++;
    this.wider?.add(nodes, milliseconds);
  }

  /**
   * What a graph will take. For one of another kind than all so far there are two guesses; the first of its kind tells more.
   * @param choose of what it would take by the node, and of what the others took each
   */
  of(nodes: number, choose: Guess): number {
    const { graphs, milliseconds, wider } = this;
    if (graphs === 0) return wider?.of(nodes, choose) ?? 0;
    const byNode = (milliseconds / this.nodes) * nodes;
    return wider ? byNode : choose(byNode, milliseconds / graphs);
  }
}

/** Time for all measures but those that have their own. */
export class TimePlan {
  private readonly start: number;
  private readonly parts: TimePart[] = [];
  readonly compiling = new Rate();
  readonly running = new Rate();

  /**
   * @param total milliseconds
   * @param isAlone the model as written is measured alone
   */
  constructor(
    readonly total: number,
    readonly now: () => number = () => performance.now(),
    readonly isAlone = false,
  ) {
    this.start = now();
  }

  get spent(): number {
    return this.now() - this.start;
  }

  get left(): number {
    return Math.max(0, this.total - this.spent);
  }

  /**
   * The next measures.
   * @param share their part of the whole; what those before didn't need is theirs, too
   */
  begin(measures: readonly SkippedPart[], share: number): TimePart {
    const until = this.parts.reduce((sum, part) => sum + part.share, share) * this.total;
    const part = new TimePart(this, measures, share, until);
    this.parts.push(part);
    return part;
  }

  /** What was left out, in the order of the measures. */
  listSkipped(): SkippedMeasures[] {
    return this.parts.flatMap((part, at) => {
      const [first] = part.leftOut;
      if (first === undefined) return [];
      const { measures, leftOut } = part;
      const wanted = Math.max(this.timeFor(at) * headroom, this.total + 1) / 1000;
      const seconds = usualTimes.find((time) => time >= wanted) ?? Math.ceil(wanted / 3600) * 3600;
      return [{ measures, seconds, ...(first !== 'baseline' && { candidates: leftOut }) }];
    });
  }

  /** Milliseconds with which nothing of a part is left out, whatever those before it take for their rounds. */
  private timeFor(at: number): number {
    const parts = this.parts.slice(0, at + 1);
    let [longest, before] = [0, 0];
    for (const [i, { share }] of parts.entries()) {
      const costs = parts.slice(i).reduce((sum, { cost }, k) => sum + (i + k < at ? 2 : 1) * cost, 0);
      longest = Math.max(longest, costs / (1 - before));
      before += share;
    }
    return longest;
  }
}

/** The time of measures that are taken together. */
export class TimePart {
  readonly leftOut: string[] = [];
  /** Milliseconds for compiling and first runs, as far as they were done. */
  private done = 0;
  /** The same of what was left out. */
  private missing = 0;
  /** Where what was compiled is worth as long again: samples that are too few tell nothing. */
  private worth = 0;
  private readonly compiling: Rate;
  private readonly running: Rate;

  /** @param until milliseconds from the plan's start: the end of its share */
  constructor(
    private readonly plan: TimePlan,
    readonly measures: readonly SkippedPart[],
    readonly share: number,
    private readonly until: number,
  ) {
    this.compiling = new Rate(plan.compiling);
    this.running = new Rate(plan.running);
  }

  /** Milliseconds for compiling and first runs of all. */
  get cost(): number {
    return this.done + this.missing;
  }

  /** Milliseconds until the rounds are to end: those of its share, and no fewer than what they need was compiled in. */
  get left(): number {
    const end = Math.min(this.plan.total, Math.max(this.until, this.worth));
    return Math.max(0, end - this.plan.spent);
  }

  /**
   * Whether there is time to compile a graph of so many nodes and to run it. Nothing is compared without the model as
   * written, nor with it alone, unless that is what was asked for.
   * @param runs how often, the runs included that those before it will take
   */
  admits(candidate: string, nodes: number, runs = 1): boolean {
    const cost = (choose: Guess) => this.compiling.of(nodes, choose) + runs * this.running.of(nodes, choose);
    const least = (candidate === 'baseline' && !this.plan.isAlone ? 2 : 1) * cost(Math.min);
    if (this.leftOut[0] !== 'baseline' && least <= this.plan.left) return true;
    this.leftOut.push(candidate);
    this.missing += cost((_, each) => each);
    return false;
  }

  /** What it took to compile a graph and to run it once, in milliseconds; the latter where it is known by itself. */
  note(nodes: number, compiling: number, running?: number): void {
    this.done += compiling + (running ?? 0);
    this.worth = this.plan.spent + this.done;
    this.compiling.add(nodes, compiling);
    if (running !== undefined) this.running.add(nodes, running);
  }
}
