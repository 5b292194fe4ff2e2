import type { PlacedActivation } from '../../../graph/activations';
import { doubleActivation, messages, wordFor } from '../../rules/chains/double-activation';
import { knowsOrigin } from '../meant';
import type { ModelRule, ModelVerdict } from '../modelRule';

type Key = keyof (typeof messages)['en'];

/** An activation on the output of the same one, whichever modules run the two. */
export const doubleActivationOfModel: ModelRule<Key> = {
  rule: doubleActivation,
  messages,
  *check({ model }): Generator<ModelVerdict<Key>> {
    for (const second of model.activations) {
      const at = model.placeOf(second);
      if (!at || second.op.halves) continue;
      const isRow = 'dim' in second.op.parameters;
      const maker = model.originOf(
        second.input,
        isRow ? (node) => /^(?:dropout|cast)$/.test(node.op.kind) : model.isMoving,
      );
      const first = maker?.kind === 'activation' ? maker.placed : undefined;
      const place = first && model.placeBeside(first);
      if (!first || !place || !isSameAgain(first.op, second.op) || !knowsOrigin(model, second, first.path)) {
        yield { at };
        continue;
      }
      const { activation } = second.op;
      const message = wordFor(first.op.activation, activation);
      const words = { message, values: [activation], related: [{ at: place, message: 'related' as const }] };
      yield { at, nodes: [second.node], words };
    }
  },
};

type NamedOp = PlacedActivation['op'];

/** The same with the same parameters; a log-softmax of a softmax, too. */
function isSameAgain(first: NamedOp, second: NamedOp): boolean {
  const given = ({ parameters }: NamedOp) =>
    JSON.stringify(
      Object.entries(parameters)
        .filter(([name]) => name !== 'inplace')
        .sort(),
    );
  const isPair = first.activation === 'softmax' && second.activation === 'log_softmax';
  return (first.activation === second.activation || isPair) && given(first) === given(second);
}
