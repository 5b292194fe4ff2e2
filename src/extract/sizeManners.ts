/** Ways to choose usual sizes, one after the other where the code refuses the first. */

/** How sizes are chosen where the first were refused. */
export interface SizeManner {
  /** Channels and features. */
  readonly width: number;
  /** How many times as many come out. */
  readonly times: number;
  /** How many values a list has of which nothing tells the length. */
  readonly several: number;
  /** What is several where nothing tells whether it is one value. */
  readonly spreads?: 'plurals' | 'sides' | 'all';
  /** Channels that come in, where they are others: what an error asked for. */
  readonly inward?: number;
  /** What is added at the sides. */
  readonly padding?: number;
  /** Which of the numbers that the code tells apart. */
  readonly turn?: number;
  /** Whether what goes in are features, even where it looks like pictures. */
  readonly isInside?: boolean;
  /** Whether a layer that is handed in does nothing. */
  readonly isIdle?: boolean;
}

/** From the likeliest: as wide out as in, lists where a number was refused, a width that more numbers divide. */
export const MANNERS: readonly SizeManner[] = [
  { width: 64, times: 1, several: 2 },
  { width: 64, times: 1, several: 2, spreads: 'plurals' },
  { width: 64, times: 1, several: 2, spreads: 'sides', isIdle: true },
  { width: 64, times: 1, several: 3, padding: 0, isInside: true },
  { width: 64, times: 2, several: 2 },
  { width: 192, times: 1, several: 3 },
  { width: 256, times: 1, several: 2 },
  { width: 64, times: 1, several: 4, spreads: 'all' },
];
