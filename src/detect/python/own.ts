/** Activations that a file defines itself: classes and functions that compute one activation of their input. */
import { pythonName } from '../../syntax/identifiers';
import type { Node } from '../../syntax/syntax';
import { children, unwrapped } from '../range';
import type { SiteArgument } from '../site';
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
    const owner = enclosingFunction(node);
    if (!owner || seen.has(owner.id)) continue;
    seen.add(owner.id);
    const computed = computes(owner, applications);
    if (!computed) continue;
    const { activation, parameters } = computed;
    const name = owner.childForFieldName('name');
    const holder = classOf(owner);
    if (!holder && name) found.set(name.startIndex, { activation, parameters, kind: 'function' });
    const className = holder?.childForFieldName('name');
    if (className && name?.text === 'forward')
      found.set(className.startIndex, { activation, parameters, kind: 'module' });
  }
  return found;
}

function enclosingFunction(node: Node): Node | undefined {
  for (let at = node.parent; at; at = at.parent) {
    if (at.type === 'function_definition') return at;
    if (at.type === 'lambda' || at.type === 'class_definition') return undefined;
  }
  return undefined;
}

function classOf(definition: Node): Node | undefined {
  const outer = definition.parent?.type === 'decorated_definition' ? definition.parent.parent : definition.parent;
  return outer?.type === 'block' && outer.parent?.type === 'class_definition' ? outer.parent : undefined;
}

/** The one application that all of a function's paths return. */
function computes(definition: Node, applications: ReadonlyMap<number, Application>): Application | undefined {
  const body = definition.childForFieldName('body');
  const parameters = parameterNames(definition);
  const returned: Node[] = [];
  if (!body || parameters.length === 0 || !isPlain(body, returned) || returned.length === 0) return undefined;
  const found = returned.flatMap((value) => branches(value)).map((value) => applied(value, body, applications));
  const [first] = found;
  // `x = self.conv(x); return F.relu(x)` is a layer with an activation, not an activation.
  const isRebound = assignments(body, parameters).some((right) => !applications.has(unwrapped(right).id));
  if (isRebound) return undefined;
  const isOne = found.every(
    (each) =>
      each?.activation === first?.activation &&
      JSON.stringify(each?.parameters) === JSON.stringify(first?.parameters) &&
      each !== undefined &&
      parameters.includes(pythonName(each.input.text)),
  );
  return isOne ? first : undefined;
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

/** Whether a body does nothing but return, and collects what it returns. */
function isPlain(block: Node, returned: Node[]): boolean {
  const statements = children(block);
  return (
    statements.length <= MAX_STATEMENTS &&
    statements.every((statement) => {
      if (statement.type === 'return_statement') {
        const [value] = children(statement);
        if (value) returned.push(value);
        return value !== undefined;
      }
      if (statement.type === 'if_statement' || statement.type === 'else_clause' || statement.type === 'elif_clause') {
        return children(statement)
          .filter((each) => /^(block|else_clause|elif_clause)$/.test(each.type))
          .every((each) => (each.type === 'block' ? isPlain(each, returned) : isPlain(inner(each), returned)));
      }
      if (statement.type === 'expression_statement') {
        const [expression] = children(statement);
        return (
          expression?.type === 'string' ||
          expression?.type === 'assignment' ||
          /\.(save_for_backward|mark_dirty)\(/.test(expression?.text ?? '')
        );
      }
      return statement.type === 'assert_statement' || statement.type === 'pass_statement';
    })
  );
}

function inner(clause: Node): Node {
  return children(clause).find((each) => each.type === 'block') ?? clause;
}

function branches(value: Node): Node[] {
  const node = unwrapped(value);
  if (node.type !== 'conditional_expression') return [node];
  const [yes, , no] = children(node);
  return [yes, no].flatMap((each) => (each ? branches(each) : []));
}

/** The application that an expression is, or that the local variable it names holds. */
function applied(value: Node, body: Node, applications: ReadonlyMap<number, Application>): Application | undefined {
  const direct = applications.get(value.id);
  if (direct || value.type !== 'identifier') return direct;
  const assigned = body
    .descendantsOfType('assignment')
    .filter((each) => each?.childForFieldName('left')?.text === value.text);
  const right = assigned.length === 1 ? assigned[0]?.childForFieldName('right') : undefined;
  return right ? applications.get(unwrapped(right).id) : undefined;
}
