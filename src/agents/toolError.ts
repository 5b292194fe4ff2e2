/** Why a tool was not run to its end. What a file's author wrote stands in `details` alone, never in a sentence of ours. */
export type ErrorCode =
  | 'unknown-tool'
  | 'wrong-argument'
  | 'outside'
  | 'no-file'
  | 'unreadable'
  | 'too-long'
  | 'busy'
  | 'unavailable'
  | 'failed';

export class ToolError extends Error {
  override name = 'ToolError';

  /**
   * @param message a sentence of ours, without text of a file
   * @param next what the caller is to do about it
   * @param details what was found, as data
   */
  constructor(
    readonly code: ErrorCode,
    message: string,
    readonly next: string,
    readonly details: Readonly<Record<string, unknown>> = {},
  ) {
    super(message);
  }
}
