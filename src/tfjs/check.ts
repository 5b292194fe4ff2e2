/**
 * Holds what the guest says to `GuestOutcome`'s schema. It ran somebody's code, which may have written anything: every field is
 * read by its own rule, every count and size has a bound, every number of a tensor is one that there is.
 */
import { say } from '../language/say';
import {
  type GuestOutcome,
  type InputShape,
  type LayerSummary,
  type NamedTapeTensor,
  type Seen,
  type SeenCall,
  type SeenLayer,
  type SeenOperand,
  type SeenRun,
  stepKinds,
  type Tape,
  type TapeAttribute,
  type TapeConstant,
  type TapeStep,
  type TapeTensor,
  type TapeWeight,
  type TensorId,
  tapeDTypes,
} from './outcome';
import { translatePhrases } from './phrases';
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
type FieldRule<T> = (value: unknown, where: string) => T;

function refuseField(where: string): never {
  throw new TapeRefusal(say("What ran the model says of it what can't be ({0}). Report this with the file.", where));
}

/** Names that code makes of what is not known hold phrases. */
const text: FieldRule<string> = (value, where) =>
  typeof value === 'string' && value.length <= most.text ? translatePhrases(value) : refuseField(where);

const flag: FieldRule<boolean> = (value, where) => (typeof value === 'boolean' ? value : refuseField(where));

const whole =
  (least: number, largest: number): FieldRule<number> =>
  (value, where) =>
    typeof value === 'number' && Number.isInteger(value) && value >= least && value <= largest
      ? value
      : refuseField(where);

const among =
  <T extends string>(words: readonly T[]): FieldRule<T> =>
  (value, where) =>
    words.find((word) => word === value) ?? refuseField(where);

const list =
  <T>(each: FieldRule<T>, longest: number): FieldRule<T[]> =>
  (value, where) =>
    Array.isArray(value) && value.length <= longest
      ? Array.from(value, (item, index) => each(item, `${where}[${index}]`))
      : refuseField(where);

function fields(value: unknown, where: string): Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : refuseField(where);
}

const optional =
  <T>(rule: FieldRule<T>): FieldRule<T | undefined> =>
  (value, where) =>
    value === undefined ? undefined : rule(value, where);

const nullable =
  <T>(rule: FieldRule<T>): FieldRule<T | null> =>
  (value, where) =>
    value === null ? null : rule(value, where);

const size = whole(0, most.size);
const shape: FieldRule<number[]> = (value, where) => {
  const sizes = list(size, most.rank)(value, where);
  return sizes.reduce((product, each) => product * Math.max(each, 1), 1) <= most.elements ? sizes : refuseField(where);
};
const openShape = list(nullable(size), most.rank);
const dtype = among(tapeDTypes);

const tensor: FieldRule<TapeTensor> = (value, where) => {
  const found = fields(value, where);
  return { shape: shape(found.shape, `${where}.shape`), dtype: dtype(found.dtype, `${where}.dtype`) };
};

const number: FieldRule<number | string> = (value, where) => {
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  return among(['NaN', 'Infinity', '-Infinity'])(value, where);
};

function attribute(value: unknown, where: string, depth = 0): TapeAttribute {
  if (value === null || typeof value === 'boolean') return value;
  if (typeof value === 'number') return Number.isFinite(value) ? value : refuseField(where);
  if (typeof value === 'string') return text(value, where);
  if (depth >= most.nested) return refuseField(where);
  return list<TapeAttribute>((each, at) => attribute(each, at, depth + 1), most.listed)(value, where);
}

/** A pair, whose second is read by a rule. */
const pair =
  <T>(second: FieldRule<T>): FieldRule<readonly [string, T]> =>
  (value, where) =>
    Array.isArray(value) && value.length === 2
      ? [text(value[0], `${where}[0]`), second(value[1], `${where}[1]`)]
      : refuseField(where);

