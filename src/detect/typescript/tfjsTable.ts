import { catalogue } from '../../activations/catalogue';
import type { Activation, TfjsSpellings } from '../../activations/types';
import type { ActivationParameters } from '../../graph/types';
import { typescript, WordSearch } from '../../syntax/identifiers';

/** What TF.js's spelling of an activation means. */
export interface TfjsSpelling {
  readonly activation: Activation;
  readonly kind: 'layer' | 'op' | 'identifier' | 'fused';
  /** The spelling's own defaults, by the catalogue's names. */
  readonly defaults?: ActivationParameters;
  /** Whether other objects have methods of this name. */
  readonly isUsual: boolean;
}

interface Table {
  /** Layers and ops by their full names: `tf.layers.reLU`, `tf.relu`. */
  readonly names: ReadonlyMap<string, TfjsSpelling>;
  /** What the `activation` of a layer may say. */
  readonly identifiers: ReadonlyMap<string, TfjsSpelling>;
  /** What the `activation` of a fused op may say. */
  readonly fused: ReadonlyMap<string, TfjsSpelling>;
  /** Layers by the names of their classes, which a model's topology has: `ReLU`. */
  readonly classes: ReadonlyMap<string, TfjsSpelling>;
  /** Finds where any of them may stand. */
  readonly words: WordSearch;
}

let table: Table | undefined;

/** TF.js's spellings, from the catalogue. */
export function tfjsTable(): Table {
  table ??= build();
  return table;
}

function build(): Table {
  const names = new Map<string, TfjsSpelling>();
  const identifiers = new Map<string, TfjsSpelling>();
  const fused = new Map<string, TfjsSpelling>();
  for (const activation of catalogue.values()) {
    const tfjs: TfjsSpellings = activation.spellings.tfjs ?? {};
    const make = (kind: TfjsSpelling['kind'], key: string): TfjsSpelling => ({
      activation,
      kind,
      defaults: tfjs.defaults?.[key],
      isUsual: tfjs.usual?.includes(key) === true,
    });
    for (const name of tfjs.layers ?? []) names.set(`tf.layers.${name}`, make('layer', `layers.${name}`));
    for (const name of tfjs.ops ?? []) names.set(`tf.${name}`, make('op', name));
    for (const name of tfjs.identifiers ?? []) identifiers.set(name, make('identifier', name));
    for (const name of tfjs.fused ?? []) fused.set(name, make('fused', name));
  }
  const last = (name: string) => name.slice(name.lastIndexOf('.') + 1);
  const layers = [...names].filter(([, { kind }]) => kind === 'layer');
  const classes = new Map(layers.map(([name, spelling]) => [classOfLayer(last(name)), spelling]));
  const words = new Set([...names.keys(), ...identifiers.keys(), ...fused.keys(), ...classes.keys()].map(last));
  return { names, identifiers, fused, classes, words: new WordSearch(typescript, words) };
}

/** `ReLU` of `reLU`, `ELU` of `elu`, `PReLU` of `prelu`. */
function classOfLayer(factory: string): string {
  if (factory === 'prelu') return 'PReLU';
  return factory.length < 4 ? factory.toUpperCase() : factory.charAt(0).toUpperCase() + factory.slice(1);
}
