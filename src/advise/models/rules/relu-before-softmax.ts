import { messages, reluBeforeSoftmax } from '../../rules/chains/relu-before-softmax';
import type { ModelGraph } from '../modelGraph';
import type { ModelRule, ModelVerdict } from '../modelRule';
import { isAnswer, isSoftmax, weighs } from '../scores';

type Key = keyof (typeof messages)['en'];

/** ReLU between the last layer and the softmax of its scores. */
export const reluBeforeSoftmaxOfModel: ModelRule<Key> = {
  rule: reluBeforeSoftmax,
  messages,
  *check({ model }): Generator<ModelVerdict<Key>> {
    for (const softmax of model.activations.filter(isSoftmax)) {
      const maker = model.originOf(softmax.input, model.isMoving);
      const relu = maker?.kind === 'activation' ? maker.placed : undefined;
      const [at, place] = [relu && model.placeOf(relu), model.placeBeside(softmax)];
      if (relu?.op.activation !== 'relu' || !at || !place) continue;
      const isWrong =
        isScores(model, relu.input) &&
        model.countReaders(relu.output) === 1 &&
        isAnswer(model, softmax.output) &&
        !weighs(model, softmax.path);
      const values = [softmax.op.activation === 'softmax' ? 'softmax' : 'log-softmax'];
      const words = { values, related: [{ at: place, message: 'related' as const }] };
      yield isWrong ? { at, nodes: [relu.node], words } : { at };
    }
    // Where it is a hidden activation, all is well.
    for (const one of model.activations) {
      const at = one.op.activation === 'relu' ? model.placeOf(one) : undefined;
      const isHidden = model.readersOf(one.output).some((index) => index >= 0 && model.mixingLayer(index));
      if (at && isHidden) yield { at };
    }
  },
};

/** Whether a layer gives a value, normalised or not, whose name doesn't say that it weighs something. */
function isScores(model: ModelGraph, value: number): boolean {
  const maker = model.originOf(value, model.isKeepingOrNorm);
  const layer = maker?.kind === 'node' ? model.mixingLayer(maker.index) : undefined;
  return layer !== undefined && !weighs(model, layer.node.path);
}
