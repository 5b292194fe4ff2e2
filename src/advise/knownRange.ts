import { argumentOf } from '../flow/queries';
import type { Store } from '../flow/store';
import { isMoving } from '../flow/trace';
import type { FlowResult, FlowValue } from '../flow/values';

/** Numbers that surely occur, from the least to the largest. */
export interface KnownRange {
  readonly low: number;
  readonly high: number;
}

const everything: KnownRange = { low: Number.NEGATIVE_INFINITY, high: Number.POSITIVE_INFINITY };
const MAX_DEPTH = 12;

/** Between which numbers a tensor lies that the code makes itself: literals, draws, ranges, and sums and products of them. */
export function knownRange(value: FlowValue, store: Store, depth = 0): KnownRange | undefined {
  if (depth > MAX_DEPTH) return undefined;
  if (value.kind === 'constant')
    return typeof value.value === 'number' ? { low: value.value, high: value.value } : undefined;
  if (value.kind === 'sequence') {
    const { items, isOpen } = store.contents(value.id);
    const all = items.map((each) => knownRange(each, store, depth + 1));
    if (isOpen || all.length === 0 || all.includes(undefined)) return undefined;
    const known = all.filter((each) => each !== undefined);
    return { low: Math.min(...known.map(({ low }) => low)), high: Math.max(...known.map(({ high }) => high)) };
  }
  return value.kind === 'result' ? rangeOfResult(value, store, depth) : undefined;
}

function rangeOfResult(result: FlowResult, store: Store, depth: number): KnownRange | undefined {
  const { op, inputs, args } = result;
  const of = (each: FlowValue | undefined) => each && knownRange(each, store, depth + 1);
  const number = (position: number, name: string) => {
    const found = argumentOf(args, position, name)?.value;
    return found?.kind === 'constant' && typeof found.value === 'number' ? found.value : undefined;
  };
  // NumPy's functions bear their full names here.
  switch (op.replace(/^numpy\.(?:random\.)?/, '')) {
    case 'tensor':
    case 'torch.FloatTensor':
    case 'torch.Tensor':
    case 'torch.LongTensor':
    case 'as_tensor':
    case 'from_numpy':
    case 'array':
    case 'asarray':
    case 'float32':
      return of(args[0]?.value);
    case 'randn':
    case 'randn_like':
      return everything;
    case 'rand':
      return { low: 0, high: 1 };
    case 'uniform': {
      const [low, high] = [number(0, 'low'), number(1, 'high')];
      return low === undefined || high === undefined ? undefined : { low, high };
    }
    case 'randint': {
      const isPair = typeof number(1, 'high') === 'number';
      const [low, high] = isPair ? [number(0, 'low'), number(1, 'high')] : [0, number(0, 'high')];
      return low === undefined || high === undefined || high <= low ? undefined : { low, high: high - 1 };
    }
    case 'linspace': {
      const [low, high] = [number(0, 'start'), number(1, 'end')];
      return low === undefined || high === undefined
        ? undefined
        : { low: Math.min(low, high), high: Math.max(low, high) };
    }
    case 'arange': {
      const [start, end] = [number(0, 'start'), number(1, 'end')];
      const step = number(2, 'step') ?? 1;
      if (start === undefined) return undefined;
      const [low, high] = end === undefined ? [0, start - 1] : [start, end - step];
      return high < low ? undefined : { low, high };
    }
    case '+':
    case '-':
    case '*':
    case '/':
      return combine(op, of(inputs[0]), of(inputs[1]));
    case 'sin':
      return waveOf(of(inputs[0]), 0);
    case 'cos':
      return waveOf(of(inputs[0]), Math.PI / 2);
    case 'astype':
      return of(inputs[0]);
    case 'pow':
    case '**':
      return undefined;
    default:
      return isMoving(op) ? of(inputs[0]) : undefined;
  }
}

/** What a sine, moved by so much to the left, gives for numbers from one end to the other. */
function waveOf(range: KnownRange | undefined, shift: number): KnownRange | undefined {
  if (!range) return undefined;
  const [low, high] = [range.low + shift, range.high + shift];
  /** Whether a place that comes again each turn lies between both ends. */
  const meets = (place: number) => place + 2 * Math.PI * Math.ceil((low - place) / (2 * Math.PI)) <= high;
  const isEndless = !Number.isFinite(low) || !Number.isFinite(high);
  return {
    low: isEndless || meets(-Math.PI / 2) ? -1 : Math.min(Math.sin(low), Math.sin(high)),
    high: isEndless || meets(Math.PI / 2) ? 1 : Math.max(Math.sin(low), Math.sin(high)),
  };
}

function combine(op: string, a: KnownRange | undefined, b: KnownRange | undefined): KnownRange | undefined {
  if (!a || !b) return undefined;
  const compute = (x: number, y: number) => (op === '+' ? x + y : op === '-' ? x - y : op === '*' ? x * y : x / y);
  const all = [a.low, a.high].flatMap((x) => [b.low, b.high].map((y) => compute(x, y)));
  return all.some(Number.isNaN) ? undefined : { low: Math.min(...all), high: Math.max(...all) };
}
