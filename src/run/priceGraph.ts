/** The first step of training of a model that a finding is about, with what is read of it. */
import { activationRules, rulesFor } from '../activations/differentiation';
import { lossOf } from '../data/task';
import { itemAt, sizeAt } from '../graph/access';
import { GraphBuilder } from '../graph/builder';
import { differentiate, slopeOf, slopeThrough } from '../graph/differentiate/index';
import { Emit } from '../graph/emit';
import { addLoss, type Loss, targetType } from '../graph/losses';
import { refuseOverwrites } from '../graph/overwrites';
import { type TrainingGraph, trainingGraph } from '../graph/train';
import type { Graph, TensorType, ValueId } from '../graph/types';
import type { Device } from '../lower/lowered';
import type { PlannedLoss, PricedVersion, PricePlan } from '../price/plan';
import type { Quantity } from '../price/report';
import { type ActivationLayer, activationLayers } from './layers';
import { Numbers, Readout, type ReadoutPlace } from './readout';
import type { Outputs } from './session';
import { layersIn } from './trainingPass';

/** A graph whose inputs are the model's and `target`, and what one run of it says. */
export interface PriceGraph {
  readonly graph: Graph;
  readonly target: TensorType;
  readonly read: (outputs: Outputs) => Partial<Record<Quantity, number>>;
}

/** A unit is dead where its slope stays below this for the whole batch, as the signal's measure has it. */
const none = 1e-6;

/**
 * @throws ShapeError where the model can't be trained with this batch, or its output doesn't fit the loss
 */
export function priceGraph(plan: PricePlan, version: PricedVersion, device: Device): PriceGraph {
  const rules = rulesFor(device);
  refuseOverwrites(version.graph, rules);
  const trained = trainingGraph(version.graph);
  const at = (value: ValueId) => trained.standsFor.get(value) ?? value;
  const builder = GraphBuilder.from(trained);
  const { loss, target } = lossIn(builder, plan.loss, trained, at(version.scores));
  const { name, state } = trained;
  const inputs = [...trained.inputs, { name: 'target', value: target }];
  const graph = builder.finish({ name, inputs, outputs: [{ name: 'loss', value: loss }], state });
  const weights = [plan.weight, ...(plan.against === undefined ? [] : [plan.against])].map(at);
  const made = differentiate(graph, loss, weights, rules);
  const readout = new Readout(made.builder);
  const gradients = weights.map((weight) => made.gradients.get(weight));
  const layers = layersIn(trained, activationLayers(version.graph)).filter(({ output }) =>
    version.activations.some((each) => at(each) === output),
  );
  const places = placesOf(plan, readout, loss, gradients, layers);
  return {
    graph: readout.finish(graph, inputs),
    target: made.builder.type(target),
    read: (outputs) => {
      const numbers = new Numbers(outputs);
      return Object.fromEntries(
        plan.quantities.flatMap((quantity) => {
          const value = places[quantity]?.(numbers);
          return value === undefined ? [] : [[quantity, value]];
        }),
      );
    },
  };
}

type Reads = Partial<Record<Quantity, (numbers: Numbers) => number>>;

/** Adds what is to be read to the graph. */
function placesOf(
  plan: PricePlan,
  readout: Readout,
  loss: ValueId,
  [gradient, against]: readonly (ValueId | undefined)[],
  layers: readonly ActivationLayer[],
): Reads {
  const { e } = readout;
  const isAsked = (quantity: Quantity) => plan.quantities.includes(quantity);
  readout.begin('price', 0);
  /** Through the mean, which can't overflow where the sum would. */
  const rms = (x: ValueId) => readout.add(e.unary('sqrt', readout.mean(e.mul(x, x))));
  const reads: Reads = {};
  const lossPlace = readout.add(loss);
  reads.loss = (numbers) => numbers.numberAt(lossPlace);
  const size = gradient === undefined ? undefined : rms(gradient);
  const count = gradient === undefined ? 0 : e.count(gradient);
  reads.gradient = (numbers) => (size ? numbers.numberAt(size) * Math.sqrt(count) : 0);
  if (isAsked('reach') && against !== undefined) {
    const other = rms(against);
    reads.reach = (numbers) => (size ? numbers.numberAt(size) / numbers.numberAt(other) : 0);
  }
  const slopes = isAsked('slopes') || isAsked('dead') ? layers.map((layer) => slopesOf(readout, layer)) : [];
  if (slopes.length > 0) {
    reads.slopes = (numbers) => slopes.reduce((product, { mean }) => product * numbers.numberAt(mean), 1);
    reads.dead = (numbers) => slopes.reduce((sum, { dead }) => sum + numbers.numberAt(dead), 0) / slopes.length;
  }
  const last = layers.at(-1);
  if (isAsked('deviation') && last) {
    const deviation = deviationOf(readout, last.output);
    reads.deviation = (numbers) => numbers.numberAt(deviation);
  }
  return reads;
}

/** The mean size of an activation's slope, and the share of its units that have none. */
function slopesOf(readout: Readout, layer: ActivationLayer): { mean: ReadoutPlace; dead: ReadoutPlace } {
  const { e } = readout;
  const { nodes, input, output, op, weights, units } = layer;
  const slope =
    nodes.length > 0
      ? slopeThrough(e.builder, nodes, input, output, activationRules)
      : slopeOf(e.builder, op, input, weights, activationRules);
  const size = e.unary('abs', slope);
  return {
    mean: readout.add(readout.mean(size)),
    dead: readout.add(readout.share('lt', readout.largestOfUnits(size, units), none)),
  };
}

function deviationOf(readout: Readout, value: ValueId): ReadoutPlace {
  const { e } = readout;
  const centred = e.sub(value, readout.mean(value));
  return readout.add(e.unary('sqrt', readout.mean(e.mul(centred, centred))));
}

/** Adds the loss and its target. */
function lossIn(
  builder: GraphBuilder,
  planned: PlannedLoss,
  { outputs }: TrainingGraph,
  scores: ValueId,
): { readonly loss: ValueId; readonly target: ValueId } {
  if (planned.at === 'output') {
    const output = itemAt(outputs, 0).value;
    const loss = lossOf(planned.task);
    const target = builder.input(targetType(loss, builder.type(output)));
    return { loss: addLoss(builder, loss, output, target), target };
  }
  const e = new Emit(builder);
  const loss: Loss =
    planned.loss === 'cross_entropy'
      ? { kind: 'cross_entropy', ignoreIndex: -100, labelSmoothing: 0 }
      : { kind: planned.loss };
  const rows = rowsOf(e, scores, planned.classes);
  const target = builder.input(targetType(loss, builder.type(rows)));
  return { loss: addLoss(builder, loss, rows, target), target };
}

/** Scores as rows of classes, wherever those lie: [rows, classes]. */
function rowsOf(e: Emit, scores: ValueId, dim: number): ValueId {
  const shape = e.shape(scores);
  const classes = shape.length === 0 ? 1 : sizeAt(shape, dim);
  const others = shape.flatMap((_, i) => (i === dim ? [] : [i]));
  const last = dim === shape.length - 1 ? scores : e.permute(scores, [...others, dim]);
  return e.reshape(last, [e.count(scores) / classes, classes]);
}
