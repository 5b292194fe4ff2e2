/** Strings that calls are told: `create_act("gelu")`, `act_cfg=dict(type="ReLU")`, `getattr(nn, "ReLU")`. */
import { parentOf } from '../../syntax/ancestors';
import { PerNode } from '../../syntax/perNode';
import type { Node } from '../../syntax/syntax';
import { children, firstChild, placeIn } from '../range';
import { pytorchSpellings } from '../spellings';
import { parameterAt } from './choosers';
import { chooses, fieldChooses, fieldOfManyChooses, isClear, takesOthers } from './choosing';
import type { Names } from './names';
import { lastWordRead, plainText } from './reads';
import { isListOfActivations } from './stringLists';
import { isUnmistakable, type NamedActivation } from './stringNames';

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
const foreign =
  /^(tensorflow|tf|keras|jax|flax|haiku|sklearn|mxnet|paddle|chainer|numpy|np|scipy|sympy|math|cmath|pandas|cupy|mlx|onnx)(\.|$)/;

/** How a string stands: as a choice, as a table's key, as an attribute's name in `getattr`, or as none of them. */
export type StringRole = 'named' | 'mention' | 'attribute' | 'nothing';

/** Whether a field of a name takes the string at hand. */
export type FieldTest = (field: string | undefined) => boolean;

/** Calls that only say which values a field has or may have: of dataclasses, of settings, of searches. */
const offering =
  /^(field|Field|ib|attrib|Option|Argument|choice|Choice|choices|grid_search|Categorical|categorical|factory|sample_from)$/;

/** Whether a list of arguments is told to such a call. */
export function isOffer(list: Node): boolean {
  return (
    list.type === 'argument_list' && offering.test(lastWordRead(parentOf(list)?.childForFieldName('function')) ?? '')
  );
}

/** Whether an argument by keyword is what such a call offers. */
export function isOffered(keyword: Node): boolean {
  const list = parentOf(keyword);
  return (
    /^(default|choices|values|options|metadata)$/.test(keyword.childForFieldName('name')?.text ?? '') &&
    list !== null &&
    isOffer(list)
  );
}

/** The names of an option of a command line, and whether all that it may be are activations. */
interface Options {
  readonly names: readonly (string | undefined)[];
  readonly isOfActivations: boolean;
}

/** Whether the arguments of a call add an option of a command line: `add("--act", …)`. */
function isOption(list: Node): boolean {
  const first = firstChild(list);
  return first?.type === 'string' && /^['"]-/.test(first.text);
}

const optionsOf = new PerNode<Options>();

function readOptions(list: Node): Options {
  const all = children(list);
  const choices = all.find((each) => each.childForFieldName('name')?.text === 'choices')?.childForFieldName('value');
  return {
    names: all.filter(({ type }) => type === 'string').map(optionName),
    isOfActivations: choices?.type === 'list' && isListOfActivations(choices),
  };
}

export function keywordChooses(keyword: Node, content: string, fits: FieldTest, names: Names): boolean {
  const name = keyword.childForFieldName('name')?.text;
  const list = parentOf(keyword);
  const call = list && parentOf(list);
  const callee = call?.type === 'call' ? call.childForFieldName('function') : undefined;
  if (callee && foreign.test(names.qualifiedName(callee) ?? callee.text)) return false;
  if (/^(default|choices)$/.test(name ?? '') && list !== null && isOption(list)) {
    const options = optionsOf.of(list, () => readOptions(list));
    return options.isOfActivations || options.names.some((each) => fits(each) || fieldChooses(each, content));
  }
  // `act_cfg=dict(type="ReLU")`
  if (name === 'type' && callee?.text === 'dict') {
    let outer = call && parentOf(call);
    // One of a layer's several: `act_cfg=(dict(type="ReLU"), dict(type="Sigmoid"))`.
    while (outer && /^(tuple|list|parenthesized_expression)$/.test(outer.type)) outer = parentOf(outer);
    const around = outer?.type === 'argument_list' ? parentOf(outer) : undefined;
    if (chooses(lastWordRead(around?.childForFieldName('function')))) return true;
    // `settings.get("act_cfg", dict(type="ReLU"))`
    const before = outer?.type === 'argument_list' && call ? children(outer)[placeIn(outer, call) - 1] : undefined;
    if (before?.type === 'string' && chooses(optionName(before))) return true;
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

export function argumentChooses(list: Node, argument: Node, content: string, names: Names): StringRole | undefined {
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
  const role = position === 0 ? roleInRegistry(callee, children(list).length) : undefined;
  return role ?? (argumentOfChoice(list, position, content, callee, names) ? 'named' : undefined);
}

/**
 * What a parameter of the file's own functions takes (`ConvBlock(3, 64, "relu")` for `def __init__(self, cin, cout,
 * activation)`), what stands behind an option's name (`kwarg("nonlinearity", "lrelu")`), and what a class of another file
 * is told behind something else.
 */
function argumentOfChoice(list: Node, position: number, content: string, callee: Node, names: Names): boolean {
  const parameter = parameterAt(callee, position, names);
  if (parameter !== undefined)
    return fieldOfManyChooses(parameter) || (takesOthers(parameter) && fieldChooses(parameter, content));
  if (position === 0) return false;
  const [before, argument] = children(list).slice(position - 1, position + 1);
  if (!argument) return false;
  if (before?.type === 'string') {
    const option = optionName(before);
    // `parametrize("stabilizer", [None, "tanh"])`
    const isList = argument.type === 'list' && varying.test(lastWordRead(callee) ?? '') && takesOthers(option ?? '');
    return fieldOfManyChooses(option) || (isList && fieldChooses(option, content));
  }
  const word = lastWordRead(callee) ?? '';
  return /^[A-Z]\w/.test(word) && !telling.test(word) && isClear(content);
}

/** Functions that try the values of a list for what they are told before. */
const varying = /^(parametrize|choice|suggest_\w+|DEFINE_\w+)$/;

/** Classes that are told names of things, or texts. */
const telling =
  /(Error|Exception|Warning|Test|Case|Node|Op|Info|Spec|Rule|Pattern|Param|Parameter|Argument|Option|Field|Label|Name|Metric|Event|Message|Path|Figure|Plot|Table|Result|Record)s?$/;

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
export function attributeOf(string: Node, content: string, names: Names): NamedActivation | undefined {
  let at: Node | null = string;
  while (at && at.type !== 'argument_list') at = parentOf(at);
  const module = firstChild(at);
  const base = module && names.qualifiedName(module)?.replace(/^torch\.nn\.modules(\.activation)?$/, 'torch.nn');
  const spelling = pytorchSpellings().names.get(`${base}.${content}`);
  return spelling && { activation: spelling.activation.id, parameters: {} };
}

/** Whether a node is a call of an initialisation; undefined where the node around it may be. */
export function isInit(at: Node, names: Names): boolean | undefined {
  if (at.type === 'block') return false;
  const callee = at.type === 'call' ? at.childForFieldName('function') : undefined;
  if (!callee) return undefined;
  // Wrappers of these functions have their names.
  const isWrapped = initialising.test(lastWordRead(callee) ?? '');
  return isWrapped || /^torch\.nn\.init\./.test(names.qualifiedName(callee) ?? '') || undefined;
}

const initialising = /^(kaiming_(normal|uniform)_?|calculate_gain)$/;
