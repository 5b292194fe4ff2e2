import type { ActivationParameters } from '../../src/graph/types';
import type { ExplainPanelState, ToExplainPanel } from '../../src/protocol/explain';
import { isParameters, isRecord, isStringArray } from '../ui/api';
import type { CurveChoices } from './curveSection';

export interface State {
  /** What the host asked to show. */
  message?: ToExplainPanel;
  parameters: ActivationParameters;
  choices: CurveChoices;
}

/** What outlives a hidden panel. */
interface Saved extends ExplainPanelState {
  readonly choices: CurveChoices;
}

export function initialState(): State {
  return { parameters: {}, choices: { slope: true, overlays: [], x: 1 } };
}

export function toSaved({ message, parameters, choices }: State): Saved | undefined {
  return message && { activation: message.activation, parameters, choices };
}

export function fromSaved(value: unknown): Saved | undefined {
  if (!isRecord(value) || typeof value.activation !== 'string' || !isParameters(value.parameters)) return undefined;
  const { choices } = initialState();
  const kept = isRecord(value.choices) ? value.choices : {};
  return {
    activation: value.activation,
    parameters: value.parameters,
    choices: {
      slope: typeof kept.slope === 'boolean' ? kept.slope : choices.slope,
      overlays: isStringArray(kept.overlays) ? kept.overlays : choices.overlays,
      x: typeof kept.x === 'number' && Number.isFinite(kept.x) ? kept.x : choices.x,
    },
  };
}
