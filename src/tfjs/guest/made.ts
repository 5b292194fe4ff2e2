/** The models that the user's code makes, in the order of their making. */
import { isInside } from './stack';
import type { Loose } from './unknown';

const models: Loose[] = [];

/** A function of the user's, and the models that are made while it runs. */
interface Watched {
  readonly module: string;
  readonly name: string;
  readonly models: Loose[];
}

let watched: Watched | undefined;

export const modelsMade = (): readonly Loose[] => models;

/** Counts a model that the code makes. */
export function noteModel(model: object): void {
  if (models.includes(model)) return;
  models.push(model);
  if (watched && isInside(watched.module, watched.name)) watched.models.push(model);
}

/** From here on the models that a function makes: they are in the list once they are made. */
export function watchFunction(module: string, name: string): readonly Loose[] {
  watched = { module, name, models: [] };
  return watched.models;
}
