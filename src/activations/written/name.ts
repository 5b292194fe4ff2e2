/** Which activation a segment of a graph is, by what it computes. */
import { isGiven, itemAt } from '../../graph/access';
import type { Op, ValueId } from '../../graph/types';
import { catalogue, defaultParameters } from '../catalogue';
import { facts } from '../facts';
import { agrees, points, type Recognised, recognise } from '../recognise';
import type { Activation } from '../types';
import type { ValueFlow } from './flow';
import type { Segment } from './segment';
import { valuesAt } from './values';

/** Where what was recognised is looked at again: closely around corners, and far out. */
const closely: readonly number[] = [
  ...Array.from({ length: 121 }, (_, i) => (i - 60) * 0.25),
  ...[-60, -30, -6.001, -3.001, -2.999, -1.001, -0.501, -1e-3, 1e-3, 0.499, 0.999, 2.999, 3.001, 5.999, 30, 60],
];

/** A few of these. */
const briefly = closely.filter((_, index) => index % 12 === 5);

/** What parameters of the model are taken for, to see that the formula is of one kind whatever they are. */
const settings: readonly number[] = [0.3, 0.7, 1.3];

const settingAt = (index: number): number => itemAt(settings, index % settings.length);

/** Names segments. The same formula is looked at once, however often a model, or the steps of a loop, write it. */
export class Namer {
  private readonly known = new Map<string, Recognised | undefined>();

  constructor(private readonly flow: ValueFlow) {}

  nameOf(segment: Segment): Recognised | undefined {
    const key = this.textOf(segment);
    if (key === undefined) return recogniseSegment(this.flow, segment);
    if (!this.known.has(key)) this.known.set(key, recogniseSegment(this.flow, segment));
    return this.known.get(key);
  }

  /**
   * A segment as text: operators, what they read, numbers, and parameters by the order in which they come; undefined where
   * it reads what is computed of parameters outside of it.
   */
  private textOf({ input, nodes }: Segment): string | undefined {
    const { flow } = this;
    const names = new Map([[input, 'x']]);
    for (const index of nodes) {
      for (const value of itemAt(flow.graph.nodes, index).inputs) {
        if (!isGiven(value) || names.has(value) || flow.dependenceOf(value) !== 'parameter') continue;
        if (flow.maker(value)) return undefined;
        names.set(value, `p${names.size}:${flow.numberOf(value)}`);
      }
    }
    const texts = nodes.map((index, place) => {
      const { op, inputs, outputs } = itemAt(flow.graph.nodes, index);
      for (const output of outputs) names.set(output, `${place}`);
      const read = inputs.map((value) => names.get(value ?? -1) ?? `n${flow.numberOf(value ?? -1)}`);
      return `${wordOf(op)}(${read.join()})`;
    });
    return texts.join(' ');
  }
}

function wordOf(op: Op): string {
  if ('function' in op) return `${op.kind}.${op.function}`;
  return op.kind === 'activation' ? `${op.activation}${JSON.stringify(op.parameters)}` : op.kind;
}

function recogniseSegment(flow: ValueFlow, segment: Segment): Recognised | undefined {
  const at = (xs: readonly number[], parameter?: (value: ValueId) => number) =>
    valuesAt(flow, segment.output, new Map([[segment.input, xs]]), parameter);
  const name = (parameter?: (value: ValueId) => number): Recognised | undefined => {
    const values = at(points, parameter);
    const found = values && recognise(values);
    const again = found && at(closely, parameter);
    return again && agrees(found, closely, again) && passesGradient(found) ? found : undefined;
  };
  return segment.learns ? learnedName(flow, segment, name) : name();
}

/** A step has a slope nowhere: masks are written so, and no activation is meant. */
function passesGradient({ activation, parameters }: Recognised): boolean {
  const entry = catalogue.get(activation);
  return entry !== undefined && facts(entry, { ...defaultParameters(entry), ...parameters })?.largestSlope !== 0;
}

/**
 * The name of a formula in which a parameter of the model takes part: what learns it by its definition, or has it as a
 * parameter, at every value of it that is tried.
 */
function learnedName(
  flow: ValueFlow,
  segment: Segment,
  name: (parameter?: (value: ValueId) => number) => Recognised | undefined,
): Recognised | undefined {
  const weights = new Set<ValueId>();
  const collect = (value: ValueId) => {
    weights.add(value);
    return flow.numberOf(value) ?? 1;
  };
  valuesAt(flow, segment.output, new Map([[segment.input, [0]]]), collect);
  const wholly = learnedWhole(flow, segment, [...weights]);
  if (wholly || weights.size !== 1) return wholly;
  const first = name(() => settingAt(0));
  const parameter = first && catalogue.get(first.activation)?.fit?.parameter;
  if (!first || parameter === undefined) return undefined;
  const names = [first, ...settings.slice(1).map((value) => name(() => value))];
  if (!names.every((each) => each?.activation === first.activation)) return undefined;
  const values = names.map((each) => each?.parameters[parameter]);
  if (new Set(values).size < values.length) return undefined;
  const [weight] = weights;
  const isKnown = weight !== undefined && flow.numberOf(weight) !== undefined;
  return { activation: first.activation, parameters: (isKnown ? name()?.parameters : undefined) ?? {} };
}

/** An activation that learns these weights by its definition: PReLU's slope, StarReLU's scale and bias. */
function learnedWhole(
  flow: ValueFlow,
  { input, output }: Segment,
  weights: readonly ValueId[],
): Recognised | undefined {
  // What is computed is the same for all that it is compared with.
  const tries = orders(weights).map((order) => {
    const valuesOf = (xs: readonly number[], shift: number) => {
      const taken = new Map(order.map((weight, i) => [weight, settingAt(i + shift)]));
      return valuesAt(flow, output, new Map([[input, xs]]), (weight) => taken.get(weight) ?? Number.NaN);
    };
    return { order, valuesOf, brief: valuesOf(briefly, 0) };
  });
  for (const entry of catalogue.values()) {
    const { learned = [], value } = entry;
    if (!value || learned.length !== weights.length || entry.shape !== 'elementwise') continue;
    const names = learned.map((weight) => startOf(entry, weight.name));
    if (names.some((each) => each === undefined)) continue;
    for (const { order, valuesOf, brief } of tries) {
      const isAt = (xs: readonly number[], values: readonly number[] | undefined, shift: number) => {
        const parameters = Object.fromEntries(order.map((_, i) => [names[i], settingAt(i + shift)]));
        return values !== undefined && agrees({ activation: entry.id, parameters }, xs, values);
      };
      // Most formulas are none of these: a look at a few points is enough to see that.
      const isIt = isAt(briefly, brief, 0) && [0, 1].every((shift) => isAt(closely, valuesOf(closely, shift), shift));
      if (!isIt) continue;
      const starts = order.flatMap((weight, i) => {
        const [name, start] = [names[i], flow.numberOf(weight)];
        return name !== undefined && start !== undefined ? [[name, start] as const] : [];
      });
      return { activation: entry.id, parameters: Object.fromEntries(starts) };
    }
  }
  return undefined;
}

/** The parameter of an entry that a weight starts from: PReLU's only number is `init`. */
function startOf({ parameters }: Activation, weight: string): string | undefined {
  const numeric = parameters.filter((each) => each.numeric);
  const named = numeric.find(({ name }) => name === weight) ?? (numeric.length === 1 ? numeric[0] : undefined);
  return named?.name;
}

function orders<T>(items: readonly T[]): T[][] {
  if (items.length > 2) return [];
  return items.length === 2 ? [[...items], items.toReversed()] : [[...items]];
}
