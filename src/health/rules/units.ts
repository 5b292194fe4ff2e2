/** Units that are off, or stuck where their activation is flat. */
import { defaultParameters, findActivation } from '../../activations/catalogue';
import { facts } from '../../activations/facts';
import { SATURATED } from '../../activations/saturation';
import { say, sentence } from '../../language/say';
import type { HealthFinding, HealthLayer } from '../report';
import { DEAD, FLAT_BY_DESIGN, SATURATED_SHARE } from '../thresholds';
import type { HealthView } from '../view';
import { figure, percent } from '../words';

/** Adds between which a layer's inputs lie. */
const withInputs = (text: string, { inputs }: HealthLayer): string =>
  inputs
    ? say('{0} Its inputs lie between {1} and {2}.', sentence(text), figure(inputs.low), figure(inputs.high))
    : text;

export function findDead(view: HealthView): HealthFinding[] {
  const { layers, measures, isAtStart } = view;
  const off = layers.filter(view.isAllOff);
  // Of one sample, half of the units are off.
  const many = layers.filter((layer) => measures.batch > 1 && !off.includes(layer) && (layer.dead ?? 0) >= DEAD);
  const advice = isAtStart
    ? say(
        'Look at the bias and the weights of the layer before it, which push its inputs to where it is flat. A bias of 0, a normalisation before it, or an activation with a slope there (LeakyReLU, GELU) lets them learn.',
      )
    : say(
        'Look at real inputs first: made-up ones may not reach these units. Units that are off for those too can be pruned, or begin anew with a smaller learning rate.',
      );
  return [
    ...toFinding(view, off, 'dead', isAtStart ? 'error' : 'warning', advice, () =>
      say(
        'All of its units are off: for none of the {0} samples do they have a slope, so that nothing of the input passes, and no gradient comes back.',
        measures.batch,
      ),
    ),
    ...toFinding(view, many, 'dead', isAtStart ? 'warning' : 'information', advice, (layer) =>
      say(
        '{0} of its units are off: for none of the {1} samples do they have a slope, and they get no gradient.',
        percent(layer.dead ?? 0),
        measures.batch,
      ),
    ),
  ];
}

export function findSaturated(view: HealthView): HealthFinding[] {
  const { layers, isAtStart } = view;
  const found = layers.filter((layer) => squashes(view, layer) && (layer.saturated ?? 0) > SATURATED_SHARE);
  const advice = isAtStart
    ? say('Draw the weights before it smaller, or put a normalisation before it: its inputs are too large.')
    : say(
        'Its inputs are large with these weights. If training has stalled, a normalisation before it, or an activation that is not flat on both sides, lets it go on.',
      );
  return toFinding(view, found, 'saturated', isAtStart ? 'warning' : 'information', advice, (layer) =>
    say(
      '{0} of its values lie where {1} is flat, with a slope below {2}: almost no gradient comes back through them.',
      percent(layer.saturated ?? 0),
      layer.title,
      SATURATED,
    ),
  );
}

/** Whether a layer is flat on both sides, and not for most of N(0, 1). */
function squashes(view: HealthView, { index }: HealthLayer): boolean {
  const op = view.activations[index]?.op;
  const entry = op && findActivation(op.activation);
  const known = entry && facts(entry, { ...defaultParameters(entry), ...op.parameters });
  if (!known) return false;
  const { low, high } = known.range;
  return Number.isFinite(low) && Number.isFinite(high) && known.saturated.share < FLAT_BY_DESIGN;
}

/** One finding for all layers that have it, worst first. */
function toFinding(
  view: HealthView,
  layers: readonly HealthLayer[],
  rule: HealthFinding['rule'] & ('dead' | 'saturated'),
  severity: HealthFinding['severity'],
  advice: string,
  message: (worst: HealthLayer) => string,
): HealthFinding[] {
  const [worst] = layers.toSorted((a, b) => (b[rule] ?? 0) - (a[rule] ?? 0));
  if (!worst) return [];
  const others = layers.filter((layer) => layer !== worst);
  return [
    {
      rule,
      severity,
      message: withInputs(message(worst), worst),
      advice,
      places: [worst, ...others].map((each) => view.placeOf(each)),
    },
  ];
}
