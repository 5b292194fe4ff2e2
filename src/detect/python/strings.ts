/** Activations chosen by a name in a string: `activation="gelu"`, `ACT2FN["gelu_new"]`, `getattr(nn, "ReLU")`. */
import { Climb, climbTo, parentOf } from '../../syntax/ancestors';
import { PerNode } from '../../syntax/perNode';
import type { Node } from '../../syntax/syntax';
import { children, firstChild, placeIn } from '../range';
import { pytorchSpellings } from '../spellings';
import { chooses, fieldChooses, fieldOfManyChooses, namesParts } from './choosing';
import type { Names } from './names';
import { lastWordRead, plainText } from './reads';
import { activationNamed, isLayerName, isUnmistakable, type NamedActivation } from './stringNames';
import { isTableKey, tableChooses } from './tables';

/** Positions at which PyTorch's own calls take an activation's name. */
const positions: Readonly<Record<string, number>> = {
  'torch.nn.init.calculate_gain': 0,
  'torch.nn.init.kaiming_normal_': 3,
  'torch.nn.init.kaiming_uniform_': 3,
  'torch.nn.init.kaiming_normal': 3,
  'torch.nn.init.kaiming_uniform': 3,
  'torch.nn.TransformerEncoderLayer': 4,
  'torch.nn.TransformerDecoderLayer': 4,
  'torch.nn.Transformer': 6,
  'torch.nn.RNN': 3,
  'torch.nn.RNNCell': 3,
};
/** Frameworks whose strings are not PyTorch's. */
const foreign = /^(tensorflow|tf|keras|jax|flax|haiku|sklearn|mxnet|paddle|chainer)(\.|$)/;

/** What a string says: an activation, and whether it chooses it or only gives it a place in a table. */
export interface StringMeaning extends NamedActivation {
  readonly isMention: boolean;
}

/** Says what the plain strings of one file choose. */
export class StringChoices {
  private readonly choices = new Map<string, Climb<StringRole>>();
  private readonly init: Climb<boolean>;

  constructor(private readonly names: Names) {
    this.init = new Climb((at) => isInit(at, names), false);
  }

  /** What a plain string chooses, or undefined where it means no activation. */
  activation(string: Node): StringMeaning | undefined {
    const content = plainText(string);
    const named = content === undefined ? undefined : activationNamed(content);
    if (!named || content === undefined) return undefined;
    const choice = this.choice(content).from(string);
    if (choice === 'attribute') {
      const attribute = attributeOf(string, content, this.names);
      return attribute && { ...attribute, isMention: false };
    }
    // Initialisation knows "linear" as no activation at all.
    if (choice === 'nothing' || (content.toLowerCase() === 'linear' && this.init.from(string))) return undefined;
    return { ...named, isMention: choice === 'mention' };
  }

  /** What is chosen depends on the word: a field may take "linear" for many things, "gelu_new" for one. */
  private choice(content: string): Climb<StringRole> {
    const known = this.choices.get(content);
    if (known) return known;
    const climb = new Climb<StringRole>((parent, at) => choiceBy(parent, at, content, this.names), 'nothing');
    this.choices.set(content, climb);
    return climb;
  }
}

/** How a string stands: as a choice, as a table's key, as an attribute's name in `getattr`, or as none of them. */
type StringRole = 'named' | 'mention' | 'attribute' | 'nothing';

const roleIfNamed = (isNamed: boolean): StringRole => (isNamed ? 'named' : 'nothing');

