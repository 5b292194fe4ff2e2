/** A model read with other numbers in the place of those that it is built with: which of its sizes follow them. */
import { itemAt, lastOf } from '../graph/access';
import type { SizeChange, SizeVariation } from '../graph/otherSizes';
import type { TensorTrace } from '../graph/trace';
import { defaultBudget } from '../python/natives/budget';
import { type Extraction, type ExtractRequest, extractModel } from './extract';
import type { NamedNumber } from './namedNumbers';
import { tensorsOf } from './spec';
import { withLengths } from './varied';

/** What was seen of the model with other numbers. */
export interface NumberReading {
  /** The sizes of the input that may be others, in their order, then the numbers in theirs. */
  readonly sizes: readonly number[];
  readonly trace: TensorTrace;
}

export interface NumberVariation {
  readonly numbers: readonly NamedNumber[];
  /** Two with each number alone changed, one with all numbers and sizes of the input. */
  readonly readings: readonly NumberReading[];
}

/** Readings that are tried for one model. */
const MOST_READINGS = 80;
/** The share of the time that is left for reading the model with all numbers changed: without that nothing is told. */
const RESERVE = 0.4;
/** Small steps that are tried for a number: what is divided by another one takes multiples alone. */
const MOST_STEPS = 6;

/** Another value of a number, and what of the input has to follow it. */
interface OtherNumber {
  readonly number: NamedNumber;
  readonly value: number;
  readonly lengths: readonly SizeChange[];
}

/** A number that the model takes others of. */
interface OpenNumber {
  readonly far: OtherNumber;
  readonly seen: readonly { readonly value: number; readonly trace: TensorTrace }[];
}

/**
 * Reads a model again with other numbers: of each one that is near, which shows what is rounded, and one that is far.
 * What changes which modules are called is left out, and so is what changes no shape.
 * @param first how it was read
 * @param sizes what is known of the sizes of its input
 */
export async function varyNumbers(
  request: ExtractRequest,
  first: Extract<Extraction, { ok: true }>,
  sizes: SizeVariation,
): Promise<NumberVariation> {
  const none = { numbers: [], readings: [] };
  const { trace, within, numbers = [] } = first;
  if (!trace || within || request.forInput) return none;
  const trial = new NumberTrial(request, first, trace, sizes);
  const open: OpenNumber[] = [];
  for (const number of numbers) {
    if (trial.isLate) break;
    if (number.isAssumed && !(await trial.isTold(number))) continue;
    const found = await trial.open(number, numbers);
    if (found) open.push(found);
  }
  if (open.length === 0) return none;
  const ownSizes = sizes.open.map(({ size }) => size);
  const otherSizes = sizes.readings.length > 0 ? lastOf(sizes.readings).sizes : ownSizes;
  const lengths = sizes.open.map(({ places }, index) => ({ places, length: itemAt(otherSizes, index) }));
  const changes = (of: readonly OpenNumber[]) => of.map(({ far }) => far);
  let together: readonly OpenNumber[] = open;
  let all = await trial.readAlike(changes(open), lengths);
  if (!all) {
    // Some may not suit each other.
    together = [];
    for (const each of open) {
      const more = await trial.readAlike(changes([...together, each]), lengths);
      if (!more) continue;
      together = [...together, each];
      all = more;
    }
  }
  if (!all) return none;
  const own = together.map(({ far }) => far.number.value);
  const alone = together.flatMap(({ seen }, index) =>
    seen.map(({ value, trace: each }) => ({ sizes: [...ownSizes, ...own.with(index, value)], trace: each })),
  );
  const last = { sizes: [...otherSizes, ...together.map(({ far }) => far.value)], trace: all };
  return { numbers: together.map(({ far }) => far.number), readings: [...alone, last] };
}

class NumberTrial {
  private left = MOST_READINGS;
  /** As long again as one reading may take. */
  private readonly deadline: number;
  private readonly late: number;

  constructor(
    private readonly request: ExtractRequest,
    private readonly first: Extract<Extraction, { ok: true }>,
    private readonly trace: TensorTrace,
    private readonly sizes: SizeVariation,
  ) {
    const milliseconds = request.budget?.milliseconds ?? defaultBudget.milliseconds;
    this.deadline = performance.now() + milliseconds;
    this.late = this.deadline - RESERVE * milliseconds;
  }

  /** Whether the rest of the time is for the numbers that are known by now, all together. */
  get isLate(): boolean {
    return performance.now() > this.late;
  }

