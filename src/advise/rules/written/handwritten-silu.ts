import { children, rangeOf, stripParentheses } from '../../../detect/range';
import { Climb, isReached, parentOf } from '../../../syntax/ancestors';
import type { Node } from '../../../syntax/syntax';
import type { Advice } from '../../advice';
import { type ActivationCall, activationCalls } from '../../calls';
import { moduleAt } from '../../imports';
import type { Messages, Rule, RuleContext } from '../../rule';

const messages: Messages<'message' | 'hint' | 'fix'> = {
  en: {
    message:
      '`{0}` is SiLU (Swish) written out: F.silu computes the same in one operation and keeps less for the backward pass.',
    hint: 'SiLU, written out: F.silu',
    fix: 'Use {0}',
  },
  'zh-cn': {
    message: '`{0}` 是手写的 SiLU（Swish）：F.silu 用一次运算得到相同结果，反向传播需要保存的数据也更少。',
    hint: '手写的 SiLU：可用 F.silu',
    fix: '改用 {0}',
  },
};

/** `x * sigmoid(x)` in either order. */
export const handwrittenSilu: Rule = {
  code: 'handwritten-silu',
  severity: 'information',
  about: {
    en: '`x * sigmoid(x)` written out, which is SiLU.',
    'zh-cn': '手写的 `x * sigmoid(x)`，即 SiLU。',
  },
  *check(context) {
    const found: Advice[] = [];
    const inBackward = new Climb<boolean>((at) => isBackward(at, context), false);
    for (const applied of activationCalls(context, ['sigmoid'])) {
      yield;
      const product = applied && productOf(applied);
      // A backward pass is not a network's non-linearity.
      if (product && !inBackward.from(product)) found.push(advice(context, product, stripParentheses(applied.input)));
    }
    return found.length > 0 && (yield* isForExport(context)) ? [] : found;
  },
};

/** The product of a sigmoid and its input. */
function productOf({ call, input }: ActivationCall): Node | undefined {
  let factor = call;
  let product = parentOf(factor);
  while (product?.type === 'parenthesized_expression') [factor, product] = [product, parentOf(product)];
  if (product?.type !== 'binary_operator' || product.childForFieldName('operator')?.text !== '*') return undefined;
  const [left, right] = [product.childForFieldName('left'), product.childForFieldName('right')];
  const other = left?.id === factor.id ? right : left;
  return other && isPure(stripParentheses(input)) && stripParentheses(other).text === stripParentheses(input).text
    ? product
    : undefined;
}

function advice({ names, text, language }: RuleContext, product: Node, input: Node): Advice {
  const words = messages[language];
  const { prefix, edits } = moduleAt('torch.nn.functional', product, names, text.file);
  const call = `${prefix}.silu(${input.text})`;
  const range = rangeOf(product, text.file);
  return {
    code: handwrittenSilu.code,
    severity: handwrittenSilu.severity,
    range,
    message: words.message.replace('{0}', () => product.text.replace(/\s+/g, ' ').slice(0, 60)),
    hint: words.hint,
    related: [],
    fixes: [{ title: words.fix.replace('{0}', () => call), preferred: true, edits: [{ range, text: call }, ...edits] }],
  };
}

/** Evaluating it twice or once makes no difference. */
function isPure(expression: Node): boolean {
  const open = [expression];
  for (let node = open.pop(); node; node = open.pop()) {
    if (node.type === 'attribute') open.push(node.childForFieldName('object') ?? node);
    else if (node.type === 'binary_operator') {
      const parts = children(node).filter(({ type }) => type !== 'integer' && type !== 'float');
      for (const part of parts) open.push(part);
    } else if (node.type === 'subscript') {
      if (node.descendantsOfType(['call', 'await', 'named_expression', 'yield']).length > 0) return false;
    } else if (node.type !== 'identifier') return false;
  }
  return true;
}

/** A backward pass, or an operation that brings its own: there the long form is the point. */
function isBackward(at: Node, { names }: RuleContext): boolean | undefined {
  const name = at.type === 'function_definition' ? (at.childForFieldName('name')?.text ?? '') : '';
  if (/(^|_)(backward|bwd|grad|gradient)(_|$)/.test(name)) return true;
  const bases = at.type === 'class_definition' ? children(at.childForFieldName('superclasses')) : [];
  return bases.some((base) => names.qualifiedName(base) === 'torch.autograd.Function') || undefined;
}

/** A file that exports its models may keep to operators that its target has. */
function* isForExport({ root, names, text }: RuleContext): Generator<void, boolean> {
  if (!/onnx|coreml|tensorrt|openvino|ai_edge_torch|executorch|tflite|ncnn/.test(text.text)) return false;
  const targets =
    /^(torch\.onnx|onnx[^.]*|coremltools|tensorrt|torch_tensorrt|torch2trt|openvino|ai_edge_torch|executorch)(\.|$)/;
  const isTarget = (node: Node | null) => node !== null && targets.test(node.text);
  const imports = root.descendantsOfType(['import_statement', 'import_from_statement']);
  if (imports.some((each) => each?.namedChildren.some((child) => isTarget(child?.childForFieldName('name') ?? child))))
    return true;
  for (const each of root.descendantsOfType('attribute')) {
    if (each && isReached(each) && targets.test(names.qualifiedName(each) ?? '')) return true;
    yield;
  }
  return false;
}
