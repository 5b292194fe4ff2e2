/** What reads each operator, by its domain and name. */
import type { OperatorReader, OperatorTable } from '../call';
import { activations } from './activation';
import { controls } from './control';
import { elementwise } from './elementwise';
import { grids } from './gridSample';
import { layout } from './layout';
import { losses } from './losses';
import { microsoft } from './microsoft';
import { normalisations } from './normalisation';
import { products } from './products';
import { quantisations } from './quantised';
import { recurrences } from './recurrent';
import { reductions } from './reduction';
import { resizes } from './resize';
import { signals } from './signal';
import { windows } from './windows';

/** ONNX's own operators. */
export const operators: OperatorTable = {
  ...activations,
  ...controls,
  ...elementwise,
  ...grids,
  ...layout,
  ...losses,
  ...normalisations,
  ...products,
  ...quantisations,
  ...recurrences,
  ...reductions,
  ...resizes,
  ...signals,
  ...windows,
};

const byDomain: Readonly<Record<string, OperatorTable>> = {
  '': operators,
  'com.microsoft': { ...quantisations, ...microsoft },
};

/** What reads an operator; undefined where nothing does. */
export function readOf(domain: string, operator: string): OperatorReader | undefined {
  const all = byDomain[domain];
  if (all && Object.hasOwn(all, operator)) return all[operator];
  // ONNX Runtime's optimiser puts some of its own operators in ONNX's domain.
  const own = domain === '' && operator === 'SimplifiedLayerNormalization' ? microsoft : undefined;
  return own?.[operator];
}
