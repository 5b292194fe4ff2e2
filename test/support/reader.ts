import { readFile } from 'node:fs/promises';
import { nodeThreads } from '../../src/reader/node';
import { Reader, type ReadPart } from '../../src/reader/reader';
import { Readers } from '../../src/reader/readers';
import type { SealedParts } from '../../src/tfjs/sealed';
import { inRoot } from './paths';
import { readGrammar } from './syntax';

let shared: Readers | undefined;

const engine = inRoot('node_modules', '@jitl', 'quickjs-wasmfile-release-sync', 'dist', 'emscripten-module.wasm');
const guest = inRoot('out', 'sealed', 'guest.js');

/** The interpreter's parts, as `scripts/build-tests.mjs` bundles them. */
export const readPart: ReadPart = (name) => readFile(name === 'quickjs.wasm' ? engine : guest);

export async function sealedParts(): Promise<SealedParts> {
  return { engine: await readFile(engine), guest: await readFile(guest, 'utf8') };
}

/** The threads that read models, as `scripts/build-tests.mjs` bundles them; the same for all tests of a process. */
export function testReader(): Readers {
  const thread = (name: string) => nodeThreads(inRoot('out', `${name}.worker.js`));
  shared ??= new Readers({
    python: new Reader(thread('reader'), readGrammar),
    tfjs: new Reader(thread('tfjs'), readGrammar, undefined, readPart),
    onnx: new Reader(thread('onnx'), readGrammar),
  });
  return shared;
}
