/** Calls that draw a layer's first weights, and the activations behind that layer. */
import { argumentOf } from '../flow/queries';
import { isMoving } from '../flow/trace';
import { type FlowArgument, type FlowResult, type FlowValue, possibilities } from '../flow/values';
import { itemOr } from '../graph/access';
import { parentOf } from '../syntax/ancestors';
import type { Node } from '../syntax/syntax';
import { activationsBehind, constantAt, isOpenCall, nodeOf, numberAt, parameterOf } from './parts';
import { operationsOf, runsOf, takersOf } from './results';
import type { RuleContext } from './rule';

/** A call of `nn.init` that scales by what follows the layer. */
export interface InitCall {
  readonly call: FlowResult;
  readonly method: 'kaiming' | 'xavier';
  /** The activation that the scale is for; undefined where the code doesn't tell. */
  readonly nonlinearity: string | undefined;
  /** The slope that it is for, where that is LeakyReLU. */
  readonly slope: number | undefined;
  /** Where the name or slope is written. */
  readonly written: FlowArgument | undefined;
  readonly writtenSlope: FlowArgument | undefined;
  /** What surely follows all layers that it is for, at least one. */
  readonly activations: readonly FlowResult[];
}

/** What PyTorch scales by where nothing is said. */
const USUAL = 'leaky_relu';

const scaling = /^torch\.nn\.init\.(kaiming|xavier)_(?:normal|uniform)_?$/;

export function* initCalls(context: RuleContext): Generator<InitCall | undefined> {
  for (const call of operationsOf(context.flow, (op) => scaling.test(op))) {
    yield undefined;
    const method = scaling.exec(call.op)?.[1];
    if ((method !== 'kaiming' && method !== 'xavier') || call.isMaybe || isOpenCall(call.args)) continue;
    const scale = method === 'kaiming' ? kaimingScale(call.args) : xavierScale(call.args);
    if (!scale) continue;
    const activations = activationsOf(call, context);
    if (activations.length > 0) yield { call, method, ...scale, activations };
  }
}

type InitScale = Pick<InitCall, 'nonlinearity' | 'slope' | 'written' | 'writtenSlope'>;

function kaimingScale(args: readonly FlowArgument[]): InitScale | undefined {
  const written = argumentOf(args, 3, 'nonlinearity');
  const nonlinearity = written ? constantAt(args, 3, 'nonlinearity') : USUAL;
  const writtenSlope = argumentOf(args, 1, 'a');
  const slope = writtenSlope ? numberAt(args, 1, 'a') : 0;
  // A slope of √5 and the like stand for another range altogether.
  if (typeof nonlinearity !== 'string' || slope === undefined || slope > 1) return undefined;
  return { nonlinearity, slope: nonlinearity === USUAL ? slope : undefined, written, writtenSlope };
}

function xavierScale(args: readonly FlowArgument[]): InitScale | undefined {
  const gain = argumentOf(args, 1, 'gain');
  if (gain?.value.kind !== 'result' || gain.value.op !== 'torch.nn.init.calculate_gain') return undefined;
  const inner = gain.value.args;
  const nonlinearity = constantAt(inner, 0, 'nonlinearity');
  const writtenSlope = argumentOf(inner, 1, 'param');
  const slope = writtenSlope ? numberAt(inner, 1, 'param') : 0.01;
  if (typeof nonlinearity !== 'string' || isOpenCall(inner)) return undefined;
  return {
    nonlinearity,
    slope: nonlinearity === USUAL ? slope : undefined,
    written: argumentOf(inner, 0, 'nonlinearity'),
    writtenSlope,
  };
}

/** The activations behind the layer whose weight is drawn; behind all layers, where that is any of a model's. */
function activationsOf(call: FlowResult, context: RuleContext): readonly FlowResult[] {
  const { flow } = context;
  let weight: FlowValue | undefined = argumentOf(call.args, 0, 'tensor')?.value;
  if (weight?.kind === 'result' && weight.op === '.data') weight = itemOr(weight.inputs, 0, weight);
  if (weight?.kind !== 'result' || weight.op !== '.weight') return [];
  const owners = possibilities(itemOr(weight.inputs, 0, weight));
  const isAny = owners.some(({ kind }) => kind === 'unknown' || kind === 'parameter');
  const runs = isAny
    ? runsOfAll(call, context)
    : owners.flatMap((each) => (each.kind === 'layer' ? runsOf(flow, each) : []));
  const found = runs.map((run) => activationsBehind(flow, run));
  if (!isAny && found.some((each) => each === undefined)) return [];
  // What ends a model has its own reasons.
  const activations = found.flatMap((each) => (each ?? []).filter((one) => !isAny || isHidden(one, context)));
  const [first] = activations;
  const isOne = activations.every((each) => each.op === first?.op && !each.isMaybe);
  return isOne ? activations : [];
}

/** The runs of all layers with weights: in the class whose method draws them, else in the file. */
function runsOfAll(call: FlowResult, context: RuleContext): readonly FlowResult[] {
  const { flow } = context;
  const own = call.trail.at(-1)?.receiver?.cls.id;
  const kinds = kindsAround(call, context);
  return operationsOf(flow, (op) => kinds.includes(op)).filter(
    ({ layer, trail }) => layer && (own === undefined || trail.some(({ receiver }) => receiver?.cls.id === own)),
  );
}

/** Layers with weights by their operation, and how a condition names them. */
const weightedKinds: readonly (readonly [op: string, named: RegExp])[] = [
  ['linear', /Linear/],
  ['conv', /Conv(?!Transpose)/],
  ['conv_transpose', /ConvT|["']Conv["']/],
];

/** The operations of the layers that a condition around the call lets through: `isinstance(m, nn.Conv2d)`. */
function kindsAround(call: FlowResult, context: RuleContext): readonly string[] {
  let node: Node | null = nodeOf(context, call.at) ?? null;
  for (; node && !/^(function|class)_definition$/.test(node.type); node = parentOf(node)) {
    const condition = /^(if_statement|elif_clause)$/.test(node.type) ? node.childForFieldName('condition')?.text : '';
    const named = weightedKinds.filter(([, pattern]) => pattern.test(condition ?? ''));
    if (named.length > 0) return named.map(([op]) => op);
  }
  return weightedKinds.map(([op]) => op);
}

/** Whether another layer with weights takes what an activation gives, moved or dropped out at most. */
function isHidden(activation: FlowResult, { flow }: RuleContext): boolean {
  const open: FlowResult[] = [activation];
  for (let next = open.pop(), steps = 0; next && steps < 32; next = open.pop(), steps++)
    for (const taker of takersOf(flow, next)) {
      if (weighted.test(taker.op)) return true;
      if (isMoving(taker.op) || /_norm$|_pool$|^interpolate$|^[-+*]$/.test(taker.op)) open.push(taker);
    }
  return false;
}

const weighted = /^(linear|conv|conv_transpose)$/;

/** The slope of LeakyReLU that all of them have. */
export function slopeOf(activations: readonly FlowResult[]): number | undefined {
  const slopes = activations.map((each) => parameterOf(each, 'negative_slope'));
  const [first] = slopes;
  return typeof first === 'number' && slopes.every((each) => each === first) ? first : undefined;
}
