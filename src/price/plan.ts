/** What is to be measured of a finding: the model as written and as it would be mended, and where both are read. */
import { type ActivationId, entryOf, findActivation } from '../activations/catalogue';
import { lossOf, type Task, taskOf } from '../data/task';
import { itemAt, lastOf } from '../graph/access';
import { activationsOf, type PlacedActivation } from '../graph/activations';
import { withStoragesOf } from '../graph/align';
import { GraphBuilder } from '../graph/builder';
import { leastCrossEntropy, leastLogistic, leastLogisticOfSoftmax } from '../graph/leastLoss';
import type { Loss } from '../graph/losses';
import { isSameCall, measuredBatch } from '../graph/readings';
import { swap } from '../graph/swap';
import type { ActivationParameters, Graph, ValueId } from '../graph/types';
import { say } from '../language/say';
import type { PricedFinding, PricedModel } from './finding';
import { activationsThere, functionsThere, weightAfter, weightBefore } from './places';
import type { LeastLoss, PriceSubject, Quantity } from './report';
import { type PricedLoss, PriceError, type Pricing, requirePricing } from './rules';
import { withWantedGain } from './scale';

/** The loss that both versions are trained with. */
export type PlannedLoss =
  /** That of the model's task, between its first output and what suits it. */
  | { readonly at: 'output'; readonly task: Task }
  /** The one that the rule speaks of, on what stands before it; classes lie along a dimension. */
  | {
      readonly at: 'scores';
      readonly loss: PricedLoss;
      readonly classes: number;
      readonly isExclusive: boolean;
    };

/** A model to be measured. Both versions have the same storages under the same numbers. */
export interface PricedVersion {
  readonly graph: Graph;
  /** What the loss takes. */
  readonly scores: ValueId;
  /** Outputs of the activations that it is about, in order. */
  readonly activations: readonly ValueId[];
}

export interface PricePlan {
  readonly subject: PriceSubject;
  readonly written: PricedVersion;
  readonly mended: PricedVersion;
  readonly loss: PlannedLoss;
  /** Weights whose gradients are read: of the layer that it is about, and of the one that it is held against. */
  readonly weight: ValueId;
  readonly against?: ValueId;
  readonly quantities: readonly Quantity[];
  readonly least?: LeastLoss;
  readonly notes: readonly string[];
}

/**
 * @throws PriceError where the model doesn't run what the finding is about, or it can't be measured there
 */
export function planPrice(finding: PricedFinding, { graph, batched, training }: PricedModel): PricePlan {
  const pricing = requirePricing(finding.code);
  const base = measuredBatch(graph, batched);
  const model = training && isSameCall(training, base) ? withStoragesOf(training, base) : base;
  const plan = planners[pricing.kind](finding, model, pricing as never);
  const [first] = model.inputs;
  const isSingle = first && itemAt(model.values, first.value).type.shape[0] === 1;
  return isSingle ? { ...plan, notes: [...plan.notes, say('The model was read with a batch of one.')] } : plan;
}

type Planner<K extends Pricing['kind']> = (
  finding: PricedFinding,
  model: Graph,
  pricing: Extract<Pricing, { kind: K }>,
) => PricePlan;

const planners: { readonly [K in Pricing['kind']]: Planner<K> } = {
  loss: planLoss,
  extra: planExtra,
  stack: planStack,
  scale: planScale,
};

const titleOf = (id: string) => findActivation(id)?.title ?? id;

/** The weight of the layer before a value. */
function layerBefore(graph: Graph, value: ValueId): ValueId {
  const found = weightBefore(graph, value);
  if (found !== undefined) return found;
  throw new PriceError(say('No layer that is trained stands before it, so that there is no gradient to measure.'));
}

function missing(graph: Graph): PriceError {
  return new PriceError(
    say('{0} does not run this place: compare the model that does, or measure where it is built.', graph.name),
  );
}

// Before a loss

/** What stands before the loss: in the graph, or put behind it. */
interface Standing {
  readonly graph: Graph;
  readonly what: string;
  readonly input: ValueId;
  readonly output: ValueId;
  readonly dim: number;
  readonly isAppended: boolean;
}

