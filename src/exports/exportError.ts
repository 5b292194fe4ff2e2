/** What can't be exported; the message says why, and the way out. */
export class ExportError extends Error {
  override name = 'ExportError';
}
