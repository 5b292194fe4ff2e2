import type { PlacedActivation } from '../../../graph/activations';
import { messages, noOpActivation, rectifiers } from '../../rules/chains/no-op-activation';
import { knowsOrigin } from '../meant';
import type { ModelRule, ModelVerdict } from '../modelRule';
import { rangeOf, type ValueRange } from '../ranges';

type Key = keyof (typeof messages)['en'];

/** An activation that leaves all that it can get as it is. */
export const noOpActivationOfModel: ModelRule<Key> = {
  rule: noOpActivation,
  messages,
  *check({ model }): Generator<ModelVerdict<Key>> {
    for (const one of model.activations) {
      const at = model.placeOf(one);
      const { activation } = one.op;
      const isRectifier = rectifiers.has(activation);
      if (!at || one.written || !(isRectifier || boundsOf(one.op))) continue;
      const range = rangeOf(model, one.input);
      // The same twice is said elsewhere.
      const isKnown = range && range.by !== activation && knowsOrigin(model, one, range.path);
      if (!isKnown || !isUntouched(one.op, range)) {
        yield { at };
        continue;
      }
      const related = range.at ? [{ at: range.at, message: 'related' as const }] : [];
      const message: Key = isRectifier ? 'message' : 'bounded';
      yield { at, nodes: [one.node], words: { message, values: [activation, range.by], related } };
    }
  },
};

function isUntouched(op: PlacedActivation['op'], { low, high }: ValueRange): boolean {
  if (rectifiers.has(op.activation)) return low >= 0;
  const found = boundsOf(op);
  return found !== undefined && low >= found[0] && high <= found[1];
}

/** The bounds between which an activation hands on what it gets. */
function boundsOf({ activation, parameters }: PlacedActivation['op']): readonly [number, number] | undefined {
  if (activation === 'relu6') return [0, 6];
  if (activation !== 'hardtanh') return undefined;
  const { min_val: low = -1, max_val: high = 1 } = parameters;
  return typeof low === 'number' && typeof high === 'number' ? [low, high] : undefined;
}
