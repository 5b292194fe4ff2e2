/** Statistics of the activations' outputs. */

import { findActivation } from '../../activations/catalogue';
import { activationRules } from '../../activations/differentiation';
import { SATURATED } from '../../activations/saturation';
import type { Histogram, LayerSignal } from '../../compare/report';
import { itemAt } from '../../graph/access';
import { slopeOf, slopeThrough } from '../../graph/differentiate/index';
import type { ValueId } from '../../graph/types';
import { say } from '../../language/say';
import { type ActivationLayer, averageOver, changeAlong } from '../layers';
import type { Numbers, ReadoutPlace } from '../readout';
import type { ModelView, StepMeasure } from './measure';

/** Where |slope| is below this for the whole batch, the unit is dead. */
const none = 1e-6;
/** Elements that a histogram is made from, at most. */
const sampled = 512;
const bins = 24;

interface Places {
  readonly mean: ReadoutPlace;
  readonly deviation: ReadoutPlace;
  readonly zeros: ReadoutPlace;
  readonly saturated?: ReadoutPlace;
  readonly dead?: ReadoutPlace;
  readonly values: ReadoutPlace;
  readonly inputs: ReadoutPlace;
}

function placesOf({ readout, builder }: ModelView, layer: ActivationLayer): Places {
  const { e } = readout;
  const { output } = layer;
  const average = readout.mean(output);
  const centred = e.sub(output, average);
  const deviation = e.unary('sqrt', readout.mean(e.mul(centred, centred)));
  const some = (value: ValueId) => {
    const count = e.count(value);
    return e.slice(e.reshape(value, [count]), 0, 0, count, Math.ceil(count / sampled));
  };
  const places = {
    mean: readout.add(average),
    deviation: readout.add(deviation),
    zeros: readout.add(readout.share('eq', output, 0)),
    values: readout.add(some(output)),
    inputs: readout.add(some(layer.input)),
  };
  if (findActivation(layer.op.activation)?.shape !== 'elementwise') return places;
  const slope =
    layer.nodes.length > 0
      ? slopeThrough(builder, layer.nodes, layer.input, output, activationRules)
      : slopeOf(builder, layer.op, layer.input, layer.weights, activationRules);
  const size = e.unary('abs', slope);
  return {
    ...places,
    saturated: readout.add(readout.share('lt', size, SATURATED)),
    dead: readout.add(readout.share('lt', readout.largestOfUnits(size, layer.units), none)),
  };
}

function histogram(values: readonly number[]): Histogram {
  const known = values.filter(Number.isFinite);
  const low = known.reduce((least, value) => Math.min(least, value), Number.POSITIVE_INFINITY);
  const high = known.reduce((most, value) => Math.max(most, value), Number.NEGATIVE_INFINITY);
  const counts = new Array<number>(bins).fill(0);
  if (known.length === 0) return { low: 0, high: 0, counts };
  for (const value of known) {
    const bin = high > low ? Math.min(bins - 1, Math.floor(((value - low) / (high - low)) * bins)) : 0;
    counts[bin] = itemAt(counts, bin) + 1;
  }
  return { low, high, counts };
}

function layerSignal({ place, count }: ActivationLayer, places: Places, numbers: Numbers): LayerSignal {
  const { mean, deviation, zeros, saturated, dead, values, inputs } = places;
  return {
    ...place,
    count,
    mean: numbers.numberAt(mean),
    deviation: numbers.numberAt(deviation),
    zeros: numbers.numberAt(zeros),
    ...(saturated && { saturated: numbers.numberAt(saturated) }),
    ...(dead && { dead: numbers.numberAt(dead) }),
    histogram: histogram(numbers.numbersAt(values)),
    inputs: histogram(numbers.numbersAt(inputs)),
  };
}

export const signal: StepMeasure = {
  needsGradient: false,
  prepare: (model) => {
    const read = model.layers.map((layer) => {
      model.readout.begin(layer.place.path, layer.place.call);
      const places = placesOf(model, layer);
      return (numbers: Numbers) => layerSignal(layer, places, numbers);
    });
    return (numbers) => {
      const layers = read.map((one) => one(numbers));
      const hidden = layers.filter(({ index }) => model.hidden.has(index));
      const lost = layers.find(({ mean }) => !Number.isFinite(mean));
      return {
        samples: {
          zeros: averageOver(hidden, ({ zeros }) => zeros),
          saturated: averageOver(hidden, ({ saturated }) => saturated),
          dead: averageOver(hidden, ({ dead }) => dead),
          spread: changeAlong(hidden, ({ deviation }) => deviation),
        },
        layers: { signal: layers },
        notes: lost
          ? [
              say(
                "{0}: {1} gives no finite numbers with these weights; what comes behind it can't be judged.",
                model.title,
                lost.path || say('line {0}', lost.line ?? '?'),
              ),
            ]
          : [],
      };
    };
  },
};
