import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import * as ort from 'onnxruntime-web';
import { Runtime } from '../run/runtime';
import { CliError } from './host';

/** ONNX Runtime in the terminal: plain WASM, whose files the build puts beside the bundle. */
export async function openRuntime(): Promise<Runtime> {
  const folder = join(__dirname, 'ort-node');
  if (!existsSync(folder)) {
    throw new CliError(
      `${folder} is missing: the extension's package leaves it out; build the project with \`npm run build\``,
    );
  }
  ort.env.wasm.wasmPaths = pathToFileURL(`${folder}/`).href;
  return Runtime.open({ ort });
}
