/** What of the things that code makes is the model. */
import { tf } from './library';
import { isCompiled } from './tensorflow';
import { isUnknown, type Loose } from './unknown';

export const isModel = (value: unknown): boolean => value instanceof tf.LayersModel;

/** Methods by which objects that are no models of the library run as one. */
const RUNS = ['forward', 'call', 'predict', 'apply'] as const;

/** How deep a model is looked for in what a builder gives. */
const DEPTH = 3;

/**
 * The model that a value is, holds or makes; else the last that the code made on the way, those first that it compiled.
 * @param made models in the order in which the code made them
 */
export async function chooseModel(value: Loose, made: readonly Loose[]): Promise<Loose> {
  if (isUnknown(value)) return lastOf(made);
  const settled = await value;
  if (typeof settled === 'function') return settled;
  const inside = findModels(settled, DEPTH);
  if (inside.length > 0) return outermost(inside);
  if (settled instanceof tf.layers.Layer) return settled;
  if (typeof settled === 'object' && settled !== null) {
    const name = RUNS.find((each) => typeof settled[each] === 'function');
    if (name !== undefined) return (...given: Loose[]) => settled[name](...given);
  }
  return lastOf(made);
}

/** The last of the models that code made, those first that it compiled. */
export function lastOf(made: readonly Loose[]): Loose {
  const whole = made.filter(isModel);
  return whole.findLast(isCompiled) ?? whole.at(-1);
}

/** Models in a value's own fields, items and entries, nearest first. */
function findModels(value: Loose, depth: number): Loose[] {
  if (isModel(value)) return [value];
  if (depth === 0 || typeof value !== 'object' || value === null || isUnknown(value)) return [];
  if (value instanceof tf.Tensor || value instanceof tf.layers.Layer) return [];
  const parts: Loose[] = value instanceof Map ? [...value.values()] : Object.values(value);
  const own = parts.filter(isModel);
  return own.length > 0 ? own : parts.flatMap((part) => findModels(part, depth - 1));
}

/** The model that holds the others, or has the most weights. */
function outermost(models: readonly Loose[]): Loose {
  const holds = (model: Loose, other: Loose): boolean =>
    model !== other && (model.layers as Loose[]).some((layer) => layer === other || layer.layer === other);
  const outer = models.filter((model) => !models.some((other) => holds(other, model)));
  const candidates = outer.length > 0 ? outer : models;
  return candidates.reduce((best, each) => (weightOf(each) > weightOf(best) ? each : best));
}

function weightOf(model: Loose): number {
  try {
    return model.countParams();
  } catch {
    // It was never built.
    return 0;
  }
}
