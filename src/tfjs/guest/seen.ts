/**
 * What the calls of the user's code gave, and what each layer was given and gave in the run: what the lines of a file tell.
 * Kept only where somebody wants it.
 */
import { Tensor } from '@tensorflow/tfjs-core';
import { SymbolicTensor } from '@tensorflow/tfjs-layers/dist/engine/topology';
import type { SeenCall, SeenOperand, TapeDType, TapeTensor } from '../outcome';
import { surroundings } from './places';

/** A run of a layer as the steps of the tape name it. */
export interface LayerRun {
  readonly layer: object;
  readonly path: string;
  readonly call: number;
  /** Where the user's code uses the layer so. */
  at: string | undefined;
  readonly inputs: readonly TapeTensor[];
  outputs: readonly TapeTensor[];
}

/** A tensor that a call is given, and where. */
interface GivenTensor {
  readonly place: readonly number[];
  readonly tensor: Tensor | SymbolicTensor;
}

/** Tensors without sizes that one call gave, and what stands for them in the run of a model. */
interface SymbolicCall {
  readonly at: string;
  readonly layer: object | undefined;
  readonly operands: readonly GivenTensor[];
  readonly symbols: readonly SymbolicTensor[];
  readonly fed: Map<SymbolicTensor, TapeTensor>;
}

/** Calls and runs that are kept: of more nothing is told. */
const MOST_KEPT = 20_000;
/** Tensors of one call. */
const MOST_TENSORS = 64;
/** Lists and objects inside of each other that a call may give them in. */
const DEEPEST = 3;

let isKept = false;
let isOver = false;
const calls: SeenCall[] = [];
const runs: LayerRun[] = [];
const uses = new Map<object, Set<string>>();
const symbolic = new WeakMap<SymbolicTensor, SymbolicCall>();
/** What stood last for tensors without sizes. */
const lastFed = new WeakMap<SymbolicTensor, TapeTensor>();
/** The calls of the user's code that run, innermost last. */
const running: { readonly at: string; readonly layer: object | undefined }[] = [];

export function keepCalls(): void {
  isKept = true;
}

/** All that was seen; undefined where nobody wants it, or it is too much. */
export const seenSoFar = () => (isKept && !isOver ? { calls, runs, uses } : undefined);

/**
 * Runs what the user's code calls, and notes what it gives.
 * @param given its arguments
 * @param owner what the method is of: a tensor, or the layer that the call uses
 */
export function noteCall<T>(run: () => T, given: readonly unknown[], owner?: object): T {
  const at = isKept ? surroundings.placeHere() : undefined;
  // What the library calls by itself is a part of the call around it.
  if (at === undefined || at === running.at(-1)?.at) return run();
  const layer = owner instanceof Tensor ? undefined : owner;
  running.push({ at, layer });
  try {
    const result = run();
    if (layer) noteUse(layer, at);
    noteGiven({ at, layer, operands: operandsIn(owner, given) }, result);
    return result;
  } finally {
    running.pop();
  }
}

function noteUse(layer: object, at: string): void {
  const known = uses.get(layer);
  if (known) known.add(at);
  else uses.set(layer, new Set([at]));
}

function operandsIn(owner: unknown, given: readonly unknown[]): GivenTensor[] {
  const found: GivenTensor[] = [];
  const see = (value: unknown, place: readonly number[]): void => {
    if (value instanceof Tensor || value instanceof SymbolicTensor) found.push({ place, tensor: value });
  };
  see(owner, []);
  for (const [index, value] of given.slice(0, MOST_TENSORS).entries()) {
    see(value, [index]);
    if (Array.isArray(value))
      for (const [item, each] of value.slice(0, MOST_TENSORS).entries()) see(each, [index, item]);
  }
  return found;
}

/** With the sizes of the run, where they are known. */
const withSizes = (operands: readonly GivenTensor[]): SeenOperand[] =>
  operands.flatMap(({ place, tensor }) => {
    const type = tensor instanceof Tensor ? typeOf(tensor) : lastFed.get(tensor);
    return type ? [{ place, type }] : [];
  });

function noteGiven(call: Pick<SymbolicCall, 'at' | 'layer' | 'operands'>, result: unknown): void {
  const found: (Tensor | SymbolicTensor)[] = [];
  if (!collect(result, found, 0) || found.length === 0) return;
  const tensors = found.filter((each) => each instanceof Tensor);
  if (tensors.length === found.length) {
    enterCall(call, tensors.map(typeOf));
    return;
  }
  const symbols = found.filter((each) => each instanceof SymbolicTensor);
  if (symbols.length !== found.length) return;
  const waiting: SymbolicCall = { ...call, symbols, fed: new Map() };
  for (const each of symbols) if (!symbolic.has(each)) symbolic.set(each, waiting);
}

/** Takes the tensors out of a value; false where it holds too many. */
function collect(value: unknown, found: (Tensor | SymbolicTensor)[], depth: number): boolean {
  if (value instanceof Tensor || value instanceof SymbolicTensor) return found.push(value) <= MOST_TENSORS;
  if (typeof value !== 'object' || value === null || depth > DEEPEST) return true;
  const isPlain = Array.isArray(value) || Object.getPrototypeOf(value) === Object.prototype;
  return !isPlain || Object.values(value).every((each) => collect(each, found, depth + 1));
}

function enterCall({ at, layer, operands }: Pick<SymbolicCall, 'at' | 'layer' | 'operands'>, gave: TapeTensor[]): void {
  if (calls.length >= MOST_KEPT) isOver = true;
  else calls.push({ at, operands: withSizes(operands), usesLayer: layer !== undefined, gave });
}

const typeOf = ({ shape, dtype }: Tensor): TapeTensor => ({ shape: shape.slice(), dtype: dtype as TapeDType });

function typesIn(value: unknown): TapeTensor[] {
  const found: (Tensor | SymbolicTensor)[] = [];
  collect(value, found, 0);
  return found.filter((each) => each instanceof Tensor).map(typeOf);
}

/** Notes a run of a layer, that `body` is. */
export function noteRun<T>(run: Pick<LayerRun, 'layer' | 'path' | 'call'>, inputs: unknown, body: () => T): T {
  if (!isKept) return body();
  const user = running.at(-1);
  const at = user?.layer === run.layer ? user.at : undefined;
  const kept: LayerRun = { ...run, at, inputs: typesIn(inputs), outputs: [] };
  if (runs.length >= MOST_KEPT) isOver = true;
  else runs.push(kept);
  const result = body();
  kept.outputs = typesIn(result);
  return result;
}

/** Runs what is not as the library would run it: nothing of it is noted. */
export function leaveOut<T>(body: () => T): T {
  const before = isKept;
  isKept = false;
  try {
    return body();
  } finally {
    isKept = before;
  }
}

/** Notes what stands for a tensor of a model's own in a run: it has sizes then. */
export function noteFed(symbol: SymbolicTensor, tensor: Tensor): void {
  if (isKept) lastFed.set(symbol, typeOf(tensor));
  const call = isKept ? symbolic.get(symbol) : undefined;
  if (!call) return;
  const { at, layer, symbols, fed } = call;
  const last = layer && runs.findLast((run) => run.layer === layer);
  if (last) last.at ??= at;
  fed.set(symbol, typeOf(tensor));
  const gave = symbols.flatMap((each) => fed.get(each) ?? []);
  if (gave.length < symbols.length) return;
  fed.clear();
  enterCall(call, gave);
}
