/** A folder of images, one folder a class inside it. */
import { decode as decodePng } from 'fast-png';
import jpeg from 'jpeg-js';
import { DataError } from '../dataset';
import { mostSamples, mostValues, type Table } from './table';

export interface DataFile {
  /** With the folder that it is in: `cats/1.png`. */
  readonly path: string;
  readonly bytes: Uint8Array;
}

export const isPicture = (path: string): boolean => /\.(png|jpe?g)$/i.test(path);

/** Pixels of one image, at most: what a camera gives. */
const mostPixels = 64e6;

interface Picture {
  readonly width: number;
  readonly height: number;
  readonly channels: number;
  /** 0–1, height × width × channels. */
  readonly data: ArrayLike<number>;
  readonly scale: number;
}

/** Width and height that a PNG or JPEG claims, before anything is unpacked. */
function claimed(bytes: Uint8Array): readonly [number, number] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes[0] === 0x89) return [view.getUint32(16), view.getUint32(20)];
  for (let at = 2; at + 9 < bytes.length; ) {
    const [mark, kind = 0] = [bytes[at], bytes[at + 1]];
    if (mark !== 0xff) break;
    const isFrame = kind >= 0xc0 && kind <= 0xcf && kind !== 0xc4 && kind !== 0xc8 && kind !== 0xcc;
    if (isFrame) return [view.getUint16(at + 7), view.getUint16(at + 5)];
    at += 2 + view.getUint16(at + 2);
  }
  return [0, 0];
}

function open({ path, bytes }: DataFile): Picture {
  try {
    const [width, height] = claimed(bytes);
    if (width * height > mostPixels) throw new Error(`it has ${width} × ${height} pixels`);
    if (bytes[0] === 0x89) {
      const png = decodePng(bytes);
      const { palette } = png;
      if (palette) {
        const data = Float32Array.from({ length: png.width * png.height * 3 }, (_, i) => {
          return palette[png.data[Math.floor(i / 3)] ?? 0]?.[i % 3] ?? 0;
        });
        return { width: png.width, height: png.height, channels: 3, data, scale: 255 };
      }
      return {
        width: png.width,
        height: png.height,
        channels: png.channels,
        data: png.data,
        scale: 2 ** png.depth - 1,
      };
    }
    const found = jpeg.decode(bytes, { useTArray: true, maxResolutionInMP: mostPixels / 1e6, maxMemoryUsageInMB: 512 });
    return { ...found, channels: 4, scale: 255 };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new DataError(`${path}: ${reason}; save it as a PNG or JPEG of at most ${mostPixels / 1e6} megapixels`);
  }
}

/**
 * The middle of an image at another size: mean of the pixels that a new one covers where it shrinks, bilinear where it
 * grows.
 * @param into channels × height × width, from `at`
 */
export function resample(
  { width, height, channels, data, scale }: Picture,
  [wanted = 3, rows = 1, columns = 1]: readonly number[],
  into: Float32Array,
  at: number,
): void {
  const zoom = Math.min(width / columns, height / rows);
  const [left, top] = [(width - zoom * columns) / 2, (height - zoom * rows) / 2];
  const pixel = (x: number, y: number, c: number) => {
    const [u, v] = [Math.min(width - 1, Math.max(0, x)), Math.min(height - 1, Math.max(0, y))];
    return Number(data[(v * width + u) * channels + c] ?? 0) / scale;
  };
  const colour = (x: number, y: number, c: number) => {
    const grey = channels <= 2;
    if (wanted === 1 && !grey) return 0.299 * pixel(x, y, 0) + 0.587 * pixel(x, y, 1) + 0.114 * pixel(x, y, 2);
    return pixel(x, y, grey ? 0 : Math.min(c, channels - 1));
  };
  const sample = (x: number, y: number, c: number) => {
    if (zoom <= 1) {
      const [u, v] = [left + (x + 0.5) * zoom - 0.5, top + (y + 0.5) * zoom - 0.5];
      const [i, j] = [Math.floor(u), Math.floor(v)];
      const mix = (a: number, b: number, share: number) => a * (1 - share) + b * share;
      const row = (line: number) => mix(colour(i, line, c), colour(i + 1, line, c), u - i);
      return mix(row(j), row(j + 1), v - j);
    }
    let [sum, count] = [0, 0];
    const [endX, endY] = [left + (x + 1) * zoom, top + (y + 1) * zoom];
    for (let v = Math.floor(top + y * zoom); v < endY; v++)
      for (let u = Math.floor(left + x * zoom); u < endX; u++) {
        sum += colour(u, v, c);
        count++;
      }
    return sum / Math.max(1, count);
  };
  for (let c = 0; c < wanted; c++)
    for (let y = 0; y < rows; y++)
      for (let x = 0; x < columns; x++) into[at + (c * rows + y) * columns + x] = sample(x, y, c);
}

const folderOf = (path: string) => path.split('/').at(-2) ?? '';

/**
 * @param shape of the model's input: channels, height, width
 * @throws DataError naming the file
 */
export function readPictures(files: readonly DataFile[], shape: readonly number[]): Table {
  const pictures = files.filter(({ path }) => isPicture(path)).slice(0, mostSamples);
  const size = shape.reduce((product, each) => product * each, 1);
  if (pictures.length < 2)
    throw new DataError('there are fewer than two images; put those of each class into a folder of its own');
  if (pictures.length * size > mostValues)
    throw new DataError(
      `${pictures.length} images of ${shape.join('×')} are too many to hold; take fewer, or a smaller input`,
    );
  const values = new Float32Array(pictures.length * size);
  for (const [n, file] of pictures.entries()) resample(open(file), shape, values, n * size);
  return { shape, count: pictures.length, values, labels: pictures.map(({ path }) => folderOf(path)) };
}
