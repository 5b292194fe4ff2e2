/** Activations that code writes out: where that is worth a word, and the call that does the same. */
import { children, rangeOf, stripParentheses } from '../../../detect/range';
import type { ActivationSite } from '../../../detect/site';
import { type FlowValue, possibilities } from '../../../flow/values';
import { isReached } from '../../../syntax/ancestors';
import type { Node } from '../../../syntax/syntax';
import type { Advice } from '../../advice';
import { moduleAt } from '../../imports';
import { adviceFrom, wordsOf } from '../../report';
import { operationsOf } from '../../results';
import type { Messages, Rule, RuleContext } from '../../rule';
import { deliberateFormulas } from './deliberate';

/** Words for a formula, the call that replaces it among them. */
export type FormulaWords = Messages<'message' | 'hint' | 'fix'>;

/**
 * What a rule says of every formula of an activation, but for those on purpose and files that export their models.
 * @param extra what stands behind the tensor in the call, such as `, approximate="tanh"`
 */
export function* writtenOut(
  context: RuleContext,
  rule: Pick<Rule, 'code' | 'severity'>,
  messages: FormulaWords,
  activation: string,
  extra: (site: ActivationSite) => string = () => '',
): Generator<void, Advice[]> {
  const found: Advice[] = [];
  const deliberate = deliberateFormulas(context, activation);
  if (!mayWriteFormula(context)) return found;
  for (const site of yield* context.findSites()) {
    yield;
    if (site.form !== 'formula' || site.activation !== activation || site.framework !== 'pytorch') continue;
    const { line, column, endLine, endColumn } = site.expression;
    const node = context.root.descendantForPosition({ row: line, column }, { row: endLine, column: endColumn });
    const input = node && inputOf(node, context);
    if (node && input && !deliberate.from(node))
      found.push(tellFormula(context, rule, messages, site, node, input, extra(site)));
  }
  return found.length > 0 && (yield* isForExport(context)) ? [] : found;
}

function tellFormula(
  context: RuleContext,
  rule: Pick<Rule, 'code' | 'severity'>,
  messages: FormulaWords,
  { activation }: ActivationSite,
  node: Node,
  input: Node,
  extra: string,
): Advice {
  const { names, text, language } = context;
  const { prefix, edits } = moduleAt('torch.nn.functional', node, names, text.file);
  const call = `${prefix}.${activation}(${input.text}${extra})`;
  const range = rangeOf(node, text.file);
  const title = wordsOf(messages, language, 'fix', [call]);
  return adviceFrom(context, rule, messages, {
    at: range,
    values: [node.text.replace(/\s+/g, ' ').slice(0, 60)],
    fixes: [{ title, preferred: true, edits: [{ range, text: call }, ...edits] }],
  });
}

