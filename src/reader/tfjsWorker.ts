/** The thread in which TensorFlow.js models are read: their code runs in a sealed interpreter, which its host can end. */

import { TfjsReader } from '../tfjs/read';
import type { SealedParts } from '../tfjs/sealed';
import { type Served, serve } from './serve';

/** The interpreter is kept: starting it takes longer than most readings. */
let reader: TfjsReader | undefined;

async function partsOf({ part }: Served): Promise<SealedParts> {
  const [engine, guest] = await Promise.all([part('quickjs.wasm'), part('guest.js')]);
  return { engine, guest: new TextDecoder().decode(guest) };
}

serve(async (request, served) => {
  reader ??= new TfjsReader();
  return reader.read(request, { ...served, parts: () => partsOf(served) });
});
