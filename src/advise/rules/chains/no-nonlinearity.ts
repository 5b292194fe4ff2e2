import { constant } from '../../../detect/python/arguments';
import { classAround } from '../../../detect/python/bindings';
import type { Names } from '../../../detect/python/names';
import { children, firstChild, rangeOf, stripParentheses } from '../../../detect/range';
import { isReached, MAX_NESTING, nodeAt, parentOf } from '../../../syntax/ancestors';
import { PerNode } from '../../../syntax/perNode';
import { countBefore } from '../../../syntax/sorted';
import type { Node } from '../../../syntax/syntax';
import type { Advice, Fix } from '../../advice';
import { attributeValue, inputOf, selfAttribute } from '../../calls';
import { moduleAt } from '../../imports';
import type { Messages, Rule, RuleContext } from '../../rule';

const messages: Messages<'message' | 'hint' | 'related' | 'fix'> = {
  en: {
    message:
      'Nothing non-linear stands between this linear layer and the one before it: together they are a single linear map.',
    hint: 'two linear layers, no activation between',
    related: 'The linear layer before it',
    fix: 'Put {0} between them',
  },
  'zh-cn': {
    message: '此线性层与前一个线性层之间没有非线性：两层合起来只是一个线性映射。',
    hint: '两个线性层之间没有激活函数',
    related: '前一个线性层',
    fix: '在两层之间加入 {0}',
  },
};

/** Still linear, in training too: dropout scales by a random diagonal matrix. */
const transparent = new Set(['torch.nn.Dropout', 'torch.nn.Identity']);
/** Names of layers that are trained, frozen or exchanged by themselves: a trunk's last layer, and a head behind it. */
const meant = /proj|head|classifier|embed|logit/i;

/** Linear → Linear with nothing between, in `nn.Sequential` and in `forward`. */
export const noNonlinearity: Rule = {
  code: 'no-nonlinearity',
  severity: 'warning',
  about: {
    en: 'Two linear layers with no activation between them, which are a single linear map.',
    'zh-cn': '两个线性层之间没有激活函数，合起来只是一个线性映射。',
  },
  *check(context) {
    return [...(yield* checkSequential(context)), ...(yield* checkForward(context))];
  },
};

const calleeOf = (node: Node | undefined, { names }: RuleContext) => {
  const callee = node?.type === 'call' ? node.childForFieldName('function') : undefined;
  return callee ? names.qualifiedName(callee) : undefined;
};
const isLinear = (node: Node | undefined, context: RuleContext) => calleeOf(node, context) === 'torch.nn.Linear';

function* checkSequential(context: RuleContext): Generator<void, Advice[]> {
  const found: Advice[] = [];
  for (const call of context.nodes.calls) {
    yield;
    if (calleeOf(call, context) !== 'torch.nn.Sequential' || isTakenApart(call, context)) continue;
    let before: Node | undefined;
    for (const layer of children(call.childForFieldName('arguments'))) {
      yield;
      if (isLinear(layer, context)) {
        if (before && !isFactor(before, layer, context))
          found.push(advice(context, before, layer, insertionFix(context, before)));
        before = layer;
      } else if (!transparent.has(calleeOf(layer, context) ?? '')) before = undefined;
    }
  }
  return found;
}

function insertionFix(context: RuleContext, before: Node): Fix {
  const { names, text, language } = context;
  const { prefix, edits } = moduleAt('torch.nn', before, names, text.file);
  const own = rangeOf(before, text.file);
  const line = names.line(own.line);
  const indent = /^\s*/.exec(line)?.[0] ?? '';
  const separator = own.column === indent.length ? `,${names.newline}${indent}` : ', ';
  const end = { ...own, line: own.endLine, column: own.endColumn };
  const title = messages[language].fix.replace('{0}', `${prefix}.ReLU()`);
  return { title, preferred: false, edits: [{ range: end, text: `${separator}${prefix}.ReLU()` }, ...edits] };
}