/** What formulas of these activations call. */
const called = /(?:sigmoid|erf|tanh|exp|softplus)_?\s*\(/g;
const weighing = /[*/]|mul|div/;

/** Whether operations, or lines that nobody runs, may write such a formula out: a product with a function of itself. */
function mayWriteFormula({ text: { text, file }, flow }: RuleContext): boolean {
  if (operationsOf(flow, (op) => products.test(op)).some(({ inputs }) => mayBeFormula(inputs))) return true;
  let seen: Set<number> | undefined;
  for (const { index } of text.matchAll(called)) {
    const start = text.lastIndexOf('\n', index) + 1;
    const end = text.indexOf('\n', index);
    if (!weighing.test(text.slice(start, end < 0 ? undefined : end))) continue;
    seen ??= new Set(flow.results.flatMap(({ at }) => (at.file === file ? [at.span.line] : [])));
    if (!seen.has(text.slice(0, start).split('\n').length - 1)) return true;
  }
  return false;
}

const products = /^(?:[*/]|mul_?|multiply_?|(?:true_)?div(?:ide)?_?)$/;
const squashing = /^(?:sigmoid|tanh|softplus|erf|exp)$/;

/** `x * σ(x)`, `x * (1 + erf(x))`, `x / (1 + exp(-x))`: both factors are of one tensor, and one of them is squashed. */
function mayBeFormula([first, second]: readonly FlowValue[]): boolean {
  if (!first || !second) return false;
  const [own, other] = [factorOf(first), factorOf(second)];
  return (own.isSquashed || other.isSquashed) && [...own.leaves].some((each) => other.leaves.has(each));
}

interface Factor {
  /** What it is computed of; all that is not known may be the same. */
  readonly leaves: Set<FlowValue>;
  isSquashed: boolean;
}

function factorOf(value: FlowValue, found: Factor = { leaves: new Set(), isSquashed: false }, depth = 0): Factor {
  for (const each of possibilities(value)) {
    const isSquash = each.kind === 'result' && squashing.test(each.op);
    if (isSquash) found.isSquashed = true;
    if (each.kind === 'result' && depth < DEEPEST && (isSquash || each.form === 'operator' || each.op === 'pow'))
      for (const input of each.inputs) factorOf(input, found, depth + 1);
    else if (each.kind !== 'constant') found.leaves.add(each);
  }
  return found;
}

/** More operators in one another than a formula has. */
const DEEPEST = 8;

/** Methods of tensors, and functions and modules of PyTorch, that formulas are written with. */
const computing = /^(sigmoid|tanh|exp|log|log1p|mul|multiply|pow|square|softplus|erf|div|add|clone|neg)$/;

/**
 * What a formula is of: the largest expression of variables that it reads more than once, and nothing else beside it.
 * @returns nothing where it calls what is not known to compute the same twice
 */
export function inputOf(formula: Node, { names }: RuleContext): Node | undefined {
  const read = new Map<string, Node[]>();
  const open: Node[] = [formula];
  for (let node = open.pop(); node; node = open.pop()) {
    const parts = stripParentheses(node);
    if (isPure(parts)) {
      const isLibrary = /^(torch|math|numpy)\b/.test(names.qualifiedName(parts) ?? '');
      if (!isLibrary) read.set(parts.text, [...(read.get(parts.text) ?? []), parts]);
      // `x - 1` is read as a whole, or in its parts.
      if (parts.type === 'binary_operator') open.push(...children(parts));
    } else if (parts.type === 'call') {
      const callee = parts.childForFieldName('function');
      const full = (callee && names.qualifiedName(callee)) ?? '';
      const isMethod =
        callee?.type === 'attribute' && computing.test(callee.childForFieldName('attribute')?.text ?? '');
      if (/^(torch|math|numpy)\./.test(full)) open.push(...children(parts.childForFieldName('arguments')));
      else if (callee?.type === 'call' || isMethod) {
        open.push(...children(parts.childForFieldName('arguments')));
        if (isMethod) open.push(callee.childForFieldName('object') ?? callee);
      } else return undefined;
    } else if (parts.type === 'keyword_argument') open.push(parts.childForFieldName('value') ?? parts);
    else open.push(...children(parts));
  }
  const twice = [...read.values()].filter((each) => each.length > 1).map((each) => each[0] ?? formula);
  const [widest] = twice.toSorted((a, b) => b.text.length - a.text.length);
  return widest && twice.every(({ text }) => widest.text.includes(text)) ? widest : undefined;
}

/** Evaluating it twice or once makes no difference. */
function isPure(expression: Node): boolean {
  const open = [expression];
  for (let node = open.pop(); node; node = open.pop()) {
    if (node.type === 'attribute') open.push(node.childForFieldName('object') ?? node);
    else if (node.type === 'binary_operator') {
      const parts = children(node).filter(({ type }) => type !== 'integer' && type !== 'float');
      for (const part of parts) open.push(stripParentheses(part));
    } else if (node.type === 'subscript') {
      if (node.descendantsOfType(['call', 'await', 'named_expression', 'yield']).length > 0) return false;
    } else if (node.type !== 'identifier') return false;
  }
  return true;
}

/** Words of a comment: `# for TorchScript, CoreML and ONNX`. */
const saysTarget = /\b(?:for|to|with|export\w*)\b[^\n"'()]{0,40}\b(?:ONNX|Core ?ML|TensorRT|TFLite|OpenVINO|NCNN)\b/;

/** A file that exports its models may keep to operators that its target has. */
function* isForExport({ root, names, text }: RuleContext): Generator<void, boolean> {
  if (saysTarget.test(text.text)) return true;
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
