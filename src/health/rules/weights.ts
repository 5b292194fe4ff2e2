/** What the weights begin with, or are. */
import { findActivation, torchGain } from '../../activations/catalogue';
import { itemAt } from '../../graph/access';
import { say, sentence } from '../../language/say';
import type { FindingSeverity, HealthFinding } from '../report';
import { DEFAULT_GAIN, type ScaledLayer, scaledLayers } from '../scale';
import { EXCESS, GREAT_EXCESS, SCALE_FACTOR } from '../thresholds';
import type { HealthView } from '../view';
import { figure } from '../words';
import type { ZeroWeight } from '../zeros';
import { findSignal } from './flow';

export function findZeros(view: HealthView): HealthFinding[] {
  const { zeros, isAtStart } = view;
  const { weights, drawnOutput } = view.measures;
  const finding = (
    becomes: ZeroWeight['becomes'],
    severity: FindingSeverity,
    message: (names: readonly string[]) => string,
    advice: string,
  ): HealthFinding[] => {
    const found = zeros.filter((each) => each.becomes === becomes);
    if (found.length === 0) return [];
    const places = found.map((each) => view.placeOfWeight(each));
    return [{ rule: `zero-${becomes}`, severity, message: message(found.map(({ name }) => name)), advice, places }];
  };
  const fileOf = weights ?? '';
  const asMeant = say('Nothing, where it is meant.');
  return isAtStart
    ? [
        ...finding(
          'output',
          'information',
          (names) =>
            say(
              'The output layer begins at zero ({0}): the first outputs are the same for every input, and in the first step it alone learns; from the second on all layers do.',
              names,
            ),
          drawnOutput
            ? say(
                'Nothing, where it is meant. Signal and gradient are told with small random weights in its place, for its zeros would hide them.',
              )
            : asMeant,
        ),
        ...finding(
          'branch',
          'information',
          (names) =>
            say(
              'Branches begin at zero ({0}): each adds nothing at first, and the layers in it get no gradient in the first step.',
              names,
            ),
          asMeant,
        ),
        ...finding(
          'inside',
          'warning',
          (names) =>
            say('Weights before another layer begin at zero ({0}): what they make is the same for every input.', names),
          say(
            'Draw them at random, as PyTorch does unless it is told otherwise: only the end of a branch, or of the model, may begin at zero.',
          ),
        ),
      ]
    : [
        ...finding(
          'output',
          'warning',
          (names) =>
            say('The output layer is zero in {0} ({1}): the model says the same whatever it is given.', fileOf, names),
          say('Check that the file is of this model, and was saved after training.'),
        ),
        ...finding(
          'branch',
          'information',
          (names) => say('Branches are zero in {0} ({1}): they add nothing.', fileOf, names),
          asMeant,
        ),
        ...finding(
          'inside',
          'warning',
          (names) =>
            say(
              'Weights before another layer are zero in {0} ({1}): what they make is the same for every input.',
              fileOf,
              names,
            ),
          say('Check that the file is of this model, and was saved after training.'),
        ),
      ];
}

/** Initial weights of chains that shrink or grow the signal by themselves. */
export function findScale(view: HealthView): HealthFinding[] {
  if (!view.isAtStart) return [];
  const hidden = new Set(view.measures.layers.filter(({ apart }) => !apart).map(({ index }) => index));
  const groups = new Map<string, ScaledLayer[]>();
  for (const each of scaledLayers(view.graph, hidden)) {
    const key = `${each.activation.op.activation} ${each.gain.toPrecision(3)}`;
    groups.set(key, [...(groups.get(key) ?? []), each]);
  }
  return [...groups.values()].flatMap((layers): HealthFinding[] => {
    const { gain, keeping, activation } = itemAt(layers, 0);
    const factor = layers.reduce((product, each) => (product * each.gain) / each.keeping, 1);
    if (factor > 1 / SCALE_FACTOR && factor < SCALE_FACTOR) return [];
    const title = findActivation(activation.op.activation)?.title ?? activation.op.activation;
    const own = isNear(gain, DEFAULT_GAIN)
      ? say('by PyTorch’s default, of a deviation of {0}/√fan_in', figure(gain))
      : say('with a deviation of {0}/√fan_in', figure(gain));
    return [
      {
        rule: 'initial-scale',
        severity: 'information',
        message: say(
          '{0} layers before {1} draw their weights {2}; {3}/√fan_in keeps the size of a signal that {1} bends.',
          layers.length,
          title,
          sentence(own),
          figure(keeping),
        ),
        advice: scaleAdvice(itemAt(layers, 0)),
        places: layers.map(({ layer }) => view.placeOfNode(layer)),
      },
    ];
  });
}

const isNear = (gain: number | undefined, other: number) => gain !== undefined && Math.abs(gain / other - 1) < 0.01;

function scaleAdvice({ activation, keeping }: ScaledLayer): string {
  const { activation: id } = activation.op;
  // PyTorch's functions know the gain of a few by name; those with a parameter want that, too.
  const isNamed = findActivation(id)?.parameters.every(({ numeric }) => !numeric);
  if (isNamed && isNear(torchGain(id), keeping))
    return say('nn.init.kaiming_normal_(layer.weight, nonlinearity="{0}") draws them so.', id);
  return say('nn.init.normal_(layer.weight, std={0} / math.sqrt(fan_in)) draws them so.', figure(keeping));
}

/** A first loss that is far above that of even chances: the output begins too large. */
export function findFirstLoss(view: HealthView): HealthFinding[] {
  const { loss, chance, drawnOutput } = view.measures;
  if (!view.isAtStart || drawnOutput || typeof loss !== 'number' || chance === undefined) return [];
  // A signal that grows all the way is told where it does.
  if (loss - chance < EXCESS || findSignal(view).length > 0) return [];
  const [output] = view.graph.outputs;
  const layer = view.graph.nodes.find(({ outputs }) => output !== undefined && outputs.includes(output.value));
  return [
    {
      rule: 'first-loss',
      severity: loss - chance < GREAT_EXCESS ? 'information' : 'warning',
      message: say(
        'The first loss is {0}, where even chances give {1}: the outputs begin so large that the model is sure of answers that it cannot know.',
        figure(loss),
        figure(chance),
      ),
      advice: say(
        'Draw the weights of the output layer smaller: else the first steps go into making its outputs small.',
      ),
      places: layer ? [view.placeOfNode(layer)] : [],
    },
  ];
}
