/** What stands before a loss that the loss doesn't want. */
import { type ActivationId, entryOf } from '../activations/catalogue';
import { itemAt, sizeAt } from '../graph/access';
import { activationsOf } from '../graph/activations';
import { GraphBuilder } from '../graph/builder';
import { leastCrossEntropy, leastLogistic, leastLogisticOfSoftmax } from '../graph/leastLoss';
import { swap } from '../graph/swap';
import type { ActivationParameters, Graph, ValueId } from '../graph/types';
import { say } from '../language/say';
import { type PricedFinding, placesOf } from './finding';
import { activationsThere, functionsThere } from './places';
import { layerBefore, missing, type PricePlan, titleOf } from './plan';
import type { LeastLoss } from './report';
import { type PricedLoss, PriceError, type Pricing } from './rules';

/** What stands before the loss: in the graph, or put behind it. */
interface StandingBeforeLoss {
  readonly graph: Graph;
  readonly what: string;
  readonly input: ValueId;
  readonly output: ValueId;
  readonly dim: number;
  readonly isAppended: boolean;
}

export function planLoss(finding: PricedFinding, model: Graph, pricing: Extract<Pricing, { kind: 'loss' }>): PricePlan {
  const standing = standingIn(finding, model, pricing);
  const { graph, what, input, output, dim, isAppended } = standing;
  const shape = itemAt(graph.values, output).type.shape;
  const classes = shape.length === 0 ? 1 : sizeAt(shape, dim);
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

function standingIn(
  finding: PricedFinding,
  model: Graph,
  { what }: Extract<Pricing, { kind: 'loss' }>,
): StandingBeforeLoss {
  const isExp = what.includes('exp');
  if (isExp) {
    const node = functionsThere(model, placesOf(finding), 'exp').at(-1);
    if (node) {
      const [input, output] = [itemAt(node.inputs, 0) ?? -1, itemAt(node.outputs, 0)];
      const dim = classDim(model, input, lastDim(model, input));
      return { graph: model, what: 'exp', input, output, dim, isAppended: false };
    }
  }
  const found = activationsThere(model, placesOf(finding), (id) => what.some((each) => each === id)).at(-1);
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
  return putBehind(model, itemAt(what, 0));
}

/** The model with what its caller does to its first output. */
function putBehind(model: Graph, what: ActivationId | 'exp'): StandingBeforeLoss {
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
