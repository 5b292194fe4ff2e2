/** Activations that a file defines itself: classes and functions that compute one activation of their input. */
import { Climb, parentOf } from '../../syntax/ancestors';
import { pythonName } from '../../syntax/identifiers';
import type { Node } from '../../syntax/syntax';
import { children, firstChild, stripParentheses } from '../range';
import type { SiteArgument } from '../site';
import { isBijection } from './byName';
import type { OwnActivation } from './names';

/** An expression that applies an activation to an input. */
export interface Application {
  readonly node: Node;
  readonly input: Node;
  readonly activation: string;
  readonly parameters: Readonly<Record<string, SiteArgument>>;
}

/** What a definition amounts to, by the index of the name that it binds. */
export type OwnDefinitions = ReadonlyMap<number, OwnActivation>;

const MAX_STATEMENTS = 8;

/**
 * The definitions that return one of these applications, of a parameter, on every path.
 * @param applications by the id of their node
 */
export function ownDefinitions(applications: ReadonlyMap<number, Application>): OwnDefinitions {
  const found = new Map<number, OwnActivation>();
  const seen = new Set<number>();
  for (const { node } of applications.values()) {
    const owner = enclosingFunction.from(node);
    if (!owner || seen.has(owner.id)) continue;
    seen.add(owner.id);
    const computed = computes(owner, applications);
    if (!computed) continue;
    const { activation, parameters } = computed;
    const name = owner.childForFieldName('name');
    const holder = classOf(owner);
    if (holder && isBijection(holder)) continue;
    if (!holder && name) found.set(name.startIndex, { activation, parameters, kind: 'function' });
    const className = holder?.childForFieldName('name');
    if (className && name?.text === 'forward')
      found.set(className.startIndex, { activation, parameters, kind: 'module' });
  }
  return found;
}

/** The function whose statements hold a node; null in a lambda and a class. */
const enclosingFunction = new Climb<Node | null>((at) => {
  if (at.type === 'function_definition') return at;
  return at.type === 'lambda' || at.type === 'class_definition' ? null : undefined;
}, null);

/** Whether a function is a class's. */
export const isMethod = (definition: Node): boolean =>
  definition.type === 'function_definition' && classOf(definition) !== undefined;

function classOf(definition: Node): Node | undefined {
  const around = parentOf(definition);
  const block = around?.type === 'decorated_definition' ? parentOf(around) : around;
  const holder = block?.type === 'block' ? parentOf(block) : undefined;
  return holder?.type === 'class_definition' ? holder : undefined;
}

/** The one application that all of a function's paths return. */
function computes(definition: Node, applications: ReadonlyMap<number, Application>): Application | undefined {
  const body = definition.childForFieldName('body');
  const parameters = parameterNames(definition);
  const returned = body && parameters.length > 0 ? returnsOf(body) : undefined;
  if (!body || !returned || returned.length === 0) return undefined;
  const locals = localValues(body);
  const found = returned.flatMap(branches).map((value) => applicationOf(value, locals, applications));
  const [first] = found;
  const halves = halvesOf(body, parameters);
  // `x = self.conv(x); return F.relu(x)` is a layer with an activation, not an activation.
  const isRebound = assignments(body, parameters).some(
    (right) => !applications.has(stripParentheses(right).id) && !halves.from.has(right.id),
  );
  if (isRebound) return undefined;
  const isInput = (name: string) => parameters.includes(name) || halves.names.has(name);
  const isOne = found.every(
    (each) =>
      each?.activation === first?.activation &&
      JSON.stringify(each?.parameters) === JSON.stringify(first?.parameters) &&
      each !== undefined &&
      isInput(pythonName(plainInput(each.input).text)),
  );
  return isOne ? first : undefined;
}

/** The halves of a parameter, and what splits it: `x, gate = x.chunk(2, dim=-1)`. */
function halvesOf(body: Node, parameters: readonly string[]): { names: Set<string>; from: Set<number> } {
  const [names, from] = [new Set<string>(), new Set<number>()];
  for (const each of body.descendantsOfType('assignment')) {
    const [left, right] = [each?.childForFieldName('left'), each?.childForFieldName('right')];
    const callee = right?.type === 'call' ? right.childForFieldName('function') : undefined;
    if (!right || !callee || left?.type !== 'pattern_list' || !splitting.test(callee.text)) continue;
    const [word = ''] = /^\w+/.exec(callee.text) ?? [];
    const first = firstChild(right.childForFieldName('arguments'))?.text ?? '';
    if (!parameters.includes(pythonName(word)) && !parameters.includes(pythonName(first))) continue;
    from.add(right.id);
    for (const target of children(left)) names.add(pythonName(target.text));
  }
  return { names, from };
}

