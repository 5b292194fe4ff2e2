import type { Formula } from '../../src/activations/formula';
import type { ToExplainPanel } from '../../src/protocol/explain';
import { isParameters, isRecord, isSourceRange } from '../ui/api';

function isDrawn(data: unknown): data is Formula {
  return isRecord(data) && typeof data.value === 'string' && typeof data.derivative === 'string';
}

/** Whether what the host sent has the shape that the protocol promises. */
export function isHostMessage(data: unknown): data is ToExplainPanel {
  return (
    isRecord(data) &&
    data.type === 'show' &&
    typeof data.activation === 'string' &&
    isParameters(data.parameters) &&
    isRecord(data.formula) &&
    isDrawn(data.formula) &&
    (data.formula.variants === undefined ||
      (isRecord(data.formula.variants) && Object.values(data.formula.variants).every(isDrawn))) &&
    (data.source === undefined || isSourceRange(data.source))
  );
}
