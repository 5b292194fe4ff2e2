/** What tells one model's graph from another's, wherever its code stands. */
import type { Graph } from './types';

/** What changes where lines move, or is only told. */
const unread = new Set(['source', 'site', 'notes']);

/**
 * A print of all that a graph computes and begins with: equal for equal graphs, and for others of another print but by
 * chance (two hashes of 32 bits, by the FNV-1a of Fowler, Noll and Vo).
 */
export function fingerprint(graph: Graph): string {
  const text = JSON.stringify(graph, (key, value: unknown) => {
    if (unread.has(key)) return undefined;
    if (ArrayBuffer.isView(value)) return hash(new Uint8Array(value.buffer, value.byteOffset, value.byteLength));
    // JSON has none of these.
    return typeof value === 'number' && !Number.isFinite(value) ? String(value) : value;
  });
  return hash(new TextEncoder().encode(text));
}

function hash(bytes: Uint8Array): string {
  let [a, b] = [0x811c9dc5, 0x9e3779b9];
  for (const byte of bytes) {
    a = Math.imul(a ^ byte, 0x01000193);
    b = Math.imul(b ^ byte, 0x85ebca6b) ^ (b >>> 15);
  }
  return [a, b].map((each) => (each >>> 0).toString(16).padStart(8, '0')).join('');
}
