import type { FlowResult } from '../../../flow/values';
import { holderOf } from '../../codeNodes';
import type { RuleContext } from '../../rule';

/** Names of layers that are trained, frozen or exchanged by themselves: a trunk's last layer, and a head behind it. */
const apart =
  /proj|head|classifier|embed|logit|encoder|decoder|latent|bottleneck|lora|adapter|low_?rank|mean|mu$|(log_?)?var$|std|query|key|value|qkv|\b_?[qkv]$|to_\w+$/i;

/**
 * Whether names say that two layers which follow each other are no part of one another. Layers of one container are.
 */
export function isMeantApart(context: RuleContext, first: FlowResult, second: FlowResult): boolean {
  const [a, b] = [first, second].map(({ layer }) => layer && holderOf(context, layer.at));
  const [before, behind] = [ownersOf(context, first), ownersOf(context, second)];
  const common = before.findIndex((each, index) => each !== behind[index]);
  const from = common < 0 ? before.length : common;
  const owners = [...before.slice(from), ...behind.slice(from)];
  if (owners.length === 0 && a !== undefined && a === b) return false;
  return [a, b, nameOf(context, first), nameOf(context, second), ...owners].some(
    (each) => each !== undefined && apart.test(each),
  );
}

function nameOf({ flow }: RuleContext, { layer }: FlowResult): string | undefined {
  return layer && flow.nameOf(layer.id);
}

/** The objects whose methods run an operation, outermost first, by the names that hold them and their classes' names. */
function ownersOf({ flow }: RuleContext, { trail }: FlowResult): readonly string[] {
  return trail.flatMap(({ receiver }) => (receiver ? [`${flow.nameOf(receiver.id) ?? ''} ${receiver.cls.name}`] : []));
}
