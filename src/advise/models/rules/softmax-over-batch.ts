import { messages, softmaxOverBatch } from '../../rules/chains/softmax-over-batch';
import { lengthOf } from '../dimensions';
import type { ModelGraph } from '../modelGraph';
import type { ModelRule, ModelVerdict } from '../modelRule';
import { isAnswer, isSoftmax, weighs } from '../scores';

type Key = keyof (typeof messages)['en'];

/** Softmax of a model's answers along the samples of a batch. */
export const softmaxOverBatchOfModel: ModelRule<Key> = {
  rule: softmaxOverBatch,
  messages,
  *check({ model }): Generator<ModelVerdict<Key>> {
    for (const softmax of model.activations.filter(isSoftmax)) {
      const at = model.placeOf(softmax);
      if (!at) continue;
      const layer = lastLayer(model, softmax.input);
      const rank = model.shapeOf(softmax.input).length;
      const isWrong =
        layer !== undefined &&
        rank === 2 &&
        (softmax.op.parameters.dim === 0 || softmax.op.parameters.dim === -2) &&
        lengthOf(model, softmax.input, 0)?.by === 'batch' &&
        // A single score for each row is a choice among rows.
        model.shapeOf(softmax.input)[1] !== 1 &&
        isAnswer(model, softmax.output) &&
        !weighs(model, softmax.path);
      const place = layer && model.placeBeside(layer.node);
      if (!isWrong || !place) yield { at };
      else yield { at, nodes: [softmax.node], words: { related: [{ at: place, message: 'related' }] } };
    }
  },
};

function lastLayer(model: ModelGraph, value: number) {
  const maker = model.originOf(value, model.isKeeping);
  const layer = maker?.kind === 'node' ? model.mixingLayer(maker.index) : undefined;
  return layer?.node.op.kind === 'linear' ? layer : undefined;
}
