/** What a model loses in 8 bits, layer by layer and at its outputs; in evaluation mode. */

import type { LayerCompression } from '../../compare/report';
import { itemOr } from '../../graph/access';
import { GraphBuilder } from '../../graph/builder';
import { extremum, quantise, roundData, type WeightScales } from '../../graph/quantise';
import type { Graph, ValueId } from '../../graph/types';
import { say } from '../../language/say';
import { activationLayers } from '../layers';
import { Numbers, Readout, type ReadoutPlace } from '../readout';
import type { Outputs } from '../session';
import type { PassMeasure } from './measure';

/** Signal to noise beyond this is more than single precision tells apart. */
const highest = 150;

export interface CompressionReading {
  /** dB at the first output. */
  readonly snrTensor: number;
  readonly snrChannel: number;
  readonly layers: readonly LayerCompression[];
}

export interface CompressionGraph {
  readonly graph: Graph;
  readonly read: (outputs: Outputs) => CompressionReading;
}

interface Noise {
  readonly signal: ReadoutPlace;
  readonly noise: ReadoutPlace;
}

function noiseOf(readout: Readout, exact: ValueId, rounded: ValueId): Noise {
  const { e } = readout;
  const error = e.sub(rounded, exact);
  return {
    signal: readout.add(readout.mean(e.mul(exact, exact))),
    noise: readout.add(readout.mean(e.mul(error, error))),
  };
}

function decibels(numbers: Numbers, { signal, noise }: Noise): number {
  const ratio = 10 * Math.log10(numbers.numberAt(signal) / numbers.numberAt(noise));
  // Nothing is lost of a signal that is zero everywhere.
  return Number.isNaN(ratio) && numbers.numberAt(noise) === 0 ? highest : Math.min(highest, ratio);
}

/** The model three times: in 32 bits, and in 8 with a scale for each weight tensor and for each of its channels. */
export function compressionGraph(graph: Graph, hidden?: ReadonlySet<number>): CompressionGraph {
  const builder = GraphBuilder.from(graph);
  const readout = new Readout(builder);
  const { e } = readout;
  const layers = activationLayers(graph, hidden);
  const [end] = graph.outputs;
  if (!end) throw new RangeError('the model has no output');

  readout.begin('quantised', 0);
  const copies = (['tensor', 'channel'] as const).map((scales: WeightScales) => {
    const values = quantise(builder, graph, scales);
    const at = (value: ValueId) => values.get(value) ?? value;
    return {
      layers: layers.map(({ output }) => noiseOf(readout, output, roundData(e, at(output)))),
      end: noiseOf(readout, end.value, at(end.value)),
    };
  });
  const ranges = layers.map(({ output, place }) => {
    readout.begin(place.path, place.call);
    const average = readout.mean(output);
    const distance = e.unary('abs', e.sub(output, average));
    const deviation = e.unary('sqrt', readout.mean(e.mul(distance, distance)));
    const beyond = e.indicator('gt', distance, e.binaryScalar('mul', deviation, 6));
    return {
      low: readout.add(extremum(e, 'min', output)),
      high: readout.add(extremum(e, 'max', output)),
      outliers: readout.add(readout.mean(beyond)),
    };
  });

  const read = (outputs: Outputs): CompressionReading => {
    const numbers = new Numbers(outputs);
    const [tensor, channel] = copies.map((copy) => ({
      layers: copy.layers.map((noise) => decibels(numbers, noise)),
      end: decibels(numbers, copy.end),
    }));
    return {
      snrTensor: tensor?.end ?? Number.NaN,
      snrChannel: channel?.end ?? Number.NaN,
      layers: layers.map(({ place }, i) => ({
        ...place,
        snrTensor: itemOr(tensor?.layers ?? [], i, Number.NaN),
        snrChannel: itemOr(channel?.layers ?? [], i, Number.NaN),
        low: numbers.numberAt(ranges[i]?.low ?? { start: -1, count: 0 }),
        high: numbers.numberAt(ranges[i]?.high ?? { start: -1, count: 0 }),
        outliers: numbers.numberAt(ranges[i]?.outliers ?? { start: -1, count: 0 }),
      })),
    };
  };
  return { graph: readout.finish(graph, graph.inputs), read };
}

export const compression: PassMeasure = {
  share: 0.15,
  run: (experiment, share) =>
    experiment.watch(['compression'], share, (variant) => {
      const made = experiment.attempt(say('The loss in 8 bits'), variant, () =>
        compressionGraph(variant.batched, experiment.resolved.hidden),
      );
      if (!made) return null;
      const read = (outputs: Outputs) => {
        const { layers, ...samples } = made.read(outputs);
        return { samples, layers: { compression: layers } };
      };
      return { graph: made.graph, pass: 'forward', read };
    }),
};
