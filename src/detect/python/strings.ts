/** Activations chosen by a name in a string: `activation="gelu"`, `ACT2FN["gelu_new"]`, `getattr(nn, "ReLU")`. */
import { type ActivationId, catalogue } from '../../activations/catalogue';
import { Climb, climbTo, parentOf } from '../../syntax/ancestors';
import { python } from '../../syntax/identifiers';
import { PerNode } from '../../syntax/perNode';
import type { Node } from '../../syntax/syntax';
import { children, firstChild, placeIn, stripParentheses } from '../range';
import type { SiteArgument } from '../site';
import { pytorchSpellings } from '../spellings';
import type { Names } from './names';

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

let table: ReadonlyMap<string, NamedActivation> | undefined;

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
    for (const name of [...huggingFace, ...timm]) {
      const written = Object.entries(sets[name] ?? {}).map(([key, value]) => [key, { value }] as const);
      add(name, activation.id, Object.fromEntries(written));
    }
  }
  for (const [name, activation] of Object.entries(others)) add(name, activation);
  table = found;
  return found;
}

/** Words that name the choice of an activation: `act_layer`, `hidden_act`, `activation_fn`, `nonlinearity`. */
const choosing = /(^|_)(act|acts|actv|actfn|activ|activation|activations|nonlin|nonlinearity|non_linearity)(_|\d*$)/i;
const notChoosing = /(^|_)(init|loss|dtype|quant|checkpoint|checkpointing|memory|offload|scale|bits)(_|$)/i;
const camel = /[a-z](Act|Activation|Nonlinearity)(?![a-z])|^(act|activation|nonlinearity)(Fn|Layer|Func|Name|Type)$/;

/** Whether a name says that an activation is chosen under it: `act_layer`, `hidden_act`. */
export function chooses(name: string | undefined): boolean {
  if (!name) return false;
  return (
    (choosing.test(name) && !notChoosing.test(name)) || camel.test(name) || name === 'ACT2FN' || name === 'ACT2CLS'
  );
}

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
/** How far what a value is read from is followed. */
const MAX_STEPS = 32;
/** Frameworks whose strings are not PyTorch's. */
const foreign = /^(tensorflow|tf|keras|jax|flax|haiku|sklearn|mxnet|paddle|chainer)(\.|$)/;

/** Says what the plain strings of one file choose. */
export class StringChoices {
  private readonly choice: Climb<StringRole>;
  private readonly init: Climb<boolean>;

  constructor(private readonly names: Names) {
    this.choice = new Climb((parent, at) => choiceBy(parent, at, names), 'nothing');
    this.init = new Climb((at) => isInit(at, names), false);
  }

  /** What a plain string chooses, or undefined where it means no activation. */
  activation(string: Node): NamedActivation | undefined {
    const content = plainText(string);
    const named = content === undefined ? undefined : stringNames().get(content.toLowerCase());
    if (!named || content === undefined) return undefined;
    const choice = this.choice.from(string);
    // Initialisation knows "linear" as no activation at all.
    if (choice === 'named') return content.toLowerCase() === 'linear' && this.init.from(string) ? undefined : named;
    return choice === 'attribute' ? attributeOf(string, content, this.names) : undefined;
  }
}

const plain = new RegExp(`^(['"])([${python.part}\\-]*)\\1$`, 'u');

/** The text of a string without prefix, escapes and holes. */
export function plainText(string: Node): string | undefined {
  return plain.exec(string.text)?.[2];
}

/** How a string stands: as the choice of an activation, as an attribute's name in `getattr`, or as neither. */
type StringRole = 'named' | 'attribute' | 'nothing';

const roleIfNamed = (isNamed: boolean): StringRole => (isNamed ? 'named' : 'nothing');

/** What the node around a string, or around what the string may be the value of, says; undefined where the next does. */
function choiceBy(parent: Node, at: Node, names: Names): StringRole | undefined {
  const is = (field: string) => parent.childForFieldName(field)?.id === at.id;
  switch (parent.type) {
    case 'parenthesized_expression':
    case 'list':
    case 'tuple':
    case 'expression_list':
    case 'boolean_operator':
    case 'union_pattern':
    case 'dictionary_pattern':
      return undefined;
    case 'conditional_expression':
      return children(parent)[1]?.id === at.id ? 'nothing' : undefined;
    case 'keyword_argument':
      return roleIfNamed(is('value') && keywordChooses(parent, names));
    case 'default_parameter':
    case 'typed_default_parameter':
    case 'named_expression':
      return roleIfNamed(is('value') && chooses(parent.childForFieldName('name')?.text));
    case 'assignment':
      return roleIfNamed(is('right') && chooses(lastWordRead(parent.childForFieldName('left'))));
    case 'pair': {
      const key = parent.childForFieldName('key');
      return roleIfNamed(is('value') && key?.type === 'string' && chooses(plainText(key)));
    }
    case 'comparison_operator': {
      const sides = choosingSides.of(
        parent,
        () => new Set(children(parent).flatMap((each) => (chooses(lastWordRead(each)) ? [each.id] : []))),
      );
      return roleIfNamed(sides.size > (sides.has(at.id) ? 1 : 0));
    }
    case 'case_pattern':
      return roleIfNamed(chooses(lastWordRead(enclosingMatch.from(parent)?.childForFieldName('subject'))));
    case 'subscript':
      return roleIfNamed(is('subscript') && chooses(lastWordRead(parent.childForFieldName('value'))));
    case 'argument_list':
      return argumentChooses(parent, at, names) ?? 'nothing';
    default:
      return 'nothing';
  }
}

