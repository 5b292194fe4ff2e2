/** The models that the user's code makes, in the order of their making. */
import { isInside, stackHere } from './stack';
import type { Loose } from './unknown';

const models: Loose[] = [];
/** Stacks of the code that asked for them. */
const makings = new Map<Loose, string>();

export const modelsMade = (): readonly Loose[] => models;

/** Counts a model that the code makes. @param stack of the code that asked for it, where that has waited since */
export function noteModel(model: object, stack = stackHere()): void {
  if (models.includes(model)) return;
  models.push(model);
  makings.set(model, stack);
}

/** The models that were made while a function ran. */
export const modelsOf = (module: string, name: string): Loose[] =>
  models.filter((model) => isInside(makings.get(model) ?? '', module, name));
