// Lists what a zip file holds, from its central directory (PKWARE APPNOTE 4.3.12); no zip64.

const endSignature = 0x06054b50;
const entrySignature = 0x02014b50;

/**
 * @param {Buffer} bytes
 * @returns {{ name: string, size: number, compressed: number }[]}
 */
export function zipEntries(bytes) {
  const end = bytes.lastIndexOf(Buffer.from([0x50, 0x4b, 5, 6]));
  if (end < 0 || bytes.readUInt32LE(end) !== endSignature) throw new Error('this is no zip file');
  const count = bytes.readUInt16LE(end + 10);
  const entries = [];
  let at = bytes.readUInt32LE(end + 16);
  for (let index = 0; index < count; index++) {
    if (bytes.readUInt32LE(at) !== entrySignature) throw new Error('the zip file has a broken directory');
    const nameLength = bytes.readUInt16LE(at + 28);
    const name = bytes.toString('utf8', at + 46, at + 46 + nameLength);
    entries.push({ name, size: bytes.readUInt32LE(at + 24), compressed: bytes.readUInt32LE(at + 20) });
    at += 46 + nameLength + bytes.readUInt16LE(at + 30) + bytes.readUInt16LE(at + 32);
  }
  return entries;
}
