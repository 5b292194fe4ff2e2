/** Classes and functions that bear an activation's name and compute it inside, whatever else they do around it. */
import type { Node } from '../../syntax/syntax';
import type { OwnActivation } from './names';
import { activationNamed, compactName, isUnmistakable } from './stringNames';

/** What people write around an activation's name: `MemoryEfficientSwish`, `fused_leaky_relu`, `Snake1d`. */
const before =
  /^_*(?:(?:custom|my|own|memory_?efficient|fused|fast|stable|learnable|masked|weighted|scaled|clamped|bias|quick|torch)_?)*/i;
const behind =
  /_?(?:activation|act|function|func|fn|layer|module|impl|implementation|jit|me|no_?cast|fp32|[123]d)?_?$/i;

/** Names that mean other things too: of these the body must have the function itself. */
const telling: ReadonlyMap<string, RegExp> = new Map([
  ['softmax', /softmax|exp_?\s*\(/],
  ['logsoftmax', /log_?softmax|logsumexp/i],
  ['softmax2d', /softmax/i],
  ['gumbelsoftmax', /gumbel|softmax/i],
  ['sigmoid', /sigmoid|exp_?\s*\(/i],
  ['tanh', /tanh|exp_?\s*\(/i],
  ['glu', /sigmoid|chunk|split/i],
  ['snake', /\bsin_?\s*\(|\bsnake\w*\s*\(/],
  ['sine', /\bsin_?\s*\(/],
  ['siren', /\bsin_?\s*\(/],
]);

/** The activation that a name of a class or function says, by itself or within what people write around names. */
export function activationOfName(name: string): string | undefined {
  const word = wordOf(name);
  return word !== undefined && isKnown(word) ? activationNamed(word)?.activation : undefined;
}

/** The part of a name that is an activation's. */
function wordOf(name: string): string | undefined {
  if (activationNamed(name)) return name;
  const inner = name.replace(before, '').replace(behind, '');
  return activationNamed(inner) ? inner : undefined;
}

const isKnown = (name: string) => isUnmistakable(name) || telling.has(compactName(name));

/** Layers with weights: what has them is more than an activation. */
const layers =
  /\w*(?:Linear|Conv\w*|Embedding\w*|Norm\w*|LSTM|GRU|Attention|MLP|FFN)\s*\(|[Ff]unctional\.linear\(|\bF\.(?:linear|conv\d?d)\(/;
/** Functions of tensors that activations are made of. */
const computing =
  /(?<!\b(?:np|numpy|jnp|math|cmath|tf|jax|nn_jax|mx|paddle))\.(?:\w*(?:relu|elu|gelu|silu|sigmoid|softmax|tanh|softplus|softsign)\w*|(?:exp|erf|clamp|sin|chunk|split|where|maximum)_?\s*\()|\b(?:nn|F)\.\w+/i;
/** Bases that compute something themselves. */
const computed = /\bFunction\b|\bnn\.(?!Module\b)\w/;
/** Bijections compute the inverse and the volume too. */
const bijective = /log_?(?:abs_?)?det|def\s+_?inverse\b/i;

/** Whether a class or function is a map that can be inverted, as distributions have them. */
export const isBijection = (definition: Node): boolean => bijective.test(definition.text);

/**
 * What a class or function of an activation's name is, where its text has PyTorch compute that; undefined where it has
 * weights of its own.
 */
export function namedDefinition(definition: Node): OwnActivation | undefined {
  const name = definition.childForFieldName('name')?.text ?? '';
  const activation = activationOfName(name);
  if (activation === undefined) return undefined;
  const isClass = definition.type === 'class_definition';
  const text = definition.childForFieldName('body')?.text ?? '';
  const bases = definition.childForFieldName(isClass ? 'superclasses' : 'parameters')?.text ?? '()';
  // What a compiled operator or a base computes can't be read; a table is asked by a name.
  const isComputed = computing.test(text) || /\bACT2(?:FN|CLS)\b/.test(text) || (isClass && computed.test(bases));
  if (/^\(\s*\)$/.test(bases) || layers.test(text) || bijective.test(text) || !isComputed) return undefined;
  const own = telling.get(compactName(wordOf(name) ?? ''));
  if (own && !own.test(text)) return undefined;
  return { activation, kind: isClass ? 'module' : 'function', parameters: {}, isInside: true };
}

/** What a name from a module that can't be read says. */
export function namedImport(name: string): OwnActivation | undefined {
  const word = wordOf(name);
  const activation = word !== undefined && isUnmistakable(word) ? activationNamed(word)?.activation : undefined;
  return activation === undefined
    ? undefined
    : { activation, kind: /^[A-Z]/.test(name) ? 'module' : 'function', parameters: {}, isInside: true };
}
