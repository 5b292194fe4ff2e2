/**
 * Reads zip archives, Zip64 included: the frame of PyTorch's checkpoints and of `.npz`. The directory at the end is
 * believed, as every reader does, and nothing in it is trusted.
 * Format: PKWARE's APPNOTE 6.3, sections 4.3 and 4.5.3.
 */

import { inflateSync } from 'fflate';
import { firstElements } from '../graph/access';
import { say } from '../language/say';
import { crc32 } from './crc32';
import { WeightsError } from './tensor';

/** A file in an archive. */
export interface ZipEntry {
  readonly name: string;
  /** Bytes when unpacked. */
  readonly size: number;
  /**
   * The contents; a view of the archive where they are stored as they are.
   * @throws WeightsError where they are damaged or packed in a way that is not supported.
   */
  read(): Uint8Array;
}

const signatures = { entry: 0x02014b50, local: 0x04034b50, end: 0x06054b50, end64: 0x06064b50, locator: 0x07064b50 };
const entryLength = 46;
const localLength = 30;
const endLength = 22;
const end64Length = 56;
const locatorLength = 20;

/** A checkpoint has a file for each tensor. */
const mostEntries = 200_000;
/** What one archive may unpack to: twice the largest model that can be run. */
const mostInflated = 2 ** 31;
/** Deflate can't do better: 258 bytes for 2 bits. */
const bestRatio = 1032;

/** Whether a file begins as a zip archive does. */
export function isZip(file: Uint8Array): boolean {
  return file[0] === 0x50 && file[1] === 0x4b && file[2] === 0x03 && file[3] === 0x04;
}

/**
 * The files of an archive by name; folders are left out.
 * @throws WeightsError where the directory does not hold together.
 */
export function openZip(file: Uint8Array): ReadonlyMap<string, ZipEntry> {
  return new Archive(file).entries();
}

class Archive {
  private readonly view: DataView;
  /** Bytes that may still be unpacked. */
  private left = mostInflated;

  constructor(private readonly file: Uint8Array) {
    this.view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  }

  entries(): ReadonlyMap<string, ZipEntry> {
    const directory = this.directory();
    if (directory.count > mostEntries)
      throw new WeightsError(say('the archive claims {0} files; up to {1} are read', directory.count, mostEntries));
    const { begin, end } = directory;
    if (begin > end || end > this.file.length)
      throw new WeightsError(say('its directory lies outside the file: damaged'));
    const entries = new Map<string, ZipEntry>();
    let offset = begin;
    for (let i = 0; i < directory.count; i++) {
      if (offset + entryLength > end || this.u32(offset) !== signatures.entry)
        throw new WeightsError(say('its directory ends after {0} of {1} files: damaged', i, directory.count));
      const length = entryLength + this.u16(offset + 28) + this.u16(offset + 30) + this.u16(offset + 32);
      if (offset + length > end) throw new WeightsError(say('file {0} in its directory is cut off: damaged', i));
      const entry = this.entry(offset);
      if (!entry.name.endsWith('/')) {
        if (entries.has(entry.name)) throw new WeightsError(say('it holds {0} twice', entry.name));
        entries.set(entry.name, entry);
      }
      offset += length;
    }
    return entries;
  }

  /** Where the directory is: the record at the very end, before which only a comment may stand. */
  private directory(): { begin: number; end: number; count: number } {
    const last = this.file.length - endLength;
    let at = last;
    while (at >= 0 && at >= last - 0xffff && this.u32(at) !== signatures.end) at--;
    if (at < 0 || at < last - 0xffff)
      throw new WeightsError(
        say('the archive has no directory at its end: the file is cut off; copy or save it again'),
      );
    const locator = at - locatorLength;
    if (locator >= 0 && this.u32(locator) === signatures.locator) {
      const record = this.u64(locator + 8);
      if (record + end64Length > this.file.length || this.u32(record) !== signatures.end64)
        throw new WeightsError(say('its Zip64 directory is missing: damaged'));
      const begin = this.u64(record + 48);
      return { begin, end: begin + this.u64(record + 40), count: this.u64(record + 32) };
    }
    const begin = this.u32(at + 16);
    return { begin, end: begin + this.u32(at + 12), count: this.u16(at + 10) };
  }

