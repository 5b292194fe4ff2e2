/** What 8 bits cost, layer by layer. */
import { say } from '../../language/say';
import type { HealthFinding, HealthLayer } from '../report';
import { NOISY, OUTLIERS } from '../thresholds';
import type { HealthView } from '../view';
import { percent } from '../words';

/** The noise's size against the signal's. */
const noiseOf = (decibels: number) => 10 ** (-decibels / 20);

/** Only a note: a model need never be put into 8 bits. */
export function findEightBits(view: HealthView): HealthFinding[] {
  const { eightBits } = view.measures;
  const snr = ({ snrChannel }: HealthLayer) => snrChannel ?? Number.POSITIVE_INFINITY;
  const noisy = view.live.filter((layer) => snr(layer) < NOISY).toSorted((a, b) => snr(a) - snr(b));
  const [worst] = noisy;
  if (!worst || !eightBits) return [];
  const { snrTensor, snrChannel } = eightBits;
  const decibels = (value: number | null) => (value === null ? '–' : value.toFixed(1));
  return [
    {
      rule: 'eight-bits',
      severity: 'information',
      message: say(
        'In 8 bits the error here is {0} of the signal ({1} dB); at the output it is {2} dB with a scale for each channel, {3} dB with one for each tensor.',
        percent(noiseOf(snr(worst))),
        decibels(snr(worst)),
        decibels(snrChannel),
        decibels(snrTensor),
      ),
      advice:
        (worst.outliers ?? 0) > OUTLIERS
          ? say(
              'If it is to run in 8 bits: {0} of its values lie far from the rest and stretch the range. A bound such as ReLU6, or training with quantisation, helps.',
              percent(worst.outliers ?? 0),
            )
          : say('If it is to run in 8 bits: keep this layer in 16, or train with quantisation.'),
      places: noisy.map((each) => view.placeOf(each)),
    },
  ];
}