const splitting = /\.(?:chunk|split|tensor_split|unbind)$/;

/** The tensor of `hidden.float()`: another type leaves the values what they are. */
function plainInput(input: Node): Node {
  let at = stripParentheses(input);
  for (let i = 0; i < MAX_STATEMENTS && at.type === 'call'; i++) {
    const callee = at.childForFieldName('function');
    const object = callee?.type === 'attribute' ? callee.childForFieldName('object') : null;
    if (
      !object ||
      !/^(float|half|double|to|type_as|contiguous)$/.test(callee?.childForFieldName('attribute')?.text ?? '')
    )
      break;
    at = stripParentheses(object);
  }
  return at;
}

/** What a body assigns to any of the names. */
function assignments(body: Node, names: readonly string[]): Node[] {
  return body.descendantsOfType(['assignment', 'augmented_assignment']).flatMap((each) => {
    const [left, right] = [each?.childForFieldName('left'), each?.childForFieldName('right')];
    const bound = left?.type === 'identifier' ? [left.text] : children(left).map((target) => target.text);
    return right && bound.some((name) => names.includes(pythonName(name))) ? [right] : [];
  });
}

/** Tensors come first; `self` and an autograd function's `ctx` do not count. */
function parameterNames(definition: Node): string[] {
  const names = children(definition.childForFieldName('parameters')).flatMap((each) => {
    const name = each.type === 'identifier' ? each : (each.childForFieldName('name') ?? children(each)[0]);
    return name?.type === 'identifier' ? [pythonName(name.text)] : [];
  });
  return names.filter((name) => !/^(self|cls|ctx)$/.test(name)).slice(0, 1);
}

/** What a body returns that does nothing else; undefined where it does. */
function returnsOf(body: Node): Node[] | undefined {
  const returned: Node[] = [];
  const blocks = [body];
  for (let block = blocks.pop(); block; block = blocks.pop()) {
    const statements = children(block);
    if (statements.length > MAX_STATEMENTS) return undefined;
    for (const statement of statements) {
      if (statement.type === 'return_statement') {
        const value = firstChild(statement);
        if (!value) return undefined;
        returned.push(value);
      } else if (statement.type === 'if_statement') {
        for (const clause of children(statement))
          if (/^(block|else_clause|elif_clause)$/.test(clause.type)) blocks.push(blockOf(clause));
      } else if (!isSilent(statement)) return undefined;
    }
  }
  return returned;
}

function isSilent(statement: Node): boolean {
  if (statement.type !== 'expression_statement')
    return statement.type === 'assert_statement' || statement.type === 'pass_statement';
  const expression = firstChild(statement);
  return (
    expression?.type === 'string' ||
    expression?.type === 'assignment' ||
    /\.(save_for_backward|mark_dirty)\(/.test(expression?.text ?? '')
  );
}

function blockOf(clause: Node): Node {
  return clause.type === 'block' ? clause : (children(clause).find((each) => each.type === 'block') ?? clause);
}

/** The values that an expression may have, by its conditions. */
function branches(value: Node): Node[] {
  const found: Node[] = [];
  const open = [value];
  for (let next = open.pop(); next; next = open.pop()) {
    const node = stripParentheses(next);
    if (node.type !== 'conditional_expression') found.push(node);
    else {
      const [yes, , no] = children(node);
      open.push(...[no, yes].filter((each) => each !== undefined));
    }
  }
  return found;
}

/** What a body's assignments give to each name, where that is one value. */
function localValues(body: Node): ReadonlyMap<string, Node | null> {
  const found = new Map<string, Node | null>();
  for (const each of body.descendantsOfType('assignment')) {
    const name = each?.childForFieldName('left')?.text ?? '';
    found.set(name, found.has(name) ? null : (each?.childForFieldName('right') ?? null));
  }
  return found;
}

/** The application that an expression is, or that the local variable it names holds. */
function applicationOf(
  value: Node,
  locals: ReadonlyMap<string, Node | null>,
  applications: ReadonlyMap<number, Application>,
): Application | undefined {
  const direct = applications.get(value.id) ?? applications.get(plainInput(value).id);
  if (direct || value.type !== 'identifier') return direct;
  const right = locals.get(value.text);
  return right ? applications.get(stripParentheses(right).id) : undefined;
}
