/** The thread in which models are read: it evaluates text of anybody's, so its host can end it at any moment. */

import { withLargerBatch } from '../extract/batch';
import { type Extraction, type ExtractRequest, extractModel } from '../extract/extract';
import { readInTraining } from '../extract/training';
import { speakIn } from '../language/speakIn';
import type { Source } from '../source/source';
import { Syntax } from '../syntax/syntax';
import {
  type Answers,
  type FromWorker,
  HEARTBEAT,
  type Question,
  type ReadRequest,
  type ReadResult,
  type ToWorker,
} from './messages';

/** What a web worker's global scope and Node's port have in common, but for how they listen. */
interface Port {
  postMessage(message: FromWorker): void;
  addEventListener(type: 'message', listener: (event: { readonly data: ToWorker }) => void): void;
}

const isWeb = typeof globalThis.postMessage === 'function';
// A web worker has no `require`, so this line is not reached there.
const port: Port = isWeb ? (globalThis as unknown as Port) : nodePort();

function nodePort(): Port {
  const { parentPort } = require('node:worker_threads') as typeof import('node:worker_threads');
  if (!parentPort) throw new Error('this file runs in a worker');
  return {
    postMessage: (message) => parentPort.postMessage(message),
    addEventListener: (type, listener) => parentPort.on(type, (data: ToWorker) => listener({ data })),
  };
}

/** Questions that wait for the host's answer. */
const waiting = new Map<number, { resolve(value: never): void; reject(error: Error): void }>();
let asked = 0;

function ask<K extends Question['kind']>(question: Question & { kind: K }): Promise<Answers[K]> {
  const id = asked++;
  return new Promise<Answers[K]>((resolve, reject) => {
    waiting.set(id, { resolve, reject });
    port.postMessage({ type: 'question', id, question });
  });
}

const syntax = new Syntax((file) => ask({ kind: 'grammar', file }));
const source: Source = {
  read: (file) => ask({ kind: 'text', file }),
  resolve: (from, module, level) => ask({ kind: 'module', from, module, level }),
  locate: (from, path) => ask({ kind: 'file', from, path }),
};

let running: AbortController | undefined;

/** The model with a larger batch, and as it trains: what a comparison needs besides. */
async function readForComparison(
  asked: ExtractRequest,
  extraction: Extract<Extraction, { ok: true }>,
): Promise<ReadResult> {
  const request = { ...asked, expression: extraction.expression, within: extraction.within };
  const { graph, inputs, hasModes } = extraction;
  const larger = await withLargerBatch(request, graph, inputs);
  const batched = larger?.graph;
  const fed = larger ?? { graph, inputs };
  const { graph: training, note: message } = hasModes ? await readInTraining(request, fed.graph, fed.inputs) : {};
  const notes = message === undefined ? graph.notes : [...graph.notes, { message }];
  return { extraction: { ...extraction, graph: { ...graph, notes } }, batched, training };
}

async function read({ compared, ...asked }: ReadRequest): Promise<void> {
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
    const request: ExtractRequest = { ...asked, syntax, source, callers, signal: running.signal, alive };
    const extraction = await extractModel(request);
    const result = compared && extraction.ok ? await readForComparison(request, extraction) : { extraction };
    port.postMessage({ type: 'result', result });
  } catch (error) {
    port.postMessage({ type: 'error', message: error instanceof Error ? error.message : String(error) });
  } finally {
    clearInterval(heartbeat);
  }
}

port.addEventListener('message', ({ data }) => {
  switch (data.type) {
    case 'read':
      speakIn(data.language);
      return void read(data.request);
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