function planLoss(finding: PricedFinding, model: Graph, pricing: Extract<Pricing, { kind: 'loss' }>): PricePlan {
  const standing = standingIn(finding, model, pricing);
  const { graph, what, input, output, dim, isAppended } = standing;
  const shape = itemAt(graph.values, output).type.shape;
  const classes = shape[dim] ?? 1;
  const isOfClasses = pricing.loss === 'cross_entropy' || pricing.loss === 'nll';
  if (isOfClasses && classes < 2)
    throw new PriceError(say('There is one class here, of which this loss says nothing.'));
  const parameters: ActivationParameters = pricing.instead === 'log_softmax' ? { dim } : {};
  const least = leastOf(what, pricing.loss, classes);
  return {
    subject: {
      code: finding.code,
      kind: 'loss',
      what: titleOf(what),
      ...(pricing.instead !== 'identity' && { instead: titleOf(pricing.instead) }),
      count: 1,
      loss: lossNames[pricing.loss],
      isAppended,
    },
    written: { graph, scores: output, activations: [output] },
    mended: { graph: replaceMaker(graph, output, input, pricing.instead, parameters), scores: output, activations: [] },
    loss: {
      at: 'scores',
      loss: pricing.loss,
      classes: dim,
      isExclusive: isOfClasses || pricing.isExclusive === true,
    },
    weight: layerBefore(graph, input),
    quantities: ['gradient', 'loss'],
    ...(least && { least }),
    notes: [],
  };
}

const lossNames: Readonly<Record<PricedLoss, string>> = {
  cross_entropy: 'CrossEntropyLoss',
  nll: 'NLLLoss',
  bce: 'BCELoss',
  bce_with_logits: 'BCEWithLogitsLoss',
};

function standingIn(finding: PricedFinding, model: Graph, { what }: Extract<Pricing, { kind: 'loss' }>): Standing {
  const isExp = what.includes('exp');
  if (isExp) {
    const node = functionsThere(model, finding.range, 'exp').at(-1);
    if (node) {
      const [input, output] = [itemAt(node.inputs, 0) ?? -1, itemAt(node.outputs, 0)];
      const dim = classDim(model, input, lastDim(model, input));
      return { graph: model, what: 'exp', input, output, dim, isAppended: false };
    }
  }
  const found = activationsThere(model, finding.range, (id) => what.some((each) => each === id)).at(-1);
  if (found) {
    const { input, output, op } = found;
    return {
      graph: model,
      what: op.activation,
      input,
      output,
      dim: classDim(model, input, op.parameters.dim),
      isAppended: false,
    };
  }
  if (!finding.isOutside) throw missing(model);
  return appended(model, itemAt(what, 0));
}

/** The model with what its caller does to its first output. */
function appended(model: Graph, what: ActivationId | 'exp'): Standing {
  const [end] = model.outputs;
  if (!end || !itemAt(model.values, end.value).type.dtype.includes('float')) throw missing(model);
  const builder = GraphBuilder.from(model);
  const dim = classDim(model, end.value, undefined);
  // Probabilities become what `exp` gives only where the logarithm stood before it: the model's own end.
  const output =
    what === 'exp'
      ? builder.emit1({ kind: 'unary', function: 'exp' }, end.value)
      : builder.emit1(
          { kind: 'activation', activation: what, parameters: /softm/.test(what) ? { dim } : {} },
          end.value,
        );
  const { name, inputs, outputs, state, updates, overwrites, decided, example, written } = model;
  const made = builder.finish({ name, inputs, outputs, state, updates });
  const graph: Graph = {
    ...made,
    ...(overwrites && { overwrites }),
    ...(decided && { decided }),
    ...(example && { example }),
    ...(written && { written }),
  };
  return { graph, what, input: end.value, output, dim, isAppended: true };
}

/** Along which dimension classes lie: as the code says, else of tokens the last, of all others the second. */
function classDim(graph: Graph, value: ValueId, written: unknown): number {
  const rank = itemAt(graph.values, value).type.shape.length;
  if (typeof written === 'number') return written < 0 ? written + rank : written;
  const [input] = graph.inputs;
  const isOfTokens = rank === 3 && input && !itemAt(graph.values, input.value).type.dtype.includes('float');
  return isOfTokens ? 2 : Math.min(1, Math.max(0, rank - 1));
}

/** The dimension of the log-softmax that a value comes from. */
function lastDim(graph: Graph, value: ValueId): unknown {
  return activationsOf(graph).find(({ output, op }) => output === value && op.activation === 'log_softmax')?.op
    .parameters.dim;
}

/** The graph with another activation in the place of what makes a value of another. */
function replaceMaker(
  graph: Graph,
  output: ValueId,
  input: ValueId,
  instead: ActivationId,
  parameters: ActivationParameters,
): Graph {
  const node = activationsOf(graph).find((each) => each.output === output)?.node;
  const op = { kind: 'activation' as const, activation: instead, parameters };
  if (node === undefined || entryOf(instead).shape === 'along-dimension')
    return {
      ...graph,
      nodes: graph.nodes.map((each) => (each.outputs[0] === output ? { ...each, op, inputs: [input] } : each)),
    };
  return swap(graph, [node], entryOf(instead), parameters);
}

