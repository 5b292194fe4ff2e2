import { isGiven } from '../../../graph/access';
import { messages, seluDropout } from '../../rules/parts/selu-dropout';
import type { ModelRule, ModelVerdict } from '../modelRule';

type Key = keyof (typeof messages)['en'];

/** An ordinary dropout behind SELU. */
export const seluDropoutOfModel: ModelRule<Key> = {
  rule: seluDropout,
  messages,
  *check({ model }): Generator<ModelVerdict<Key>> {
    for (const [index, node] of model.graph.nodes.entries()) {
      const { op, inputs } = node;
      const at = op.kind === 'dropout' && op.variant === 'element' && op.p > 0 ? model.placeOf(node) : undefined;
      const [input] = inputs;
      if (!at || !isGiven(input)) continue;
      const maker = model.originOf(input, ({ op: { kind } }) => /^(?:reshape|permute|cast)$/.test(kind));
      const selu = maker?.kind === 'activation' && maker.placed.op.activation === 'selu' ? maker.placed : undefined;
      const place = selu && model.placeBeside(selu);
      yield place ? { at, nodes: [index], words: { related: [{ at: place, message: 'related' }] } } : { at };
    }
  },
};
