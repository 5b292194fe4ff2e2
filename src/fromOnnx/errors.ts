/** What stands in the way of reading an ONNX file. */

/**
 * - `damaged`: the file is cut off, contradicts itself, or is no ONNX file
 * - `operator`: an operator that is not read, or not with these attributes
 * - `type`: an element type, or a kind of value, that the graph does not have
 * - `open-axes`: sizes of inputs that the file leaves open; `axes` names them
 * - `external`: weights that lie in another file, which is missing, too short or not to be opened
 * - `too-large`: beyond what is read or fits in memory
 * - `shape`: shapes that do not fit together
 * - `by-values`: a shape or a branch that depends on what an input holds
 */
export type OnnxProblemKind =
  | 'damaged'
  | 'operator'
  | 'type'
  | 'open-axes'
  | 'external'
  | 'too-large'
  | 'shape'
  | 'by-values';

/** A size that the file leaves open. */
export interface OpenAxis {
  /** What `OnnxOptions.axes` calls it: the file's own name, or `input[2]` where it has none. */
  readonly name: string;
  /** The first input that has it, and where. */
  readonly input: string;
  readonly dim: number;
  /** What it usually is. */
  readonly suggestion?: number;
}

interface Details {
  /** The node, as sites' paths name it. */
  readonly node?: string;
  readonly axes?: readonly OpenAxis[];
}

/** A file that can't be read; the message names the thing, the place and the way out. */
export class OnnxError extends Error {
  override name = 'OnnxError';

  constructor(
    readonly kind: OnnxProblemKind,
    message: string,
    private readonly details: Details = {},
  ) {
    super(message);
  }

  get node(): string | undefined {
    return this.details.node;
  }

  get axes(): readonly OpenAxis[] {
    return this.details.axes ?? [];
  }
}
