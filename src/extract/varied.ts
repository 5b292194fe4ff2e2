/** A model read with other sizes of its input, where the sizes are a guess: which of them may be others, and what follows. */
import { itemOr } from '../graph/access';
import type { TensorTrace } from '../graph/trace';
import { defaultBudget } from '../python/natives/budget';
import { type Extraction, type ExtractRequest, extractModel } from './extract';
import { type InputSpec, mapTensors, type TensorSpec, tensorsOf } from './spec';

/** A size of the input that the model takes others of: where it stands, and how long it was first. */
export interface OpenSize {
  /** Places among the tensors of all inputs, and their dimensions. */
  readonly places: readonly (readonly [tensor: number, axis: number])[];
  readonly size: number;
}

/** Another length of what stands at some places. */
export interface OtherLength extends Pick<OpenSize, 'places'> {
  readonly length: number;
}

/** What was seen of the model with other sizes. */
export interface VariedReading {
  /** By the open sizes, in their order. */
  readonly sizes: readonly number[];
  readonly trace: TensorTrace;
}

export interface SizeVariation {
  readonly open: readonly OpenSize[];
  /** One with each open size alone changed; then one with all of them. */
  readonly readings: readonly VariedReading[];
  /** The tensors of the inputs whose elements were not given. */
  readonly tensors: readonly TensorSpec[];
}

/** Readings that are tried for one model. */
const MOST_READINGS = 40;

/** Another length, and the one that is tried together with those of the other dimensions. */
interface SizeStep {
  readonly alone: number;
  readonly together: number;
}

/**
 * Other lengths for a dimension, likeliest first: one that shows how halves are rounded, one for models that take multiples
 * alone, shorter ones for those that take no longer.
 */
function stepsFor(size: number): SizeStep[] {
  const steps = [2 * size + 1, 2 * size].map((alone) => ({ alone, together: 2 * size }));
  if (size % 2 === 0) for (const alone of [size - 1, size / 2]) steps.push({ alone, together: size / 2 });
  else if (size > 1) steps.push({ alone: size - 1, together: size - 1 });
  return steps.filter(({ alone }) => alone >= 1 && alone !== size);
}

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
  const trial = new SizeTrial(request, first);
  const open: (OpenSize & { readonly step: SizeStep; readonly trace: TensorTrace })[] = [];
  const take = async (size: OpenSize): Promise<boolean> => {
    for (const step of stepsFor(size.size)) {
      const trace = await trial.read([{ ...size, length: step.alone }]);
      if (trace) open.push({ ...size, step, trace });
      if (trace || trial.isOver) return true;
    }
    return false;
  };
  const closed: OpenSize[] = [];
  for (const size of sizesOf(tensors, isTold)) {
    if (await take(size)) continue;
    // What is as long by chance alone may change by itself.
    const parts = size.places.length > 1 ? size.places.map((place) => ({ ...size, places: [place] })) : [];
    for (const part of parts) if (!(await take(part))) closed.push(part);
    if (parts.length === 0) closed.push(size);
  }
  // The sides of a square may have to change together.
  for (const size of new Set(closed.map((each) => each.size))) {
    const alike = closed.filter((each) => each.size === size);
    if (alike.length > 1) await take({ size, places: alike.flatMap(({ places }) => places) });
  }
  if (trial.isOver) return undefined;
  const all =
    open.length > 0 ? await trial.read(open.map((each) => ({ ...each, length: each.step.together }))) : undefined;
  if (trial.isOver || (open.length > 0 && !all)) return undefined;
  const own = open.map(({ size }) => size);
  const readings = open.map(({ step, trace }, index) => ({ sizes: own.with(index, step.alone), trace }));
  if (all) readings.push({ sizes: open.map(({ step }) => step.together), trace: all });
  return { open: open.map(({ places, size }) => ({ places, size })), readings, tensors };
}

/** The sizes that may be others; those that are alike among several inputs are taken for one. */
function sizesOf(tensors: readonly TensorSpec[], batchAlone: boolean): OpenSize[] {
  const found = new Map<string, { size: number; places: [number, number][] }>();
  const main = tensors[0]?.shape ?? [];
  for (const [tensor, { shape }] of tensors.entries()) {
    for (const [axis, size] of shape.entries()) {
      const isBatch = axis === 0 && size === itemOr(main, 0, -1);
      if (batchAlone && !isBatch) continue;
      const alike = main.indexOf(size, 1);
      const key = isBatch ? 'batch' : tensor > 0 && alike > 0 ? `0 ${alike}` : tensor > 0 ? `as ${size}` : `0 ${axis}`;
      const known = found.get(key) ?? { size, places: [] };
      known.places.push([tensor, axis]);
      found.set(key, known);
    }
  }
  return [...found.values()];
}

class SizeTrial {
  private left = MOST_READINGS;
  /** As long again as one reading may take. */
  private readonly deadline: number;
  /** Whether a reading ended for another reason than that the code refuses its input. */
  isOver = false;

  constructor(
    private readonly request: ExtractRequest,
    private readonly first: Extract<Extraction, { ok: true }>,
  ) {
    this.deadline = performance.now() + (request.budget?.milliseconds ?? defaultBudget.milliseconds);
  }

  /** What is seen with some lengths changed; undefined where the model does not take them. */
  async read(changes: readonly OtherLength[]): Promise<TensorTrace | undefined> {
    if (this.left-- <= 0 || this.request.signal?.aborted || performance.now() > this.deadline) this.isOver = true;
    if (this.isOver) return undefined;
    const { expression, within, inputs } = this.first;
    const changed = withLengths(inputs, changes);
    const again = await extractModel({ ...this.request, expression, within, inputs: changed, traced: true });
    if (again.ok) {
      this.isOver ||= !again.trace;
      return again.trace;
    }
    const { problem } = again;
    this.isOver = !(problem.kind === 'shape' || problem.isRaised);
    return undefined;
  }
}

/** The inputs with other lengths of some of their dimensions. */
export function withLengths(inputs: readonly InputSpec[], changes: readonly OtherLength[]): InputSpec[] {
  let at = 0;
  return inputs.map((input) =>
    mapTensors(input, (tensor) => {
      const index = at++;
      const shape = [...tensor.shape];
      for (const { places, length } of changes)
        for (const [which, axis] of places) if (which === index) shape[axis] = length;
      return { ...tensor, shape };
    }),
  );
}
