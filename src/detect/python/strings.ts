/** Activations chosen by a name in a string: `activation="gelu"`, `ACT2FN["gelu_new"]`, `getattr(nn, "ReLU")`. */
import { Climb, climbTo, parentOf } from '../../syntax/ancestors';
import { PerNode } from '../../syntax/perNode';
import type { Node } from '../../syntax/syntax';
import { children } from '../range';
import { pytorchSpellings } from '../spellings';
import { classAround, functionAround, isChoice, isParameterOfChoice } from './choosers';
import { chooses, fieldChooses, fieldOfManyChooses, takesOthers } from './choosing';
import type { Names } from './names';
import { dottedText, lastWordRead, plainText } from './reads';
import {
  argumentChooses,
  attributeOf,
  type FieldTest,
  isInit,
  isOffer,
  isOffered,
  keywordChooses,
  type StringRole,
} from './stringCalls';
import { isListOfActivations, isRowOfNumbers } from './stringLists';
import { activationNamed, isLayerName, isUnmistakable, type NamedActivation } from './stringNames';
import { isNameOf, isTableKey, tableChooses } from './tables';

/** What a string says: an activation, and whether it chooses it or only gives it a place in a table. */
export interface StringMeaning extends NamedActivation {
  readonly isMention: boolean;
}

/** Says what the plain strings of one file choose. */
export class StringChoices {
  private readonly choices = new Map<string, Climb<StringRole>>();
  private readonly init: Climb<boolean>;

  private takes: ReadonlySet<string> | undefined;

  /** @param places of strings that may name activations, in the part of the file that is looked at */
  constructor(
    private readonly names: Names,
    private readonly places: () => Iterable<RegExpExecArray>,
  ) {
    this.init = new Climb((at) => isInit(at, names), false);
  }

  /** What a plain string chooses, or undefined where it means no activation. */
  activation(string: Node): StringMeaning | undefined {
    const content = plainText(string);
    if (content === undefined) return this.pathMeaning(string);
    const named = activationNamed(content);
    if (!named) return undefined;
    const choice = this.choice(content).from(string);
    if (choice === 'attribute') {
      const attribute = attributeOf(string, content, this.names);
      return attribute && { ...attribute, isMention: false };
    }
    // Initialisation knows "linear" as no activation at all.
    if (choice === 'nothing' || (content.toLowerCase() === 'linear' && this.init.from(string))) return undefined;
    return { ...named, isMention: choice === 'mention' };
  }

  /** `"torch.nn.ReLU"`, `"lib.acts.swish"`: only where the field says it, as a layer may have such a path. */
  private pathMeaning(string: Node): StringMeaning | undefined {
    const [, path = '', word = ''] = /^(.*)\.(\w+)(?:\(\))?$/.exec(dottedText(string) ?? '') ?? [];
    const full = path.replace(/^nn(?=\.|$)/, 'torch.nn').replace(/^F$/, 'torch.nn.functional');
    const spelling = pytorchSpellings().names.get(`${full}.${word}`);
    const named = spelling ? { activation: spelling.activation.id, parameters: {} } : activationNamed(word);
    // What only a field that chooses takes.
    const role = named && this.choice('linear').from(string);
    return named && (role === 'named' || role === 'mention') ? { ...named, isMention: role === 'mention' } : undefined;
  }

  /** Fields that take what can be nothing but an activation: then the other names that they take are activations too. */
  private fieldTakes(field: string | undefined): boolean {
    this.takes ??= new Set(fieldsBefore(this.places()));
    return field !== undefined && this.takes.has(field.toLowerCase()) && takesOthers(field);
  }

  /** What is chosen depends on the word: a field may take "linear" for many things, "gelu_new" for one. */
  private choice(content: string): Climb<StringRole> {
    const known = this.choices.get(content);
    if (known) return known;
    const context = { names: this.names, takes: (field: string | undefined) => this.fieldTakes(field) };
    const climb = new Climb<StringRole>((parent, at) => choiceBy(parent, at, content, context), 'nothing');
    this.choices.set(content, climb);
    return climb;
  }
}

/** What a string's meaning depends on beside where it stands. */
interface StringContext {
  readonly names: Names;
  /** Whether a field takes activations elsewhere. */
  readonly takes: FieldTest;
}

/** What stands before strings that can be nothing but activations: `model_type` of `model_type == "relu"`. */
function* fieldsBefore(places: Iterable<RegExpExecArray>): Generator<string> {
  for (const { 0: string, index, input } of places) {
    if (string.includes('.') || !isUnmistakable(string.slice(1, -1))) continue;
    const field = /([A-Za-z]\w*)["'\])]{0,2}\s*(?:[!=]=|=|:(?:\s*str\s*=)?|\bin\b\s*[([{])\s*$/.exec(
      input.slice(Math.max(0, index - 60), index),
    )?.[1];
    if (field) yield field.toLowerCase();
  }
}

