import type { ActivationParameters } from '../graph/types';
import { elu } from './elu';
import { gelu } from './gelu';
import { hardswish } from './hardswish';
import { identity } from './identity';
import { leaky_relu } from './leaky_relu';
import { mish } from './mish';
import { prelu } from './prelu';
import { relu } from './relu';
import { selu } from './selu';
import { sigmoid } from './sigmoid';
import { silu } from './silu';
import { softmax } from './softmax';
import { softplus } from './softplus';
import { tanh } from './tanh';
import type { Activation } from './types';

const entries: readonly Activation[] = [
  relu,
  leaky_relu,
  prelu,
  elu,
  selu,
  gelu,
  silu,
  mish,
  hardswish,
  sigmoid,
  tanh,
  softplus,
  softmax,
  identity,
];

/** Every activation that is explained and compared, by its id, in the order in which they are offered. */
export const catalogue: ReadonlyMap<string, Activation> = new Map(entries.map((entry) => [entry.id, entry]));

/** Ids that the comparison offers ticked: what practice really chooses between, cheap ones first. */
export const suggestedCandidates: readonly string[] = ['relu', 'leaky_relu', 'gelu', 'silu', 'mish', 'hardswish'];

let names: Map<string, Activation> | undefined;

/** An entry by id, title or any framework's spelling, in any case; undefined where the catalogue has none. */
export function findActivation(name: string): Activation | undefined {
  names ??= new Map(entries.flatMap((entry) => spellings(entry).map((each) => [each.toLowerCase(), entry])));
  return catalogue.get(name) ?? names.get(name.toLowerCase());
}

/** Every parameter at its default. */
export function defaultParameters(activation: Activation): ActivationParameters {
  return Object.fromEntries(activation.parameters.map((parameter) => [parameter.name, parameter.default]));
}

function spellings({ id, title, spellings }: Activation): string[] {
  const { modules = [], functional = [], torch = [], methods = [], tfjs = {} } = spellings;
  const { identifiers = [], layers = [], ops = [] } = tfjs;
  return [id, title, ...modules, ...functional, ...torch, ...methods, ...identifiers, ...layers, ...ops];
}