/** What the node around a string, or around what the string may be the value of, says; undefined where the next does. */
function choiceBy(parent: Node, at: Node, content: string, names: Names): StringRole | undefined {
  const is = (field: string) => parent.childForFieldName(field)?.id === at.id;
  // Among others a word may be an operator's or a layer's, whatever the field is called.
  const isAlone = !/^(list|tuple|set|expression_list)$/.test(at.type);
  const fits = (field: string | undefined) => (isAlone ? fieldChooses(field, content) : fieldOfManyChooses(field));
  switch (parent.type) {
    case 'list':
    case 'tuple':
    case 'set':
      return isListOfActivations(parent) || isRowOfNumbers(parent, content) ? 'named' : undefined;
    case 'parenthesized_expression':
    case 'expression_list':
    case 'boolean_operator':
    case 'union_pattern':
    case 'dictionary_pattern':
      return undefined;
    case 'conditional_expression':
      return children(parent)[1]?.id === at.id ? 'nothing' : undefined;
    case 'keyword_argument':
      return roleIfNamed(is('value') && keywordChooses(parent, content, fits, names));
    case 'default_parameter':
    case 'typed_default_parameter':
      return roleIfNamed(is('value') && parameterChooses(parent, content, fits));
    case 'named_expression':
      return roleIfNamed(is('value') && fits(parent.childForFieldName('name')?.text));
    case 'for_statement':
    case 'for_in_clause':
      return roleIfNamed(is('right') && chooses(parent.childForFieldName('left')?.text));
    case 'assignment':
      return roleIfNamed(is('right') && assignmentChooses(parent, fits));
    case 'pair': {
      const key = parent.childForFieldName('key');
      if (is('key')) return isTableKey(parent) ? 'mention' : 'nothing';
      const word = key?.type === 'string' ? plainText(key) : undefined;
      return roleIfNamed(is('value') && (fits(word) || tableChooses(parent, word)));
    }
    case 'comparison_operator':
      return roleIfNamed(comparisonChooses(parent, at, content, isAlone || !isLayerName(content)));
    case 'case_pattern':
      return roleIfNamed(readChooses(enclosingMatch.from(parent)?.childForFieldName('subject'), content));
    case 'subscript':
      return roleIfNamed(is('subscript') && chooses(lastWordRead(parent.childForFieldName('value'))));
    case 'argument_list':
      return argumentChooses(parent, at, content, names) ?? 'nothing';
    default:
      return 'nothing';
  }
}

/** Whether a field of a name takes the string at hand. */
type FieldTest = (field: string | undefined) => boolean;

/** Nothing but activations, of which one can be nothing else: `["relu", "gelu", "tanh"]`. */
function isListOfActivations(list: Node): boolean {
  return listsOfActivations.of(list, () => {
    const words = children(list).map((each) => (each.type === 'string' ? plainText(each) : undefined));
    const field = fieldOf(list);
    if (new Set(words).size < 2 || (field !== undefined && namesParts(field))) return false;
    return words.every((word) => word && activationNamed(word)) && words.some((word) => word && isUnmistakable(word));
  });
}

const listsOfActivations = new PerNode<boolean>();

/** A row of a table of layers, numbers but for the word: `[3, 16, 64, True, "HSwish", 2]`. */
function isRowOfNumbers(list: Node, content: string): boolean {
  return isUnmistakable(content) && rowsOfNumbers.of(list, () => isRow(children(list)));
}

function isRow(items: readonly Node[]): boolean {
  const numbers = items.filter(({ type }) => /^(integer|float|true|false|none)$/.test(type));
  return numbers.length >= ENOUGH_NUMBERS && numbers.length === items.length - 1;
}

/** How many numbers make a row of sizes. */
const ENOUGH_NUMBERS = 3;
const rowsOfNumbers = new PerNode<boolean>();

/** The last word of what a list is given to. */
function fieldOf(list: Node): string | undefined {
  const parent = parentOf(list);
  return lastWordRead(parent?.childForFieldName('name') ?? parent?.childForFieldName('left'));
}

/** Whether what is read somewhere is a choice: by its name, or as the parameter of a function that makes a choice. */
function readChooses(node: Node | null | undefined, content: string): boolean {
  const word = lastWordRead(node);
  return fieldChooses(word, content) || (word !== undefined && node != null && isParameterOfChoice(node, word));
}

/** `name` in `def get_activation(name)`, and in `class Activation: def __init__(self, name)`. */
function isParameterOfChoice(node: Node, word: string): boolean {
  const own = functionAround.from(node);
  if (!own || !isChoice(own)) return false;
  return parametersOf.of(own, () => new Set(parameterNames(own))).has(word);
}

