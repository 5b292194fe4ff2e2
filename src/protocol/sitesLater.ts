interface Named {
  readonly id: string;
}

/** Ids of sites in a later reading of the same model, which has them in the same order. */
export function sitesLater(ids: Iterable<string>, before: readonly Named[], later: readonly Named[]): string[] {
  const at = new Map(before.map(({ id }, index) => [id, later[index]?.id]));
  return Array.from(ids, (id) => at.get(id) ?? id);
}
