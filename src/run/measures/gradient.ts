/** How the loss's gradient comes through the activations. */
import type { LayerGradient } from '../../compare/report';
import type { ValueId } from '../../graph/types';
import { averageOver, changeAlong } from '../layers';
import type { Numbers, Readout, ReadoutPlace } from '../readout';
import type { StepMeasure } from './measure';

interface Places {
  readonly norm: ReadoutPlace;
  readonly silent: ReadoutPlace;
}

function placesOf(readout: Readout, gradient: ValueId, units: number): Places {
  const { e } = readout;
  // Through the mean, which can't overflow where the sum would.
  const norm = e.binaryScalar(
    'mul',
    e.unary('sqrt', readout.mean(e.mul(gradient, gradient))),
    Math.sqrt(e.count(gradient)),
  );
  return {
    norm: readout.add(norm),
    silent: readout.add(readout.share('eq', readout.largestOfUnits(gradient, units), 0)),
  };
}

export const gradient: StepMeasure = {
  needsGradient: true,
  prepare: ({ readout, layers, hidden, gradientAt }) => {
    const read = layers.flatMap((layer) => {
      const found = gradientAt(layer);
      if (found === undefined) return [];
      readout.begin(layer.place.path, layer.place.call);
      const { norm, silent } = placesOf(readout, found, layer.units);
      return (numbers: Numbers): LayerGradient => ({
        ...layer.place,
        norm: numbers.numberAt(norm),
        silent: numbers.numberAt(silent),
      });
    });
    return (numbers) => {
      const told = read.map((one) => one(numbers));
      const counted = told.filter(({ index }) => hidden.has(index));
      return {
        samples: {
          // From the last layer to the first: that is the way a gradient goes.
          flow: changeAlong(counted.toReversed(), ({ norm }) => norm),
          silent: averageOver(counted, ({ silent }) => silent),
        },
        layers: { gradient: told },
      };
    };
  },
};
