import { messages, softmaxOfOne } from '../../rules/chains/softmax-of-one';
import { lengthOf } from '../dimensions';
import type { ModelRule, ModelVerdict } from '../modelRule';
import { isSoftmax } from '../scores';
import { isWrittenWidth } from '../widths';

type Key = keyof (typeof messages)['en'];

/** Softmax along a dimension that a layer gives a single element. */
export const softmaxOfOneOfModel: ModelRule<Key> = {
  rule: softmaxOfOne,
  messages,
  *check({ model, isBuilt, texts }): Generator<ModelVerdict<Key>> {
    for (const softmax of model.activations.filter(isSoftmax)) {
      const at = model.placeOf(softmax);
      const { dim } = softmax.op.parameters;
      if (!at || typeof dim !== 'number') continue;
      const isOne = model.shapeOf(softmax.input).at(dim) === 1;
      const length = isOne ? lengthOf(model, softmax.input, dim) : undefined;
      const layer = length?.by === 'layer' ? length.layer : undefined;
      const place = layer && model.placeBeside(layer.node);
      if (!place || !(isBuilt || isWrittenWidth(texts.at(layer.module.site), '1'))) {
        yield { at };
        continue;
      }
      const message: Key = softmax.op.activation === 'log_softmax' ? 'logarithm' : 'message';
      yield { at, nodes: [softmax.node], words: { message, related: [{ at: place, message: 'related' }] } };
    }
  },
};
