/** Activations of TensorFlow.js by the catalogue: what each name is there, and as nodes. */
import { catalogue, defaultParameters, findActivation } from '../activations/catalogue';
import type { Activation, TfjsSpellings } from '../activations/types';
import { itemAt, sizeAt } from '../graph/access';
import { cellFunction } from '../graph/compose/recurrent';
import { elements } from '../graph/ops/rule';
import { type ActivationParameters, type CellFunction, type Op, unaryFunctions, type ValueId } from '../graph/types';
import { say } from '../language/say';
import { type DimensionOrder, naturalOrder } from './layout';
import { align, type StepView } from './translation';

type SpellingKind = 'identifiers' | 'layers' | 'ops' | 'fused';

/** The entry that TF.js spells so. */
function findEntry(spelling: SpellingKind, name: string): Activation | undefined {
  return [...catalogue.values()].find(({ spellings }) => spellings.tfjs?.[spelling]?.includes(name));
}

/** What a spelling sets by itself: PyTorch's defaults, but for what TF.js has instead. */
function settingsOf(entry: Activation, key: string): ActivationParameters {
  return { ...numericDefaults(entry), ...entry.spellings.tfjs?.defaults?.[key] };
}

/** A call's own parameters are those that change values. */
function numericDefaults(entry: Activation): ActivationParameters {
  const all = defaultParameters(entry);
  return Object.fromEntries(
    entry.parameters.flatMap(({ name, numeric: counts }) => (counts ? [[name, itemOf(all, name)] as const] : [])),
  );
}

function itemOf(parameters: ActivationParameters, name: string) {
  const found = parameters[name];
  if (found === undefined) throw new RangeError(`the parameter ${name} is missing`);
  return found;
}

/** Where the function is not PyTorch's: Keras's hard sigmoid, x/5 + 1/2 between 0 and 1. */
const isKerasHard = (tfjs: TfjsSpellings | undefined): boolean => tfjs?.differs !== undefined;

/** A function inside a recurrent cell, by its class; undefined for one that the catalogue lacks. */
export function cellFunctionOf(className: string): CellFunction | undefined {
  const entry = findEntry('identifiers', className);
  if (entry?.shape !== 'elementwise') return undefined;
  if (isKerasHard(entry.spellings.tfjs)) return 'hard';
  return { activation: entry.id, parameters: settingsOf(entry, className) };
}

interface Bend {
  readonly step: StepView;
  readonly entry: Activation;
  readonly parameters: ActivationParameters;
}

const opOf = ({ entry, parameters }: Pick<Bend, 'entry' | 'parameters'>): Extract<Op, { kind: 'activation' }> => ({
  kind: 'activation',
  activation: entry.id,
  parameters,
});

/** An activation of a value that has the tensor's dimensions in an order. */
function bend({ step, entry, parameters }: Bend, x: ValueId, order: DimensionOrder): ValueId {
  const { e } = step;
  if (entry.transparent) return x;
  const { dim } = parameters;
  const placed =
    typeof dim === 'number' ? { ...parameters, dim: order.indexOf(step.dim(dim, order.length, 'axis')) } : parameters;
  if (!isKerasHard(entry.spellings.tfjs)) return e.op(opOf({ entry, parameters: placed }), x);
  const scaled = e.binaryScalar('mul', x, 0.2);
  const line = e.binaryScalar('add', scaled, 0.5);
  const bounded = e.binaryScalar('max', line, 0);
  const output = e.binaryScalar('min', bounded, 1);
  step.translation.write({
    op: opOf({ entry, parameters }),
    input: x,
    output,
    values: [scaled, line, bounded, output],
  });
  return output;
}

/** PReLU's operator looks for channels behind the batch: features that stand last are laid out as rows. */
function bendAlongChannels(
  step: StepView,
  op: Extract<Op, { kind: 'activation' }>,
  x: ValueId,
  weight: ValueId,
  order: DimensionOrder,
): ValueId {
  const { e } = step;
  const shape = e.shape(x);
  const channels = order.length - 1;
  if (e.count(weight) === 1 || order[1] === channels) return e.op(op, x, weight);
  const at = order.indexOf(channels);
  const last = [...naturalOrder(order.length).filter((dim) => dim !== at), at];
  const turned = e.permute(x, last);
  const rows = e.reshape(turned, [e.count(x) / e.count(weight), e.count(weight)]);
  const back = naturalOrder(order.length).map((dim) => last.indexOf(dim));
  return e.permute(
    e.reshape(
      e.op(op, rows, weight),
      last.map((dim) => itemAt(shape, dim)),
    ),
    back,
  );
}

