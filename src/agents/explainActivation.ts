import { catalogue, defaultParameters, findActivation } from '../activations/catalogue';
import type { Activation, ParameterSpec } from '../activations/types';
import { tfjsTable } from '../detect/typescript/tfjsTable';
import { tfjsPage } from '../explain/documentation';
import { explainJson } from '../explain/text';
import type { ActivationParameters, Scalar } from '../graph/types';
import { quote } from './bounded';
import { toolOf } from './tool';
import { ToolError } from './toolError';

export const explainActivation = toolOf({
  name: 'explain_activation',
  title: 'Explain an activation function',
  description:
    'What an activation function computes and what it is good for: formula, computed facts (range, dead and saturated regions, gain), trade-offs, siblings and sources, for the given parameters. detail "full" adds usage, mistakes and published results.',
  fields: {
    name: {
      kind: 'text',
      longest: 200,
      required: true,
      description: 'As code spells it ("nn.SiLU", "F.gelu", "tf.layers.leakyReLU") or by its plain name ("mish").',
    },
    parameters: {
      kind: 'parameters',
      description: 'Values of its parameters, such as {"negative_slope": 0.1}; those left out have their defaults.',
    },
    detail: { kind: 'choice', choices: ['short', 'full'], description: 'How much is told; short by default.' },
  },
  isLong: false,
  run: async (_host, { name, parameters, detail }) => {
    const spelling = tfjsTable().names.get(name);
    const activation = spelling?.activation ?? findByName(name);
    const values = valuesOf(activation, { ...defaultParameters(activation), ...spelling?.defaults }, parameters);
    const shown = spelling ? { ...activation, documentation: tfjsPage(name, activation) } : activation;
    const all = explainJson(shown, values);
    if (detail === 'full') return all;
    const { id, title, formula, facts, purpose, summary, tradeoffs, siblings, documentation } = all;
    return { id, title, parameters: values, formula, purpose, summary, facts, tradeoffs, siblings, documentation };
  },
});

/** @throws ToolError with the names that are known */
export function findByName(name: string): Activation {
  const found = findActivation(name) ?? findActivation(name.slice(name.lastIndexOf('.') + 1));
  if (found) return found;
  throw new ToolError(
    'wrong-argument',
    'There is no such activation function in the catalogue.',
    'Use one of `known`.',
    {
      given: quote(name, 200),
      known: [...catalogue.keys()],
    },
  );
}

function valuesOf(
  activation: Activation,
  usual: ActivationParameters,
  given: ActivationParameters = {},
): ActivationParameters {
  const values: Record<string, Scalar> = { ...usual };
  for (const [name, value] of Object.entries(given)) {
    const spec = activation.parameters.find((each) => each.name === name);
    if (!spec || !takes(spec, value))
      throw new ToolError(
        'wrong-argument',
        'A parameter is not one that the function takes.',
        'Use those of `known`.',
        {
          given: { name: quote(name, 200), value: typeof value === 'string' ? quote(value, 200) : value },
          known: activation.parameters.map(({ name: own, default: value, choices }) => ({
            name: own,
            default: value,
            ...(choices && { choices }),
          })),
        },
      );
    values[name] = value;
  }
  return values;
}

function takes({ default: usual, choices, integer }: ParameterSpec, value: Scalar): boolean {
  if (choices) return typeof value === 'string' && choices.includes(value);
  if (typeof value !== typeof usual) return false;
  return typeof value !== 'number' || (Number.isFinite(value) && (!integer || Number.isInteger(value)));
}
