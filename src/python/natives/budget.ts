import { say } from '../../language/say';
import { ExtractionError } from './errors';

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
  /** Of all lists, strings and numbers made, in bytes; what is let go of counts, too. */
  readonly bytes: number;
  /** Elements of one tensor whose values are known while the model is built. */
  readonly elements: number;
  /** Parameters and buffers. */
  readonly tensors: number;
}

export const defaultBudget: Budget = {
  steps: 10_000_000,
  depth: 220,
  nodes: 200_000,
  milliseconds: 20_000,
  container: 2_000_000,
  bytes: 256 * 2 ** 20,
  elements: 2 ** 25,
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
  private made = 0;
  private nextLook = LOOK;
  /** What is only tried ends here. */
  private ceiling: { readonly steps: number; readonly time: number } | undefined;
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
    // What is spent here can't pause: the next step does.
    if (this.steps >= this.nextLook && this.look()) this.nextLook = this.steps;
  }

  /**
   * Bounds what follows, within the whole: what is only tried may not use that up.
   * @returns ends the bound; what was made meanwhile is let go of
   */
  bound(steps: number, milliseconds: number): () => void {
    const made = this.made;
    this.ceiling = { steps: this.steps + steps, time: this.now() + milliseconds };
    return () => {
      this.ceiling = undefined;
      this.made = made;
    };
  }

  /** A new slice begins: the host has had its turn. */
  resume(): void {
    this.sliceStarted = this.now();
  }

  /** Asks for a container before it is made: elements of 8 bytes, where nothing else is said. */
  container(size: number | bigint, what: string, bytes = 8): void {
    this.requireSize(size, what);
    this.spend(Number(size) >> 4);
    this.made += Number(size) * bytes;
    if (this.made > this.budget.bytes) {
      throw new ExtractionError(
        'budget',
        say(
          "The model's code makes more than {0} MB of lists, text and numbers; make them smaller, or build the model without them",
          Math.round(this.budget.bytes / 2 ** 20),
        ),
        undefined,
      );
    }
  }

  /** Asks for a text of this many characters. */
  text(size: number | bigint): void {
    this.container(size, say('This text'), 2);
  }

  /** Asks for an integer of this many bits. */
  integer(bits: number | bigint): void {
    this.container(bits, say('This number, in bits,'), 1 / 8);
  }

  /** Whether one container may be as large as that; for what grows step by step. */
  requireSize(size: number | bigint, what: string, most = this.budget.container): void {
    if (size <= most) return;
    throw new ExtractionError(
      'budget',
      say(
        '{0} would hold {1} elements; at most {2} are read. Make it smaller, or build the model without it',
        what,
        size,
        most,
      ),
      undefined,
    );
  }

  /** Asks for the values of a tensor. */
  elements(count: number): void {
    this.requireSize(count, say('This tensor'), this.budget.elements);
    this.spend(count >> 8);
  }

  /** One parameter or buffer more. */
  tensor(): void {
    this.tensors += 1;
    if (this.tensors > this.budget.tensors) {
      throw new ExtractionError(
        'budget',
        say(
          'The model has more than {0} parameters and buffers; build it smaller, or read a part of it',
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
    if (this.ceiling && (this.steps > this.ceiling.steps || now > this.ceiling.time)) {
      throw new ExtractionError('budget', say('This takes too long to be tried'), undefined);
    }
    if (now - this.started > this.budget.milliseconds) {
      throw new ExtractionError(
        'budget',
        say('Reading the model took more than {0} s', Math.ceil(this.budget.milliseconds / 1000)),
        undefined,
      );
    }
    return now - this.sliceStarted > SLICE;
  }
}
