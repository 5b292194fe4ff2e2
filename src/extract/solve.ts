/**
 * The size of an image for which a model's flattened features are as many as its first linear layer takes: what
 * `nn.Linear(16 * 5 * 5, 120)` after convolutions says of the input, though no line of the file does.
 */

/** A trial: the size that was fed, and how many features came where others were wanted. */
export interface FeatureMismatch {
  readonly found: number;
  readonly wanted: number;
  /** They are lengths of two tensors that meet, not what one layer takes. */
  readonly meets?: boolean;
}

/** Sizes that images usually have: taken where they fit as well as the one that was found. */
const USUAL = [28, 32, 48, 64, 84, 96, 112, 128, 160, 192, 224, 227, 256, 299, 320, 384, 448, 512];
const LARGEST = 4096;
const MOST_TRIALS = 12;

/** What PyTorch says where a matrix product or a view doesn't fit. */
const PRODUCT = /mat1 and mat2 shapes cannot be multiplied \(\d+x(\d+) and (\d+)x\d+\)/;
const VIEW = /shape '\[-1, (\d+)\]' is invalid for input of size (\d+)/;

/** The features that an error speaks of, or undefined where it is about something else. */
export function mismatchIn(message: string): FeatureMismatch | undefined {
  const product = PRODUCT.exec(message);
  if (product) return { found: Number(product[1]), wanted: Number(product[2]) };
  const view = VIEW.exec(message);
  return view ? { found: Number(view[2]), wanted: Number(view[1]) } : undefined;
}

/** What PyTorch says where a dimension has another length than a layer or another tensor asks for. */
const LENGTHS: readonly {
  readonly pattern: RegExp;
  readonly wanted: number;
  readonly found: number;
  readonly meets?: true;
}[] = [
  { pattern: /to have (\d+) channels, but got (\d+) channels/, wanted: 1, found: 2 },
  { pattern: /mat1 and mat2 shapes cannot be multiplied \(\d+x(\d+) and (\d+)x\d+\)/, found: 1, wanted: 2 },
  { pattern: /running_mean should contain (\d+) elements not (\d+)/, found: 1, wanted: 2 },
  { pattern: /normalized_shape=\[(?:\d+, )*(\d+)\].*\[(?:\d+, )*(\d+)\]/, wanted: 1, found: 2 },
  { pattern: /Expected (\d+), got (\d+)/, wanted: 1, found: 2 },
  { pattern: /expecting embedding dimension of (\d+), but got (\d+)/, wanted: 1, found: 2 },
  { pattern: /size of tensor a \((\d+)\) must match the size of tensor b \((\d+)\)/, found: 1, wanted: 2, meets: true },
  { pattern: /size of tensor a \((\d+)\) must match the size of tensor b \((\d+)\)/, wanted: 1, found: 2, meets: true },
];

/** The lengths that an error may ask for, likeliest first: a token in front of a sequence counts as one of it. */
export function lengthMismatchIn(message: string): FeatureMismatch[] {
  const pairs = LENGTHS.flatMap(({ pattern, found, wanted, meets = false }) => {
    const match = pattern.exec(message);
    return match ? [{ found: Number(match[found]), wanted: Number(match[wanted]), meets }] : [];
  });
  return pairs.flatMap(({ found, wanted, meets }) => [
    { found, wanted, meets },
    { found: found - 1, wanted: wanted - 1, meets },
  ]);
}

/**
 * Where the first layer got several times the channels or features that it takes, the inputs or their parts were put
 * together in front of it: the input has as many times fewer.
 */
export function timesTooMany(message: string): FeatureMismatch | undefined {
  const channels = /to have (\d+) channels, but got (\d+) channels/.exec(message);
  const { wanted, found } = channels
    ? { wanted: Number(channels[1]), found: Number(channels[2]) }
    : (mismatchIn(message) ?? { wanted: Number.NaN, found: Number.NaN });
  const times = found / wanted;
  return Number.isInteger(times) && times > 1 && wanted % times === 0
    ? { found: wanted, wanted: wanted / times }
    : undefined;
}

/**
 * Proposes sizes until one fits. Features grow as a power of the size, so the root of their number is nearly linear in
 * it: the secant through two trials meets the target after a few.
 */
export class SizeSolver {
  private readonly trials: { readonly size: number; readonly root: number }[] = [];
  private target = 0;

  /** @param dimensions spatial ones, all of the same size */
  constructor(private readonly dimensions: number) {}

  /** Takes in a trial, and says which size to try next; undefined where there is none. */
  nextSize(size: number, { found, wanted }: FeatureMismatch): number | undefined {
    const root = (features: number) => features ** (1 / this.dimensions);
    this.trials.push({ size, root: root(found) });
    this.target = root(wanted);
    if (this.trials.length >= MOST_TRIALS || found === wanted) return undefined;
    const proposed = this.propose();
    return [0, 1, -1, 2, -2, 3, -3, 4, -4]
      .map((step) => proposed + step)
      .find((each) => each >= 1 && each <= LARGEST && !this.trials.some((trial) => trial.size === each));
  }

  private propose(): number {
    const sorted = [...this.trials].sort((a, b) => Math.abs(a.root - this.target) - Math.abs(b.root - this.target));
    const [near, far] = sorted;
    if (!near) return 1;
    // From zero where there is one trial only, or two that are the same within rounding.
    const slope =
      far && far.root !== near.root ? (near.root - far.root) / (near.size - far.size) : near.root / near.size;
    const size = slope > 0 ? near.size + (this.target - near.root) / slope : near.size;
    return Math.min(LARGEST, Math.max(1, Math.round(size)));
  }
}

/** Images that are no squares, as people, eyes, lines of text and roads are cut out: height and width. */
const RECTANGLES: readonly (readonly [number, number])[] = [
  [256, 128],
  [128, 64],
  [384, 128],
  [224, 112],
  [160, 64],
  [36, 60],
  [32, 100],
  [32, 128],
  [64, 256],
  [48, 192],
  [112, 96],
  [66, 200],
  [240, 320],
  [480, 640],
  [256, 512],
  [512, 1024],
];
const MOST_RECTANGLES = 5;

/** Usual images, no squares, of which about as many features may come as are wanted, nearest first. */
export function rectanglesFor(size: number, { found, wanted }: FeatureMismatch): (readonly [number, number])[] {
  const area = (size * size * wanted) / found;
  const distance = ([height, width]: readonly [number, number]) => Math.abs(Math.log((height * width) / area));
  return RECTANGLES.filter((each) => distance(each) < 1)
    .sort((a, b) => distance(a) - distance(b))
    .slice(0, MOST_RECTANGLES);
}

/** Usual sizes near one that fits, nearest first; none where it is usual itself. */
export function usualSizesNear(size: number): number[] {
  if (USUAL.includes(size)) return [];
  return USUAL.filter((each) => Math.abs(each - size) <= Math.max(2, size / 16)).sort(
    (a, b) => Math.abs(a - size) - Math.abs(b - size),
  );
}
