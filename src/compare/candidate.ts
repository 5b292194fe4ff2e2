/** What a candidate is called: an activation may be compared with several settings. */
import { defaultParameters } from '../activations/catalogue';
import type { Activation } from '../activations/types';
import type { ActivationParameters } from '../graph/types';

/** Parameters that change the function's values and are not at their defaults. */
function unusual({ parameters: specs }: Activation, parameters: ActivationParameters): [string, string][] {
  return specs.flatMap(({ name, numeric, default: usual }): [string, string][] => {
    const value = parameters[name] ?? usual;
    return numeric && value !== usual ? [[name, String(value)]] : [];
  });
}

const settingsText = (settings: readonly (readonly [string, string])[], between: string) =>
  settings.map(([name, value]) => `${name}=${value}`).join(between);

/** The catalogue's id, with the settings where they are not the usual ones: `leaky_relu(negative_slope=0.2)`. */
export function candidateId(activation: Activation, parameters: ActivationParameters): string {
  const settings = unusual(activation, { ...defaultParameters(activation), ...parameters });
  return settings.length === 0 ? activation.id : `${activation.id}(${settingsText(settings, ',')})`;
}

/** The same for people. */
export function candidateTitle(activation: Activation, parameters: ActivationParameters): string {
  const settings = unusual(activation, { ...defaultParameters(activation), ...parameters });
  return settings.length === 0 ? activation.title : `${activation.title} (${settingsText(settings, ', ')})`;
}
