import type { ToExplainPanel } from '../../src/protocol/explain';
import { isParameters, isRecord, isSourceRange } from '../ui/api';

/** Whether what the host sent has the shape that the protocol promises. */
export function isHostMessage(data: unknown): data is ToExplainPanel {
  return (
    isRecord(data) &&
    data.type === 'show' &&
    typeof data.activation === 'string' &&
    isParameters(data.parameters) &&
    isRecord(data.formula) &&
    typeof data.formula.value === 'string' &&
    typeof data.formula.derivative === 'string' &&
    (data.source === undefined || isSourceRange(data.source))
  );
}
