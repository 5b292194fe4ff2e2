/**
 * Holds what the guest says to `Outcome`'s schema. It ran somebody's code, which may have written anything: every field is
 * read by its own rule, every count and size has a bound, every number of a tensor is one that there is.
 */
import { say } from '../language/say';
import {
  type Attribute,
  type InputShape,
  type LayerSummary,
  type NamedTensor,
  type Outcome,
  type Step,
  stepKinds,
  type Tape,
  type TapeConstant,
  type TapeTensor,
  type TapeWeight,
  type TensorId,
  tapeDTypes,
} from './outcome';
import { TapeRefusal } from './refusal';

const most = {
  text: 1 << 12,
  tensors: 1 << 20,
  steps: 1 << 18,
  names: 1 << 16,
  rank: 8,
  size: 2 ** 31 - 1,
  elements: 2 ** 33,
  constants: 1 << 22,
  attributes: 64,
  listed: 1 << 16,
  nested: 4,
} as const;

type Fields = Readonly<Record<string, unknown>>;
type Rule<T> = (value: unknown, where: string) => T;

function broken(where: string): never {
  throw new TapeRefusal(say("What ran the model says of it what can't be ({0}). Report this with the file.", where));
}

const text: Rule<string> = (value, where) =>
  typeof value === 'string' && value.length <= most.text ? value : broken(where);

const flag: Rule<boolean> = (value, where) => (typeof value === 'boolean' ? value : broken(where));

const whole =
  (least: number, largest: number): Rule<number> =>
  (value, where) =>
    typeof value === 'number' && Number.isInteger(value) && value >= least && value <= largest ? value : broken(where);

const among =
  <T extends string>(words: readonly T[]): Rule<T> =>
  (value, where) =>
    words.find((word) => word === value) ?? broken(where);

const list =
  <T>(each: Rule<T>, longest: number): Rule<T[]> =>
  (value, where) =>
    Array.isArray(value) && value.length <= longest
      ? Array.from(value, (item, index) => each(item, `${where}[${index}]`))
      : broken(where);

function fields(value: unknown, where: string): Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : broken(where);
}

const optional =
  <T>(rule: Rule<T>): Rule<T | undefined> =>
  (value, where) =>
    value === undefined ? undefined : rule(value, where);

const nullable =
  <T>(rule: Rule<T>): Rule<T | null> =>
  (value, where) =>
    value === null ? null : rule(value, where);

const size = whole(0, most.size);
const shape: Rule<number[]> = (value, where) => {
  const sizes = list(size, most.rank)(value, where);
  return sizes.reduce((product, each) => product * Math.max(each, 1), 1) <= most.elements ? sizes : broken(where);
};
const openShape = list(nullable(size), most.rank);
const dtype = among(tapeDTypes);

const tensor: Rule<TapeTensor> = (value, where) => {
  const found = fields(value, where);
  return { shape: shape(found.shape, `${where}.shape`), dtype: dtype(found.dtype, `${where}.dtype`) };
};

const number: Rule<number | string> = (value, where) => {
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  return among(['NaN', 'Infinity', '-Infinity'])(value, where);
};

function attribute(value: unknown, where: string, depth = 0): Attribute {
  if (value === null || typeof value === 'boolean') return value;
  if (typeof value === 'number') return Number.isFinite(value) ? value : broken(where);
  if (typeof value === 'string') return text(value, where);
  if (depth >= most.nested) return broken(where);
  return list<Attribute>((each, at) => attribute(each, at, depth + 1), most.listed)(value, where);
}

/** A pair, whose second is read by a rule. */
const pair =
  <T>(second: Rule<T>): Rule<readonly [string, T]> =>
  (value, where) =>
    Array.isArray(value) && value.length === 2
      ? [text(value[0], `${where}[0]`), second(value[1], `${where}[1]`)]
      : broken(where);

