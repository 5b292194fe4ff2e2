import type { Eval, Signal } from '../natives/context';
import type { Span } from '../syntax/ast';
import { PyObject, PythonError, type PyValue } from './values';

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

/** The place of the code that runs. */
interface Place {
  file: string;
  span: Span | undefined;
}

/** A user's generator: the body runs as values are asked for. */
export class PyGenerator extends PyIterator {
  private state: 'new' | 'waiting' | 'running' | 'done' = 'new';
  /** What the body returned: the value of `yield from`. */
  result: PyValue = null;

  constructor(
    private readonly body: Eval<PyValue>,
    /** Whoever asks for a value has their place back with it. */
    private readonly place: Place,
    private readonly file: string,
  ) {
    super(() => this.send(null));
  }

  /** Goes on with a value for the `yield` that waits. @throws PythonError TypeError where none waits yet. */
  send(value: PyValue): Eval<PyValue | undefined> {
    if (this.state === 'new' && value !== null) {
      throw new PythonError('TypeError', "can't send non-None value to a just-started generator");
    }
    return this.proceed(() => this.body.next(value));
  }

  /** Goes on with an exception at the `yield` that waits. */
  throwIn(error: PythonError): Eval<PyValue | undefined> {
    if (this.state === 'done') throw error;
    return this.proceed(() => this.body.throw(error));
  }

  /** Ends it where it waits, so that what stands in `finally` runs. */
  *close(): Eval<void> {
    if (this.state === 'new') this.state = 'done';
    if (this.state === 'done') return;
    try {
      const item = yield* this.throwIn(new PythonError('GeneratorExit', ''));
      if (item !== undefined) throw new PythonError('RuntimeError', 'generator ignored GeneratorExit');
    } catch (error) {
      if (!(error instanceof PythonError && /^(?:GeneratorExit|StopIteration)$/.test(error.type))) throw error;
    }
  }

  private *proceed(enter: () => IteratorResult<Signal, PyValue>): Eval<PyValue | undefined> {
    if (this.state === 'done') {
      this.result = null;
      return undefined;
    }
    if (this.state === 'running') throw new PythonError('ValueError', 'generator already executing');
    let step = enter;
    const { place } = this;
    const { file, span } = place;
    const leave = (): void => {
      place.file = file;
      place.span = span;
    };
    place.file = this.file;
    for (;;) {
      this.state = 'running';
      let next: IteratorResult<Signal, PyValue>;
      try {
        next = step();
      } catch (error) {
        this.state = 'done';
        leave();
        // An exception of this name would be taken for the end.
        if (!(error instanceof PythonError) || error.type !== 'StopIteration') throw error;
        throw new PythonError('RuntimeError', 'generator raised StopIteration');
      }
      if (next.done) {
        this.state = 'done';
        leave();
        this.result = next.value;
        return undefined;
      }
      if (next.value.kind === 'yield') {
        this.state = 'waiting';
        leave();
        return next.value.value;
      }
      const answer = yield next.value;
      step = () => this.body.next(answer);
    }
  }
}

/** The end of an iterator as an exception: of a generator, with what it returned. */
export function stopIteration(iterator: PyValue): PythonError {
  const value = iterator instanceof PyGenerator ? iterator.result : null;
  if (iterator instanceof PyGenerator) iterator.result = null;
  return new PythonError('StopIteration', '', undefined, value === null ? undefined : value);
}