/** Two argument values of a layer: widths in and out. */
function widths(layer: Node): readonly [Node | undefined, Node | undefined] {
  const list = children(layer.childForFieldName('arguments'));
  const of = (position: number, name: string) => {
    const keyword = list.find((each) => each.childForFieldName('name')?.text === name);
    const positional = list[position]?.type === 'keyword_argument' ? undefined : list[position];
    return keyword?.childForFieldName('value') ?? positional;
  };
  return [of(0, 'in_features'), of(1, 'out_features')];
}

/**
 * Whether the middle may be narrower than both ends: a low-rank map, made on purpose. Widths are compared by value,
 * defaults of parameters included, else by how they are written: `4 * dim` is no narrower than `dim`. What can't be
 * compared may be narrow.
 */
function isFactor(first: Node, second: Node, { names }: RuleContext): boolean {
  const [input, hidden] = widths(first);
  const [, output] = widths(second);
  return hidden === undefined || ![input, output].some((end) => end && isAtLeast(hidden, end, names));
}

function isAtLeast(wide: Node, narrow: Node, names: Names): boolean {
  const [a, b] = [width(wide, names), width(narrow, names)];
  if (a !== undefined && b !== undefined) return a >= b;
  const [whole, part] = [stripParentheses(wide), stripParentheses(narrow)];
  if (whole.text === part.text) return true;
  if (whole.type !== 'binary_operator' || whole.childForFieldName('operator')?.text !== '*') return false;
  const sides = [whole.childForFieldName('left'), whole.childForFieldName('right')];
  return sides.some((side, index) => {
    const factor = sides[1 - index];
    const times = factor ? width(factor, names) : undefined;
    return side !== null && stripParentheses(side).text === part.text && times !== undefined && times >= 1;
  });
}

/** A width's number: a constant, or the default of the parameter that it is. */
function width(node: Node, names: Names): number | undefined {
  const known = constant(node, names);
  if (typeof known === 'number') return known;
  const index = node.type === 'identifier' ? names.binding(node)?.index : undefined;
  const at = index === undefined ? undefined : nodeAt(names.root, index, index);
  const parameter = at && parentOf(at);
  const isDefault = parameter?.type === 'default_parameter' || parameter?.type === 'typed_default_parameter';
  const usual = isDefault ? parameter.childForFieldName('value') : undefined;
  const value = usual ? constant(usual, names) : undefined;
  return typeof value === 'number' ? value : undefined;
}

/** Whether the file takes a container apart: runs, hooks or changes its parts one by one. */
function isTakenApart(container: Node, { root, nodes }: RuleContext): boolean {
  const assignment = parentOf(container);
  const name = assignment?.type === 'assignment' ? assignment.childForFieldName('left')?.text : undefined;
  if (name === undefined) return false;
  const within = (name.startsWith('self.') && classAround.from(container)) || root;
  return nodes.isTakenApart(name, within);
}

function* checkForward(context: RuleContext): Generator<void, Advice[]> {
  const found: Advice[] = [];
  for (const owner of context.nodes.classes)
    for (const method of owner.childForFieldName('body')?.namedChildren ?? []) {
      yield;
      if (method?.type === 'function_definition' && method.childForFieldName('name')?.text === 'forward')
        for (const each of yield* chains(context, owner, method)) found.push(each);
    }
  return found;
}

interface Chained {
  readonly call: Node;
  readonly layer: Node;
  readonly name: string;
}