const functionAround = climbTo(/^function_definition$/);
const classAround = climbTo(/^class_definition$/);
const parametersOf = new PerNode<ReadonlySet<string>>();

function parameterNames(own: Node): string[] {
  return children(own.childForFieldName('parameters')).flatMap((each) => {
    const name = each.type === 'identifier' ? each : (each.childForFieldName('name') ?? firstChild(each));
    return name?.type === 'identifier' ? [name.text] : [];
  });
}

/** Whether a function's own name, or that of the class which it makes, says that it gives an activation. */
function isChoice(own: Node): boolean {
  const name = own.childForFieldName('name')?.text;
  if (chooses(name)) return true;
  const holder = name === '__init__' || name === '__new__' ? classAround.from(own) : null;
  return chooses(holder?.childForFieldName('name')?.text);
}

/** The default of a parameter: by the parameter's name, or by what the function gives. */
function parameterChooses(parameter: Node, content: string, fits: FieldTest): boolean {
  if (fits(parameter.childForFieldName('name')?.text)) return true;
  const own = parentOf(parentOf(parameter) ?? parameter);
  return own?.type === 'function_definition' && isUnmistakable(content) && isChoice(own);
}

/** `act = 'gelu'`, and `GELU = 'gelu'` among the members of `class Activation(Enum)`. */
function assignmentChooses(assignment: Node, fits: FieldTest): boolean {
  if (fits(lastWordRead(assignment.childForFieldName('left')))) return true;
  const holder = classAround.from(assignment);
  const isMember = holder !== null && functionAround.from(assignment) === null;
  return isMember && chooses(holder.childForFieldName('name')?.text);
}

function comparisonChooses(comparison: Node, at: Node, content: string, isAlone: boolean): boolean {
  const sides = comparedSides.of(comparison, () => children(comparison));
  // `"gelu" in notes` looks for a part of a text.
  if (sides[0]?.id === at.id && /^(not )?in$/.test(comparison.child(1)?.text ?? ''))
    return sides.some((each) => chooses(lastWordRead(each)));
  const others = sides.filter((each) => each.id !== at.id && each.type !== 'string');
  return others.some((each) => (isAlone ? readChooses(each, content) : fieldOfManyChooses(lastWordRead(each))));
}

const comparedSides = new PerNode<readonly Node[]>();

const enclosingMatch = climbTo(/^match_statement$/);

/** Whether the arguments of a call name an option that chooses. */
const choosingOptions = new PerNode<boolean>();

function keywordChooses(keyword: Node, content: string, fits: FieldTest, names: Names): boolean {
  const name = keyword.childForFieldName('name')?.text;
  const list = parentOf(keyword);
  const call = list && parentOf(list);
  const callee = call?.type === 'call' ? call.childForFieldName('function') : undefined;
  if (callee && foreign.test(names.qualifiedName(callee) ?? callee.text)) return false;
  if (/^(default|choices)$/.test(name ?? '') && lastWordRead(callee) === 'add_argument') {
    const isOption = (each: Node) => each.type === 'string' && chooses(optionName(each));
    return list !== null && choosingOptions.of(list, () => children(list).some(isOption));
  }
  // `act_cfg=dict(type="ReLU")`
  if (name === 'type' && callee?.text === 'dict') {
    let outer = call && parentOf(call);
    // One of a layer's several: `act_cfg=(dict(type="ReLU"), dict(type="Sigmoid"))`.
    while (outer && /^(tuple|list|parenthesized_expression)$/.test(outer.type)) outer = parentOf(outer);
    const around = outer?.type === 'argument_list' ? parentOf(outer) : undefined;
    if (chooses(lastWordRead(around?.childForFieldName('function')))) return true;
    const holder = outer?.childForFieldName('name') ?? outer?.childForFieldName('left');
    return chooses(lastWordRead(holder));
  }
  // `get_act_layer(name="gelu")`
  const isOfChoice = callee !== undefined && chooses(lastWordRead(callee)) && isUnmistakable(content);
  return isOfChoice || fits(name);
}

