import { catalogue } from '../../../activations/catalogue';
import { children, rangeOf } from '../../../detect/range';
import { argumentOf } from '../../../flow/queries';
import type { FlowArgument } from '../../../flow/values';
import { isReached, parentOf } from '../../../syntax/ancestors';
import type { Node } from '../../../syntax/syntax';
import type { Advice, Fix } from '../../advice';
import { moduleAt } from '../../imports';
import { meantBy, nearestOf, type TorchNamespace } from '../../misspelt';
import { shortName } from '../../parts';
import { adviceFrom, rangeAt, wordsOf } from '../../report';
import type { Messages, Rule, RuleContext } from '../../rule';

const messages: Messages<'message' | 'choice' | 'hint' | 'choiceHint' | 'fix'> = {
  en: {
    message: '{0} has no `{1}`: this raises an AttributeError. It is called `{2}`.',
    choice: '{0} does not know "{1}": this raises an error. It knows {2}.',
    hint: 'no such name: {2}',
    choiceHint: 'unknown: "{1}"',
    fix: 'Use {0}',
  },
  'zh-cn': {
    message: '{0} 中没有 `{1}`：会抛出 AttributeError。正确的名称是 `{2}`。',
    choice: '{0} 不认识 "{1}"：会抛出错误。可用的有 {2}。',
    hint: '没有该名称：{2}',
    choiceHint: '未知名称："{1}"',
    fix: '改用 {0}',
  },
};

/** Names that nothing in PyTorch or Transformers answers to. */
export const unknownName: Rule = {
  code: 'unknown-name',
  severity: 'error',
  about: {
    en: 'A name of an activation or a loss that PyTorch or Transformers does not have.',
    'zh-cn': 'PyTorch 或 Transformers 中不存在的激活或损失名称。',
  },
  *check(context) {
    const found: Advice[] = [];
    const add = (advice: Advice | undefined) => {
      if (
        advice &&
        !found.some(({ range: { line, column } }) => line === advice.range.line && column === advice.range.column)
      )
        found.push(advice);
    };
    const { root } = context;
    for (const node of root.descendantsOfType('attribute')) {
      yield;
      if (node && isReached(node)) add(wrongAttribute(node, context));
    }
    for (const node of root.descendantsOfType('import_from_statement'))
      if (node) for (const each of wrongImports(node, context)) add(each);
    for (const node of context.nodes.calls) add(wrongLookUp(node, context));
    if (context.text.text.includes('ACT2FN'))
      for (const node of root.descendantsOfType('subscript')) if (node && isReached(node)) add(wrongKey(node, context));
    yield;
    for (const each of wrongChoices(context)) add(each);
    return found;
  },
};

const namespaces: Readonly<Record<string, TorchNamespace>> = {
  'torch.nn': 'torch.nn',
  'torch.nn.functional': 'torch.nn.functional',
  torch: 'torch',
};
const usual: Readonly<Record<string, TorchNamespace>> = { nn: 'torch.nn', F: 'torch.nn.functional', torch: 'torch' };

/** Which namespace of PyTorch an expression is, by imports or by convention. */
function namespaceOf(node: Node, { names }: RuleContext): TorchNamespace | undefined {
  const own = namespaces[names.qualifiedName(node) ?? ''];
  if (own || node.type !== 'identifier') return own;
  return names.bindings(node.text).length === 0 ? usual[node.text] : undefined;
}

/** `nn.Relu` */
function wrongAttribute(node: Node, context: RuleContext): Advice | undefined {
  const object = node.childForFieldName('object');
  const attribute = node.childForFieldName('attribute');
  if (!object || !attribute) return undefined;
  const namespace =
    /^(nn|F|torch|functional|[\w.]*\.(nn|functional|F))$/.test(object.text) || object.type === 'identifier'
      ? namespaceOf(object, context)
      : undefined;
  const meant = namespace && meantBy(namespace, attribute.text);
  if (!namespace || !meant || isGuarded(node, attribute.text, context)) return undefined;
  return told(attribute, namespace, attribute.text, meant, context, node);
}

function told(
  at: Node,
  namespace: TorchNamespace,
  name: string,
  meant: { readonly namespace: TorchNamespace; readonly name: string },
  context: RuleContext,
  whole?: Node,
): Advice {
  const better = whole ? asFunction(whole, meant) : meant;
  const range = rangeOf(at, context.text.file);
  return adviceFrom(context, unknownName, messages, {
    at: range,
    values: [namespace, name, better.namespace === namespace ? better.name : `${better.namespace}.${better.name}`],
    fixes: whole ? attributeFix(whole, at, namespace, better, context) : [],
  });
}

