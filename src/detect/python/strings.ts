/** Activations chosen by a name in a string: `activation="gelu"`, `ACT2FN["gelu_new"]`, `getattr(nn, "ReLU")`. */
import { type ActivationId, catalogue } from '../../activations/catalogue';
import { python } from '../../syntax/identifiers';
import type { Node } from '../../syntax/syntax';
import { children, unwrapped } from '../range';
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
/** Frameworks whose strings are not PyTorch's. */
const foreign = /^(tensorflow|tf|keras|jax|flax|haiku|sklearn|mxnet|paddle|chainer)(\.|$)/;

/** What a plain string chooses, or undefined where it means no activation. */
export function stringActivation(string: Node, names: Names): NamedActivation | undefined {
  const content = plainText(string);
  const named = content === undefined ? undefined : stringNames().get(content.toLowerCase());
  if (!named || content === undefined) return undefined;
  const choice = choiceOf(string, names);
  if (choice === 'named') return content.toLowerCase() === 'linear' && isInit(string, names) ? undefined : named;
  if (choice === 'attribute') return attributeOf(string, content, names);
  return undefined;
}

const plain = new RegExp(`^(['"])([${python.part}\\-]*)\\1$`, 'u');

/** The text of a string without prefix, escapes and holes. */
export function plainText(string: Node): string | undefined {
  return plain.exec(string.text)?.[2];
}

/** How a string stands: as the choice of an activation, or as an attribute's name in `getattr`. */
function choiceOf(string: Node, names: Names): 'named' | 'attribute' | undefined {
  let at = string;
  for (let parent = at.parent; parent; at = parent, parent = at.parent) {
    const is = (field: string) => parent?.childForFieldName(field)?.id === at.id;
    switch (parent.type) {
      case 'parenthesized_expression':
      case 'list':
      case 'tuple':
      case 'expression_list':
      case 'boolean_operator':
        continue;
      case 'conditional_expression':
        if (children(parent)[1]?.id === at.id) return undefined;
        continue;
      case 'keyword_argument':
        return is('value') && keywordChooses(parent, names) ? 'named' : undefined;
      case 'default_parameter':
      case 'typed_default_parameter':
      case 'named_expression':
        return is('value') && chooses(parent.childForFieldName('name')?.text) ? 'named' : undefined;
      case 'assignment':
        return is('right') && chooses(terminal(parent.childForFieldName('left'))) ? 'named' : undefined;
      case 'pair': {
        const key = parent.childForFieldName('key');
        return is('value') && key?.type === 'string' && chooses(plainText(key)) ? 'named' : undefined;
      }
      case 'comparison_operator':
        return children(parent).some((other) => other.id !== at.id && chooses(terminal(other))) ? 'named' : undefined;
      case 'case_pattern':
        return chooses(terminal(enclosingMatch(parent)?.childForFieldName('subject'))) ? 'named' : undefined;
      case 'union_pattern':
      case 'dictionary_pattern':
        continue;
      case 'subscript':
        return is('subscript') && chooses(terminal(parent.childForFieldName('value'))) ? 'named' : undefined;
      case 'argument_list':
        return argumentChooses(parent, at, names);
      default:
        return undefined;
    }
  }
  return undefined;
}

function enclosingMatch(node: Node): Node | undefined {
  for (let at = node.parent; at; at = at.parent) if (at.type === 'match_statement') return at;
  return undefined;
}

/** The last word of what a value is read from: `cfg.hidden_act`, `config["activation"]`, `activation.lower()`. */
function terminal(node: Node | null | undefined): string | undefined {
  const inner = node && unwrapped(node);
  switch (inner?.type) {
    case 'identifier':
      return inner.text;
    case 'attribute':
      return inner.childForFieldName('attribute')?.text;
    case 'subscript': {
      const key = inner.childForFieldName('subscript');
      return (key?.type === 'string' ? plainText(key) : undefined) ?? terminal(inner.childForFieldName('value'));
    }
    case 'call': {
      const callee = inner.childForFieldName('function');
      const object = callee?.type === 'attribute' ? callee.childForFieldName('object') : undefined;
      return object && /^(lower|upper|strip|casefold)$/.test(callee?.childForFieldName('attribute')?.text ?? '')
        ? terminal(object)
        : undefined;
    }
    case 'typed_parameter':
      return terminal(children(inner)[0]);
    default:
      return undefined;
  }
}

function keywordChooses(keyword: Node, names: Names): boolean {
  const name = keyword.childForFieldName('name')?.text;
  const call = keyword.parent?.parent;
  const callee = call?.type === 'call' ? call.childForFieldName('function') : undefined;
  if (callee && foreign.test(names.qualified(callee) ?? callee.text)) return false;
  if (name === 'default' && terminal(callee) === 'add_argument') {
    return children(keyword.parent).some((each) => each.type === 'string' && chooses(optionName(each)));
  }
  // `act_cfg=dict(type="ReLU")`
  if (name === 'type' && callee?.text === 'dict') {
    const outer = call?.parent;
    const holder = outer?.childForFieldName('name') ?? outer?.childForFieldName('left');
    return chooses(terminal(holder));
  }
  return chooses(name);
}

/** `"--hidden-act"` → `hidden_act` */
function optionName(string: Node): string | undefined {
  return plainText(string)?.replace(/^-+/, '').replaceAll('-', '_');
}

function argumentChooses(list: Node, argument: Node, names: Names): 'named' | 'attribute' | undefined {
  const call = list.parent;
  const callee = call?.type === 'call' ? call.childForFieldName('function') : undefined;
  if (!callee) return undefined;
  const all = children(list);
  const position = all.findIndex(({ id }) => id === argument.id);
  const first = all[0];
  const qualified = names.qualified(callee);
  if (callee.text === 'getattr' && position === 1) return isPytorch(first, names) ? 'attribute' : undefined;
  const word = terminal(callee);
  const isLookup =
    (word === 'getattr' && position === 2) || (/^(get|pop|setdefault)$/.test(word ?? '') && position === 1);
  const key = all[word === 'getattr' ? 1 : 0];
  if (isLookup && key?.type === 'string' && key.id !== argument.id)
    return chooses(plainText(key)) ? 'named' : undefined;
  if (qualified !== undefined && foreign.test(qualified)) return undefined;
  if (qualified !== undefined && positions[qualified] === position) return 'named';
  return position === 0 && chooses(word) ? 'named' : undefined;
}

function isPytorch(node: Node | undefined, names: Names): boolean {
  return (
    node !== undefined && /^torch(\.nn(\.functional|\.modules(\.activation)?)?)?$/.test(names.qualified(node) ?? '')
  );
}

/** `getattr(nn, "ReLU")`: only what that module has. */
function attributeOf(string: Node, content: string, names: Names): NamedActivation | undefined {
  const module = children(string.parent)[0];
  const base = module && names.qualified(module)?.replace(/^torch\.nn\.modules(\.activation)?$/, 'torch.nn');
  const spelling = pytorchSpellings().names.get(`${base}.${content}`);
  return spelling && { activation: spelling.activation.id, parameters: {} };
}

/** Initialisation knows "linear" as no activation at all. */
function isInit(string: Node, names: Names): boolean {
  for (let at = string.parent; at && at.type !== 'block'; at = at.parent) {
    const callee = at.type === 'call' ? at.childForFieldName('function') : undefined;
    if (callee && /^torch\.nn\.init\./.test(names.qualified(callee) ?? '')) return true;
  }
  return false;
}
