import type { Activation } from '../activations/types';
import type { ActivationSite } from '../detect/site';
import { tfjsTable } from '../detect/typescript/tfjsTable';

const tfjs = 'https://js.tensorflow.org/api/latest/#';

/** The page of the framework that a site is written in; undefined where that has none. */
export function documentationOf(site: ActivationSite, activation: Activation): string | undefined {
  if (site.framework === 'pytorch') return activation.documentation;
  // `activation: 'relu'`: TF.js describes the words where a layer is made of one alone.
  if (site.form === 'string') return `${tfjs}layers.activation`;
  const name = /\w+$/.exec(site.text)?.[0] ?? '';
  const isLayer = site.form === 'module' || site.form === 'class';
  return tfjsPage(isLayer ? `tf.layers.${name}` : `tf.${name}`, activation);
}

/** TF.js's page of a layer or op by its full name; by any of the activation's where TF.js has none of this name. */
export function tfjsPage(name: string, activation: Activation): string | undefined {
  if (tfjsTable().names.has(name)) return `${tfjs}${name.slice('tf.'.length)}`;
  const { layers: [layer] = [], ops: [op] = [], identifiers: [word] = [] } = activation.spellings.tfjs ?? {};
  if (op) return `${tfjs}${op}`;
  return layer ? `${tfjs}layers.${layer}` : word && `${tfjs}layers.activation`;
}
