/** The thread's side of a reading: it has neither files nor a network, and asks its host for all that it needs. */

import { speakIn } from '../language/speakIn';
import type { Source } from '../source/source';
import { Syntax } from '../syntax/syntax';
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
  type ToWorker,
} from './messages';

/** What a web worker's global scope and Node's port have in common, but for how they listen. */
interface Port {
  /** @param transfer memory that goes with the message, so that large results are not copied */
  postMessage(message: FromWorker, transfer?: ArrayBuffer[]): void;
  addEventListener(type: 'message', listener: (event: { readonly data: ToWorker }) => void): void;
}

/** What a thread reads with: its host, by message. */
export interface Served {
  readonly syntax: Syntax;
  readonly source: Source;
  /** Files that may call a name of a file. */
  callers(name: string, file: string): Promise<readonly string[]>;
  /** A part of the product that only some readings need. */
  part(name: ProductPart): Promise<Uint8Array>;
  readonly signal: AbortSignal;
  /** Says that a long step goes on. */
  alive(): void;
}

const isWeb = typeof globalThis.postMessage === 'function';

function nodePort(): Port {
  const { parentPort } = require('node:worker_threads') as typeof import('node:worker_threads');
  if (!parentPort) throw new Error('this file runs in a worker');
  return {
    postMessage: (message, transfer) => parentPort.postMessage(message, transfer),
    addEventListener: (type, listener) => parentPort.on(type, (data: ToWorker) => listener({ data })),
  };
}

/** Reads models on request, one after the other, for as long as the thread lives. */
export function serve(read: (request: ReadRequest, served: Served) => Promise<ReadResult>): void {
  serveOrders(({ type, request }, served) => {
    if (type === 'read') return read(request, served);
    throw new Error(`this thread knows no "${type}"`);
  });
}

/**
 * Does whatever it is asked for.
 * @param bytesIn memory of a result that is handed over, not copied
 */
export function serveOrders(
  answerTo: (order: ThreadOrder, served: Served) => Promise<ThreadOutcome>,
  bytesIn: (outcome: ThreadOutcome) => ArrayBuffer[] = () => [],
): void {
  // A web worker has no `require`, so that line is not reached there.
  const port: Port = isWeb ? (globalThis as unknown as Port) : nodePort();
  /** Questions that wait for the host's answer. */
  const waiting = new Map<number, { resolve(value: never): void; reject(error: Error): void }>();
  let asked = 0;

  const ask = <K extends Question['kind']>(question: Question & { kind: K }): Promise<Answers[K]> => {
    const id = asked++;
    return new Promise<Answers[K]>((resolve, reject) => {
      waiting.set(id, { resolve, reject });
      port.postMessage({ type: 'question', id, question });
    });
  };

  const syntax = new Syntax((file) => ask({ kind: 'grammar', file }));
  const source: Source = {
    read: (file) => ask({ kind: 'text', file }),
    resolve: (from, module, level) => ask({ kind: 'module', from, module, level }),
    locate: (from, path) => ask({ kind: 'file', from, path }),
    bytes: (file) => ask({ kind: 'bytes', file }),
  };

  let running: AbortController | undefined;

  async function answer(order: ThreadOrder): Promise<void> {
    running = new AbortController();
    const alive = () => port.postMessage({ type: 'alive' });
    const heartbeat = setInterval(alive, HEARTBEAT);
    try {
      const searches = new Map<string, Promise<readonly string[]>>();
      // A model is read twice with one search.
      const callers = (name: string, file: string) => {
        const key = `${file}:${name}`;
        const search = searches.get(key) ?? ask({ kind: 'callers', name, file });
        searches.set(key, search);
        return search;
      };
      const part = (name: ProductPart) => ask({ kind: 'part', name });
      const result = await answerTo(order, { syntax, source, callers, part, signal: running.signal, alive });
      port.postMessage({ type: 'result', result }, bytesIn(result));
    } catch (error) {
      port.postMessage({ type: 'error', message: error instanceof Error ? error.message : String(error) });
    } finally {
      clearInterval(heartbeat);
    }
  }

  port.addEventListener('message', ({ data }) => {
    switch (data.type) {
      case 'read':
      case 'inspect':
      case 'rewrite':
        speakIn(data.language);
        return void answer(data);
      case 'cancel':
        return running?.abort();
      case 'answer':
        waiting.get(data.id)?.resolve(data.value as never);
        return waiting.delete(data.id);
      case 'refusal':
        waiting.get(data.id)?.reject(new Error(data.message));
        return waiting.delete(data.id);
      default:
        return data satisfies never;
    }
  });
}
