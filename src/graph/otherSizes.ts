/** A model read with other sizes of its input, where the sizes are a guess: which of them may be others, and what follows. */
import { itemOr } from './access';
import type { TensorTrace } from './trace';

/** A size of the input that the model takes others of: where it stands, and how long it was first. */
export interface OpenSize {
  /** Places among the tensors of all inputs, and their dimensions. */
  readonly places: readonly (readonly [tensor: number, axis: number])[];
  readonly size: number;
}

/** Another length of what stands at some places. */
export interface SizeChange extends Pick<OpenSize, 'places'> {
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
  readonly tensors: readonly { readonly shape: readonly number[] }[];
}

/** How the model is read again, and for how long. */
export interface SizeTrial {
  /** What is seen with some lengths changed; `refused` where the code takes no such input, undefined where it ends otherwise. */
  read(changes: readonly SizeChange[]): Promise<TensorTrace | 'refused' | undefined>;
  readonly milliseconds: number;
  readonly signal?: AbortSignal | undefined;
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
 * Looks which sizes the model takes others of, and what is seen with them.
 * @param mayBe whether a size may be another one at all
 * @returns undefined where some reading ended otherwise than the code ends it: nothing is known then
 */
export async function findOtherSizes(
  tensors: SizeVariation['tensors'],
  mayBe: (tensor: number, axis: number, isBatch: boolean) => boolean,
  how: SizeTrial,
): Promise<SizeVariation | undefined> {
  const trial = new Trials(how);
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
  for (const size of sizesOf(tensors, mayBe)) {
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

class Trials {
  private left = MOST_READINGS;
  private readonly deadline: number;
  /** Whether a reading ended for another reason than that the code refuses its input. */
  isOver = false;

  constructor(private readonly how: SizeTrial) {
    this.deadline = performance.now() + how.milliseconds;
  }

  /** What is seen with some lengths changed; undefined where the model does not take them. */
  async read(changes: readonly SizeChange[]): Promise<TensorTrace | undefined> {
    if (this.left-- <= 0 || this.how.signal?.aborted || performance.now() > this.deadline) this.isOver = true;
    if (this.isOver) return undefined;
    const seen = await this.how.read(changes);
    this.isOver = !seen;
    return seen === 'refused' ? undefined : seen;
  }
}

/** The sizes that may be others; those that are alike among several inputs are taken for one. */
function sizesOf(tensors: SizeVariation['tensors'], mayBe: Parameters<typeof findOtherSizes>[1]): OpenSize[] {
  const found = new Map<string, { size: number; places: [number, number][] }>();
  const main = tensors[0]?.shape ?? [];
  for (const [tensor, { shape }] of tensors.entries()) {
    for (const [axis, size] of shape.entries()) {
      const isBatch = axis === 0 && size === itemOr(main, 0, -1);
      if (!mayBe(tensor, axis, isBatch)) continue;
      const alike = main.indexOf(size, 1);
      const key = isBatch ? 'batch' : tensor > 0 && alike > 0 ? `0 ${alike}` : tensor > 0 ? `as ${size}` : `0 ${axis}`;
      const known = found.get(key) ?? { size, places: [] };
      known.places.push([tensor, axis]);
      found.set(key, known);
    }
  }
  return [...found.values()];
}

/** A tensor's shape with other lengths of some of its dimensions. @param index which of the tensors it is */
export function changedShape(shape: readonly number[], index: number, changes: readonly SizeChange[]): number[] {
  const changed = [...shape];
  for (const { places, length } of changes)
    for (const [which, axis] of places) if (which === index) changed[axis] = length;
  return changed;
}
