import { messages, noNonlinearity } from '../../rules/chains/no-nonlinearity';
import { areKin, areMeantApart, layerApart, mayLeaveOut } from '../meant';
import { keyOf, type MixingLayer } from '../modelGraph';
import type { ModelContext, ModelRule, ModelVerdict } from '../modelRule';

type Key = keyof (typeof messages)['en'];

/** Linear → Linear with nothing between, through modules, lists of layers and loops. */
export const noNonlinearityOfModel: ModelRule<Key> = {
  rule: noNonlinearity,
  messages,
  *check(context): Generator<ModelVerdict<Key>> {
    const { model } = context;
    // A model that is linear as a whole is meant so, or its activation is left to who builds it.
    if (!model.activations.some(({ op }) => !('dim' in op.parameters))) return;
    for (const [index, { op }] of model.graph.nodes.entries()) {
      const second = op.kind === 'linear' ? model.mixingLayer(index) : undefined;
      const at = second && model.placeOf(second.node);
      if (second && at) yield* judge(context, second, at);
    }
  },
};

function* judge(context: ModelContext, second: MixingLayer, at: ModelVerdict<Key>['at']): Generator<ModelVerdict<Key>> {
  const { model } = context;
  const passed: number[] = [];
  const maker = model.originOf(second.input, model.isKeeping, passed);
  const layer = maker?.kind === 'node' ? model.mixingLayer(maker.index) : undefined;
  const first = layer?.node.op.kind === 'linear' ? layer : undefined;
  if (!first) {
    const held = layerApart(model, second);
    const place = held && model.placeBeside(held.node);
    if (place) yield { at, about: `${keyOf(place)} ${keyOf(at)}` };
    return;
  }
  const place = model.placeBeside(first.node);
  if (!place) return;
  const about = `${keyOf(place)} ${keyOf(at)}`;
  const isAlone = passed.every((value) => model.countReaders(value) === 1);
  const isMistake =
    isAlone &&
    !isFactor(first, second) &&
    areKin(model, first, second) &&
    !areMeantApart(model, first, second) &&
    ![place, at].some((each) => mayLeaveOut(context.texts, each));
  if (!isMistake) yield { at, about };
  else yield { at, about, nodes: [second.index], words: { related: [{ at: place, message: 'related' }] } };
}

/** Whether the middle is narrower than both ends: a low-rank map, made on purpose. */
function isFactor(first: MixingLayer, second: MixingLayer): boolean {
  const [middle, input] = first.weight;
  const [output] = second.weight;
  return middle === undefined || input === undefined || output === undefined || (middle < input && middle < output);
}
