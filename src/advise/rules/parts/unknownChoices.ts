/** Strings that name an activation to what takes one by its name, and does not know it. */
import { catalogue } from '../../../activations/catalogue';
import { children, rangeOf } from '../../../detect/range';
import { argumentOf } from '../../../flow/queries';
import type { FlowArgument } from '../../../flow/values';
import type { Node } from '../../../syntax/syntax';
import type { Advice, Fix } from '../../advice';
import { nearestOf } from '../../misspelt';
import { shortName } from '../../parts';
import { adviceFrom, rangeAt, wordsOf } from '../../report';
import { operationsOf } from '../../results';
import type { Messages, RuleContext } from '../../rule';

export const nameMessages: Messages<'message' | 'choice' | 'hint' | 'choiceHint' | 'fix'> = {
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

const rule = { code: 'unknown-name', severity: 'error' } as const;

/** Whether a call of that name may be told an activation of Transformers. */
export const takesHuggingFaceName = (word: string): boolean => /^\w+Config$|^get_activation$/.test(word);

/** `BertConfig(hidden_act="reluu")`, `get_activation("reluu")` */
export function wrongConfiguration(call: Node, context: RuleContext): Advice | undefined {
  const callee = call.childForFieldName('function');
  const args = children(call.childForFieldName('arguments'));
  const [object] = args;
  const full = callee ? context.names.qualifiedName(callee) : undefined;
  if (full === undefined || !/(^|\.)(transformers\.\w+Config|activations\.get_activation)$/.test(full))
    return undefined;
  const value = full.endsWith('Config')
    ? args
        .find((each) => each.type === 'keyword_argument' && isOption(each.childForFieldName('name')?.text ?? ''))
        ?.childForFieldName('value')
    : object;
  return value ? wrongActivation(value, 'Transformers', context) : undefined;
}

/** Settings that are looked up in ACT2FN. */
const isOption = (name: string) => /^(?:hidden_act|activation_function|hidden_activation)$/.test(name);

/** Names in ACT2FN that the catalogue does not have as activations of their own. */
const besides = 'linear gelu_accurate gelu_10 gelu_fast gelu_new gelu_python gelu_python_tanh gelu_pytorch_tanh'.split(
  ' ',
);
const transformersNames: ReadonlySet<string> = new Set([
  ...[...catalogue.values()].flatMap(({ spellings }) => spellings.huggingFace ?? []),
  ...besides,
]);

/** `ACT2FN["reluu"]` */
export function wrongKey(node: Node, context: RuleContext): Advice | undefined {
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
  return tellChoice(value, rangeOf(value, context.text.file), content, owner, transformersNames, context);
}

function tellChoice(
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
            title: wordsOf(nameMessages, context.language, 'fix', [`"${near}"`]),
            preferred: false,
            edits: [{ range: at, text: written.text.replace(name, () => near) }],
          },
        ]
      : [];
  return adviceFrom(context, rule, nameMessages, {
    at,
    message: 'choice',
    hint: 'choiceHint',
    values: [owner, name, shown],
    fixes,
  });
}

/** The text of a plain string. */
export function textOf(node: Node): string | undefined {
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

export function* wrongChoices(context: RuleContext): Generator<Advice> {
  const { flow, text, root } = context;
  const calls: (readonly [string, readonly FlowArgument[]])[] = [
    ...flow.built.map(({ layer }) => [layer.type, layer.args] as const),
    ...operationsOf(flow, (op) => Object.hasOwn(takers, op))
      .filter(({ form }) => form === 'function')
      .map(({ op, args }) => [op, args] as const),
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
    yield tellChoice(node ?? undefined, range, value, shortName(full), known, context);
  }
}