/** `"--hidden-act"` → `hidden_act` */
function optionName(string: Node): string | undefined {
  return plainText(string)?.replace(/^-+/, '').replaceAll('-', '_');
}

function argumentChooses(list: Node, argument: Node, content: string, names: Names): StringRole | undefined {
  const call = parentOf(list);
  const callee = call?.type === 'call' ? call.childForFieldName('function') : undefined;
  if (!callee) return undefined;
  const position = placeIn(list, argument);
  const first = firstChild(list);
  const qualified = names.qualifiedName(callee);
  if (callee.text === 'getattr' && position === 1) return isPytorch(first, names) ? 'attribute' : undefined;
  const word = lastWordRead(callee);
  // Wrappers are called `safe_getattr`.
  const isGetattr = /(^|_)getattr$/.test(word ?? '');
  const isLookup = (isGetattr && position === 2) || (/^(get|pop|setdefault)$/.test(word ?? '') && position === 1);
  const key = isLookup ? children(list)[isGetattr ? 1 : 0] : undefined;
  if (isLookup && key?.type === 'string' && key.id !== argument.id) {
    const holder = callee.type === 'attribute' ? lastWordRead(callee.childForFieldName('object')) : undefined;
    return fieldChooses(plainText(key), content) || chooses(holder) ? 'named' : undefined;
  }
  if (qualified !== undefined && foreign.test(qualified)) return undefined;
  if (qualified !== undefined && positions[qualified] === position) return 'named';
  // `create_act("gelu")`, and behind what it is told besides: `resolve_act_layer(kwargs, "swish")`.
  if (chooses(word)) {
    const isNext =
      position === 0 ||
      !children(list)
        .slice(0, position)
        .some(({ type }) => type === 'string');
    return isNext ? 'named' : undefined;
  }
  return position === 0 ? roleInRegistry(callee, children(list).length) : undefined;
}

/** `Act.add_factory("swish", …)`, `ACTIVATIONS.get("gelu")`, `hidden_act.startswith("gelu")`. */
function roleInRegistry(callee: Node, count: number): StringRole | undefined {
  const object = callee.type === 'attribute' ? callee.childForFieldName('object') : undefined;
  const method = callee.childForFieldName('attribute')?.text ?? '';
  if (!object || !chooses(lastWordRead(object))) return undefined;
  // A registry's decorator takes the name alone.
  if (notRegistry.test(method) && !(method === 'register_module' && count === 1)) return undefined;
  return registering.test(method) ? 'mention' : 'named';
}

const registering = /^(add|register|factory|define|def)(_|$)/;
/** Methods of modules, which take the names of their parts. */
const notRegistry = /^(add_module|register_(module|buffer|parameter)|get_(submodule|parameter|buffer)|set_submodule)$/;

function isPytorch(node: Node | undefined, names: Names): boolean {
  return (
    node !== undefined && /^torch(\.nn(\.functional|\.modules(\.activation)?)?)?$/.test(names.qualifiedName(node) ?? '')
  );
}

/** `getattr(nn, "ReLU")`: only what that module has. */
function attributeOf(string: Node, content: string, names: Names): NamedActivation | undefined {
  const module = firstChild(parentOf(string));
  const base = module && names.qualifiedName(module)?.replace(/^torch\.nn\.modules(\.activation)?$/, 'torch.nn');
  const spelling = pytorchSpellings().names.get(`${base}.${content}`);
  return spelling && { activation: spelling.activation.id, parameters: {} };
}

/** Whether a node is a call of an initialisation; undefined where the node around it may be. */
function isInit(at: Node, names: Names): boolean | undefined {
  if (at.type === 'block') return false;
  const callee = at.type === 'call' ? at.childForFieldName('function') : undefined;
  if (!callee) return undefined;
  // Wrappers of these functions have their names.
  const isWrapped = initialising.test(lastWordRead(callee) ?? '');
  return isWrapped || /^torch\.nn\.init\./.test(names.qualifiedName(callee) ?? '') || undefined;
}

const initialising = /^(kaiming_(normal|uniform)_?|calculate_gain)$/;
