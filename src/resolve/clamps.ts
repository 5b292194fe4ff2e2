/**
 * A lower bound of zero that a network uses as its activation: `self.fc2(self.fc1(x).clamp(min=0))`. Written down it is
 * a bound like any other (of boxes, of probabilities); what stands before and after it makes it a ReLU.
 */
import { classAround } from '../detect/python/bindings';
import { children, rangeOf, stripParentheses } from '../detect/range';
import type { ActivationSite } from '../detect/site';
import { parentOf } from '../syntax/ancestors';
import type { Node } from '../syntax/syntax';
import type { FlowContext } from './runs';

/** Layers with weights, and normalisations behind them, by the class that makes them. */
const layers =
  /(^|\.)(Lazy)?(Linear|Bilinear|Conv(Transpose)?[123]d|BatchNorm[123]d|LayerNorm|GroupNorm|InstanceNorm[123]d|RMSNorm)$/;
const MAX_STEPS = 12;

/** The ReLU that the bound at a position is, or undefined where it is none or no bound stands there. */
export function clampAt(
  context: FlowContext,
  position: { readonly line: number; readonly column: number },
): ActivationSite | undefined {
  const at = { row: position.line, column: position.column };
  const node = context.root.descendantForPosition(at, at);
  const callee = node?.type === 'identifier' ? parentOf(node) : undefined;
  const call = callee?.type === 'attribute' ? parentOf(callee) : undefined;
  const bounded = callee && call?.type === 'call' ? zeroBoundOperand(callee, call, context) : undefined;
  if (!call || !bounded || !comesFromLayer(bounded, context, 0) || !goesToLayer(call, context, 0)) return undefined;
  const expression = rangeOf(call, context.file);
  const { parameters, framework } = { parameters: {}, framework: 'pytorch' as const };
  return { activation: 'relu', form: 'formula', framework, range: expression, expression, parameters, text: call.text };
}

/** What a call bounds below at zero, and only so. */
function zeroBoundOperand(callee: Node, call: Node, { names }: FlowContext): Node | undefined {
  const method = callee.childForFieldName('attribute')?.text ?? '';
  const qualified = names.qualifiedName(callee);
  const all = children(call.childForFieldName('arguments'));
  const receiver = qualified ? undefined : callee.childForFieldName('object');
  if (qualified && !/^torch\.[^.]+$/.test(qualified)) return undefined;
  const [first, ...rest] = receiver ? [receiver, ...all] : all;
  const isZero = (bound: Node | undefined) =>
    bound !== undefined && /^(0(\.0*)?|torch\.(zeros_like|tensor|zeros)\(.*\))$/.test(stripParentheses(bound).text);
  const [bound, more] = rest;
  if (!first || more) return undefined;
  const keyword = bound?.type === 'keyword_argument' ? bound.childForFieldName('name')?.text : undefined;
  const given = keyword ? bound?.childForFieldName('value') : bound;
  if (keyword !== undefined && keyword !== 'min') return undefined;
  // `torch.max(x, 0)` is a reduction.
  const isBound =
    /^(clamp|clip|clamp_min)_?$/.test(method) ||
    (/^(maximum|max)$/.test(method) && stripParentheses(given ?? callee).type === 'call');
  return isBound && isZero(given ?? undefined) ? stripParentheses(first) : undefined;
}

/** Whether a value is what a layer returned, directly or by way of a local name. */
function comesFromLayer(value: Node, context: FlowContext, depth: number): boolean {
  if (depth > MAX_STEPS) return false;
  if (value.type === 'call') return isLayerCall(value, context);
  const bound = value.type === 'identifier' ? lastValue(value, context) : undefined;
  return bound ? comesFromLayer(stripParentheses(bound), context, depth + 1) : false;
}

/** What a local name was last given before it is read here. */
function lastValue(name: Node, { names }: FlowContext): Node | undefined {
  const scope = names.binding(name)?.scope;
  return names
    .bindings(name.text)
    .filter((each) => each.scope === scope && each.value && each.value.endIndex <= name.startIndex)
    .sort((a, b) => a.index - b.index)
    .at(-1)?.value;
}

/** Whether a layer takes the value: around it, or later in the function by its name. */
function goesToLayer(value: Node, context: FlowContext, depth: number): boolean {
  let at = value;
  for (let i = 0; i < MAX_STEPS; i++) {
    const parent = parentOf(at);
    if (!parent) return false;
    if (parent.type === 'call' && isLayerCall(parent, context)) return true;
    if (parent.type === 'assignment') return depth < 2 && isTakenLater(parent, context, depth);
    if (!/^(argument_list|parenthesized_expression|call|attribute)$/.test(parent.type)) return false;
    at = parent;
  }
  return false;
}

/** `x = …` and then `self.fc2(x)`, before x is something else. */
function isTakenLater(assignment: Node, context: FlowContext, depth: number): boolean {
  const name = assignment.childForFieldName('left');
  if (name?.type !== 'identifier') return false;
  let statement = parentOf(assignment)?.nextNamedSibling ?? null;
  for (let i = 0; statement && i < MAX_STEPS; i++, statement = statement.nextNamedSibling) {
    const uses = statement
      .descendantsOfType('identifier')
      .filter((each): each is Node => each?.text === name.text && parentOf(each)?.type !== 'assignment');
    if (uses.some((use) => goesToLayer(use, context, depth + 1))) return true;
    const written = statement
      .descendantsOfType('assignment')
      .some((each) => each?.childForFieldName('left')?.text === name.text);
    if (written) return false;
  }
  return false;
}

/** `self.fc1(x)` where the class makes `self.fc1` a layer. */
function isLayerCall(call: Node, { names, root }: FlowContext): boolean {
  const callee = call.childForFieldName('function');
  const made = /^self\.([^.()[\]]+)$/.exec(callee?.text ?? '')?.[1];
  if (!made || !callee) return false;
  return (classAround.from(callee) ?? root).descendantsOfType('assignment').some((each) => {
    if (each?.childForFieldName('left')?.text !== `self.${made}`) return false;
    const right = each.childForFieldName('right');
    const maker = right?.type === 'call' ? right.childForFieldName('function') : undefined;
    return maker ? layers.test(names.qualifiedName(maker) ?? '') : false;
  });
}