const roleIfNamed = (isNamed: boolean): StringRole => (isNamed ? 'named' : 'nothing');

/** What the node around a string, or around what the string may be the value of, says; undefined where the next does. */
function choiceBy(parent: Node, at: Node, content: string, context: StringContext): StringRole | undefined {
  const { names, takes } = context;
  const is = (field: string) => parent.childForFieldName(field)?.id === at.id;
  // Among others a word may be an operator's or a layer's, whatever the field is called.
  const isAlone = !/^(list|tuple|set|expression_list)$/.test(at.type) || isBesideNothing(at);
  const fits = (field: string | undefined) =>
    (isAlone ? fieldChooses(field, content) : fieldOfManyChooses(field)) || takes(field);
  switch (parent.type) {
    case 'list':
    case 'tuple':
    case 'set':
      if (standsBeside(parent, at, content)) return 'mention';
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
      if (is('value') && keywordChooses(parent, content, fits, names)) return 'named';
      return isOffered(parent) ? undefined : 'nothing';
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
      // `field(metadata={"choices": ["relu", …]})`
      if (is('value') && isListOfChoices(parent, word)) return undefined;
      return roleIfNamed(is('value') && (fits(word) || tableChooses(parent, word)));
    }
    case 'comparison_operator':
      if (isClassName(parent, content)) return 'mention';
      return roleIfNamed(comparisonChooses(parent, at, content, isAlone || !isLayerName(content), takes));
    case 'case_pattern':
      return roleIfNamed(readChooses(enclosingMatch.from(parent)?.childForFieldName('subject'), content));
    case 'subscript':
      return roleIfNamed(is('subscript') && chooses(lastWordRead(parent.childForFieldName('value'))));
    case 'dictionary':
      return at.type === 'pair' ? undefined : 'nothing';
    case 'argument_list':
      return argumentChooses(parent, at, content, names) ?? (isOffer(parent) ? undefined : 'nothing');
    // `act: str = field(default="gelu")`: what the call is given to says it.
    case 'call':
      return undefined;
    default:
      return 'nothing';
  }
}

/** Whether what is read somewhere is a choice: by its name, or as the parameter of a function that makes a choice. */
function readChooses(node: Node | null | undefined, content: string): boolean {
  const word = lastWordRead(node);
  return fieldChooses(word, content) || (word !== undefined && node != null && isParameterOfChoice(node, word));
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

function comparisonChooses(comparison: Node, at: Node, content: string, isAlone: boolean, takes: FieldTest): boolean {
  const sides = comparedSides.of(comparison, () => children(comparison));
  // `"gelu" in notes` looks for a part of a text.
  if (sides[0]?.id === at.id && /^(not )?in$/.test(comparison.child(1)?.text ?? ''))
    return sides.some((each) => chooses(lastWordRead(each)));
  const others = sides.filter((each) => each.id !== at.id && each.type !== 'string');
  return others.some((each) => {
    const word = lastWordRead(each);
    return (isAlone ? readChooses(each, content) : fieldOfManyChooses(word)) || takes(word);
  });
}

/** A list of one word, and of None. */
function isBesideNothing(list: Node): boolean {
  const items = list.type === 'list' || list.type === 'tuple' ? children(list) : [];
  return items.filter(({ type }) => type !== 'none').length === 1;
}

/** What a field's description says that it may be. */
function isListOfChoices(pair: Node, key: string | undefined): boolean {
  if (!/^(choices|options|values)$/.test(key ?? '')) return false;
  const dictionary = parentOf(pair);
  const keyword = dictionary && parentOf(dictionary);
  return keyword?.type === 'keyword_argument' && isOffered(keyword);
}

/** `m.__class__.__name__ == "ReLU"`: a check by PyTorch's own name of the class. */
function isClassName(comparison: Node, content: string): boolean {
  const sides = comparedSides.of(comparison, () => children(comparison));
  return sides.some((each) => lastWordRead(each) === '__name__') && pytorchSpellings().names.has(`torch.nn.${content}`);
}

/** `(nn.ReLU, "relu")`: what stands before is what it names. */
function standsBeside(list: Node, at: Node, content: string): boolean {
  if (list.type === 'set' || at.type !== 'string') return false;
  const [first, second, more] = children(list);
  if (!first || !second || more) return false;
  if (second.id === at.id) return list.type === 'tuple' && isNameOf(first, content);
  // `nn.ModuleDict([["relu", nn.ReLU()], …])`: elsewhere what stands first is the name of a layer.
  const around = parentOf(list);
  const told = around && /^(list|tuple)$/.test(around.type) ? parentOf(around) : undefined;
  const callee = told?.type === 'argument_list' ? parentOf(told)?.childForFieldName('function') : undefined;
  return lastWordRead(callee) === 'ModuleDict' && isNameOf(second, content);
}

const comparedSides = new PerNode<readonly Node[]>();

const enclosingMatch = climbTo(/^match_statement$/);