/** What the loss can at best become. */
function leastOf(what: string, loss: PricedLoss, classes: number): LeastLoss | undefined {
  if (loss === 'cross_entropy' && what !== 'log_softmax')
    return { written: leastCrossEntropy(classes, 1), mended: 0, classes };
  if (loss === 'nll') return { written: -1, mended: 0 };
  if (loss !== 'bce_with_logits') return undefined;
  if (/softmax/.test(what)) return { written: leastLogisticOfSoftmax(classes), mended: 0, classes };
  const { yes, no } = leastLogistic(0, 1);
  return { written: (yes + no) / 2, mended: 0, yes, no };
}

// Within the model

/** The activation that the finding points at. */
function activationAt(model: Graph, finding: PricedFinding): PlacedActivation {
  const found = activationsThere(model, finding.range, () => true).at(-1);
  if (!found) throw missing(model);
  return found;
}

const isElementwise = (id: string) => findActivation(id)?.shape === 'elementwise';

function planExtra(finding: PricedFinding, model: Graph): PricePlan {
  const found = activationAt(model, finding);
  const { node, op, input, output } = found;
  const mended = swap(model, [node], entryOf('identity'), {});
  const task = taskOf(mended);
  return {
    subject: subjectOf(finding, 'extra', [found], task),
    written: { graph: model, scores: output, activations: [output] },
    mended: { graph: mended, scores: output, activations: [] },
    loss: { at: 'output', task },
    weight: layerBefore(model, input),
    quantities: ['gradient', ...(isElementwise(op.activation) ? (['dead'] as const) : []), 'loss'],
    notes: [],
  };
}

function planStack(finding: PricedFinding, model: Graph, { what }: Extract<Pricing, { kind: 'stack' }>): PricePlan {
  const isMeant = (id: string) => what.some((each) => each === id);
  const here = activationsThere(model, finding.range, isMeant);
  const [place] = finding.related;
  const before = place ? activationsThere(model, place, isMeant) : [];
  const ends = [...before, ...here].sort((a, b) => a.node - b.node);
  if (here.length === 0) throw missing(model);
  const [first, last] = [itemAt(ends, 0), lastOf(ends)];
  const stack = activationsOf(model).filter(
    ({ node, op }) => node >= first.node && node <= last.node && op.activation === last.op.activation,
  );
  const relu = entryOf('relu');
  const nodes = stack.map(({ node }) => node);
  const task = taskOf(model);
  const outputs = stack.map(({ output }) => output);
  const weight = layerBefore(model, first.input);
  const against = weightAfter(model, last.output) ?? weightBefore(model, last.input);
  if (against === undefined || against === weight) throw missing(model);
  return {
    subject: { ...subjectOf(finding, 'stack', stack, task), instead: relu.title },
    written: { graph: model, scores: last.output, activations: outputs },
    mended: { graph: swap(model, nodes, relu, {}), scores: last.output, activations: outputs },
    loss: { at: 'output', task },
    weight,
    against,
    quantities: isElementwise(last.op.activation) ? ['slopes', 'reach'] : ['reach', 'gradient'],
    notes: [],
  };
}

function planScale(finding: PricedFinding, model: Graph): PricePlan {
  const [place] = finding.related;
  const there = place ? activationsThere(model, place, () => true) : [];
  const kinds = new Set(there.map(({ op }) => op.activation));
  const all = activationsOf(model).filter(({ op }) => kinds.has(op.activation) && isElementwise(op.activation));
  if (all.length === 0) throw missing(model);
  const mended = withWantedGain(model, all);
  if (!mended)
    throw new PriceError(say('No layer before it begins with weights of another gain, so that nothing would change.'));
  const task = taskOf(model);
  const activations = all.map(({ output }) => output);
  const [scores] = model.outputs;
  if (!scores) throw missing(model);
  return {
    subject: subjectOf(finding, 'scale', all, task),
    written: { graph: model, scores: scores.value, activations },
    mended: { graph: mended, scores: scores.value, activations },
    loss: { at: 'output', task },
    weight: layerBefore(model, itemAt(all, 0).input),
    quantities: ['deviation', 'dead', 'gradient'],
    notes: [],
  };
}

function subjectOf(
  { code }: PricedFinding,
  kind: PriceSubject['kind'],
  activations: readonly PlacedActivation[],
  task: Task,
): PriceSubject {
  const what = titleOf(itemAt(activations, 0).op.activation);
  return { code, kind, what, count: activations.length, loss: lossNameOf(task), isAppended: false };
}

const taskLosses: Partial<Record<Loss['kind'], string>> = {
  cross_entropy: 'CrossEntropyLoss',
  next_token: 'CrossEntropyLoss',
  bce_with_logits: 'BCEWithLogitsLoss',
};

const lossNameOf = (task: Task) => taskLosses[lossOf(task).kind] ?? 'MSELoss';
