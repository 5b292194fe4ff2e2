import variant from '@jitl/quickjs-wasmfile-release-sync';
import {
  newQuickJSWASMModuleFromVariant,
  newVariant,
  type QuickJSContext,
  type QuickJSHandle,
  type QuickJSRuntime,
  type QuickJSWASMModule,
} from 'quickjs-emscripten-core';

/** Bytes of JavaScript values that the guest may hold; the library itself takes 12 MB. */
const MEMORY = 128 << 20;
/** Bytes of the guest's stack. A deeper one overflows the host's own first, which leaves the interpreter broken. */
const STACK = 256 << 10;
/** Characters of what the guest may hand out. */
const LONGEST_ANSWER = 64 << 20;
/** Jobs that run between two looks at the clock. */
const JOBS = 1000;

/** What the interpreter is made of, as the build puts it beside the product. */
export interface SealedParts {
  /** QuickJS, compiled. */
  readonly engine: Uint8Array;
  /** Text of the guest: TensorFlow.js and what records it (`guest/main.ts`). */
  readonly guest: string;
}

/** Why a run inside the interpreter ended before its end. */
export type SealedEnd = 'time' | 'memory' | 'depth' | 'broken';

/** A run that a limit ended, or that the guest's own code broke off. */
export class SealedError extends Error {
  override name = 'SealedError';
  constructor(
    readonly end: SealedEnd,
    message: string,
  ) {
    super(message);
  }
}

/** Functions of the guest that the host calls: `guest/main.ts` returns them. */
const entries = ['define', 'start', 'rest', 'answer'] as const;
type GuestFunction = (typeof entries)[number];

/**
 * JavaScript that nobody trusts, in an interpreter of its own: no files, no network, no object of the host. Texts go in,
 * one text comes out. Whatever a session did to the interpreter is undone when it ends. Time is limited between the
 * interpreter's own steps; a step that does not end (a search through a long text) is ended with the thread.
 */
export class Sealed {
  private readonly memory: WebAssembly.Memory;
  private readonly snapshot: Uint8Array;
  private deadline = Number.POSITIVE_INFINITY;
  /** The engine was left in the middle of a call, whose stack no snapshot takes back: a new one has to be opened. */
  isBroken = false;

  private constructor(
    module: QuickJSWASMModule,
    private readonly runtime: QuickJSRuntime,
    private readonly context: QuickJSContext,
    private readonly api: Readonly<Record<GuestFunction, QuickJSHandle>>,
  ) {
    // What the library enables once, it must have enabled before the snapshot: a restored one would go without limits.
    runtime.setInterruptHandler(() => performance.now() > this.deadline);
    void context.global;
    this.memory = module.getWasmMemory();
    this.snapshot = new Uint8Array(this.memory.buffer).slice();
  }

  /** Starts the interpreter and loads the guest: some tenths of a second. */
  static async open({ engine, guest }: SealedParts): Promise<Sealed> {
    const wasmBinary = engine.buffer.slice(engine.byteOffset, engine.byteOffset + engine.byteLength) as ArrayBuffer;
    const module = await newQuickJSWASMModuleFromVariant(newVariant(variant, { wasmBinary }));
    const runtime = module.newRuntime();
    runtime.setMemoryLimit(MEMORY);
    runtime.setMaxStackSize(STACK);
    const context = runtime.newContext();
    const made = context.unwrapResult(context.evalCode(`(function () {${guest}\nreturn lens.default;})()`, 'guest.js'));
    const api = Object.fromEntries(entries.map((name) => [name, context.getProp(made, name)]));
    made.dispose();
    return new Sealed(module, runtime, context, api as Record<GuestFunction, QuickJSHandle>);
  }

  /**
   * Runs modules and a request in a fresh state.
   * @param modules functions as `strip.ts` makes them, by the name under which stacks show them; lines begin at 2 there
   * @param request JSON for the guest's `start`
   * @param milliseconds for all of it
   * @returns JSON of the guest, which is to be trusted in nothing
   * @throws SealedError where a limit ended it
   */
  run(modules: ReadonlyMap<string, string>, request: string, milliseconds: number): string {
    this.deadline = performance.now() + milliseconds;
    try {
      for (const [name, code] of modules) this.define(name, code);
      this.call('start', request);
      for (;;) {
        this.settle();
        // Promises that nothing here settles are given up, one round after the other, until the answer is there.
        if (this.call('rest') !== 'more') break;
      }
      return this.call('answer');
    } catch (error) {
      if (error instanceof SealedError) throw error;
      this.isBroken = true;
      // The host's own stack overflowed inside of the engine, or the engine gave up.
      if (error instanceof RangeError) throw new SealedError('depth', error.message);
      if (error instanceof WebAssembly.RuntimeError) throw new SealedError('memory', error.message);
      throw error;
    } finally {
      this.deadline = Number.POSITIVE_INFINITY;
      this.restore();
    }
  }

  private define(name: string, code: string): void {
    const { context } = this;
    // Free names are looked up in a scope of the guest's. A line of its own leaves the text's columns as they are.
    const made = context.evalCode(`(function (__lens_scope) { with (__lens_scope) { return (\n${code}\n); } })`, name);
    if (made.error) {
      this.call('define', name, this.errorOf(made.error).message);
      return;
    }
    const label = context.newString(name);
    const result = context.callFunction(this.api.define, context.undefined, label, made.value);
    label.dispose();
    made.value.dispose();
    this.textOf(result);
  }

  private call(entry: GuestFunction, ...texts: readonly string[]): string {
    const { context } = this;
    const given = texts.map((text) => context.newString(text));
    const result = context.callFunction(this.api[entry], context.undefined, given);
    for (const each of given) each.dispose();
    return this.textOf(result);
  }

  /** The text that a call gave: nothing else crosses the border, and no code of the guest runs for it. */
  private textOf(result: ReturnType<QuickJSContext['callFunction']>): string {
    if (result.error) throw this.errorOf(result.error);
    const { value } = result;
    try {
      if (this.context.typeof(value) !== 'string') return '';
      const length = this.context.getProp(value, 'length').consume((each) => this.context.getNumber(each));
      if (length > LONGEST_ANSWER) throw new SealedError('memory', `${length} characters`);
      return this.context.getString(value);
    } finally {
      value.dispose();
    }
  }

  private settle(): void {
    for (;;) {
      if (performance.now() > this.deadline) throw new SealedError('time', 'interrupted');
      const done = this.runtime.executePendingJobs(JOBS);
      if (done.error) {
        const error = this.errorOf(done.error);
        // A job that throws is the code's own affair; a limit is not.
        if (error.end !== 'broken') throw error;
      } else if (done.value === 0) return;
    }
  }

  private errorOf(handle: QuickJSHandle): SealedError {
    const message = this.messageOf(handle);
    if (performance.now() > this.deadline || message === 'interrupted') return new SealedError('time', message);
    if (/out of memory/.test(message)) return new SealedError('memory', message);
    if (/stack overflow|call stack/i.test(message)) return new SealedError('depth', message);
    return new SealedError('broken', message);
  }

  private messageOf(error: QuickJSHandle): string {
    try {
      const message = this.context.getProp(error, 'message');
      const text = this.context.typeof(message) === 'string' ? this.context.getString(message) : '';
      message.dispose();
      error.dispose();
      return text.slice(0, 1000);
    } catch {
      return '';
    }
  }

  private restore(): void {
    const bytes = new Uint8Array(this.memory.buffer);
    bytes.set(this.snapshot);
    bytes.fill(0, this.snapshot.length);
  }
}
