import { catalogue, defaultParameters } from '../activations/catalogue';
import type { ActivationParameters, Scalar } from '../graph/types';
import type { ActivationSite } from './site';

/**
 * The parameters that a site runs with: what is written over the framework's defaults; what can't be known stays at its
 * default.
 */
export function parametersOf(site: ActivationSite): ActivationParameters {
  const activation = catalogue.get(site.activation);
  const result: Record<string, Scalar> = { ...(activation ? defaultParameters(activation) : {}), ...site.defaults };
  for (const [name, argument] of Object.entries(site.parameters))
    if ('value' in argument) result[name] = argument.value;
  return result;
}

/** Names of the arguments whose value the text does not tell. */
export function unknownParameters(site: ActivationSite): string[] {
  return Object.keys(site.parameters).filter((name) => !('value' in (site.parameters[name] ?? {})));
}
