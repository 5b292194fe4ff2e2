import { say } from '../language/say';
import { ExtractionError } from './native';

/** What one extraction may cost. */
export interface Budget {
  /** Expressions and statements evaluated. */
  readonly steps: number;
  /** Python calls inside one another. */
  readonly depth: number;
  readonly nodes: number;
  readonly milliseconds: number;
  /** Elements of one list, string, range… made at once. */
  readonly container: number;
  /** Parameters and buffers. */
  readonly tensors: number;
}

export const defaultBudget: Budget = {
  steps: 5_000_000,
  depth: 220,
  nodes: 200_000,
  milliseconds: 20_000,
  container: 2_000_000,
  tensors: 100_000,
};

/** How long evaluation holds the host's thread, in milliseconds. */
const SLICE = 6;
/** Steps between two looks at the clock: about a tenth of a millisecond. */
const LOOK = 512;

/** Counts what has been spent, and says when the host should breathe. */
export class Meter {
  steps = 0;
  depth = 0;
  private tensors = 0;
  private nextLook = LOOK;
  private readonly started: number;
  private sliceStarted: number;

  constructor(
    readonly budget: Budget,
    private readonly now: () => number,
    private readonly signal: AbortSignal | undefined,
  ) {
    this.started = now();
    this.sliceStarted = this.started;
  }

  /** One step. @returns true where the slice is used up. */
  step(): boolean {
    this.steps += 1;
    return this.steps >= this.nextLook && this.look();
  }

  spend(steps: number): void {
    this.steps += steps;
    if (this.steps >= this.nextLook) this.look();
  }

  /** A new slice begins: the host has had its turn. */
  resume(): void {
    this.sliceStarted = this.now();
  }

  container(size: number | bigint, what: string): void {
    if (size > this.budget.container) {
      throw new ExtractionError(
        'budget',
        say(
          '{0} would hold {1} elements; at most {2} are read. Make it smaller, or build the model without it',
          what,
          size,
          this.budget.container,
        ),
        undefined,
      );
    }
    this.spend(Number(size) >> 4);
  }

  /** One parameter or buffer more. */
  tensor(): void {
    this.tensors += 1;
    if (this.tensors > this.budget.tensors) {
      throw new ExtractionError(
        'budget',
        say(
          'The model has more than {0} parameters and buffers; build it smaller, or compare a submodule',
          this.budget.tensors,
        ),
        undefined,
      );
    }
  }

  enter(name: string): void {
    this.depth += 1;
    if (this.depth > this.budget.depth) {
      throw new ExtractionError(
        'budget',
        say('{0}() is called {1} calls deep; does it call itself without end?', name, this.budget.depth),
        undefined,
      );
    }
  }

  leave(): void {
    this.depth -= 1;
  }

  private look(): boolean {
    this.nextLook = this.steps + LOOK;
    if (this.signal?.aborted) throw new ExtractionError('cancelled', say('Reading the model was cancelled'), undefined);
    if (this.steps > this.budget.steps) {
      throw new ExtractionError(
        'budget',
        say("The model's code runs for more than {0} steps; does a loop never end?", this.budget.steps),
        undefined,
      );
    }
    const now = this.now();
    if (now - this.started > this.budget.milliseconds) {
      throw new ExtractionError(
        'budget',
        say('Reading the model took more than {0} s', this.budget.milliseconds / 1000),
        undefined,
      );
    }
    return now - this.sliceStarted > SLICE;
  }
}
