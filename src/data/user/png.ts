/** PNG, by a library that is shown only what has been checked. Format: the W3C's PNG specification. */

import { convertIndexedToRgb, decode } from 'fast-png';
import { Unzlib } from 'fflate';
import { itemAt } from '../../graph/access';
import { say } from '../../language/say';
import { limits } from './limits';
import type { Picture } from './resize';

const signature = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
/** Channels by colour type: grey, RGB, palette, grey and alpha, RGBA. */
const channelsOf: Readonly<Record<number, number>> = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 };
/** Chunks that pixels depend on; others (profiles, texts) may unpack to anything and tell nothing here. */
const needed = new Set(['IHDR', 'PLTE', 'tRNS', 'IDAT', 'IEND']);
/** Where the seven passes of an interlaced image begin, and how far apart their pixels are: x, y, dx, dy. */
const passes = [
  [0, 0, 8, 8],
  [4, 0, 8, 8],
  [0, 4, 4, 8],
  [2, 0, 4, 4],
  [0, 2, 2, 4],
  [1, 0, 2, 2],
  [0, 1, 1, 2],
] as const;

export const isPng = (file: Uint8Array) => signature.every((byte, i) => file[i] === byte);

interface Header {
  readonly width: number;
  readonly height: number;
  readonly depth: number;
  readonly colour: number;
  readonly interlaced: boolean;
}

/** @throws Error saying what is wrong; the caller names the file */
export function readPng(file: Uint8Array): Picture {
  const { header, chunks } = survey(file);
  const { width, height, depth, colour } = header;
  checkSize(chunks, packedSize(header));
  const image = decode(joinChunks(file, chunks));
  const white = depth === 16 ? 65535 : 255;
  if (colour === 3) {
    const data = convertIndexedToRgb(image);
    return { width, height, channels: data.length / (width * height), data, white };
  }
  const channels = channelsOf[colour] ?? 1;
  const data = depth < 8 ? unpackGrey(image.data, width, height, depth) : image.data;
  return { width, height, channels, data, white };
}

interface Chunk {
  readonly type: string;
  readonly data: Uint8Array;
  /** Length, type, data and sum, as they stand in the file. */
  readonly whole: Uint8Array;
}

function survey(file: Uint8Array): { readonly header: Header; readonly chunks: readonly Chunk[] } {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const chunks: Chunk[] = [];
  let header: Header | undefined;
  for (let at = signature.length; ; ) {
    if (at + 12 > file.length) throw new Error(say('it is cut off'));
    const length = view.getUint32(at);
    const type = new TextDecoder('latin1').decode(file.subarray(at + 4, at + 8));
    if (at + 12 + length > file.length) throw new Error(say('it is cut off in {0}', type));
    const data = file.subarray(at + 8, at + 8 + length);
    if (needed.has(type)) chunks.push({ type, data, whole: file.subarray(at, at + 12 + length) });
    if (!header) {
      if (type !== 'IHDR' || length !== 13) throw new Error(say('it does not begin with its size'));
      header = headerOf(view, at + 8);
    }
    if (type === 'IEND') return { header, chunks };
    at += 12 + length;
  }
}

function headerOf(view: DataView, at: number): Header {
  const [width, height] = [view.getUint32(at), view.getUint32(at + 4)];
  if (width === 0 || height === 0) throw new Error(say('it has no pixels'));
  if (width * height > limits.pixels)
    throw new Error(
      say('it has {0} × {1} pixels; up to {2} million are read: scale it down', width, height, limits.pixels / 1e6),
    );
  const [depth, colour] = [view.getUint8(at + 8), view.getUint8(at + 9)];
  if (channelsOf[colour] === undefined) throw new Error(say('it has the colour type {0}, which is not known', colour));
  if (![1, 2, 4, 8, 16].includes(depth)) throw new Error(say('it has {0} bits, which is not known', depth));
  return { width, height, depth, colour, interlaced: view.getUint8(at + 12) === 1 };
}

/** Bytes of all rows, each after its filter. */
function packedSize({ width, height, depth, colour, interlaced }: Header): number {
  const bits = depth * (channelsOf[colour] ?? 1);
  const size = (columns: number, rows: number) => (columns > 0 ? rows * (1 + Math.ceil((columns * bits) / 8)) : 0);
  if (!interlaced) return size(width, height);
  return passes.reduce(
    (sum, [x, y, dx, dy]) => sum + size(Math.ceil((width - x) / dx), Math.ceil((height - y) / dy)),
    0,
  );
}

/** Small slices, so that even what unpacks to a thousand times its size is noticed early. */
const slice = 2 ** 16;

/** @throws Error where the pixels unpack to another size than the header says */
function checkSize(chunks: readonly Chunk[], expected: number): void {
  let size = 0;
  const inflate = new Unzlib((data) => {
    size += data.length;
    if (size > expected) throw new Error(say('it unpacks to more than its size says: damaged'));
  });
  try {
    for (const { type, data } of chunks)
      for (let at = 0; type === 'IDAT' && at < data.length; at += slice)
        // A copy: the library keeps what it is given until more comes.
        inflate.push(data.slice(at, at + slice));
    inflate.push(new Uint8Array(0), true);
  } catch (error) {
    if (size > expected) throw error;
    throw new Error(say('its pixels can’t be unpacked: cut off or damaged'));
  }
  if (size < expected) throw new Error(say('it has {0} of {1} bytes of pixels: cut off or damaged', size, expected));
}

function joinChunks(file: Uint8Array, chunks: readonly Chunk[]): Uint8Array {
  const parts = [file.subarray(0, signature.length), ...chunks.map(({ whole }) => whole)];
  const result = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    result.set(part, at);
    at += part.length;
  }
  return result;
}

/** Grey of 1, 2 or 4 bits, rows of which begin at whole bytes, as 0–255. */
function unpackGrey(data: ArrayLike<number>, width: number, height: number, depth: number): Uint8Array {
  const [bytes, most] = [Math.ceil((width * depth) / 8), 2 ** depth - 1];
  return Uint8Array.from({ length: width * height }, (_, i) => {
    const [y, x] = [Math.floor(i / width), i % width];
    const bit = x * depth;
    const byte = itemAt(data, y * bytes + (bit >> 3));
    return (((byte >> (8 - depth - (bit & 7))) & most) * 255) / most;
  });
}
