import type { Context, Eval } from './native';
import { PyObject, type PyValue } from './values';

/** Any Python iterator: `step` gives the next value, or undefined at the end. */
export class PyIterator extends PyObject {
  protected readonly kind = 'iterator';
  constructor(readonly step: () => Eval<PyValue | undefined>) {
    super();
  }
}

/** An iterator over values that are there already. */
export function iteratorOf(values: Iterable<PyValue>): PyIterator {
  const source = values[Symbol.iterator]();
  // biome-ignore lint/correctness/useYield: never has to wait
  return new PyIterator(function* () {
    const next = source.next();
    return next.done ? undefined : next.value;
  });
}

/** A user's generator: the body runs as values are asked for. */
export class PyGenerator extends PyIterator {
  private done = false;
  private sent: PyValue = null;
  /** What the body returned: the value of `yield from`. */
  result: PyValue = null;

  constructor(private readonly body: Eval<PyValue>) {
    super(() => this.resume());
  }

  send(value: PyValue): void {
    this.sent = value;
  }

  close(): void {
    this.done = true;
  }

  private *resume(): Eval<PyValue | undefined> {
    if (this.done) return undefined;
    let answer = this.sent;
    this.sent = null;
    for (;;) {
      let next: ReturnType<Eval<PyValue>['next']>;
      try {
        next = this.body.next(answer);
      } catch (error) {
        this.done = true;
        throw error;
      }
      if (next.done) {
        this.done = true;
        this.result = next.value;
        return undefined;
      }
      if (next.value.kind === 'yield') return next.value.value;
      answer = yield next.value;
    }
  }
}

/** What iteration needs of the evaluator. */
export interface IterationContext extends Context {
  iterate(value: PyValue): Eval<PyIterator>;
}
