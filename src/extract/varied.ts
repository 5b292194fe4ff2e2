/** A PyTorch model read with other sizes of its input, where the sizes are a guess. */
import { changedShape, findOtherSizes, type SizeChange, type SizeVariation } from '../graph/otherSizes';
import type { TensorTrace } from '../graph/trace';
import { defaultBudget } from '../python/natives/budget';
import { type Extraction, type ExtractRequest, extractModel } from './extract';
import { type InputSpec, mapTensors, tensorsOf } from './spec';

/**
 * Reads a model again with other sizes in the place of those that nobody gave.
 * @param first how it was read
 * @returns undefined where some reading ended otherwise than the code ends it: nothing is known then
 */
export async function varyInputs(
  request: ExtractRequest,
  first: Extract<Extraction, { ok: true }>,
): Promise<SizeVariation | undefined> {
  const { inputs, inputOrigin, ownBatch } = first;
  // Elements that were given are as many as were given.
  const tensors = inputs.flatMap(tensorsOf).filter(({ values }) => !values);
  const isTold = inputOrigin === 'given' || inputOrigin === 'file';
  if (isTold && !ownBatch) return { open: [], readings: [], tensors };
  // For other samples the model may be another one.
  if (request.forInput) return undefined;
  const mayBe = (_tensor: number, _axis: number, isBatch: boolean) => isBatch || !isTold;
  const { expression, within } = first;
  const read = async (changes: readonly SizeChange[]): Promise<TensorTrace | 'refused' | undefined> => {
    const changed = withLengths(inputs, changes);
    const again = await extractModel({ ...request, expression, within, inputs: changed, traced: true });
    if (again.ok) return again.trace;
    const { problem } = again;
    return problem.kind === 'shape' || problem.isRaised ? 'refused' : undefined;
  };
  // As long again as one reading may take.
  const milliseconds = request.budget?.milliseconds ?? defaultBudget.milliseconds;
  return findOtherSizes(tensors, mayBe, { read, milliseconds, signal: request.signal });
}

/** The inputs with other lengths of some of their dimensions. */
export function withLengths(inputs: readonly InputSpec[], changes: readonly SizeChange[]): InputSpec[] {
  let at = 0;
  return inputs.map((input) =>
    mapTensors(input, (tensor) => ({ ...tensor, shape: changedShape(tensor.shape, at++, changes) })),
  );
}
