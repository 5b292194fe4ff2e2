import * as v from 'valibot';
import type { ActivationParameters } from '../../src/graph/types';
import { explainPanelState, type ToExplainPanel } from '../../src/protocol/explain';
import { parse } from '../../src/protocol/parse';
import { line, list, type SchemaOf } from '../../src/protocol/shapes';
import type { CurveChoices } from './curveSection';

export interface ExplainState {
  /** What the host asked to show. */
  message?: ToExplainPanel;
  parameters: ActivationParameters;
  choices: CurveChoices;
}

const noChoices: CurveChoices = { slope: true, overlays: [], x: 1 };

/** What outlives a hidden panel; of choices that an older version kept in another way, the usual ones. */
const saved = v.object({
  ...explainPanelState.entries,
  choices: v.fallback(
    v.object({
      slope: v.fallback(v.boolean(), noChoices.slope),
      overlays: v.fallback(list(line, 1000), noChoices.overlays),
      x: v.fallback(v.pipe(v.number(), v.finite()), noChoices.x),
    }),
    noChoices,
  ),
}) satisfies SchemaOf<{ choices: CurveChoices }>;
type Saved = v.InferOutput<typeof saved>;

export function initialState(): ExplainState {
  return { parameters: {}, choices: noChoices };
}

export function toSaved({ message, parameters, choices }: ExplainState): Saved | undefined {
  return message && { activation: message.activation, parameters, choices };
}

export function fromSaved(value: unknown): Saved | undefined {
  return parse(saved, value);
}
