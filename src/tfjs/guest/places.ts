/** Where the user's code is, which only the guest's surroundings can tell: they set `placeHere`. */
export const surroundings: { placeHere: () => string | undefined } = { placeHere: () => undefined };

const constructed = new WeakMap<object, string>();

/** Says where a layer was constructed; the first word stands. */
export function registerConstruction(layer: object, place: string | undefined): void {
  if (place !== undefined && !constructed.has(layer)) constructed.set(layer, place);
}

/** Where a layer was constructed, if anybody said so. */
export const constructionOf = (layer: object): string | undefined => constructed.get(layer);

const failures = new WeakMap<object, object>();

/** Notes the innermost layer that an error ended. */
export function noteFailure(layer: object, error: unknown): void {
  if (typeof error === 'object' && error !== null && !failures.has(error)) failures.set(error, layer);
}

/** Where the layer was constructed that an error ended. */
export function placeOfFailure(error: unknown): string | undefined {
  const layer = typeof error === 'object' && error !== null ? failures.get(error) : undefined;
  return layer && constructionOf(layer);
}
