/** What tells one model's graph from another's, wherever its code stands. */
import type { Graph } from './types';

/** What changes where lines move, or is only told. */
const unread = new Set(['source', 'site', 'notes']);

/** A print of all that a graph computes and begins with. */
export const fingerprint = (graph: Graph): string => printOf(graph, unread);

/**
 * A print of plain data: equal for equal data, and for other data another print but by chance (two hashes of 32 bits, by
 * the FNV-1a of Fowler, Noll and Vo, over words where there are any).
 * @param skipped names of properties that are left out wherever they stand
 */
export function printOf(data: unknown, skipped: ReadonlySet<string>): string {
  const text = JSON.stringify(data, (key, value: unknown) => {
    if (skipped.has(key)) return undefined;
    if (ArrayBuffer.isView(value)) return hash(unitsIn(value));
    // JSON has none of these.
    return typeof value === 'number' && !Number.isFinite(value) ? String(value) : value;
  });
  return hash(new TextEncoder().encode(text));
}

/** Weights have many million bytes: four at a time. */
function unitsIn({ buffer, byteOffset, byteLength }: ArrayBufferView): Uint8Array | Uint32Array {
  const isInWords = byteOffset % 4 === 0 && byteLength % 4 === 0;
  return isInWords
    ? new Uint32Array(buffer, byteOffset, byteLength / 4)
    : new Uint8Array(buffer, byteOffset, byteLength);
}

function hash(units: Uint8Array | Uint32Array): string {
  let [a, b] = [0x811c9dc5, 0x9e3779b9];
  for (const unit of units) {
    a = Math.imul(a ^ unit, 0x01000193);
    // The multiplier is odd, so that a word's high bits would never reach the low ones.
    b = Math.imul(b ^ unit, 0x85ebca6b);
    b ^= b >>> 15;
  }
  return [a, b].map((each) => (each >>> 0).toString(16).padStart(8, '0')).join('');
}
