/** How many of a list, sorted by their places, lie before a place. */
export function countBefore<E>(sorted: readonly E[], place: number, placeOf: (each: E) => number): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (placeOf(sorted[middle] as E) < place) low = middle + 1;
    else high = middle;
  }
  return low;
}
