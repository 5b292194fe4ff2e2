import type { ExtractionProblem } from '../extract/extract';
import type { OnnxRequest } from '../fromOnnx/extraction';
import { fileName } from '../language/legible';
import { type Language, say } from '../language/say';
import type { OnnxInspection, OnnxRewriting, OnnxRewritingRequest } from '../rewrite/onnxFile';
import type { Source } from '../source/source';
import type { ReadGrammar } from '../syntax/syntax';
import type { ModelForm } from './forms';
import {
  type Answers,
  type FromWorker,
  HEARTBEAT,
  type ProductPart,
  type Question,
  type ReadRequest,
  type ReadResult,
  type ThreadOrder,
  type ThreadOutcome,
} from './messages';
import type { End, StartThread, Thread } from './thread';

/** Milliseconds without a sign of life after which a thread is ended: one step of the model's code does not return. */
const SILENCE = 5000;
/** Milliseconds until a thread that was just started may be expected to say something. */
const START = 20_000;
/** Milliseconds in which a cancelled reading should have ended by itself. */
const CANCEL = 500;
/** Milliseconds for which a thread without work is kept: it has parsed the libraries that the next reading needs. */
const IDLE = 120_000;

export interface ReaderOptions {
  /** What the model is written in, where the file's name does not say it. */
  readonly form?: ModelForm;
  readonly source: Source;
  readonly signal?: AbortSignal | undefined;
  /** Files that may call a name of a file, likeliest first; absent: no others are looked at. */
  readonly callers?: (name: string, file: string) => Promise<readonly string[]>;
  /** A user waits for it: it goes before readings that nobody asked for. */
  readonly urgent?: boolean;
}

/** Hosts hand over the bytes of a part of the product; it is read when a reading first needs it. */
export type ReadPart = (name: ProductPart) => Promise<Uint8Array>;

const noParts: ReadPart = (name) => Promise.reject(new Error(`this reader has no ${name}`));

interface Job {
  readonly order: ThreadOrder;
  readonly options: ReaderOptions;
  finish(result: ThreadOutcome): void;
  fail(error: Error): void;
}

/** A thread and who listens to it: what one that was ended still says reaches no later job. */
interface Line {
  readonly thread: Thread;
  hear(message: FromWorker): void;
  onEnd(end: End): void;
}

/**
 * Reads models in a thread of its own, one after the other. Evaluation counts its own steps, and what it does not count
 * (a regular expression that backtracks, a comparison of shared structures) is ended from outside, so that a file can
 * neither hold up its host nor exhaust its memory. The thread is started when it is first needed, and again after it was
 * ended.
 */
export class Reader {
  private readonly queue: Job[] = [];
  private running = false;
  private disposed = false;
  private line: Line | undefined;
  private idle: ReturnType<typeof setTimeout> | undefined;
  /** Ends the job that runs. */
  private stop: (problem: ExtractionProblem) => void = () => undefined;
  /** Cancels the job that runs, where nobody waits for that one; it is begun anew behind those that are waited for. */
  private makeWay: () => void = () => undefined;

  constructor(
    private readonly start: StartThread,
    private readonly readGrammar: ReadGrammar,
    private readonly language: () => Language = () => 'en',
    private readonly readPart: ReadPart = noParts,
  ) {}

  /**
   * Reads a model. What its text does wrong, a limit of time or memory included, is told in the result.
   * @throws Error where a file can't be had, in the host's words
   */
  read(request: ReadRequest, options: ReaderOptions): Promise<ReadResult> {
    return this.take({ type: 'read', request }, options) as Promise<ReadResult>;
  }

  /** What an ONNX file says of itself, and its sites; only the thread of ONNX files knows. Otherwise as `read`. */
  inspect(request: OnnxRequest, options: ReaderOptions): Promise<OnnxInspection> {
    return this.take({ type: 'inspect', request }, options) as Promise<OnnxInspection>;
  }

  /** An ONNX file with another activation, as bytes. Otherwise as `inspect`. */
  rewrite(request: OnnxRewritingRequest, options: ReaderOptions): Promise<OnnxRewriting> {
    return this.take({ type: 'rewrite', request }, options) as Promise<OnnxRewriting>;
  }

  private take(order: ThreadOrder, options: ReaderOptions): Promise<ThreadOutcome> {
    return new Promise((finish, fail) => {
      const job: Job = { order, options, finish, fail };
      this.enqueue(job, options.urgent === true);
      if (options.urgent) this.makeWay();
      void this.startNext();
    });
  }

  /** @param isFirst before all that nobody waits for */
  private enqueue(job: Job, isFirst: boolean): void {
    const before = isFirst ? this.queue.findIndex((other) => !other.options.urgent) : -1;
    if (before < 0) this.queue.push(job);
    else this.queue.splice(before, 0, job);
  }

  /** Cancels what is read, and what waits. */
  dispose(): void {
    this.disposed = true;
    for (const job of this.queue.splice(0)) job.finish(failureOf(job.order, cancellation()));
    this.stop(cancellation());
    this.end();
    clearTimeout(this.idle);
  }

