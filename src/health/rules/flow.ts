/** Signal and gradient on their way through the layers. */
import { lastOf } from '../../graph/access';
import { say } from '../../language/say';
import type { HealthFinding, HealthLayer } from '../report';
import { ALIKE, FACTOR } from '../thresholds';
import type { HealthView } from '../view';
import { figure } from '../words';

export function findNotFinite(view: HealthView): HealthFinding[] {
  const { lost, layers, measures, isAtStart } = view;
  // A gradient comes from behind: the last layer without a finite one is the first that it met.
  const lostGradient = layers.findLast(({ norm }) => norm === null);
  const layer = lost ?? lostGradient;
  if (!layer && measures.loss !== null) return [];
  const end = view.graph.nodes.at(-1);
  const place = layer ? view.placeOf(layer) : end && view.placeOfNode(end);
  return [
    {
      rule: 'not-finite',
      severity: 'error',
      message: lost
        ? say('Its output holds infinities or what is not a number: nothing behind it can learn, nor be judged.')
        : lostGradient
          ? say('The gradient is infinite or not a number here, and in all that stands before it.')
          : say('The loss is infinite or not a number, although every activation is finite.'),
      advice: isAtStart
        ? say(
            'Look for a division, a logarithm, a root or an exponential without a bound, and for weights that begin far too large.',
          )
        : say(
            'Look for weights of {0} that are infinite or not a number, and for inputs of another size than it was trained on.',
            measures.weights,
          ),
      places: place ? [place] : [],
    },
  ];
}

interface Known {
  readonly layer: HealthLayer;
  readonly value: number;
}

const listKnown = (layers: readonly HealthLayer[], of: 'deviation' | 'norm'): Known[] =>
  layers.flatMap((layer) => {
    const value = layer[of];
    return typeof value === 'number' && value > 0 ? [{ layer, value }] : [];
  });

export function findSignal(view: HealthView): HealthFinding[] {
  const found = listKnown(view.live, 'deviation');
  const [first] = found;
  if (!first || found.length < 2) return [];
  const last = lastOf(found);
  const isFading = last.value * FACTOR < first.value;
  if (!isFading && last.value < first.value * FACTOR) return [];
  return [
    {
      rule: isFading ? 'vanishing-signal' : 'exploding-signal',
      severity: view.isAtStart ? 'warning' : 'information',
      message: isFading
        ? say(
            'The signal fades on its way: its deviation falls from {0} to {1} over {2} activations.',
            figure(first.value),
            figure(last.value),
            found.length,
          )
        : say(
            'The signal grows on its way: its deviation rises from {0} to {1} over {2} activations.',
            figure(first.value),
            figure(last.value),
            found.length,
          ),
      advice: isFading ? moreSignal() : lessSignal(),
      places: [last.layer, first.layer].map((each) => view.placeOf(each)),
    },
  ];
}

const moreSignal = () =>
  say(
    'Draw the weights for the activation behind them, or keep the size of the signal by normalisation or residual connections.',
  );
const lessSignal = () => say('Draw smaller weights, or keep the size of the signal by a normalisation.');

export function findAlike(view: HealthView): HealthFinding[] {
  const alike = view.live.filter((layer) => (layer.similarity ?? 0) > ALIKE && !view.isConstant(layer));
  const [first] = alike;
  if (!first) return [];
  return [
    {
      rule: 'alike',
      severity: view.isAtStart ? 'warning' : 'information',
      message: say(
        'From here on different inputs come out alike: they differ by less than 1 % of the signal (mean cosine {0}).',
        Number(first.similarity?.toFixed(6)),
      ),
      advice: moreSignal(),
      places: alike.map((each) => view.placeOf(each)),
    },
  ];
}

/** How many layers at each end speak for it: one beside the way itself, as in a gate, may get little. */
const atEnds = (count: number) => Math.max(1, Math.min(3, Math.floor(count / 4)));

export function findGradient(view: HealthView): HealthFinding[] {
  const found = listKnown(view.layers, 'norm');
  if (found.length < 2) return [];
  const largest = (some: readonly Known[]) => some.reduce((most, each) => (each.value > most.value ? each : most));
  const ends = atEnds(found.length);
  const [first, last] = [largest(found.slice(0, ends)), largest(found.slice(-ends))];
  const isFading = first.value * FACTOR < last.value;
  if (!isFading && first.value < last.value * FACTOR) return [];
  return [
    {
      rule: isFading ? 'vanishing-gradient' : 'exploding-gradient',
      severity: view.isAtStart ? 'warning' : 'information',
      message: isFading
        ? say(
            'The gradient fades on its way back over {0} activations: {1} at the last, {2} here. With one learning rate the first layers hardly learn.',
            found.length,
            figure(last.value),
            figure(first.value),
          )
        : say(
            'The gradient grows on its way back over {0} activations: {1} at the last, {2} here. A learning rate that suits one end does not suit the other.',
            found.length,
            figure(last.value),
            figure(first.value),
          ),
      advice: isFading
        ? say(
            'Residual connections, a normalisation before each activation, or weights drawn for the activation behind them keep its size; so does an activation that is not flat, such as ReLU or GELU.',
          )
        : say('Draw smaller weights, put in a normalisation, or clip the gradient.'),
      places: [first.layer, last.layer].map((each) => view.placeOf(each)),
    },
  ];
}

/** Layers without any gradient that nothing found elsewhere explains. */
export function findNoGradient(view: HealthView): HealthFinding[] {
  const { layers, measures } = view;
  // Without a loss no gradient was asked for.
  if (measures.loss === undefined && layers.every(({ norm }) => norm === undefined)) return [];
  const severed = layers.filter(({ norm }) => norm === undefined);
  const silent = layers.filter((layer) => layer.norm === 0 && !view.isAllOff(layer) && !view.isBlocked(layer));
  const finding = (
    some: readonly HealthLayer[],
    severity: HealthFinding['severity'],
    message: string,
    advice: string,
  ): HealthFinding[] =>
    some.length > 0
      ? [{ rule: 'no-gradient', severity, message, advice, places: some.map((each) => view.placeOf(each)) }]
      : [];
  return [
    ...finding(
      silent,
      'warning',
      say('No gradient comes back to it, to the last bit: what stands before it does not learn in this step.'),
      say(
        'Look behind it for weights or factors that are zero, for gradients too small for single precision, and for functions without a slope (round, sign, argmax).',
      ),
    ),
    ...finding(
      severed,
      'information',
      say('The loss that was measured, at the first output, does not depend on it.'),
      say('Nothing, where another output or loss uses it; else look for a detach() or a no_grad() behind it.'),
    ),
  ];
}
