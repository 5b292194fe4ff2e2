/** Sizes that a file leaves open, and what they are for a reading. */
import { say } from '../language/say';
import { OnnxError, type OpenAxis } from './errors';
import type { OnnxValue } from './proto';

/** Names that exporters give to the axis of examples. */
const BATCH =
  /^(?:n|b|bs|batch|batch[_ -]?size|batch_dim|num_batch|unk__\d+|none|\?|dynamic_axes_\d+|s\d+|.*batch.*)$/i;
/** Names of sequences' lengths, and a length that is short and long enough to see. */
const LENGTH = /seq|length|len$|tokens|time|frames|steps/i;
const USUAL_LENGTH = 16;
/** What image models are mostly trained on. */
const USUAL_SIZE = 224;

export interface AxisOptions {
  /** Sizes by the axes' names in the file, or by `input[2]`. */
  readonly axes?: Readonly<Record<string, number>> | undefined;
  /** Size of the examples' axis where the file leaves it open; 1 unless given. */
  readonly batch?: number | undefined;
}

/** Whether the first axis of an input holds examples, and how many is open. */
export const hasOpenBatch = ({ axes }: OnnxValue): boolean => {
  const [first] = axes ?? [];
  return first !== undefined && first.size === undefined && isBatch(first.name, axes?.length ?? 0);
};

/** The first axis is that of examples but where its name says that it is another. */
const isBatch = (name: string | undefined, rank: number): boolean =>
  name === undefined ? rank > 1 : BATCH.test(name) || (rank > 1 && !LENGTH.test(name));

/** The name by which an axis is asked for. */
const nameOf = (input: OnnxValue, dim: number): string => input.axes?.[dim]?.name ?? `${input.name}[${dim}]`;

/** Sizes of inputs, of which some were open. */
export class Axes {
  readonly notes: string[] = [];
  private readonly open: OpenAxis[] = [];
  private readonly batches: ReadonlySet<string>;

  constructor(
    inputs: readonly OnnxValue[],
    private readonly options: AxisOptions,
  ) {
    this.batches = new Set(inputs.filter(hasOpenBatch).map((input) => nameOf(input, 0)));
  }

  /** The sizes of an input; open ones are 1 until `check` tells of them. */
  sizesOf(input: OnnxValue): number[] {
    const { axes, name } = input;
    if (!axes) {
      throw new OnnxError(
        'type',
        say('The input {0} may have any number of axes; export the model with the shape that it is used with.', name),
      );
    }
    return axes.map(({ size }, dim) => size ?? this.sizeOf(input, dim));
  }

  private sizeOf(input: OnnxValue, dim: number): number {
    const name = nameOf(input, dim);
    const given = this.options.axes?.[name] ?? this.options.axes?.[`${input.name}[${dim}]`];
    if (given !== undefined) {
      if (Number.isSafeInteger(given) && given >= 0 && given <= 2 ** 31) return given;
      throw new OnnxError('open-axes', say('The size {0} of {1} is no whole number.', given, name), {
        axes: [{ name, input: input.name, dim }],
      });
    }
    if (this.batches.has(name)) {
      const { batch = 1 } = this.options;
      this.note(say('The file leaves {0} open: it is {1} here', name, batch));
      return batch;
    }
    if (LENGTH.test(name)) {
      this.note(say('The file leaves {0} open: it is {1} here', name, USUAL_LENGTH));
      return USUAL_LENGTH;
    }
    const isImage = input.axes?.length === 4 && dim >= 1;
    if (!this.open.some((each) => each.name === name))
      this.open.push({ name, input: input.name, dim, ...(isImage && { suggestion: USUAL_SIZE }) });
    return 1;
  }

  /** @throws OnnxError naming the sizes that must be given */
  check(): void {
    if (this.open.length === 0) return;
    const names = this.open.map(({ name, input, dim }) =>
      name === `${input}[${dim}]` ? name : say('{0} (axis {1} of {2})', name, dim, input),
    );
    throw new OnnxError('open-axes', say('The file leaves sizes of its inputs open; give them: {0}', names), {
      axes: this.open,
    });
  }

  private note(message: string): void {
    if (!this.notes.includes(message)) this.notes.push(message);
  }
}
