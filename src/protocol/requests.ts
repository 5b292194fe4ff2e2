import * as v from 'valibot';
import { longestMessage, message } from './shapes';

/**
 * Questions and answers over a line that only carries messages. A request has an id; its reply is `{ id, ok }` or
 * `{ id, error }`. Whoever asks may stop waiting, which the other side is told, and waits no longer than the request's
 * timeout. Used by a page (`Requests`) and its host (`Responder`).
 */

const id = v.pipe(v.string(), v.minLength(1), v.maxLength(100));

/**
 * A question and its answer.
 * @param entries what is asked, beside `type` and `id`
 * @param ok the answer's shape
 * @param timeout milliseconds; absent where a person is asked, who may take as long as they like
 */
export function request<const K extends string, const E extends v.ObjectEntries, const R extends v.GenericSchema>(
  type: K,
  entries: E,
  ok: R,
  timeout?: number,
) {
  return { asked: v.object({ type: v.literal(type), id, ...entries }), ok, timeout };
}

/** The requests of a line, by their type. */
export type RequestTable = Readonly<Record<string, ReturnType<typeof request>>>;
export type Asked<T extends RequestTable, K extends keyof T> = Readonly<v.InferOutput<T[K]['asked']>>;
export type RequestParameters<T extends RequestTable, K extends keyof T> = Omit<Asked<T, K>, 'type' | 'id'>;
export type Ok<T extends RequestTable, K extends keyof T> = v.InferOutput<T[K]['ok']>;

/** Where there is nothing to say but that it is done: JSON has no `undefined`. */
export const done = v.null();

/** Nobody waits for the answer any more. */
export const cancel = v.object({ type: v.literal('cancel'), id });

/** What came of a request; `ok` has the shape that its request names. */
export const replies = [
  v.strictObject({ type: v.literal('reply'), id, ok: v.unknown() }),
  v.strictObject({ type: v.literal('reply'), id, error: message }),
] as const;
export type Reply = Readonly<v.InferOutput<(typeof replies)[number]>>;

/** Why a request has no answer. */
export class RequestError extends Error {
  override name = 'RequestError';

  /** @param reason `refused`: the message is the other side's; `malformed`: the answer is none that was asked for */
  constructor(
    readonly reason: 'refused' | 'timeout' | 'malformed',
    message: string,
  ) {
    super(message);
  }
}

interface Waiting {
  readonly resolve: (ok: unknown) => void;
  readonly reject: (error: unknown) => void;
}

/** The side that asks. */
export class Requests<T extends RequestTable> {
  private readonly waiting = new Map<string, Waiting>();
  /** A page that starts anew must not take the answers to the one before for its own. */
  private readonly session = crypto.randomUUID();
  private asked = 0;

  constructor(
    private readonly table: T,
    private readonly post: (message: Asked<T, keyof T> | v.InferOutput<typeof cancel>) => void,
  ) {}

  /**
   * @param signal gives up waiting, which the other side is told
   * @throws RequestError where there is no answer; the signal's reason where it gave up
   */
  async ask<K extends keyof T & string>(
    type: K,
    parameters: RequestParameters<T, K>,
    signal?: AbortSignal,
  ): Promise<Ok<T, K>> {
    signal?.throwIfAborted();
    const id = `${this.session}-${this.asked++}`;
    const { ok, timeout } = this.table[type] as T[K];
    let timer: ReturnType<typeof setTimeout> | undefined;
    let giveUp: (() => void) | undefined;
    try {
      const answer = await new Promise<unknown>((resolve, reject) => {
        this.waiting.set(id, { resolve, reject });
        const stop = (reason: unknown) => {
          this.post({ type: 'cancel', id });
          reject(reason);
        };
        giveUp = () => stop(signal?.reason);
        signal?.addEventListener('abort', giveUp);
        if (timeout !== undefined)
          timer = setTimeout(() => stop(new RequestError('timeout', `no answer within ${timeout} ms`)), timeout);
        this.post({ ...parameters, type, id } as unknown as Asked<T, K>);
      });
      const checked = v.safeParse(ok, answer, { abortEarly: true });
      if (checked.success) return checked.output as Ok<T, K>;
      throw new RequestError('malformed', `the answer to ${type} has another shape`);
    } finally {
      clearTimeout(timer);
      if (giveUp) signal?.removeEventListener('abort', giveUp);
      this.waiting.delete(id);
    }
  }

  /** Takes an answer; one that nobody waits for any more is ignored. */
  receive(reply: Reply): void {
    const waiting = this.waiting.get(reply.id);
    if ('error' in reply) waiting?.reject(new RequestError('refused', reply.error));
    else waiting?.resolve(reply.ok);
  }
}

/** How each request is answered: what throws is told to whoever asked. */
export type Handlers<T extends RequestTable> = {
  readonly [K in keyof T]: (asked: Asked<T, K>, signal: AbortSignal) => Promise<Ok<T, K>>;
};

/** The side that answers. */
export class Responder<T extends RequestTable> {
  private readonly running = new Map<string, AbortController>();

  constructor(
    private readonly handlers: Handlers<T>,
    private readonly post: (reply: Reply) => void,
  ) {}

  /** Answers a request, unless it is cancelled meanwhile. Never rejects. */
  async receive<K extends keyof T>(asked: Asked<T, K> & { readonly type: K; readonly id: string }): Promise<void> {
    const { id, type } = asked;
    // An id is used once.
    if (this.running.has(id)) return;
    const stop = new AbortController();
    this.running.set(id, stop);
    const reply = await this.replyTo(id, () => this.handlers[type](asked, stop.signal));
    if (this.running.delete(id)) this.post(reply);
  }

  cancel(id: string): void {
    this.running.get(id)?.abort();
    this.running.delete(id);
  }

  /** Cancels all, because nobody is there any more. */
  dispose(): void {
    for (const id of [...this.running.keys()]) this.cancel(id);
  }

  private async replyTo(id: string, answer: () => Promise<unknown>): Promise<Reply> {
    try {
      return { type: 'reply', id, ok: await answer() };
    } catch (error) {
      const text = error instanceof Error ? error.message : String(error);
      return { type: 'reply', id, error: text.slice(0, longestMessage) };
    }
  }
}
