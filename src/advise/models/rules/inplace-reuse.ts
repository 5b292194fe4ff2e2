import { findActivation } from '../../../activations/catalogue';
import { activationRules } from '../../../activations/differentiation';
import type { PlacedActivation } from '../../../graph/activations';
import { type KeptOverwrite, keptOverwrites } from '../../../graph/overwrites';
import type { Node } from '../../../graph/types';
import { inplaceReuse, messages } from '../../rules/parts/inplace-reuse';
import { keyOf, type ModelGraph } from '../modelGraph';
import type { ModelRule, ModelVerdict } from '../modelRule';

type Key = keyof (typeof messages)['en'];

/** In-place activations over a tensor that an earlier operation keeps for its gradient. */
export const inplaceReuseOfModel: ModelRule<Key> = {
  rule: inplaceReuse,
  messages,
  *check({ model }): Generator<ModelVerdict<Key>> {
    for (const kept of keptOverwrites(model.graph, activationRules)) {
      const activation = writerOf(model, kept);
      const at = activation && model.placeOf(activation);
      const place = model.placeBeside(kept.node);
      if (!activation || !at || !place || place.file !== at.file) continue;
      const title = findActivation(activation.op.activation)?.title ?? activation.op.activation;
      const values = [title, titleOf(model, kept.node), place.line + 1];
      const related = [{ at: place, message: 'saver' as const }];
      yield { at, nodes: [activation.node], words: { message: 'saved', hint: 'savedHint', values, related } };
    }
  },
};

/** The activation that writes a tensor over: it runs where that happens, and is given the tensor. */
function writerOf(model: ModelGraph, { value, source }: KeptOverwrite): PlacedActivation | undefined {
  if (!source) return undefined;
  const here = model.activations.filter((one) => one.source && keyOf(one.source) === keyOf(source) && !one.written);
  const given = here.filter(({ input }) => input === value || model.isViewOf(input, value));
  return given.length === 1 ? given[0] : undefined;
}

function titleOf(model: ModelGraph, { op, path }: Node): string {
  if (op.kind === 'activation') return findActivation(op.activation)?.title ?? op.activation;
  if (op.kind === 'unary' || op.kind === 'binary') return op.function;
  const name = model.moduleAt(path)?.name;
  return name && /^(?:Lazy)?(?:Linear|Conv|Batch|Group|Layer|Instance|RMS|MaxPool|AvgPool|LSTM|GRU|RNN)/.test(name)
    ? name
    : op.kind;
}