/** `nn.relu(x)` means the function, `nn.relu()` the module. */
function asFunction(whole: Node, meant: { readonly namespace: TorchNamespace; readonly name: string }): typeof meant {
  const call = parentOf(whole);
  if (call?.type !== 'call' || call.childForFieldName('function')?.id !== whole.id) return meant;
  const [first] = children(call.childForFieldName('arguments'));
  const isRun = first !== undefined && /^(identifier|attribute|call|binary_operator|subscript)$/.test(first.type);
  for (const { spellings } of catalogue.values()) {
    const { modules = [], functional = [] } = spellings;
    const [module] = modules;
    const [own] = functional;
    if (
      modules.includes(meant.name) &&
      isRun &&
      own !== undefined &&
      /^[a-z]/.test(whole.childForFieldName('attribute')?.text ?? '')
    )
      return own === 'sigmoid' || own === 'tanh'
        ? { namespace: 'torch', name: own }
        : { namespace: 'torch.nn.functional', name: own };
    if (
      functional.includes(meant.name) &&
      !first &&
      module !== undefined &&
      /^[A-Z]/.test(whole.childForFieldName('attribute')?.text ?? '')
    )
      return { namespace: 'torch.nn', name: module };
  }
  return meant;
}

function attributeFix(
  whole: Node,
  attribute: Node,
  namespace: TorchNamespace,
  meant: { readonly namespace: TorchNamespace; readonly name: string },
  { names, text, language }: RuleContext,
): readonly Fix[] {
  const title = wordsOf(messages, language, 'fix', [meant.name]);
  if (meant.namespace === namespace)
    return [{ title, preferred: true, edits: [{ range: rangeOf(attribute, text.file), text: meant.name }] }];
  const { prefix, edits } = moduleAt(meant.namespace, whole, names, text.file);
  return [
    {
      title,
      preferred: true,
      edits: [{ range: rangeOf(whole, text.file), text: `${prefix}.${meant.name}` }, ...edits],
    },
  ];
}

/** Code that asks first, that catches the error, or that brings the name along itself. */
function isGuarded(node: Node, name: string, { text }: RuleContext): boolean {
  if (
    new RegExp(
      `\\b(nn|F|functional|torch)\\.${name}\\s*=[^=]|setattr\\([^)]*["']${name}["']|hasattr\\([^)]*["']${name}["']`,
    ).test(text.text)
  )
    return true;
  for (let at: Node | null = node; at; at = parentOf(at)) if (at.type === 'try_statement') return true;
  return false;
}

/** `from torch.nn import Relu` */
function* wrongImports(node: Node, context: RuleContext): Generator<Advice> {
  const namespace = namespaces[node.childForFieldName('module_name')?.text ?? ''];
  if (!namespace) return;
  for (const name of node.childrenForFieldName('name')) {
    const own = name?.type === 'aliased_import' ? name.childForFieldName('name') : name;
    const meant = own && meantBy(namespace, own.text);
    if (own && meant && !isGuarded(node, own.text, context)) yield told(own, namespace, own.text, meant, context);
  }
}

/** `getattr(nn, "Relu")`; one with a third argument is prepared for it. */
function wrongLookUp(call: Node, context: RuleContext): Advice | undefined {
  const callee = call.childForFieldName('function');
  const args = children(call.childForFieldName('arguments'));
  const [object, name] = args;
  if (callee?.text === 'getattr' && args.length === 2 && object && name?.type === 'string') {
    const content = textOf(name);
    const namespace = namespaceOf(object, context);
    const meant = namespace && content !== undefined ? meantBy(namespace, content) : undefined;
    if (!namespace || content === undefined || !meant || isGuarded(call, content, context)) return undefined;
    const { prefix, edits } = moduleAt(meant.namespace, call, context.names, context.text.file);
    const { language, text } = context;
    const own = meant.namespace === namespace ? object.text : prefix;
    return adviceFrom(context, unknownName, messages, {
      at: rangeOf(name, text.file),
      values: [namespace, content, meant.namespace === namespace ? meant.name : `${meant.namespace}.${meant.name}`],
      fixes: [
        {
          title: wordsOf(messages, language, 'fix', [meant.name]),
          preferred: true,
          edits: [
            { range: rangeOf(name, text.file), text: name.text.replace(content, meant.name) },
            ...(own === object.text ? [] : [{ range: rangeOf(object, text.file), text: own }, ...edits]),
          ],
        },
      ],
    });
  }
  const full = callee ? context.names.qualifiedName(callee) : undefined;
  if (full === undefined || !/(^|\.)(transformers\.\w+Config|activations\.get_activation)$/.test(full))
    return undefined;
  const value = full.endsWith('Config')
    ? args
        .find((each) => each.type === 'keyword_argument' && each.childForFieldName('name')?.text === 'hidden_act')
        ?.childForFieldName('value')
    : object;
  return value ? wrongActivation(value, 'Transformers', context) : undefined;
}

