/** How signal and gradient flow through the activations of a model, as numbers that are reduced on the device. */

import { findActivation } from '../activations/catalogue';
import { activationRules, rulesFor } from '../activations/differentiation';
import { SATURATED } from '../activations/saturation';
import type { Histogram, LayerGradient, LayerSignal } from '../compare/report';
import { lossOf, type Task } from '../data/task';
import { GraphBuilder } from '../graph/builder';
import { differentiate, slopeOf } from '../graph/differentiate/index';
import { objective } from '../graph/objective';
import { forTraining } from '../graph/train';
import type { Graph, StorageId, ValueId } from '../graph/types';
import type { Device } from '../lower/lowered';
import { activationLayers, type Layer } from './layers';
import { Numbers, type Place, Readout } from './readout';
import type { Outputs } from './session';

/** Where |slope| is below this for the whole batch, the unit is dead. */
const none = 1e-6;
/** Elements that a histogram is made from, at most. */
const sampled = 512;
const bins = 24;

interface SignalPlaces {
  readonly mean: Place;
  readonly deviation: Place;
  readonly zeros: Place;
  readonly saturated?: Place;
  readonly dead?: Place;
  readonly values: Place;
}

interface GradientPlaces {
  readonly norm: Place;
  readonly silent: Place;
}

/** A graph that measures, and how to read what it gives. */
export interface FlowGraph {
  /** The model's inputs, and `target` where gradients are measured. */
  readonly graph: Graph;
  /** Storages that are drawn anew for each run. */
  readonly noise: readonly StorageId[];
  readonly layers: readonly Layer[];
  /** The batch's statistics, dropout and the rest of training. */
  readonly training: boolean;
  readonly read: (outputs: Outputs) => {
    readonly signal: readonly LayerSignal[];
    readonly gradient?: readonly LayerGradient[];
  };
}

function signalPlaces(readout: Readout, builder: GraphBuilder, layer: Layer): SignalPlaces {
  const { e } = readout;
  const { output } = layer;
  const average = readout.mean(output);
  const centred = e.sub(output, average);
  const deviation = e.unary('sqrt', readout.mean(e.mul(centred, centred)));
  const count = e.count(output);
  const values = e.slice(e.reshape(output, [count]), 0, 0, count, Math.ceil(count / sampled));
  const places = {
    mean: readout.add(average),
    deviation: readout.add(deviation),
    zeros: readout.add(readout.share('eq', output, 0)),
    values: readout.add(values),
  };
  if (findActivation(layer.op.activation)?.shape !== 'elementwise') return places;
  const slope = slopeOf(builder, layer.op, layer.input, layer.weights, activationRules);
  const size = e.unary('abs', slope);
  return {
    ...places,
    saturated: readout.add(readout.share('lt', size, SATURATED)),
    dead: readout.add(readout.share('lt', readout.largestOfUnits(size, layer.units), none)),
  };
}

function gradientPlaces(readout: Readout, gradient: ValueId, units: number): GradientPlaces {
  const { e } = readout;
  // Through the mean, which can't overflow where the sum would.
  const norm = e.by('mul', e.unary('sqrt', readout.mean(e.mul(gradient, gradient))), Math.sqrt(e.count(gradient)));
  return {
    norm: readout.add(norm),
    silent: readout.add(readout.share('eq', readout.largestOfUnits(gradient, units), 0)),
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
    counts[bin] = (counts[bin] ?? 0) + 1;
  }
  return { low, high, counts };
}

/** The same layers among the values of the graph in training mode. */
function moved(layers: readonly Layer[], standsFor: ReadonlyMap<ValueId, ValueId>): Layer[] {
  const at = (value: ValueId) => standsFor.get(value) ?? value;
  return layers.map((layer) => ({
    ...layer,
    input: at(layer.input),
    output: at(layer.output),
    weights: layer.weights.map(at),
  }));
}

/**
 * In evaluation mode: the signal alone; null where the graph has no activation.
 */
export function signalGraph(graph: Graph): FlowGraph | null {
  const layers = activationLayers(graph);
  if (layers.length === 0) return null;
  const builder = GraphBuilder.from(graph);
  const readout = new Readout(builder);
  const signals = layers.map((layer) => {
    readout.begin(layer.place.path, layer.place.call);
    return signalPlaces(readout, builder, layer);
  });
  const read: FlowGraph['read'] = (outputs) => ({ signal: readSignal(layers, signals, new Numbers(outputs)) });
  return { graph: readout.finish(graph, graph.inputs), noise: [], layers, training: false, read };
}

/**
 * In training mode, with the task's loss: signal and gradient. Null where the graph has no activation.
 * @throws ShapeError where the model can't be trained with this batch, or the task doesn't fit its output
 */
export function flowGraph(graph: Graph, task: Task, device: Device): FlowGraph | null {
  if (activationLayers(graph).length === 0) return null;
  const trained = forTraining(graph);
  const layers = moved(activationLayers(graph), trained.standsFor);
  const { graph: whole, loss } = objective(trained, lossOf(task));
  const { builder, gradients } = differentiate(
    whole,
    loss,
    layers.map(({ input }) => input),
    rulesFor(device),
  );

  const readout = new Readout(builder);
  const signals: SignalPlaces[] = [];
  const flows: { readonly layer: Layer; readonly places: GradientPlaces }[] = [];
  for (const layer of layers) {
    readout.begin(layer.place.path, layer.place.call);
    signals.push(signalPlaces(readout, builder, layer));
    const gradient = gradients.get(layer.input);
    if (gradient !== undefined) flows.push({ layer, places: gradientPlaces(readout, gradient, layer.units) });
  }
  const read: FlowGraph['read'] = (outputs) => {
    const numbers = new Numbers(outputs);
    const gradient = flows.map(({ layer: { place }, places }): LayerGradient => {
      const { norm, silent } = places;
      return { ...place, norm: numbers.one(norm), silent: numbers.one(silent) };
    });
    return { signal: readSignal(layers, signals, numbers), gradient };
  };
  return { graph: readout.finish(whole, whole.inputs), noise: trained.noise, layers, training: true, read };
}

function readSignal(layers: readonly Layer[], places: readonly SignalPlaces[], numbers: Numbers): LayerSignal[] {
  return layers.flatMap(({ place, count }, i) => {
    const at = places[i];
    if (!at) return [];
    const { mean, deviation, zeros, saturated, dead, values } = at;
    return {
      ...place,
      count,
      mean: numbers.one(mean),
      deviation: numbers.one(deviation),
      zeros: numbers.one(zeros),
      ...(saturated && { saturated: numbers.one(saturated) }),
      ...(dead && { dead: numbers.one(dead) }),
      histogram: histogram(numbers.all(values)),
    };
  });
}
