/** Tables of activations by their names: `ACT2CLS = {"gelu": GELU, "relu": nn.ReLU}`. */
import { parentOf } from '../../syntax/ancestors';
import { PerNode } from '../../syntax/perNode';
import type { Node } from '../../syntax/syntax';
import { children, firstChild, placeIn, stripParentheses } from '../range';
import { chooses, isClear } from './choosing';
import { lastWordRead, plainText } from './reads';
import { activationNamed } from './stringNames';

/** Entries that name one activation on both sides, from which on a dictionary is a table of them. */
const ENOUGH = 2;
/** How deep in calls and tuples a table's value is looked for. */
const MAX_STEPS = 6;

const tables = new PerNode<boolean>();

/** Whether an entry's key is the name of an activation in a table of activations. */
export function isTableKey(pair: Node): boolean {
  const dictionary = parentOf(pair);
  const value = pair.childForFieldName('value');
  if (dictionary?.type !== 'dictionary' || !value || !mayBeActivation(value)) return false;
  return tables.of(dictionary, () => {
    if (chooses(holderOf(dictionary))) return true;
    const named = children(dictionary).filter((each) => each.type === 'pair' && isSameOnBothSides(each));
    return named.length >= ENOUGH && named.some((each) => isClear(wordOfKey(each) ?? ''));
  });
}

/**
 * Whether an entry's value is chosen by what holds the dictionary: `ACT_MAP = {"silu": "swiglu"}`, and
 * `act_cfg = {"type": "ReLU"}`.
 * @param key the entry's key, where that is a plain string
 */
export function tableChooses(pair: Node, key: string | undefined): boolean {
  const dictionary = parentOf(pair);
  const isSaid = key !== undefined && (/^(type|name|class|cls|_target_)$/.test(key) || activationNamed(key));
  return dictionary?.type === 'dictionary' && isSaid !== false && isSaid !== undefined && chooses(holderOf(dictionary));
}

/** The name under which a dictionary is kept or handed on, through the calls that wrap it. */
function holderOf(dictionary: Node): string | undefined {
  let at = dictionary;
  for (let i = 0, parent = parentOf(at); parent && i < MAX_STEPS; i++, at = parent, parent = parentOf(at)) {
    const is = (field: string) => parent?.childForFieldName(field)?.id === at.id;
    if (parent.type === 'assignment') return is('right') ? lastWordRead(parent.childForFieldName('left')) : undefined;
    if (/^(keyword_argument|default_parameter|typed_default_parameter)$/.test(parent.type))
      return parent.childForFieldName('name')?.text;
    if (parent.type === 'pair') {
      const key = parent.childForFieldName('key');
      return is('value') && key?.type === 'string' ? plainText(key) : undefined;
    }
    // `{"relu": nn.ReLU}[act]`
    const index = parent.type === 'subscript' && is('value') ? parent.childForFieldName('subscript') : undefined;
    if (index) {
      const word = lastWordRead(index);
      if (chooses(word)) return word;
    }
    // `parametrize("act_fn", [{"name": "gelu"}, None])`
    const before = parent.type === 'argument_list' ? children(parent)[placeIn(parent, at) - 1] : undefined;
    if (before?.type === 'string') return plainText(before);
    if (!/^(call|argument_list|parenthesized_expression|subscript|list|tuple)$/.test(parent.type)) return undefined;
  }
  return undefined;
}

/** What is no number, word or array of its own. */
function mayBeActivation(value: Node): boolean {
  return !/^(integer|float|true|false|none|list|unary_operator|dictionary|list_comprehension)$/.test(value.type);
}

function wordOfKey(pair: Node): string | undefined {
  const key = pair.childForFieldName('key');
  return key?.type === 'string' ? plainText(key) : undefined;
}

/** `"swish": nn.SiLU(inplace=True)`, `"relu": F.relu`, `"tanh": lambda x: x.tanh()`. */
function isSameOnBothSides(pair: Node): boolean {
  const word = wordOfKey(pair);
  const value = pair.childForFieldName('value');
  return word !== undefined && value !== null && isNameOf(value, word);
}

/** Whether a word names the activation that a function, a class or a call of one is. */
export function isNameOf(value: Node, word: string): boolean {
  const named = activationNamed(word);
  const written = named && wordOf(value, 0);
  return written !== undefined && activationNamed(written)?.activation === named?.activation;
}

/** The last word of the function or class that a value is or calls. */
function wordOf(value: Node, depth: number): string | undefined {
  const inner = stripParentheses(value);
  if (depth > MAX_STEPS) return undefined;
  const next = (node: Node | null | undefined) => (node ? wordOf(node, depth + 1) : undefined);
  switch (inner.type) {
    case 'identifier':
      return inner.text;
    case 'attribute':
      return inner.childForFieldName('object')?.text === 'self'
        ? undefined
        : inner.childForFieldName('attribute')?.text;
    case 'call': {
      const callee = inner.childForFieldName('function');
      const isPartial = lastWordRead(callee) === 'partial';
      return next(isPartial ? firstChild(inner.childForFieldName('arguments')) : callee);
    }
    case 'tuple':
      return next(firstChild(inner));
    case 'lambda':
      return next(inner.childForFieldName('body'));
    default:
      return undefined;
  }
}