/** Names in ACT2FN that the catalogue does not have as activations of their own. */
const besides = 'linear gelu_accurate gelu_10 gelu_fast gelu_new gelu_python gelu_python_tanh gelu_pytorch_tanh'.split(
  ' ',
);
const transformersNames: ReadonlySet<string> = new Set([
  ...[...catalogue.values()].flatMap(({ spellings }) => spellings.huggingFace ?? []),
  ...besides,
]);

/** `ACT2FN["reluu"]` */
function wrongKey(node: Node, context: RuleContext): Advice | undefined {
  const table = node.childForFieldName('value');
  const key = children(node).find(({ type }) => type === 'string');
  if (table?.text !== 'ACT2FN' || !key) return undefined;
  const full = context.names.qualifiedName(table) ?? '';
  if (!/(^|\.)activations\.ACT2FN$|^transformers\b.*ACT2FN$/.test(full)) return undefined;
  return wrongActivation(key, 'ACT2FN', context);
}

function wrongActivation(value: Node, owner: string, context: RuleContext): Advice | undefined {
  const content = textOf(value);
  // Whoever adds names of their own knows them.
  if (
    content === undefined ||
    transformersNames.has(content) ||
    /ACT2(FN|CLS)(\[[^\]]+\]\s*=[^=]|\.update)/.test(context.text.text)
  )
    return undefined;
  return toldChoice(value, rangeOf(value, context.text.file), content, owner, transformersNames, context);
}

function toldChoice(
  written: Node | undefined,
  at: Advice['range'],
  name: string,
  owner: string,
  known: ReadonlySet<string>,
  context: RuleContext,
): Advice {
  const near = nearestOf(name, known);
  const list = [...known];
  const shown =
    near !== undefined && list.length > 4
      ? `"${near}"`
      : list
          .slice(0, 6)
          .map((each) => `"${each}"`)
          .join(', ');
  const fixes: Fix[] =
    near !== undefined && written?.type === 'string'
      ? [
          {
            title: wordsOf(messages, context.language, 'fix', [`"${near}"`]),
            preferred: true,
            edits: [{ range: at, text: written.text.replace(name, () => near) }],
          },
        ]
      : [];
  return adviceFrom(context, unknownName, messages, {
    at,
    message: 'choice',
    hint: 'choiceHint',
    values: [owner, name, shown],
    fixes,
  });
}

/** The text of a plain string. */
function textOf(node: Node): string | undefined {
  return /^(["'])([\w. -]*)\1$/.exec(node.text)?.[2];
}

const feedForward = new Set(['relu', 'gelu']);
const recurrent = new Set(['tanh', 'relu']);
const gains = new Set(
  'linear conv1d conv2d conv3d conv_transpose1d conv_transpose2d conv_transpose3d sigmoid tanh relu leaky_relu selu'.split(
    ' ',
  ),
);
const approximations = new Set(['none', 'tanh']);

/** What takes an activation by its name: where that stands among the arguments, and the names that it knows. */
const takers: Readonly<Record<string, readonly [position: number, name: string, known: ReadonlySet<string>]>> = {
  'torch.nn.TransformerEncoderLayer': [4, 'activation', feedForward],
  'torch.nn.TransformerDecoderLayer': [4, 'activation', feedForward],
  'torch.nn.Transformer': [6, 'activation', feedForward],
  'torch.nn.RNN': [3, 'nonlinearity', recurrent],
  'torch.nn.RNNCell': [3, 'nonlinearity', recurrent],
  'torch.nn.GELU': [0, 'approximate', approximations],
  'torch.nn.init.calculate_gain': [0, 'nonlinearity', gains],
  'torch.nn.init.kaiming_normal_': [3, 'nonlinearity', gains],
  'torch.nn.init.kaiming_uniform_': [3, 'nonlinearity', gains],
};

function* wrongChoices(context: RuleContext): Generator<Advice> {
  const { flow, text, root } = context;
  const calls: (readonly [string, readonly FlowArgument[]])[] = [
    ...flow.built.map(({ layer }) => [layer.type, layer.args] as const),
    ...flow.results.filter(({ form }) => form === 'function').map(({ op, args }) => [op, args] as const),
  ];
  for (const [full, args] of calls) {
    const [position, name, known] = (Object.hasOwn(takers, full) ? takers[full] : undefined) ?? [];
    if (position === undefined || name === undefined || !known) continue;
    const given = argumentOf(args, position, name);
    const value = given?.value.kind === 'constant' ? given.value.value : undefined;
    if (!given || typeof value !== 'string' || known.has(value) || given.at.file !== text.file) continue;
    const range = rangeAt(given.at);
    const node = root.descendantForPosition(
      { row: range.line, column: range.column },
      { row: range.endLine, column: range.endColumn },
    );
    yield toldChoice(node ?? undefined, range, value, shortName(full), known, context);
  }
}