const enclosingMatch = climbTo(/^match_statement$/);

/** The ids of a comparison's sides that choose, looked for once, however many strings stand beside. */
const choosingSides = new PerNode<ReadonlySet<number>>();
/** Whether the arguments of a call name an option that chooses. */
const choosingOptions = new PerNode<boolean>();

/** The last word of what a value is read from: `cfg.hidden_act`, `config["activation"]`, `activation.lower()`. */
function lastWordRead(node: Node | null | undefined, depth = 0): string | undefined {
  const inner = node && depth < MAX_STEPS ? stripParentheses(node) : undefined;
  switch (inner?.type) {
    case 'identifier':
      return inner.text;
    case 'attribute':
      return inner.childForFieldName('attribute')?.text;
    case 'subscript': {
      const key = inner.childForFieldName('subscript');
      return (
        (key?.type === 'string' ? plainText(key) : undefined) ??
        lastWordRead(inner.childForFieldName('value'), depth + 1)
      );
    }
    case 'call': {
      const callee = inner.childForFieldName('function');
      const object = callee?.type === 'attribute' ? callee.childForFieldName('object') : undefined;
      return object && /^(lower|upper|strip|casefold)$/.test(callee?.childForFieldName('attribute')?.text ?? '')
        ? lastWordRead(object, depth + 1)
        : undefined;
    }
    case 'typed_parameter':
      return lastWordRead(firstChild(inner), depth + 1);
    default:
      return undefined;
  }
}

function keywordChooses(keyword: Node, names: Names): boolean {
  const name = keyword.childForFieldName('name')?.text;
  const list = parentOf(keyword);
  const call = list && parentOf(list);
  const callee = call?.type === 'call' ? call.childForFieldName('function') : undefined;
  if (callee && foreign.test(names.qualifiedName(callee) ?? callee.text)) return false;
  if (name === 'default' && lastWordRead(callee) === 'add_argument') {
    const isOption = (each: Node) => each.type === 'string' && chooses(optionName(each));
    return list !== null && choosingOptions.of(list, () => children(list).some(isOption));
  }
  // `act_cfg=dict(type="ReLU")`
  if (name === 'type' && callee?.text === 'dict') {
    const outer = call && parentOf(call);
    const holder = outer?.childForFieldName('name') ?? outer?.childForFieldName('left');
    return chooses(lastWordRead(holder));
  }
  return chooses(name);
}

/** `"--hidden-act"` → `hidden_act` */
function optionName(string: Node): string | undefined {
  return plainText(string)?.replace(/^-+/, '').replaceAll('-', '_');
}

function argumentChooses(list: Node, argument: Node, names: Names): 'named' | 'attribute' | undefined {
  const call = parentOf(list);
  const callee = call?.type === 'call' ? call.childForFieldName('function') : undefined;
  if (!callee) return undefined;
  const position = placeIn(list, argument);
  const first = firstChild(list);
  const qualified = names.qualifiedName(callee);
  if (callee.text === 'getattr' && position === 1) return isPytorch(first, names) ? 'attribute' : undefined;
  const word = lastWordRead(callee);
  const isLookup =
    (word === 'getattr' && position === 2) || (/^(get|pop|setdefault)$/.test(word ?? '') && position === 1);
  const key = isLookup ? children(list)[word === 'getattr' ? 1 : 0] : undefined;
  if (isLookup && key?.type === 'string' && key.id !== argument.id)
    return chooses(plainText(key)) ? 'named' : undefined;
  if (qualified !== undefined && foreign.test(qualified)) return undefined;
  if (qualified !== undefined && positions[qualified] === position) return 'named';
  return position === 0 && chooses(word) ? 'named' : undefined;
}

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
  return (callee && /^torch\.nn\.init\./.test(names.qualifiedName(callee) ?? '')) || undefined;
}
