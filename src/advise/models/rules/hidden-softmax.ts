import { isGiven } from '../../../graph/access';
import type { PlacedActivation } from '../../../graph/activations';
import { hiddenSoftmax, messages, wordFor } from '../../rules/chains/hidden-softmax';
import { areKin, areMeantApart } from '../meant';
import type { MixingLayer, ModelGraph } from '../modelGraph';
import type { ModelRule, ModelVerdict } from '../modelRule';
import { isSoftmax, weighs } from '../scores';

type Key = keyof (typeof messages)['en'];

/** Softmax between two layers of one module. */
export const hiddenSoftmaxOfModel: ModelRule<Key> = {
  rule: hiddenSoftmax,
  messages,
  *check({ model }): Generator<ModelVerdict<Key>> {
    for (const softmax of model.activations.filter(isSoftmax)) {
      const at = model.placeOf(softmax);
      if (!at) continue;
      const [before, behind] = [layerBefore(model, softmax), layerBehind(model, softmax)];
      const place = behind && model.placeBeside(behind.node);
      if (!before || !place || !isHidden(model, softmax, before, behind)) {
        yield { at };
        continue;
      }
      const values = [before.node.op.kind];
      const words = {
        message: wordFor(softmax.op.activation),
        values,
        related: [{ at: place, message: 'related' as const }],
      };
      yield { at, nodes: [softmax.node], words };
    }
  },
};

function isHidden(model: ModelGraph, softmax: PlacedActivation, before: MixingLayer, behind: MixingLayer): boolean {
  // A table of embeddings by probabilities has no bias.
  return (
    isGiven(behind.node.inputs[2]) &&
    !isFedBack(model, behind) &&
    areKin(model, before, behind) &&
    !areMeantApart(model, before, behind) &&
    [softmax.path, before.node.path, behind.node.path].every((path) => !weighs(model, path))
  );
}

/** What is added to the way around it is a condition of its own: a model's first guess. */
function isFedBack(model: ModelGraph, { output }: MixingLayer): boolean {
  return model.readersOf(output).some((reader) => model.graph.nodes[reader]?.op.kind === 'binary');
}

function layerBefore(model: ModelGraph, { input }: PlacedActivation): MixingLayer | undefined {
  const passed: number[] = [];
  const maker = model.originOf(input, model.isKeepingOrNorm, passed);
  const isAlone = passed.every((value) => model.countReaders(value) === 1);
  return maker?.kind === 'node' && isAlone ? model.mixingLayer(maker.index) : undefined;
}

/** The one layer that its output goes into, where nothing else reads that. */
function layerBehind(model: ModelGraph, { output }: PlacedActivation): MixingLayer | undefined {
  for (let value = output, steps = 0; steps < 8; steps++) {
    const [reader, ...more] = model.readersOf(value);
    const node = reader === undefined ? undefined : model.graph.nodes[reader];
    if (reader === undefined || !node || more.length > 0) return undefined;
    if (!model.isKeeping(node)) {
      const layer = model.mixingLayer(reader);
      return layer?.input === value ? layer : undefined;
    }
    [value = value] = node.outputs;
  }
  return undefined;
}
