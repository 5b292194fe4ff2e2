import { say } from '../../language/say';
import type { Node } from '../../syntax/syntax';
import { children } from '../range';
import type { SiteArgument } from '../site';
import type { TypeScriptNames } from './names';
import type { TfjsSpelling } from './tfjsTable';
import { constant, definiteValue, properties } from './values';

type Arguments = Record<string, SiteArgument>;

/** What a layer's config, or the config around a fused op's `activation`, sets, by the catalogue's names. */
export function configArguments(
  config: Node | undefined,
  { activation }: TfjsSpelling,
  names: TypeScriptNames,
): Arguments {
  const wanted = activation.spellings.tfjs?.arguments ?? {};
  const result: Arguments = {};
  if (!config || Object.keys(wanted).length === 0) return result;
  const object = definiteValue(config, names);
  if (object.type !== 'object') {
    for (const name of Object.values(wanted))
      result[name] = unknownArgument(config, say('may be set by the object that is handed over'));
    return result;
  }
  const { found, open } = properties(object, names);
  for (const [own, name] of Object.entries(wanted)) {
    const value = found.get(own);
    if (value) result[name] = own === 'alphaInitializer' ? initialiserValue(value, names) : read(value, names);
    else if (open && result[name] === undefined)
      result[name] = unknownArgument(open, say('may be among the properties that are spread here'));
  }
  return result;
}

/** What an op is told behind the tensor. */
export function opArguments(list: readonly Node[], { activation }: TfjsSpelling, names: TypeScriptNames): Arguments {
  const name = activation.spellings.tfjs?.second;
  const value = list[0];
  if (name === undefined || !value) return {};
  if (value.type === 'spread_element')
    return { [name]: unknownArgument(value, say('may be among the arguments that are unpacked here')) };
  return { [name]: read(value, names) };
}

/** The ceiling of `tf.layers.reLU({maxValue})`; undefined where there is none. */
export function ceiling(
  config: Node | undefined,
  { activation }: TfjsSpelling,
  names: TypeScriptNames,
): SiteArgument | undefined {
  const key = activation.spellings.tfjs?.ceiling;
  const object = config && definiteValue(config, names);
  if (object?.type !== 'object') return undefined;
  const value = key === undefined ? undefined : properties(object, names).found.get(key);
  if (!value || /^(null|undefined)$/.test(definiteValue(value, names).type)) return undefined;
  return read(value, names);
}

/** The arguments of a call. */
export function argumentList(call: Node): Node[] {
  const list = call.childForFieldName('arguments');
  return list?.type === 'arguments' ? children(list) : [];
}

function read(node: Node, names: TypeScriptNames): SiteArgument {
  const value = constant(node, names);
  return value === undefined ? unknownArgument(node, say('its value is known only when the code runs')) : { value };
}

function unknownArgument(node: Node, reason: string): SiteArgument {
  return { expression: node.text, reason };
}

/** The value that an initialiser fills with: `'zeros'`, `tf.initializers.constant({value: 0.25})`. */
function initialiserValue(node: Node, names: TypeScriptNames): SiteArgument {
  const value = definiteValue(node, names);
  const word = constant(value, names);
  if (word === 'zeros') return { value: 0 };
  if (word === 'ones') return { value: 1 };
  const callee = value.type === 'call_expression' ? value.childForFieldName('function') : null;
  const name = callee ? names.qualifiedName(callee) : undefined;
  if (name === 'tf.initializers.zeros') return { value: 0 };
  if (name === 'tf.initializers.ones') return { value: 1 };
  const config = name === 'tf.initializers.constant' ? argumentList(value)[0] : undefined;
  const object = config && definiteValue(config, names);
  const filled = object?.type === 'object' ? properties(object, names).found.get('value') : undefined;
  return filled ? read(filled, names) : unknownArgument(node, say('it is drawn when the layer is built'));
}
