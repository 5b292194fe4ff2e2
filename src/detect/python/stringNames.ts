/** The names of activations in strings: those that libraries take, and how else people write them. */
import { type ActivationId, catalogue } from '../../activations/catalogue';
import type { ActivationParameters } from '../../graph/types';
import type { SiteArgument } from '../site';

/** An activation by one of the names that libraries give it in configurations. */
export interface NamedActivation {
  readonly activation: string;
  readonly parameters: Readonly<Record<string, SiteArgument>>;
}

/** Names that papers and older code write beside PyTorch's own, Hugging Face's and timm's. */
const others: Readonly<Record<string, ActivationId>> = {
  lrelu: 'leaky_relu',
  hard_tanh: 'hardtanh',
  soft_plus: 'softplus',
  soft_sign: 'softsign',
  logsoftmax: 'log_softmax',
  log_sigmoid: 'logsigmoid',
  quickgelu: 'quick_gelu',
  relu_squared: 'relu2',
  squared_relu: 'relu2',
};

/** Names that are read but not offered: of other libraries' options, and shorter ones. */
const alsoWritten: Readonly<Record<string, readonly [ActivationId, ActivationParameters?]>> = {
  h_swish: ['hardswish'],
  h_sigmoid: ['hardsigmoid'],
  memswish: ['silu'],
  silu_fp32: ['silu'],
  sq_relu: ['relu2'],
  sin: ['sine'],
  siren: ['sine'],
  qgelu: ['quick_gelu'],
  srelu: ['relu2'],
  gelu_erf: ['gelu', { approximate: 'none' }],
  gelu_exact: ['gelu', { approximate: 'none' }],
  gelu_approx: ['gelu', { approximate: 'tanh' }],
  gelu_approximate: ['gelu', { approximate: 'tanh' }],
  approx_gelu: ['gelu', { approximate: 'tanh' }],
  openai_gelu: ['gelu', { approximate: 'tanh' }],
  // What diffusers' feed-forward layers are told: a gate that is x·σ(1.702x), and a layer before a SiLU.
  geglu_approximate: ['quick_gelu'],
  linear_silu: ['silu'],
  gated_gelu: ['geglu'],
  gated_silu: ['swiglu'],
  gated_relu: ['reglu'],
};

let table: ReadonlyMap<string, NamedActivation> | undefined;
let compact: ReadonlyMap<string, NamedActivation> | undefined;

/** By lower-case name. */
export function stringNames(): ReadonlyMap<string, NamedActivation> {
  if (table) return table;
  const found = new Map<string, NamedActivation>();
  const add = (name: string, activation: string, parameters: NamedActivation['parameters'] = {}) => {
    if (catalogue.has(activation)) found.set(name.toLowerCase(), { activation, parameters });
  };
  for (const activation of catalogue.values()) {
    const { modules = [], huggingFace = [], timm = [], sets = {} } = activation.spellings;
    for (const name of modules) add(name, activation.id);
    add(activation.id, activation.id);
    for (const name of [...huggingFace, ...timm]) add(name, activation.id, toArguments(sets[name] ?? {}));
  }
  for (const [name, activation] of Object.entries(others)) add(name, activation);
  table = found;
  return found;
}

function toArguments(values: ActivationParameters): NamedActivation['parameters'] {
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [key, { value }]));
}

/** A name without its case, and without what people set between its words: `Leaky-ReLU` is `leakyrelu`. */
export const compactName = (name: string) => name.toLowerCase().replace(/[-_]/g, '');

/** All names that are read, by their compact form; the first that has one keeps it. */
function compactNames(): ReadonlyMap<string, NamedActivation> {
  if (compact) return compact;
  const found = new Map<string, NamedActivation>();
  const add = (name: string, named: NamedActivation) => {
    if (!found.has(compactName(name))) found.set(compactName(name), named);
  };
  for (const [name, named] of stringNames()) add(name, named);
  for (const [name, [activation, values = {}]] of Object.entries(alsoWritten))
    add(name, { activation, parameters: toArguments(values) });
  compact = found;
  return found;
}

/** The activation that a string names in any of the ways in which people write it. */
export function activationNamed(text: string): NamedActivation | undefined {
  const named = stringNames().get(text.toLowerCase());
  // `sigmoid_` is a method's name.
  if (named || /^[-_]|[-_]$/.test(text)) return named;
  return compactNames().get(compactName(text)) ?? compactNames().get(compactName(text.replace(variant, '')));
}

/** How a function is computed, beside its name: `fused_lrelu`, `fast-swiglu`. */
const variant = new RegExp(`^(?:${variants()})[-_]|[-_](?:inplace|fused)$`, 'i');

function variants(): string {
  return 'fused|fast|inplace|native|bias|weighted|clamped';
}

/** A regular expression that matches what `activationNamed` knows; case is to be ignored. */
export function namePattern(): string {
  const all = [...new Set([...stringNames().keys(), ...Object.keys(alsoWritten)])];
  const names = all.map((name) => name.replaceAll('_', '[-_]?')).join('|');
  return `(?:(?:${variants()})[-_])?(?:${names})(?:[-_](?:inplace|fused))?`;
}

/** What other fields have words for too: layers that are none, modes, schedules, filters, animals. */
const ambiguous = new Set(
  [
    'linear',
    'identity',
    'threshold',
    'sigmoid',
    'tanh',
    'softmax',
    'softmin',
    'log_softmax',
    'softmax2d',
    'gumbel_softmax',
    'sine',
    'sin',
    'siren',
    'srelu',
    'laplace',
    'step',
    'snake',
    'glu',
    'serf',
    'smu',
    'aptx',
    'approx_gelu',
  ].map(compactName),
);

/** Whether a name says an activation wherever it stands as a value: `gelu_tanh`, but not `linear`. */
export function isUnmistakable(text: string): boolean {
  return !ambiguous.has(compactName(text));
}

/** Whether a name is a usual one for a layer too, beside `conv` and `bn`. */
export function isLayerName(text: string): boolean {
  return /^(l|p|r|leaky)?relu6?$/.test(compactName(text));
}