/** Follows linear outputs through the straight lines of one `forward`. */
function* chains(context: RuleContext, owner: Node, method: Node): Generator<void, Advice[]> {
  const found: Advice[] = [];
  const body = method.childForFieldName('body');
  const held = new Map<string, Chained>();
  const visit = (node: Node | null | undefined, depth = 0): Chained | undefined => {
    if (depth > MAX_NESTING) return undefined;
    if (node?.type === 'identifier') return held.get(node.text);
    if (node?.type === 'parenthesized_expression') return visit(firstChild(node), depth + 1);
    if (node?.type !== 'call') {
      for (const child of children(node)) visit(child, depth + 1);
      return undefined;
    }
    const name = selfAttribute(node.childForFieldName('function'));
    const layer = name === undefined ? undefined : attributeValue(context, owner, name);
    const input = visit(inputOf(node), depth + 1);
    if (name !== undefined && layer && isLinear(layer, context)) {
      if (input && isMistake(context, owner, input, { call: node, layer, name }))
        found.push(advice(context, input.call, node, wrap(context, input.call)));
      return { call: node, layer, name };
    }
    return transparent.has(calleeOf(layer, context) ?? '') ? input : undefined;
  };
  for (const statement of children(body)) {
    yield;
    const inner = firstChild(statement);
    if (statement.type === 'return_statement') visit(inner);
    else if (statement.type === 'expression_statement' && inner?.type === 'assignment') {
      const target = inner.childForFieldName('left');
      const value = visit(inner.childForFieldName('right'));
      if (target?.type !== 'identifier') held.clear();
      else if (value && isReadOnce(body, target.text, inner)) held.set(target.text, value);
      else held.delete(target.text);
    } else held.clear();
  }
  return found;
}

function isMistake(context: RuleContext, owner: Node, first: Chained, second: Chained): boolean {
  if (meant.test(first.name) || meant.test(second.name) || isFactor(first.layer, second.layer, context)) return false;
  // Shared weights and layers that run more than once are held apart for a reason.
  const counts = selfUses.of(owner, () => new Map<string, number>());
  const uses = (name: string) => {
    const known = counts.get(name) ?? countUses(context, owner, name);
    counts.set(name, known);
    return known;
  };
  return uses(first.name) === 2 && uses(second.name) === 2;
}

/** How often a class writes each `self.name`. */
const selfUses = new PerNode<Map<string, number>>();

function countUses({ names, text }: RuleContext, owner: Node, name: string): number {
  let found = 0;
  for (const at of names.places(name, owner.startIndex, owner.endIndex)) if (text.text.endsWith('self.', at)) found++;
  return found;
}

/** The identifiers of a function's body by their text, in order. */
const identifiers = new PerNode<ReadonlyMap<string, readonly Node[]>>();

function identifiersIn(body: Node): ReadonlyMap<string, readonly Node[]> {
  const found = new Map<string, Node[]>();
  for (const each of body.descendantsOfType('identifier')) {
    if (!each || !isReached(each)) continue;
    const { text } = each;
    const known = found.get(text);
    if (known) known.push(each);
    else found.set(text, [each]);
  }
  return found;
}

/** Whether a variable's value is read exactly once before it is bound again. */
function isReadOnce(body: Node | null, name: string, assignment: Node): boolean {
  const all = body ? (identifiers.of(body, () => identifiersIn(body)).get(name) ?? []) : [];
  let reads = 0;
  let end = Number.POSITIVE_INFINITY;
  for (let at = countBefore(all, assignment.endIndex, (node) => node.startIndex); at < all.length; at++) {
    const each = all[at] as Node;
    const parent = parentOf(each);
    if (each.startIndex >= end || reads > 1) break;
    if (parent?.type === 'keyword_argument') continue;
    const isTarget = parent?.type === 'assignment' && parent.childForFieldName('left')?.id === each.id;
    if (!isTarget) reads++;
    // What stands on the right of the next assignment still reads this value.
    else end = Math.min(end, parent.endIndex);
  }
  return reads === 1;
}

function wrap({ names, text, language }: RuleContext, call: Node): Fix {
  const { prefix, edits } = moduleAt('torch.nn.functional', call, names, text.file);
  const range = rangeOf(call, text.file);
  const title = messages[language].fix.replace('{0}', `${prefix}.relu`);
  return { title, preferred: false, edits: [{ range, text: `${prefix}.relu(${call.text})` }, ...edits] };
}

function advice({ text, language }: RuleContext, first: Node, second: Node, fix: Fix): Advice {
  const words = messages[language];
  return {
    code: noNonlinearity.code,
    severity: noNonlinearity.severity,
    range: rangeOf(second.childForFieldName('function') ?? second, text.file),
    message: words.message,
    hint: words.hint,
    related: [{ range: rangeOf(first, text.file), message: words.related }],
    fixes: [fix],
  };
}
