/** How alike different inputs are at each activation. */

import type { LayerSimilarity } from '../../compare/report';
import { firstElements } from '../../graph/access';
import type { Reduction, ValueId } from '../../graph/types';
import type { ActivationLayer } from '../layers';
import type { Numbers, Readout } from '../readout';
import type { StepMeasure } from './measure';

/** Below this a sample's output is taken for zero, which has no direction. */
const tiny = 1e-30;

/** Reduces each sample to one number, in two steps: GPU kernels reduce one output's elements in a row. */
function reduceSamples({ e }: Readout, fn: Reduction, x: ValueId): ValueId {
  const dims = e.shape(x).map((_, dim) => dim);
  return e.reduce(fn, e.reduce(fn, x, dims.slice(2), true), [1], true);
}

/**
 * Adds what tells the mean cosine of two different samples: with unit vectors u, the squared length of their sum is their
 * number and the cosines of all ordered pairs.
 * @returns how to read it: undefined for fewer than two samples that are not zero everywhere
 */
function meanCosine(readout: Readout, x: ValueId): (numbers: Numbers) => number | undefined {
  const { e } = readout;
  const [batch, ...sizes] = firstElements(e.shape(x), 1);
  const count = sizes.reduce((product, size) => product * size, 1);
  // Against the largest of each sample, so that squares neither overflow nor vanish.
  const scaled = e.div(x, e.binaryScalar('add', reduceSamples(readout, 'max', e.unary('abs', x)), tiny));
  const square = reduceSamples(readout, 'sum', e.mul(scaled, scaled));
  const units = e.div(scaled, e.unary('sqrt', e.binaryScalar('add', square, tiny)));
  const sum = e.reduce('sum', units, [0], true);
  const length = readout.add(readout.mean(e.mul(sum, sum)));
  const known = readout.add(readout.share('gt', square, 0));
  return (numbers) => {
    const samples = Math.round(numbers.numberAt(known) * batch);
    const cosines = numbers.numberAt(length) * count - samples;
    return samples > 1 ? cosines / (samples * (samples - 1)) : undefined;
  };
}

export const similarity: StepMeasure = {
  needsGradient: false,
  prepare: ({ readout, batch, layers, hidden }) => {
    // What has fewer or more rows than samples mixes or splits them.
    const isOfBatch = ({ output }: ActivationLayer) =>
      readout.e.shape(output)[0] === batch && readout.e.shape(output).length > 1;
    const read = layers.filter(isOfBatch).map(({ place, output }) => {
      readout.begin(place.path, place.call);
      const cosine = meanCosine(readout, output);
      return (numbers: Numbers) => ({ ...place, similarity: cosine(numbers) });
    });
    return (numbers) => {
      const told = read.map((one) => one(numbers));
      const similar = told.filter((layer): layer is LayerSimilarity => layer.similarity !== undefined);
      const last = told.findLast(({ index }) => hidden.has(index));
      return {
        samples: { similarity: last?.similarity },
        ...(similar.length > 0 && { layers: { similarity: similar } }),
      };
    };
  },
};
