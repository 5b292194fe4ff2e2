import assert from 'node:assert/strict';
import type { InputSpec } from '../../src/extract/spec';
import type { ReadResult } from '../../src/reader/messages';

import { MemorySource } from './python';
import { testReader } from './reader';

/** A model as a comparison reads it, from the text of its file. */
export async function readText(
  text: string,
  inputs?: readonly InputSpec[],
): Promise<ReadResult & { readonly extraction: { readonly ok: true } }> {
  const request = { file: 'model.py', compared: true, ...(inputs && { inputs }) };
  const result = await testReader().read(request, { source: new MemorySource({ 'model.py': text }) });
  assert.ok(result.extraction.ok, result.extraction.ok ? '' : result.extraction.problem.message);
  return { ...result, extraction: result.extraction };
}
