/** The thread in which TensorFlow.js models are read: their code runs in a sealed interpreter, which its host can end. */

import { modelShapes } from '../shapes/modelShapes';
import { TfjsReader } from '../tfjs/read';
import type { SealedParts } from '../tfjs/sealed';
import { type Served, serve } from './serve';

/** The interpreter is kept: starting it takes longer than most readings. */
let reader: TfjsReader | undefined;

async function partsOf({ part }: Served): Promise<SealedParts> {
  const [engine, guest] = await Promise.all([part('quickjs.wasm'), part('guest.js')]);
  return { engine, guest: new TextDecoder().decode(guest) };
}

serve(async ({ shapes: tells, ...request }, served) => {
  reader ??= new TfjsReader();
  const host = { ...served, parts: () => partsOf(served) };
  const { trace, variation, ...read } = await reader.read({ ...request, traced: tells }, host);
  const { extraction } = read;
  if (!trace || !extraction.ok) return read;
  const { expression, graph } = extraction;
  return { ...read, shapes: modelShapes({ file: request.file, expression, graph, trace }, variation) };
});
