import type { Report } from '../compare/report';
import type { ComparePanelState, FromComparePanel } from '../protocol/compare';
import { isObject, isOptionalString, isParameters, isSourceRange, isString, isStrings, nothing } from './checks';

/** A message from the compare page, or undefined where it isn't one. */
export function parseMessage(value: unknown): FromComparePanel | undefined {
  if (!isObject(value)) return undefined;
  const type = value.type as FromComparePanel['type'];
  switch (type) {
    case 'ready':
      return { type };
    case 'read': {
      const { expression, part, input } = value;
      const valid = isOptionalString(expression) && isOptionalString(part) && isOptionalString(input);
      return valid ? { type, expression, part, input } : undefined;
    }
    case 'weights':
      return typeof value.choose === 'boolean' ? { type, choose: value.choose } : undefined;
    case 'data':
      return typeof value.choose === 'boolean' ? { type, choose: value.choose } : undefined;
    case 'reveal':
      return isSourceRange(value.source) ? { type, source: value.source } : undefined;
    case 'apply': {
      const { activation, parameters, sites } = value;
      const valid = isString(activation) && isParameters(parameters) && isStrings(sites);
      return valid ? { type, activation, parameters, sites } : undefined;
    }
    case 'explain':
      return isString(value.activation) ? { type, activation: value.activation } : undefined;
    case 'report':
    case 'export':
      return isReport(value.report) ? { type, report: value.report } : undefined;
    default:
      return nothing(type);
  }
}

/** The page's state after a restart, or undefined where it is none of ours. */
export function parseState(value: unknown): ComparePanelState | undefined {
  if (!isObject(value)) return undefined;
  const { file, expression, part, input, weights } = value;
  if (!isString(file) || ![expression, part, input, weights].every(isOptionalString)) return undefined;
  return { file, expression, part, input, weights } as ComparePanelState;
}

/** The host stores a report and shows none of it, so its frame is all that matters here. */
function isReport(value: unknown): value is Report {
  return isObject(value) && value.version === 1 && isObject(value.model) && Array.isArray(value.candidates);
}
