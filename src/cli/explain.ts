import { Command } from 'commander';
import { catalogue, defaultParameters, findActivation } from '../activations/catalogue';
import type { Activation, ParameterSpec } from '../activations/types';
import { tfjsTable } from '../detect/typescript/tfjsTable';
import { tfjsPage } from '../explain/documentation';
import { explainJson, explainText } from '../explain/text';
import type { ActivationParameters, Scalar } from '../graph/types';
import { CliError, type CliHost } from './host';

const list = (words: Iterable<string>) => [...words].join(', ');

/** `explain NAME [--param k=v ...] [--json]`. */
export function explainCommand(host: CliHost): Command {
  const collect = (value: string, before: readonly string[]) => [...before, value];
  return new Command('explain')
    .description('Explain an activation function: formula, facts, trade-offs, sources.')
    .argument('<NAME>', `one of ${list(catalogue.keys())}, or as code spells it: nn.SiLU, tf.layers.leakyReLU`)
    .argument('[k=v...]', 'more values after --param')
    .option('--param <k=v>', 'value of a parameter, such as negative_slope=0.2; more may follow', collect, [])
    .option('--json', 'print JSON')
    .action((name: string, more: string[], options: { param: string[]; json?: boolean }) => {
      // Values follow `--param` or stand by themselves (`--param a=1 b=2`): what has no `=` is the name.
      const operands = [name, ...more, ...options.param];
      const names = operands.filter((each) => !each.includes('='));
      const [asked, ...rest] = names;
      if (asked === undefined || rest.length > 0)
        throw new CliError(`explain takes one name, not ${list(names) || '0'}`);
      const spelling = tfjsTable().names.get(asked);
      const activation = spelling?.activation ?? find(asked);
      const parameters = parseParameters(
        activation,
        { ...defaultParameters(activation), ...spelling?.defaults },
        operands.filter((each) => each.includes('=')),
      );
      const shown = spelling ? { ...activation, documentation: tfjsPage(asked, activation) } : activation;
      if (options.json) host.json(explainJson(shown, parameters));
      else host.out(explainText(shown, parameters).split('\n'));
    });
}

function find(name: string): Activation {
  const found = findActivation(name) ?? findActivation(name.slice(name.lastIndexOf('.') + 1));
  if (!found)
    throw new CliError(`${name} is not an activation function known here; known are ${list(catalogue.keys())}`);
  return found;
}

function parseParameters(
  activation: Activation,
  defaults: ActivationParameters,
  texts: readonly string[],
): ActivationParameters {
  const result: Record<string, Scalar> = { ...defaults };
  for (const text of texts) {
    const at = text.indexOf('=');
    const name = text.slice(0, at).trim();
    const spec = activation.parameters.find((each) => each.name === name);
    const names = list(activation.parameters.map((each) => each.name));
    if (!spec)
      throw new CliError(
        `${activation.title} has no parameter ${name}; ${names ? `it has ${names}` : 'it takes no parameters'}`,
      );
    result[name] = scalar(spec, text.slice(at + 1).trim());
  }
  return result;
}

function scalar({ name, default: usual, choices }: ParameterSpec, text: string): Scalar {
  const refuse = (wanted: string) => new CliError(`--param ${name}=${text}: ${name} is ${wanted}`);
  if (text === String(usual)) return usual;
  if (choices) {
    if (!choices.includes(text)) throw refuse(`one of ${list(choices)}`);
    return text;
  }
  if (typeof usual === 'boolean') {
    if (!/^(true|false)$/i.test(text)) throw refuse('True or False');
    return text.toLowerCase() === 'true';
  }
  const value = Number(text);
  if (text === '' || !Number.isFinite(value)) throw refuse('a number');
  return value;
}
