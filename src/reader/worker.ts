/** The thread in which PyTorch models are read: it evaluates text of anybody's, so its host can end it at any moment. */

import { withLargerBatch } from '../extract/batch';
import { type Extraction, type ExtractRequest, extractModel } from '../extract/extract';
import { readInTraining } from '../extract/training';
import { varyInputs } from '../extract/varied';
import { varyNumbers } from '../extract/variedNumbers';
import { modelShapes } from '../shapes/modelShapes';
import type { ModelShapes } from '../shapes/types';
import type { ReadResult } from './messages';
import { serve } from './serve';

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

/** What is known of the lines of the model's file. */
async function shapesOf(
  request: ExtractRequest,
  extraction: Extract<Extraction, { ok: true }>,
  names: boolean,
): Promise<ModelShapes | undefined> {
  const { expression, graph, trace } = extraction;
  if (!trace) return undefined;
  const sizes = await varyInputs(request, extraction);
  const numbers = names && sizes ? await varyNumbers(request, extraction, sizes) : undefined;
  return modelShapes({ file: request.file, expression, graph, trace }, sizes, numbers);
}

serve(async ({ compared, shapes: tells, names = false, ...asked }, { part: _, ...served }) => {
  const request: ExtractRequest = { ...asked, ...served, ...(tells && { traced: true }) };
  const extraction = await extractModel(request);
  if (!extraction.ok) return { extraction };
  const { trace: _trace, numbers: _numbers, ...read } = extraction;
  const shapes = await shapesOf(request, extraction, names);
  return { ...(compared ? await readForComparison(request, read) : { extraction: read }), shapes };
});