/** A slope that the model learns, for the values below zero. */
function bendLearned(step: StepView, x: string, alpha: string): void {
  const { e, translation } = step;
  const entry = findEntry('ops', 'prelu');
  if (!entry) throw new RangeError('the catalogue lacks PReLU');
  const [own, slope] = [step.shape(x), step.shape(alpha)];
  const rank = own.length;
  const channels = sizeAt(own, -1);
  // One slope for each channel, or one for all, is the graph's own operator.
  const shared = elements(slope) === 1;
  if (rank > 1 && (shared || (elements(slope) === channels && slope.at(-1) === channels))) {
    const order = step.orderOf(x);
    const weight = e.reshape(step.read(alpha), [elements(slope)]);
    const op = opOf({ entry, parameters: settingsOf(entry, 'prelu') });
    step.give(bendAlongChannels(step, op, step.in(x, order), weight, order), order);
    return;
  }
  const { values, order } = align(translation, [step.tensor(x), step.tensor(alpha)]);
  const [input, a] = [itemAt(values, 0), itemAt(values, 1)];
  const above = e.binaryScalar('max', input, 0);
  const below = e.binaryScalar('min', input, 0);
  const bent = e.mul(below, a);
  const output = e.add(above, bent);
  translation.write({
    op: opOf({ entry, parameters: settingsOf(entry, 'prelu') }),
    input,
    output,
    values: [above, below, bent, output],
    learns: true,
  });
  step.give(output, order);
}

/** The entry of a name, or a refusal that says which there is none of. */
function entryNamed(step: StepView, spelling: SpellingKind, name: string): Activation {
  return findEntry(spelling, name) ?? step.refuse(say('no activation of the catalogue has that name'));
}

function bendInput(bent: Bend, name: string): void {
  const order = bent.step.orderOf(name);
  bent.step.give(bend(bent, bent.step.in(name, order), order), order);
}

/** Inside of a cell, whose functions are a part of it. */
function bendInCell(step: StepView, fn: CellFunction): void {
  const { e } = step;
  step.map('x', (x) => {
    const plain = fn === 'hard' ? undefined : unaryFunctions.find((each) => each === fn.activation);
    return plain ? e.unary(plain, x) : cellFunction(e, fn, x);
  });
}

/** `activation: 'relu'` of a layer, by its class. */
function activateIdentifier(step: StepView): void {
  const { name } = step.step;
  const inCell = step.flag('cell') ? cellFunctionOf(name) : undefined;
  if (inCell) {
    bendInCell(step, inCell);
    return;
  }
  const entry = entryNamed(step, 'identifiers', name);
  const own = settingsOf(entry, name);
  const axis = step.attribute('axis');
  const alpha = step.attribute('alpha');
  if (alpha !== undefined && alpha !== 1) {
    scaledSwish(step, entry);
    return;
  }
  bendInput({ step, entry, parameters: axis === undefined ? own : { ...own, dim: step.integer('axis') } }, 'x');
}

/** x · sigmoid(α·x): an activation object that is applied by hand may have any α. */
function scaledSwish(step: StepView, entry: Activation): void {
  const { e } = step;
  if (entry !== findEntry('identifiers', 'swish')) {
    step.refuseSetting('alpha');
  }
  step.map('x', (x) => e.mul(e.unary('sigmoid', e.binaryScalar('mul', x, step.number('alpha'))), x));
}

/** `tf.layers.leakyReLU` and its kin: the factory's name is the class's with a small first letter, or first letters. */
const factories: Readonly<Record<string, string>> = {
  ReLU: 'reLU',
  LeakyReLU: 'leakyReLU',
  PReLU: 'prelu',
  ELU: 'elu',
  ThresholdedReLU: 'thresholdedReLU',
  Softmax: 'softmax',
};