  private async startNext(): Promise<void> {
    if (this.running) return;
    const job = this.queue.shift();
    if (!job) return;
    this.running = true;
    clearTimeout(this.idle);
    const way = new AbortController();
    const { signal: own, urgent } = job.options;
    const signal = own ? AbortSignal.any([own, way.signal]) : way.signal;
    this.makeWay = () => {
      if (!urgent) way.abort();
    };
    try {
      const result = await this.run({ ...job, options: { ...job.options, signal } });
      const isCancelled = problemIn(result)?.kind === 'cancelled';
      const madeWay = way.signal.aborted && !own?.aborted && !this.disposed;
      if (isCancelled && madeWay) this.enqueue(job, true);
      else job.finish(result);
    } catch (error) {
      job.fail(error instanceof Error ? error : new Error(String(error)));
    } finally {
      this.makeWay = () => undefined;
      this.running = false;
      this.rest();
      void this.startNext();
    }
  }

  private async run({ order, options }: Job): Promise<ThreadOutcome> {
    const { signal } = options;
    const { request } = order;
    if (signal?.aborted) return failureOf(order, cancellation());
    const fresh = this.line === undefined;
    this.line ??= await this.connect();
    const { line } = this;
    // Either may have come while the thread was started.
    if (this.disposed) this.end();
    if (this.disposed || signal?.aborted) return failureOf(order, cancellation());
    const { thread } = line;
    const silence = Math.min(SILENCE, ('budget' in request && request.budget?.milliseconds) || SILENCE);
    return new Promise((resolve, reject) => {
      const settle = (result: ThreadOutcome | Error) => {
        clearInterval(watch);
        clearTimeout(lateness);
        signal?.removeEventListener('abort', cancel);
        this.stop = () => undefined;
        line.hear = () => undefined;
        line.onEnd = () => undefined;
        if (result instanceof Error) reject(result);
        else resolve(result);
      };
      this.stop = (problem) => {
        this.end();
        settle(failureOf(order, problem));
      };
      // Counted in beats, not by the clock: while the host itself is held up, neither side gets to say anything.
      let beats = fresh ? -Math.ceil(START / HEARTBEAT) : 0;
      const watch = setInterval(() => {
        beats += 1;
        if (beats * HEARTBEAT >= silence) this.stop({ kind: 'budget', message: silenceMessage(request.file, silence) });
      }, HEARTBEAT);
      let lateness: ReturnType<typeof setTimeout> | undefined;
      const cancel = () => {
        thread.post({ type: 'cancel' });
        lateness = setTimeout(() => this.stop(cancellation()), CANCEL);
      };
      line.onEnd = (end) => {
        if (end.kind === 'memory')
          settle(failureOf(order, { kind: 'budget', message: memoryMessage(request.file, end.megabytes) }));
        else settle(new Error(end.message));
      };
      line.hear = (message) => {
        beats = 0;
        if (message.type === 'question') void this.answer(thread, message.id, message.question, options);
        else if (message.type === 'result') settle(message.result);
        else if (message.type === 'error') settle(new Error(message.message));
      };
      signal?.addEventListener('abort', cancel);
      thread.post({ ...order, language: this.language() });
    });
  }

  private async answer(thread: Thread, id: number, question: Question, options: ReaderOptions): Promise<void> {
    try {
      thread.post({ type: 'answer', id, value: await this.lookUp(question, options) });
    } catch (error) {
      thread.post({ type: 'refusal', id, message: error instanceof Error ? error.message : String(error) });
    }
  }

  private async lookUp(question: Question, { source, callers }: ReaderOptions): Promise<Answers[keyof Answers]> {
    switch (question.kind) {
      case 'grammar':
        return this.readGrammar(question.file);
      case 'text':
        return source.read(question.file);
      case 'module':
        return source.resolve(question.from, question.module, question.level);
      case 'file':
        return await source.locate?.(question.from, question.path);
      case 'bytes':
        return await source.bytes?.(question.file);
      case 'part':
        return this.readPart(question.name);
      case 'callers':
        return (await callers?.(question.name, question.file)) ?? [];
    }
  }

  private async connect(): Promise<Line> {
    const told: Pick<Line, 'hear' | 'onEnd'> = { hear: () => undefined, onEnd: () => undefined };
    const thread = await this.start(
      (message) => told.hear(message),
      (end) => {
        if (this.line === told) this.line = undefined;
        told.onEnd(end);
      },
    );
    return Object.assign(told, { thread });
  }

  /** The thread goes where nothing is asked of it for a while. */
  private rest(): void {
    if (this.disposed) return;
    this.idle = setTimeout(() => this.end(), IDLE);
    // In Node a timer keeps the process; a browser's is a number.
    if (typeof this.idle === 'object') this.idle.unref();
  }

  private end(): void {
    this.line?.thread.end();
    this.line = undefined;
  }
}

/** What an order comes to where it fails before its thread answers. */
function failureOf({ type }: ThreadOrder, problem: ExtractionProblem): ThreadOutcome {
  return type === 'read' ? { extraction: { ok: false, problem, others: [], parts: [], models: [] } } : { problem };
}

function problemIn(outcome: ThreadOutcome): ExtractionProblem | undefined {
  if (!('extraction' in outcome)) return outcome.problem;
  return outcome.extraction.ok ? undefined : outcome.extraction.problem;
}

function cancellation(): ExtractionProblem {
  return { kind: 'cancelled', message: say('Reading the model was cancelled') };
}

function silenceMessage(file: string, silence: number): string {
  return say(
    'Reading {0} was ended: one step of its code took more than {1} s. Make what it computes smaller, or read a part of the model',
    fileName(file),
    silence / 1000,
  );
}

function memoryMessage(file: string, megabytes: number): string {
  return say(
    'Reading {0} was ended: it needs more than {1} MB of memory. Make what it computes smaller, or read a part of the model',
    fileName(file),
    megabytes,
  );
}
