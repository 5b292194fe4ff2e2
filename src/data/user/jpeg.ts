/** JPEG, by a library that is shown only what has been checked. Format: ITU-T T.81, annex B. */

import { decode } from 'jpeg-js';
import { byteAt, itemOr } from '../../graph/access';
import { say } from '../../language/say';
import { limits, mebibytes } from './limits';
import type { Picture } from './resize';

export const isJpeg = (file: Uint8Array) => file[0] === 0xff && file[1] === 0xd8 && file[2] === 0xff;

/** Every pass goes over the whole image; progressive ones have about ten. */
const mostScans = 64;

const startOfScan = 0xda;
const endOfImage = 0xd9;
/** Markers without a length: restarts, the beginning, and one for private use. */
const isBare = (marker: number) => marker === 0x01 || (marker >= 0xd0 && marker <= 0xd8);
/** C0 to CF begin a frame, but for three that define tables. */
const isFrame = (marker: number) => marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);

/** @throws Error saying what is wrong; the caller names the file */
export function readJpeg(file: Uint8Array): Picture {
  checkMarkers(file);
  const image = decodeJpeg(file);
  return { width: image.width, height: image.height, channels: 3, data: image.data, white: 255 };
}

function decodeJpeg(file: Uint8Array): { readonly width: number; readonly height: number; readonly data: Uint8Array } {
  try {
    return decode(file, {
      useTArray: true,
      formatAsRGBA: false,
      tolerantDecoding: false,
      maxResolutionInMP: limits.pixels / 1e6,
      maxMemoryUsageInMB: limits.decoded / 2 ** 20,
    });
  } catch (error) {
    if (error instanceof Error && error.message.startsWith('maxMemoryUsage'))
      throw new Error(say('it takes more than {0} to read: scale it down', mebibytes(limits.decoded)));
    throw error;
  }
}

/** @throws Error where the file is cut off or claims too much */
function checkMarkers(file: Uint8Array): void {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  let [frames, scans] = [0, 0];
  for (let at = 2; ; ) {
    // Any number of fill bytes may stand before a marker.
    while (file[at] === 0xff && file[at + 1] === 0xff) at++;
    const marker = file[at + 1];
    if (file[at] !== 0xff || marker === undefined) throw new Error(say('it is cut off or damaged'));
    at += 2;
    if (marker === endOfImage) break;
    if (isBare(marker)) continue;
    if (at + 2 > file.length || at + view.getUint16(at) > file.length) throw new Error(say('it is cut off'));
    const length = view.getUint16(at);
    if (isFrame(marker)) {
      frames++;
      if (marker > 0xc2)
        throw new Error(say('it is lossless or arithmetic-coded, which is not supported; save it again'));
      if (length < 8) throw new Error(say('its size is missing: damaged'));
      if (file[at + 2] !== 8)
        throw new Error(say('it has {0} bits, which is not supported; save it with 8', file[at + 2]));
      const [height, width] = [view.getUint16(at + 3), view.getUint16(at + 5)];
      if (width === 0 || height === 0) throw new Error(say('it has no pixels'));
      if (width * height > limits.pixels)
        throw new Error(
          say('it has {0} × {1} pixels; up to {2} million are read: scale it down', width, height, limits.pixels / 1e6),
        );
      // Sampling factors go to 4; the library makes room for blocks by them.
      for (let c = 0; c < itemOr(file, at + 7, 0); c++) {
        const factors = itemOr(file, at + 9 + 3 * c, 0);
        if (factors >> 4 > 4 || (factors & 15) > 4)
          throw new Error(say('its sampling factors are impossible: damaged'));
      }
    }
    at += length;
    if (marker !== startOfScan) continue;
    scans++;
    if (scans > mostScans) throw new Error(say('it has more than {0} passes; save it again', mostScans));
    at = endOfScan(file, at);
  }
  if (frames !== 1 || scans === 0) throw new Error(say('it holds no image: damaged'));
}

/** Where the next marker stands: coded data has FF only before 00 and in restarts. */
function endOfScan(file: Uint8Array, from: number): number {
  for (let at = from; ; at++) {
    at = file.indexOf(0xff, at);
    if (at < 0 || at + 1 >= file.length) throw new Error(say('it is cut off'));
    const next = byteAt(file, at + 1);
    if (next !== 0 && !(next >= 0xd0 && next <= 0xd7)) return at;
  }
}
