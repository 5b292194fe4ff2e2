import { type ActivationId, catalogue } from '../activations/catalogue';
import type { Activation } from '../activations/types';

/** What a full dotted name of PyTorch stands for. */
export interface Spelling {
  readonly activation: Activation;
  readonly kind: 'module' | 'function';
}

interface SpellingTable {
  /** By full name: `torch.nn.ReLU`, `torch.nn.functional.relu_`. */
  readonly names: ReadonlyMap<string, Spelling>;
  /** Tensor methods: `relu_`. */
  readonly methods: ReadonlyMap<string, Activation>;
  /** The last words of all of them. */
  readonly words: ReadonlySet<string>;
}

let table: SpellingTable | undefined;

/** PyTorch's spellings of the whole catalogue. */
export function pytorchSpellings(): SpellingTable {
  if (table) return table;
  const names = new Map<string, Spelling>();
  const methods = new Map<string, Activation>();
  for (const activation of catalogue.values()) {
    const { modules = [], functional = [], torch = [], methods: own = [] } = activation.spellings;
    for (const name of modules) names.set(`torch.nn.${name}`, { activation, kind: 'module' });
    for (const name of functional) names.set(`torch.nn.functional.${name}`, { activation, kind: 'function' });
    for (const name of torch) names.set(`torch.${name}`, { activation, kind: 'function' });
    for (const name of own) methods.set(name, activation);
  }
  const words = new Set([...names.keys(), ...methods.keys()].map(lastWord));
  table = { names, methods, words };
  return table;
}

export function lastWord(name: string): string {
  return name.slice(name.lastIndexOf('.') + 1);
}

/** Activations inside of what is named for something else, by its full name: each gate or softmax is a site. */
export const implicitActivations: ReadonlyMap<string, readonly ActivationId[]> = new Map<
  string,
  readonly ActivationId[]
>([
  ['torch.nn.CrossEntropyLoss', ['softmax']],
  ['torch.nn.functional.cross_entropy', ['softmax']],
  ['torch.nn.functional.scaled_dot_product_attention', ['softmax']],
  ['torch.nn.MultiheadAttention', ['softmax']],
  ['torch.nn.functional.multi_head_attention_forward', ['softmax']],
  ['torch.nn.AdaptiveLogSoftmaxWithLoss', ['log_softmax']],
  ...['LSTM', 'LSTMCell', 'GRU', 'GRUCell'].map((name) => [`torch.nn.${name}`, ['sigmoid', 'tanh']] as const),
]);
