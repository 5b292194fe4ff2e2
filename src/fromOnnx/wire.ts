/** The encoding of protocol buffers: fields with numbers, every length checked before it is believed. */
import { byteAt } from '../graph/access';
import { say } from '../language/say';
import { OnnxError } from './errors';

/** A field of a message. */
export interface WireField {
  readonly number: number;
  /** A varint as a signed number; 64 bits beyond 2⁵³ are rounded. */
  readonly int: number;
  /** What a field of bytes, a message, a string or a fixed number holds: a view of the file. */
  readonly bytes: Uint8Array;
}

const NONE = new Uint8Array(0);

const damage = (): OnnxError =>
  new OnnxError(
    'damaged',
    say('This is no ONNX file, or it is cut off or damaged; copy it again, or export the model once more.'),
  );

/** Reads varints one after the other. */
class VarintCursor {
  at = 0;

  constructor(private readonly bytes: Uint8Array) {}

  get isAtEnd(): boolean {
    return this.at >= this.bytes.length;
  }

  varint(): number {
    let [low, high] = [0, 0];
    for (let shift = 0; shift < 70; shift += 7) {
      if (this.isAtEnd) throw damage();
      const byte = byteAt(this.bytes, this.at++);
      const part = byte & 127;
      if (shift < 28) low |= part << shift;
      else if (shift === 28) {
        low |= part << 28;
        high |= part >> 4;
      } else if (shift < 63) high |= part << (shift - 32);
      else high |= (part & 1) << 31;
      if (byte < 128) return high * 2 ** 32 + (low >>> 0);
    }
    throw damage();
  }

  take(length: number): Uint8Array {
    if (length < 0 || length > this.bytes.length - this.at) throw damage();
    this.at += length;
    return this.bytes.subarray(this.at - length, this.at);
  }
}

/** The fields of a message in their order. @throws OnnxError where it is damaged */
export function* fieldsOf(bytes: Uint8Array): Generator<WireField> {
  const cursor = new VarintCursor(bytes);
  while (!cursor.isAtEnd) {
    const tag = cursor.varint();
    const number = Math.floor(tag / 8);
    if (number < 1) throw damage();
    switch (tag % 8) {
      case 0: {
        const from = cursor.at;
        const int = cursor.varint();
        yield { number, int, bytes: bytes.subarray(from, cursor.at) };
        break;
      }
      case 1:
        yield { number, int: 0, bytes: cursor.take(8) };
        break;
      case 2:
        yield { number, int: 0, bytes: cursor.take(cursor.varint()) };
        break;
      case 5:
        yield { number, int: 0, bytes: cursor.take(4) };
        break;
      default:
        throw damage();
    }
  }
}

/** Numbers that lie behind one another as varints. */
export function packedInts(bytes: Uint8Array): number[] {
  const cursor = new VarintCursor(bytes);
  const found: number[] = [];
  while (!cursor.isAtEnd) found.push(cursor.varint());
  return found;
}

/** Single or double precision numbers, little endian. */
export function packedFloats(bytes: Uint8Array, width: 4 | 8): number[] {
  if (bytes.length % width !== 0) throw damage();
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  return Array.from({ length: bytes.length / width }, (_, i) =>
    width === 4 ? view.getFloat32(i * 4, true) : view.getFloat64(i * 8, true),
  );
}

const decoder = new TextDecoder();

export const textOf = (bytes: Uint8Array): string => decoder.decode(bytes);

/** Chunks of a repeated field as one. */
export function joinChunks(chunks: readonly Uint8Array[]): Uint8Array {
  const [first, ...more] = chunks;
  if (more.length === 0) return first ?? NONE;
  const whole = new Uint8Array(chunks.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.length;
  }
  return whole;
}
