/** Activations within a model, with the loss that suits its task. */
import { entryOf, findActivation } from '../activations/catalogue';
import { lossOf, type Task } from '../data/task';
import { taskOf } from '../data/taskOf';
import { itemAt, lastOf } from '../graph/access';
import { activationsOf, type PlacedActivation } from '../graph/activations';
import type { Loss } from '../graph/losses';
import { swap } from '../graph/swap';
import type { Graph } from '../graph/types';
import { say } from '../language/say';
import { type PricedFinding, placesOf } from './finding';
import { activationsThere, weightAfter, weightBefore } from './places';
import { layerBefore, missing, type PricePlan, titleOf } from './plan';
import type { PriceSubject } from './report';
import { PriceError, type Pricing } from './rules';
import { withWantedGain } from './scale';

/** The activation that the finding points at. */
function activationAt(model: Graph, finding: PricedFinding): PlacedActivation {
  const found = activationsThere(model, placesOf(finding), () => true).at(-1);
  if (!found) throw missing(model);
  return found;
}

const isElementwise = (id: string) => findActivation(id)?.shape === 'elementwise';

export function planExtra(finding: PricedFinding, model: Graph): PricePlan {
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

export function planStack(
  finding: PricedFinding,
  model: Graph,
  { what }: Extract<Pricing, { kind: 'stack' }>,
): PricePlan {
  const isMeant = (id: string) => what.some((each) => each === id);
  const here = activationsThere(model, [finding.range], isMeant);
  const [place] = finding.related;
  const before = place ? activationsThere(model, [place], isMeant) : [];
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

export function planScale(finding: PricedFinding, model: Graph): PricePlan {
  const [place] = finding.related;
  const there = place ? activationsThere(model, [place], () => true) : [];
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
  l1: 'L1Loss',
  smooth_l1: 'SmoothL1Loss',
  huber: 'HuberLoss',
};

const lossNameOf = (task: Task) => taskLosses[lossOf(task).kind] ?? 'MSELoss';
