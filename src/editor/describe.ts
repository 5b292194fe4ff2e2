import { defaultParameters, findActivation } from '../activations/catalogue';
import { formulas } from '../explain/formula';
import type { ExplainTarget, ShownActivation } from '../protocol/explain';

/** What the explainer's page is told of an activation; undefined where the catalogue has none of this name. */
export function describe({ activation, parameters, source }: ExplainTarget): ShownActivation | undefined {
  const known = findActivation(activation);
  if (!known) return undefined;
  return {
    type: 'show',
    activation: known.id,
    title: known.title,
    parameters: { ...defaultParameters(known), ...parameters },
    formula: formulas(known.id),
    source,
  };
}
