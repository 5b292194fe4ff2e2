import { wordAt } from '../graph/access';

/** Four tables, so that four bytes are taken at a time: checkpoints are large. */
const tables = makeTables();

function makeTables(): readonly [Uint32Array, Uint32Array, Uint32Array, Uint32Array] {
  const first = Uint32Array.from({ length: 256 }, (_, byte) => {
    let value = byte;
    for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
    return value;
  });
  const next = (table: Uint32Array) => table.map((value) => (value >>> 8) ^ wordAt(first, value & 255));
  const second = next(first);
  const third = next(second);
  return [first, second, third, next(third)];
}

/** The check sum of zip archives (ISO 3309), unsigned. */
export function crc32(bytes: Uint8Array): number {
  const [t0, t1, t2, t3] = tables;
  const { length } = bytes;
  const view = new DataView(bytes.buffer, bytes.byteOffset, length);
  let sum = -1;
  let i = 0;
  for (; i + 4 <= length; i += 4) {
    const word = sum ^ view.getInt32(i, true);
    sum =
      (t3[word & 255] as number) ^
      (t2[(word >>> 8) & 255] as number) ^
      (t1[(word >>> 16) & 255] as number) ^
      (t0[word >>> 24] as number);
  }
  for (; i < length; i++) sum = (sum >>> 8) ^ (t0[(sum ^ (bytes[i] as number)) & 255] as number);
  return (sum ^ -1) >>> 0;
}