  /** The directory's record at `offset`, all of which lies in the file. */
  private entry(offset: number): ZipEntry {
    const nameLength = this.u16(offset + 28);
    const name = new TextDecoder().decode(this.bytes(offset + entryLength, nameLength));
    const sizes = this.zip64(name, offset + entryLength + nameLength, this.u16(offset + 30), [
      this.u32(offset + 24),
      this.u32(offset + 20),
      this.u32(offset + 42),
    ]);
    const [size, packed, local] = firstElements(sizes, 3);
    const flags = this.u16(offset + 8);
    const method = this.u16(offset + 10);
    const sum = this.u32(offset + 16);
    return {
      name,
      size,
      read: () => {
        if (flags & 1) throw new WeightsError(say('{0} is encrypted; save it without a password', name));
        const data = this.packedBytes(name, local, packed);
        const unpacked = this.unpack(name, data, method, size);
        // PyTorch can leave the sum out (`torch.serialization.set_crc32_options`).
        if (sum !== 0 && crc32(unpacked) !== sum)
          throw new WeightsError(
            say('{0} is damaged: its check sum does not match; copy or save the file again', name),
          );
        return unpacked;
      },
    };
  }

  /** Sizes and offset, those that don't fit 32 bits from the Zip64 field; in the field's order. */
  private zip64(name: string, begin: number, length: number, sizes: readonly number[]): number[] {
    if (!sizes.includes(0xffffffff)) return [...sizes];
    for (let at = begin; at + 4 <= begin + length; ) {
      const end = at + 4 + this.u16(at + 2);
      if (this.u16(at) !== 1) {
        at = end;
        continue;
      }
      let next = at + 4;
      return sizes.map((size) => {
        if (size !== 0xffffffff) return size;
        if (next + 8 > Math.min(end, begin + length))
          throw new WeightsError(say('the sizes of {0} are missing: damaged', name));
        next += 8;
        return this.u64(next - 8);
      });
    }
    return [...sizes];
  }

  /** The bytes of a file as they stand in the archive. */
  private packedBytes(name: string, local: number, length: number): Uint8Array {
    if (local + localLength > this.file.length || this.u32(local) !== signatures.local)
      throw new WeightsError(say('{0} is not where the directory says: the file is damaged', name));
    const begin = local + localLength + this.u16(local + 26) + this.u16(local + 28);
    if (begin + length > this.file.length) throw new WeightsError(say('{0} is cut off', name));
    return this.bytes(begin, length);
  }

  private unpack(name: string, data: Uint8Array, method: number, size: number): Uint8Array {
    if (method === 0) {
      if (data.length !== size)
        throw new WeightsError(say('{0} has {1} bytes and claims {2}: damaged', name, data.length, size));
      return data;
    }
    if (method !== 8)
      throw new WeightsError(
        say('{0} is packed with method {1}; only stored and deflated files can be read', name, method),
      );
    if (size > data.length * bestRatio)
      throw new WeightsError(say('{0} claims {1} bytes in {2}, which is impossible', name, size, data.length));
    this.left -= size;
    if (this.left < 0)
      throw new WeightsError(say('the archive unpacks to more than {0} bytes at {1}', mostInflated, name));
    let unpacked: Uint8Array;
    try {
      // With a buffer of the size that is claimed, nothing is ever written beyond it.
      unpacked = inflateSync(data, { out: new Uint8Array(size) });
    } catch {
      throw new WeightsError(say("{0} can't be unpacked: damaged", name));
    }
    if (unpacked.length !== size)
      throw new WeightsError(say('{0} unpacks to another size than it claims: damaged', name));
    return unpacked;
  }

  private bytes(begin: number, length: number): Uint8Array {
    return this.file.subarray(begin, begin + length);
  }

  private u16(offset: number): number {
    return this.view.getUint16(offset, true);
  }

  private u32(offset: number): number {
    return this.view.getUint32(offset, true);
  }

  private u64(offset: number): number {
    const value = this.view.getBigUint64(offset, true);
    if (value > BigInt(Number.MAX_SAFE_INTEGER))
      throw new WeightsError(say('a size in its directory is impossible: damaged'));
    return Number(value);
  }
}
