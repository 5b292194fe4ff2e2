/** How a finding is measured on a model. */
import { itemAt } from '../graph/access';
import { withStoragesOf } from '../graph/align';
import { isSameCall } from '../graph/readings';
import type { Graph } from '../graph/types';
import { say } from '../language/say';
import { planLoss } from './beforeLoss';
import type { PricedFinding, PricedModel } from './finding';
import type { PricePlan } from './plan';
import { type Pricing, requirePricing } from './rules';
import { planExtra, planScale, planStack } from './within';

/**
 * @throws PriceError where the model doesn't run what the finding is about, or it can't be measured there
 */
export function planPrice(
  finding: PricedFinding,
  { graph, batched, training, guessesArguments }: PricedModel,
): PricePlan {
  const pricing = requirePricing(finding.code);
  const base = batched ?? graph;
  const model = training && isSameCall(training, base) ? withStoragesOf(training, base) : base;
  const plan = planners[pricing.kind](finding, model, pricing as never);
  const [first] = model.inputs;
  const isSingle = first && itemAt(model.values, first.value).type.shape[0] === 1;
  const notes = [
    ...(isSingle ? [say('The model was read with a batch of one.')] : []),
    ...(guessesArguments ? [say('The arguments of the model are a guess: nothing in the code tells them.')] : []),
  ];
  return { ...plan, notes: [...plan.notes, ...notes] };
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
