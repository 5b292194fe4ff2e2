import { catalogue, defaultParameters } from '../activations/catalogue';
import { curveOf, sampleCurve } from '../activations/curve';
import type { CompareRequests, DrawnFunction } from '../protocol/compare';
import type { RequestParameters } from '../protocol/requests';

/**
 * Points of activations' functions and slopes, for a page that has no catalogue.
 * @returns in the order asked for; null for what the catalogue lacks and for what is no function of one number
 */
export function drawnFunctions({
  from,
  to,
  of,
}: RequestParameters<CompareRequests, 'curves'>): (DrawnFunction | null)[] {
  return of.map(({ activation: id, parameters: asked }) => {
    const activation = catalogue.get(id);
    if (!activation?.value) return null;
    const parameters = { ...defaultParameters(activation), ...asked };
    const curve = curveOf(activation, parameters);
    if (!curve) return null;
    const corners = activation.corners?.(parameters) ?? [];
    const sample = (f: (x: number) => number) => sampleCurve(f, from, to, { corners });
    return { value: sample(curve.value), slope: sample(curve.slope) };
  });
}
