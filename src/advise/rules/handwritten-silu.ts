import { children, rangeOf, unwrapped } from '../../detect/range';
import type { Node } from '../../syntax/syntax';
import type { Advice } from '../advice';
import { activationCalls } from '../calls';
import { moduleAt } from '../imports';
import type { Messages, Rule, RuleContext } from '../rule';

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
  check(context) {
    const found = activationCalls(context, ['sigmoid']).flatMap(({ call, input }) => {
      let factor = call;
      while (factor.parent?.type === 'parenthesized_expression') factor = factor.parent;
      const product = factor.parent;
      if (product?.type !== 'binary_operator' || product.childForFieldName('operator')?.text !== '*') return [];
      const [left, right] = [product.childForFieldName('left'), product.childForFieldName('right')];
      const other = left?.id === factor.id ? right : left;
      if (!other || !isPure(unwrapped(input)) || unwrapped(other).text !== unwrapped(input).text) return [];
      // A backward pass is not a network's non-linearity.
      return isInBackward(product, context) ? [] : [advice(context, product, unwrapped(input))];
    });
    return found.length > 0 && isForExport(context) ? [] : found;
  },
};

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
function isPure(node: Node): boolean {
  if (node.type === 'identifier') return true;
  if (node.type === 'attribute') return isPure(node.childForFieldName('object') ?? node);
  if (node.type === 'subscript') return !node.descendantsOfType(['call', 'await', 'named_expression', 'yield']).length;
  return (
    node.type === 'binary_operator' &&
    children(node).every((child) => isPure(child) || child.type === 'integer' || child.type === 'float')
  );
}

/** A backward pass, or an operation that brings its own: there the long form is the point. */
function isInBackward(node: Node, { names }: RuleContext): boolean {
  for (let at = node.parent; at; at = at.parent) {
    const name = at.childForFieldName('name')?.text ?? '';
    if (at.type === 'function_definition' && /(^|_)(backward|bwd|grad|gradient)(_|$)/.test(name)) return true;
    if (at.type !== 'class_definition') continue;
    const bases = children(at.childForFieldName('superclasses'));
    if (bases.some((base) => names.qualified(base) === 'torch.autograd.Function')) return true;
  }
  return false;
}

/** A file that exports its models may keep to operators that its target has. */
function isForExport({ root, names, text }: RuleContext): boolean {
  if (!/onnx|coreml|tensorrt|openvino|ai_edge_torch|executorch|tflite|ncnn/.test(text.text)) return false;
  const targets =
    /^(torch\.onnx|onnx[^.]*|coremltools|tensorrt|torch_tensorrt|torch2trt|openvino|ai_edge_torch|executorch)(\.|$)/;
  const isTarget = (node: Node | null) => node !== null && targets.test(node.text);
  const imports = root.descendantsOfType(['import_statement', 'import_from_statement']);
  return (
    imports.some((each) => each?.namedChildren.some((child) => isTarget(child?.childForFieldName('name') ?? child))) ||
    root.descendantsOfType('attribute').some((each) => each !== null && targets.test(names.qualified(each) ?? ''))
  );
}