/** Rules of what refers to tensors, of which there are `count`. */
function rulesFor(count: number) {
  const id: FieldRule<TensorId> = whole(0, count - 1);
  const step: FieldRule<TapeStep> = (value, where) => {
    const found = fields(value, where);
    const at = optional(text)(found.at, `${where}.at`);
    return {
      kind: among(stepKinds)(found.kind, `${where}.kind`),
      name: text(found.name, `${where}.name`),
      inputs: list(pair(id), most.names)(found.inputs, `${where}.inputs`),
      outputs: list(id, most.names)(found.outputs, `${where}.outputs`),
      attributes: list(pair<TapeAttribute>(attribute), most.attributes)(found.attributes, `${where}.attributes`),
      path: text(found.path, `${where}.path`),
      call: whole(0, most.steps)(found.call, `${where}.call`),
      ...(at !== undefined && { at }),
    };
  };
  const named: FieldRule<NamedTapeTensor> = (value, where) => {
    const found = fields(value, where);
    return { name: text(found.name, `${where}.name`), tensor: id(found.tensor, `${where}.tensor`) };
  };
  const constant: FieldRule<TapeConstant> = (value, where) => {
    const found = fields(value, where);
    return {
      tensor: id(found.tensor, `${where}.tensor`),
      values: list(number, most.constants)(found.values, `${where}.values`),
    };
  };
  const weight: FieldRule<TapeWeight> = (value, where) => {
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

const summary: FieldRule<LayerSummary> = (value, where) => {
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

const inputShape: FieldRule<InputShape> = (value, where) => {
  const found = fields(value, where);
  return {
    name: text(found.name, `${where}.name`),
    shape: openShape(found.shape, `${where}.shape`),
    dtype: dtype(found.dtype, `${where}.dtype`),
  };
};

const place = optional(text);

const seenLayer: FieldRule<SeenLayer> = (value, where) => {
  const found = fields(value, where);
  const at = place(found.at, where);
  return {
    path: text(found.path, `${where}.path`),
    isModel: flag(found.isModel, `${where}.isModel`),
    className: text(found.className, `${where}.className`),
    parameters: whole(0, Number.MAX_SAFE_INTEGER)(found.parameters, `${where}.parameters`),
    ...(at !== undefined && { at }),
    uses: list(text, most.names)(found.uses, `${where}.uses`),
  };
};

const seenRun: FieldRule<SeenRun> = (value, where) => {
  const found = fields(value, where);
  const [at, step] = [place(found.at, where), fields(found.step, `${where}.step`)];
  return {
    path: text(found.path, `${where}.path`),
    step: { path: text(step.path, `${where}.step.path`), call: whole(0, most.steps)(step.call, `${where}.step.call`) },
    ...(at !== undefined && { at }),
    inputs: list(tensor, most.names)(found.inputs, `${where}.inputs`),
    outputs: list(tensor, most.names)(found.outputs, `${where}.outputs`),
  };
};

const seenOperand: FieldRule<SeenOperand> = (value, where) => {
  const found = fields(value, where);
  return {
    place: list(whole(0, most.names), 2)(found.place, `${where}.place`),
    type: tensor(found.type, `${where}.type`),
  };
};

const seenCall: FieldRule<SeenCall> = (value, where) => {
  const found = fields(value, where);
  return {
    at: text(found.at, `${where}.at`),
    operands: list(seenOperand, most.names)(found.operands, `${where}.operands`),
    usesLayer: flag(found.usesLayer, `${where}.usesLayer`),
    gave: list(tensor, most.names)(found.gave, `${where}.gave`),
  };
};

const seenRule: FieldRule<Seen> = (value, where) => {
  const found = fields(value, where);
  return {
    declared: list(openShape, most.names)(found.declared, `${where}.declared`),
    layers: list(seenLayer, most.names)(found.layers, `${where}.layers`),
    runs: list(seenRun, most.steps)(found.runs, `${where}.runs`),
    calls: list(seenCall, most.steps)(found.calls, `${where}.calls`),
  };
};

function tape(found: Fields): Tape {
  const tensors = list(tensor, most.tensors)(found.tensors, 'tensors');
  const { step, named, constant, weight } = rulesFor(tensors.length);
  const counts = fields(found.parameters, 'parameters');
  const total = whole(0, Number.MAX_SAFE_INTEGER);
  const seen = optional(seenRule)(found.seen, 'seen');
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
    mayDependOnTraining: flag(found.mayDependOnTraining, 'mayDependOnTraining'),
    ...(seen && { seen }),
  };
}

/**
 * What the guest says, as what it may be.
 * @throws TapeRefusal naming the field that is none
 */
export function checkedOutcome(value: unknown): GuestOutcome {
  const found = fields(value, 'outcome');
  if (found.kind === 'open-shapes') {
    return { kind: 'open-shapes', inputs: list(inputShape, most.names)(found.inputs, 'inputs') };
  }
  return found.kind === 'tape' ? tape(found) : refuseField('kind');
}
