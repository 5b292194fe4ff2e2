/** Brings images to the size and the channels that a model takes. */
import { doubleAt, firstElements, noItem } from '../../graph/access';

/** Rows of pixels, channels of a pixel side by side: 1 grey, 2 with alpha, 3 RGB, 4 with alpha. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly channels: number;
  readonly data: ArrayLike<number>;
  /** The value of full brightness: 255 of 8 bits. */
  readonly white: number;
}

/** What each place of the result takes from which places of the source. */
type Weights = readonly (readonly { readonly at: number; readonly weight: number }[])[];

/** From `size` pixels at `begin` to `to`: means of what lies under a pixel downwards, linear between pixels upwards. */
function weights(from: number, begin: number, size: number, to: number): Weights {
  const ratio = size / to;
  return Array.from({ length: to }, (_, i) => {
    if (ratio <= 1) {
      const centre = begin + (i + 0.5) * ratio - 0.5;
      const low = Math.floor(centre);
      const clampIndex = (at: number) => Math.max(0, Math.min(from - 1, at));
      return [
        { at: clampIndex(low), weight: 1 - (centre - low) },
        { at: clampIndex(low + 1), weight: centre - low },
      ];
    }
    const [first, last] = [begin + i * ratio, begin + (i + 1) * ratio];
    const parts: { at: number; weight: number }[] = [];
    for (let at = Math.floor(first); at < Math.min(from, last); at++) {
      const overlap = Math.min(at + 1, last) - Math.max(at, first);
      if (overlap > 0) parts.push({ at, weight: overlap / ratio });
    }
    return parts;
  });
}

/** An accessor of its own, for it meets few kinds of arrays, and many pixels. */
const valueAt = (data: ArrayLike<number>, index: number): number => data[index] ?? noItem(data, index);

/** Channels that a model may take, from the channels of a picture: grey is ITU-R BT.601's luma. */
function convertChannel(
  pixel: ArrayLike<number>,
  at: number,
  from: number,
  to: number,
  channel: number,
  white: number,
) {
  const value = (c: number) => valueAt(pixel, at + c);
  const grey = from < 3;
  const alpha = from % 2 === 0 ? value(from - 1) : white;
  if (to <= 2) {
    if (channel === 1) return alpha;
    return grey ? value(0) : 0.299 * value(0) + 0.587 * value(1) + 0.114 * value(2);
  }
  if (channel === 3) return alpha;
  return value(grey ? 0 : channel);
}

/** Channels that images can be turned into. */
export const imageChannels = [1, 2, 3, 4] as const;

/**
 * The largest part in the middle that has the target's proportions, brought to its size. Alpha is dropped where the
 * model takes none.
 * @param into channels × height × width from `at`, 0–1
 */
export function fitPicture(
  picture: Picture,
  shape: readonly number[],
  into: Float32Array | Int32Array,
  at: number,
  scale = 1,
): void {
  const [channels, height, width] = firstElements(shape, 3);
  const { data, channels: depth, white } = picture;
  const zoom = Math.min(picture.width / width, picture.height / height);
  const [w, h] = [width * zoom, height * zoom];
  const columns = weights(picture.width, (picture.width - w) / 2, w, width);
  const rows = weights(picture.height, (picture.height - h) / 2, h, height);
  // Each row of the source is brought to the width once, when the first row of the result asks for it.
  const narrowed = new Map<number, Float64Array>();
  const narrow = (y: number) => {
    const found = narrowed.get(y);
    if (found) return found;
    const row = new Float64Array(width * depth);
    columns.forEach((parts, x) => {
      for (const { at: from, weight } of parts)
        for (let c = 0; c < depth; c++) {
          const value = valueAt(data, (y * picture.width + from) * depth + c);
          row[x * depth + c] = doubleAt(row, x * depth + c) + weight * value;
        }
    });
    narrowed.set(y, row);
    return row;
  };
  const line = new Float64Array(width * depth);
  rows.forEach((parts, y) => {
    line.fill(0);
    for (const { at: from, weight } of parts) {
      const row = narrow(from);
      for (let i = 0; i < line.length; i++) line[i] = doubleAt(line, i) + weight * doubleAt(row, i);
    }
    // Rows above are not asked for again.
    const [first] = parts;
    for (const key of narrowed.keys()) if (first && key < first.at) narrowed.delete(key);
    for (let x = 0; x < width; x++)
      for (let c = 0; c < channels; c++)
        into[at + (c * height + y) * width + x] =
          (scale * convertChannel(line, x * depth, depth, channels, c, white)) / white;
  });
}