  /** Whether the model is the same where it is given a default of its class. */
  async isTold(number: NamedNumber): Promise<boolean> {
    const trace = await this.read([{ number, value: number.value, lengths: [] }]);
    return trace !== undefined && isSame(trace, this.trace);
  }

  /** Tries other values, a far one first: undefined where the model takes none, or one changes no shape, or what is called. */
  async open(number: NamedNumber, all: readonly NamedNumber[]): Promise<OpenNumber | undefined> {
    const far = await this.findOther(number, stepsFar(number.value));
    if (!far) return undefined;
    const others = [...stepsNear(number.value, all), ...stepsFar(number.value)];
    const near = await this.findOther(
      number,
      others.filter((value) => value !== far.value),
    );
    return near && { far, seen: [far, near] };
  }

  /** The first of some values that the model takes: alone, or with the sizes of the input that are as large as the number. */
  private async findOther(
    number: NamedNumber,
    values: readonly number[],
  ): Promise<(OtherNumber & { readonly trace: TensorTrace }) | undefined> {
    const places = this.placesOf(number.value);
    for (const value of values) {
      for (const lengths of places.length > 0 ? [[], [{ places, length: value }]] : [[]]) {
        const change = { number, value, lengths };
        const trace = await this.read([change]);
        if (trace) return isAlike(trace, this.trace) && !isSame(trace, this.trace) ? { ...change, trace } : undefined;
      }
    }
    return undefined;
  }

  /** Places of the input with a size, of which the model takes no other as it is. */
  private placesOf(size: number): (readonly [tensor: number, axis: number])[] {
    const isOpen = (tensor: number, axis: number) =>
      this.sizes.open.some(({ places }) => places.some(([at, dim]) => at === tensor && dim === axis));
    const tensors = this.first.inputs.flatMap(tensorsOf);
    return tensors.flatMap(({ shape, values }, tensor) =>
      values
        ? []
        : shape.flatMap((each, axis) => (each === size && !isOpen(tensor, axis) ? [[tensor, axis] as const] : [])),
    );
  }

  /** The same where the same modules are called then. */
  async readAlike(changes: readonly OtherNumber[], sizes: readonly SizeChange[]): Promise<TensorTrace | undefined> {
    const trace = await this.read(changes, sizes);
    return trace && isAlike(trace, this.trace) ? trace : undefined;
  }

  /** What is seen with some numbers and sizes changed; undefined where the model does not take them. */
  private async read(
    changes: readonly OtherNumber[],
    sizes: readonly SizeChange[] = [],
  ): Promise<TensorTrace | undefined> {
    if (this.left-- <= 0 || this.request.signal?.aborted || performance.now() > this.deadline) return undefined;
    const { expression, inputs } = this.first;
    const names = new Set(changes.map(({ number }) => number.name));
    const kept = (this.request.settings ?? []).filter(({ name }) => !names.has(name));
    const settings = [...kept, ...changes.map(({ number, value }) => ({ name: number.name, text: String(value) }))];
    const changed = withLengths(inputs, [...sizes, ...changes.flatMap(({ lengths }) => lengths)]);
    const again = await extractModel({ ...this.request, expression, inputs: changed, settings, traced: true });
    return again.ok ? again.trace : undefined;
  }
}

/** Near values, likeliest first: the next one, then by what the model's other numbers may ask to be divisible. */
function stepsNear(value: number, all: readonly NamedNumber[]): number[] {
  const others = all.map((each) => each.value).filter((each) => each > 1 && each < value);
  const powers = Array.from({ length: 10 }, (_, power) => 2 ** (power + 1)).filter((each) => each <= value);
  const steps = [1, ...[...others, ...powers].sort((a, b) => a - b)];
  return [...new Set(steps)].slice(0, MOST_STEPS).map((step) => value + step);
}

const stepsFar = (value: number): number[] => [
  2 * value,
  3 * value,
  4 * value,
  ...(value % 2 === 0 ? [value / 2] : []),
];

/** Whether the same modules are called, in the same order. */
const isAlike = (a: TensorTrace, b: TensorTrace): boolean =>
  a.calls.length === b.calls.length && a.calls.every(({ path }, index) => path === itemAt(b.calls, index).path);

/** Whether the same shapes stand everywhere. */
function isSame(a: TensorTrace, b: TensorTrace): boolean {
  const shapes = ({ calls, places }: TensorTrace) =>
    JSON.stringify([
      calls.map(({ inputs, outputs }) => [inputs, outputs].map((types) => types.map(({ shape }) => shape))),
      places.map(({ runs }) => runs.map((run) => run.map(({ shape }) => shape))),
    ]);
  return shapes(a) === shapes(b);
}
