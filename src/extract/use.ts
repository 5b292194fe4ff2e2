/** What the text of a model says of its inputs, and inputs on their way through the text. */

import type { PyFunction } from '../python/values/scope';
import type { PyInstance, PyValue } from '../python/values/values';
import type { Change, Demand } from './demands';

/** What the text says of an input, or of what an input holds. */
export interface InputUse {
  /** The layer that asked first, with what it asks of the input itself. */
  demand?: Demand;
  layer?: PyInstance;
  /** Layers whose demands could not be followed back to the input: what they ask is a hint at most. */
  hint?: Demand;
  /** Channels or features that a layer on the way told before the first layer with weights. */
  sizes: Map<number, number>;
  rank?: number;
  /** Fewest dimensions, by the indices that are asked for. */
  leastRank?: number;
  /** PassingNames of the dimensions, as they are unpacked or as a pattern has them; empty where one has none. */
  names?: readonly string[];
  /** What a dimension must be a multiple of. */
  multiples: Map<number, number>;
  integer?: boolean;
  /** Columns that are looked at one by one: `x[:, 2]`, as many as the last makes. */
  columns?: number;
  /** Python's own number: it counts or chooses, and is asked for nothing else. */
  number?: boolean;
  /** It picks elements of another: `x[mask]`. */
  picks?: boolean;
  /** The first text that it is compared with: it chooses by its name. */
  word?: string;
  /** Compared with None before it is used. */
  optional?: boolean;
  /** As what it is unpacked, where it is an element of another input. */
  label?: string;
  /** What `x['key']` asks for, and `a, b = x`. */
  readonly keys: Map<string, InputUse>;
  readonly items: InputUse[];
  /** What `x[0]` and `x[-1]` ask for. */
  readonly indexed: Map<number, InputUse>;
  /** The input that it is an element of, as `indexed` has it. */
  readonly holder?: InputUse;
  /** What `x.name` asks for, where a tensor has nothing of that name. */
  readonly attributes: Map<string, InputUse>;
  /** It has no dimension for samples. */
  unbatched?: boolean;
  /** Whole numbers in a tuple, such as a height and a width: how many. */
  numbers?: number;
  /** Asked for with `in` or `get`, or beside what is: it may be missing. */
  spare?: boolean;
  /** What each element is used for, where the input is gone through. */
  each?: InputUse;
  /** What it has the classes of, of each sample or element. */
  classesOf?: Tracked;
  /** Asked by itself whether it is true: `if real:`. */
  flag?: boolean;
  /** Its last two dimensions are taken for the sides of an image. */
  sides?: boolean;
  /** It is put together to one tensor: `torch.cat(x)`. */
  joined?: boolean;
}

export const newUse = (): InputUse => ({
  sizes: new Map(),
  multiples: new Map(),
  keys: new Map(),
  items: [],
  indexed: new Map(),
  attributes: new Map(),
});

/** What an element of an input is used for. */
export function indexedUse(holder: InputUse, index: number): InputUse {
  const found = holder.indexed.get(index) ?? { ...newUse(), holder };
  holder.indexed.set(index, found);
  return found;
}

/** A value on its way through the text: an input with what was done to it, or a module of the model. */
export type Passing =
  | { readonly use: InputUse; readonly changes: readonly Change[] | undefined }
  | { readonly module: PyInstance }
  /** The shape of a tensor that the model holds. */
  | { readonly weight: readonly number[] }
  /** A plain value of the model's: a setting, what counts the rounds of a loop. */
  | { readonly setting: PyValue }
  /** How long a dimension of an input is. */
  | { readonly dimension: number; readonly of: InputUse }
  | { readonly method: PyFunction; readonly self: PyInstance };

/** An input with what was done to it. */
export type Tracked = Extract<Passing, { use: InputUse }>;

export type PassingNames = Map<string, Passing>;
