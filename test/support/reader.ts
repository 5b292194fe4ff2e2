import { nodeThreads } from '../../src/reader/node';
import { Reader } from '../../src/reader/reader';
import { inRoot } from './paths';
import { readGrammar } from './syntax';

let shared: Reader | undefined;

/** The thread that reads models, as `scripts/build-tests.mjs` bundles it; one for all tests of a process. */
export function testReader(): Reader {
  shared ??= new Reader(nodeThreads(inRoot('out', 'reader.worker.js')), readGrammar);
  return shared;
}
