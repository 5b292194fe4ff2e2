import type { ExplainPanelState, FromExplainPanel } from '../protocol/explain';
import { isObject, isParameters, isSourceRange, isString, nothing } from './checks';

/** A message from the explainer page, or undefined where it isn't one. */
export function parseMessage(value: unknown): FromExplainPanel | undefined {
  if (!isObject(value)) return undefined;
  const type = value.type as FromExplainPanel['type'];
  switch (type) {
    case 'ready':
      return { type };
    case 'compare':
    case 'explain':
      return isString(value.activation) ? { type, activation: value.activation } : undefined;
    case 'reveal':
      return isSourceRange(value.source) ? { type, source: value.source } : undefined;
    default:
      return nothing(type);
  }
}

export function parseState(value: unknown): ExplainPanelState | undefined {
  if (!isObject(value) || !isString(value.activation) || !isParameters(value.parameters)) return undefined;
  return { activation: value.activation, parameters: value.parameters };
}
