import { catalogue } from '../../../activations/catalogue';
import { children, rangeOf } from '../../../detect/range';
import { isReached, nodeAt, parentOf } from '../../../syntax/ancestors';
import type { Node } from '../../../syntax/syntax';
import type { Advice, Fix } from '../../advice';
import { moduleAt } from '../../imports';
import { isSuspect, readMisspelt, type TorchNamespace } from '../../misspelt';
import { adviceFrom, wordsOf } from '../../report';
import type { Rule, RuleContext } from '../../rule';
import { callOfWord, wordNodes } from '../../wordNodes';
import {
  nameMessages,
  takesHuggingFaceName,
  textOf,
  wrongChoices,
  wrongConfiguration,
  wrongKey,
} from './unknownChoices';

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
    const { root, text } = context;
    const suspects = yield* wordNodes(
      context,
      /\.\s*([A-Za-z_]\w*)/g,
      (word, start) => isSuspect(word) && isOfNamespace(text.text, start),
    );
    for (const word of suspects) add(wrongAttribute(word, context));
    for (const { index } of text.text.matchAll(/\bfrom(?=\s+torch\b)/g)) {
      const word = nodeAt(root, index, index + 'from'.length);
      const statement = word && parentOf(word);
      if (statement?.type === 'import_from_statement') for (const each of wrongImports(statement, context)) add(each);
    }
    for (const word of yield* wordNodes(context, /\b(getattr)(?=\s*\()/g)) {
      const call = callOfWord(word);
      if (call) add(wrongLookUp(call, context));
    }
    if (text.text.includes('transformers'))
      for (const word of yield* wordNodes(context, /\b(\w+)(?=\s*\()/g, takesHuggingFaceName)) {
        const call = callOfWord(word);
        if (call) add(wrongConfiguration(call, context));
      }
    if (text.text.includes('ACT2FN'))
      for (const node of root.descendantsOfType('subscript')) if (node && isReached(node)) add(wrongKey(node, context));
    yield;
    for (const each of wrongChoices(context)) add(each);
    return found;
  },
};

/** Whether what stands before an attribute may be a namespace of PyTorch, by convention or under a name of the file's own. */
function isOfNamespace(text: string, start: number): boolean {
  const [, owner] = /([A-Za-z_]\w*)\s*\.\s*$/.exec(text.slice(Math.max(0, start - 80), start)) ?? [];
  if (owner === undefined) return false;
  return /^(?:nn|F|torch|functional)$/.test(owner) || new RegExp(`\\bas[ \\t]+${owner}\\b`).test(text);
}

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
function wrongAttribute(attribute: Node, context: RuleContext): Advice | undefined {
  const node = parentOf(attribute);
  const object = node?.childForFieldName('object');
  if (!object || node?.childForFieldName('attribute')?.id !== attribute.id) return undefined;
  const namespace =
    /^(nn|F|torch|functional|[\w.]*\.(nn|functional|F))$/.test(object.text) || object.type === 'identifier'
      ? namespaceOf(object, context)
      : undefined;
  const meant = namespace && readMisspelt(namespace, attribute.text);
  if (!namespace || !meant || isGuarded(node, attribute.text, context)) return undefined;
  return tellName(attribute, namespace, attribute.text, meant, context, node);
}

function tellName(
  at: Node,
  namespace: TorchNamespace,
  name: string,
  meant: { readonly namespace: TorchNamespace; readonly name: string },
  context: RuleContext,
  whole?: Node,
): Advice {
  const better = whole ? asFunction(whole, meant) : meant;
  const range = rangeOf(at, context.text.file);
  return adviceFrom(context, unknownName, nameMessages, {
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
  const title = wordsOf(nameMessages, language, 'fix', [meant.name]);
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
    const meant = own && readMisspelt(namespace, own.text);
    if (own && meant && !isGuarded(node, own.text, context)) yield tellName(own, namespace, own.text, meant, context);
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
    const meant = namespace && content !== undefined ? readMisspelt(namespace, content) : undefined;
    if (!namespace || content === undefined || !meant || isGuarded(call, content, context)) return undefined;
    const { prefix, edits } = moduleAt(meant.namespace, call, context.names, context.text.file);
    const { language, text } = context;
    const own = meant.namespace === namespace ? object.text : prefix;
    return adviceFrom(context, unknownName, nameMessages, {
      at: rangeOf(name, text.file),
      values: [namespace, content, meant.namespace === namespace ? meant.name : `${meant.namespace}.${meant.name}`],
      fixes: [
        {
          title: wordsOf(nameMessages, language, 'fix', [meant.name]),
          preferred: true,
          edits: [
            { range: rangeOf(name, text.file), text: name.text.replace(content, meant.name) },
            ...(own === object.text ? [] : [{ range: rangeOf(object, text.file), text: own }, ...edits]),
          ],
        },
      ],
    });
  }
  return undefined;
}
