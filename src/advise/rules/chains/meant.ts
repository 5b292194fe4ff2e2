import type { FlowPlace, FlowResult } from '../../../flow/values';
import { parentOf } from '../../../syntax/ancestors';
import { holderOf, nodeOfPlace } from '../../codeNodes';
import type { RuleContext } from '../../rule';

/** Names of layers that are trained, frozen or exchanged by themselves: a trunk's last layer, and a head behind it. */
export const apart =
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

/** Names of what weighs, routes or chooses, where the user's own code does not show what with. */
export const weigher =
  /att(n|ention)|energy|align|rout|gat(e|ing)|weight|expert|mixture|\bmoe|pool|select|mask|score|adj|alpha|assign|cluster|topic|theta/i;

/** Whether names of the code around an operation say that it gives weights. */
export function weighs(context: RuleContext, result: FlowResult): boolean {
  return isNamed(context, result, weigher);
}

/** Whether a name around an operation fits: of what holds its result or its layer, of the functions and classes that run it. */
export function isNamed(context: RuleContext, { at, layer, trail }: FlowResult, pattern: RegExp): boolean {
  const written = [holderOf(context, at), layer && holderOf(context, layer.at), layer && context.flow.nameOf(layer.id)];
  const around = trail.flatMap(({ code, receiver, owner }) => [code.name, receiver?.cls.name, owner?.name]);
  return [...written, ...around].some((each) => each !== undefined && pattern.test(each));
}

/** The list of layers that a place stands in: its brackets, or the name of what it is put into. */
export function containerOf(context: RuleContext, place: FlowPlace): string | undefined {
  const layer = nodeOfPlace(context, place);
  const parent = layer && parentOf(layer);
  const around = parent && parentOf(parent);
  if (
    around?.type === 'call' &&
    around.childForFieldName('function')?.childForFieldName('attribute')?.text === 'append'
  )
    return holderOf(context, place);
  return parent ? String(parent.id) : undefined;
}
