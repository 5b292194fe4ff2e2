import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import * as ort from 'onnxruntime-web';
import { Runtime } from '../../src/run/runtime';
import { root } from './paths';

ort.env.wasm.wasmPaths = pathToFileURL(`${join(root, 'node_modules', 'onnxruntime-web', 'dist')}/`).href;

export { ort };

/** The runtime as the terminal has it: WASM, one thread. */
export function wasmRuntime(): Promise<Runtime> {
  return Runtime.open({ ort, backend: 'wasm' });
}