function activateLayer(step: StepView, factory: string): void {
  const entry = entryNamed(step, 'layers', factory);
  if (step.has('alpha')) {
    bendLearned(step, 'x', 'alpha');
    return;
  }
  const { arguments: names = {}, ceiling } = entry.spellings.tfjs ?? {};
  const given = Object.entries(names).flatMap(([argument, parameter]) =>
    typeof step.attribute(argument) === 'number' ? [[parameter, step.number(argument)] as const] : [],
  );
  const parameters = { ...settingsOf(entry, `layers.${factory}`), ...Object.fromEntries(given) };
  const most = ceiling === undefined ? null : (step.attribute(ceiling) ?? null);
  if (most === null) {
    bendInput({ step, entry, parameters }, 'x');
    return;
  }
  const named = most === 6 ? findEntry('ops', 'relu6') : undefined;
  if (named) {
    bendInput({ step, entry: named, parameters: settingsOf(named, 'relu6') }, 'x');
    return;
  }
  const limit = step.number(ceiling ?? '');
  const between = limit > 0 ? findActivation('Hardtanh') : undefined;
  if (between) {
    bendInput({ step, entry: between, parameters: { ...numericDefaults(between), min_val: 0, max_val: limit } }, 'x');
    return;
  }
  const order = step.orderOf('x');
  const bent = bend({ step, entry, parameters }, step.in('x', order), order);
  step.give(step.e.binaryScalar('min', bent, limit), order);
}

/** A step that stands for an activation, by its class. */
export function activate(step: StepView): void {
  const factory = Object.hasOwn(factories, step.step.name) ? factories[step.step.name] : undefined;
  if (factory === undefined) activateIdentifier(step);
  else activateLayer(step, factory);
}

/** A kernel that is an activation by itself: `tf.relu`. */
export function activateByKernel(step: StepView): void {
  const { name } = step.step;
  if (step.has('alpha')) {
    bendLearned(step, 'x', 'alpha');
    return;
  }
  const op = `${name.charAt(0).toLowerCase()}${name.slice(1)}`;
  const entry = entryNamed(step, 'ops', op);
  const own = settingsOf(entry, op);
  const { second } = entry.spellings.tfjs ?? {};
  const input = step.has('logits') ? 'logits' : 'x';
  const given = ['alpha', 'dim'].find((each) => step.attribute(each) !== undefined);
  const softmaxDim: ActivationParameters =
    step.attribute('dim') === undefined && typeof own.dim === 'number' ? { dim: -1 } : {};
  const parameters =
    second !== undefined && given !== undefined ? { ...own, [second]: step.number(given) } : { ...own, ...softmaxDim };
  bendInput({ step, entry, parameters }, input);
}

/** What a fused kernel's `activation` does to what it computed, and hands the result over. */
export function activateFused(step: StepView, x: ValueId, order: DimensionOrder): void {
  const name = step.attribute('activation') ?? null;
  if (name === null) {
    step.give(x, order);
    return;
  }
  const fused = step.text('activation');
  const entry = entryNamed(step, 'fused', fused);
  if (!step.has('preluActivationWeights')) {
    const own = settingsOf(entry, fused);
    const slope = entry.spellings.tfjs?.arguments?.leakyreluAlpha;
    const given = slope !== undefined && typeof step.attribute('leakyreluAlpha') === 'number';
    const parameters = given ? { ...own, [slope]: step.number('leakyreluAlpha') } : own;
    step.give(bend({ step, entry, parameters }, x, order), order);
    return;
  }
  const { e } = step;
  const weights = step.shape('preluActivationWeights');
  const channels = sizeAt(step.outputShape(), -1);
  const fits = elements(weights) === 1 || (elements(weights) === channels && weights.at(-1) === channels);
  if (!fits) step.refuse(say('its slopes have the shape [{0}]', weights.join(', ')));
  const slopes = e.reshape(step.read('preluActivationWeights'), [elements(weights)]);
  const op = opOf({ entry, parameters: settingsOf(entry, fused) });
  step.give(bendAlongChannels(step, op, x, slopes, order), order);
}