/** Rules of what refers to tensors, of which there are `count`. */
function rulesFor(count: number) {
  const id: Rule<TensorId> = whole(0, count - 1);
  const step: Rule<Step> = (value, where) => {
    const found = fields(value, where);
    const at = optional(text)(found.at, `${where}.at`);
    return {
      kind: among(stepKinds)(found.kind, `${where}.kind`),
      name: text(found.name, `${where}.name`),
      inputs: list(pair(id), most.names)(found.inputs, `${where}.inputs`),
      outputs: list(id, most.names)(found.outputs, `${where}.outputs`),
      attributes: list(pair<Attribute>(attribute), most.attributes)(found.attributes, `${where}.attributes`),
      path: text(found.path, `${where}.path`),
      call: whole(0, most.steps)(found.call, `${where}.call`),
      ...(at !== undefined && { at }),
    };
  };
  const named: Rule<NamedTensor> = (value, where) => {
    const found = fields(value, where);
    return { name: text(found.name, `${where}.name`), tensor: id(found.tensor, `${where}.tensor`) };
  };
  const constant: Rule<TapeConstant> = (value, where) => {
    const found = fields(value, where);
    return {
      tensor: id(found.tensor, `${where}.tensor`),
      values: list(number, most.constants)(found.values, `${where}.values`),
    };
  };
  const weight: Rule<TapeWeight> = (value, where) => {
    const found = fields(value, where);
    return {
      ...named(value, where),
      path: text(found.path, `${where}.path`),
      trainable: flag(found.trainable, `${where}.trainable`),
      initial: id(found.initial, `${where}.initial`),
    };
  };
  return { step, named, constant, weight };
}

const summary: Rule<LayerSummary> = (value, where) => {
  const found = fields(value, where);
  const [activation, at] = [optional(text)(found.activation, where), optional(text)(found.at, where)];
  return {
    path: text(found.path, `${where}.path`),
    className: text(found.className, `${where}.className`),
    outputShape: nullable(openShape)(found.outputShape, `${where}.outputShape`),
    parameters: whole(0, Number.MAX_SAFE_INTEGER)(found.parameters, `${where}.parameters`),
    ...(activation !== undefined && { activation }),
    ...(at !== undefined && { at }),
  };
};

const inputShape: Rule<InputShape> = (value, where) => {
  const found = fields(value, where);
  return {
    name: text(found.name, `${where}.name`),
    shape: openShape(found.shape, `${where}.shape`),
    dtype: dtype(found.dtype, `${where}.dtype`),
  };
};

function tape(found: Fields): Tape {
  const tensors = list(tensor, most.tensors)(found.tensors, 'tensors');
  const { step, named, constant, weight } = rulesFor(tensors.length);
  const counts = fields(found.parameters, 'parameters');
  const total = whole(0, Number.MAX_SAFE_INTEGER);
  return {
    kind: 'tape',
    name: text(found.name, 'name'),
    tensors,
    inputs: list(named, most.names)(found.inputs, 'inputs'),
    outputs: list(named, most.names)(found.outputs, 'outputs'),
    constants: list(constant, most.tensors)(found.constants, 'constants'),
    weights: list(weight, most.names)(found.weights, 'weights'),
    setup: list(step, most.steps)(found.setup, 'setup'),
    steps: list(step, most.steps)(found.steps, 'steps'),
    layers: list(summary, most.names)(found.layers, 'layers'),
    parameters: { total: total(counts.total, 'parameters'), trainable: total(counts.trainable, 'parameters') },
    customGradients: list(text, most.names)(found.customGradients, 'customGradients'),
  };
}

/**
 * What the guest says, as what it may be.
 * @throws TapeRefusal naming the field that is none
 */
export function checkedOutcome(value: unknown): Outcome {
  const found = fields(value, 'outcome');
  if (found.kind === 'open shapes') {
    return { kind: 'open shapes', inputs: list(inputShape, most.names)(found.inputs, 'inputs') };
  }
  return found.kind === 'tape' ? tape(found) : broken('kind');
}
