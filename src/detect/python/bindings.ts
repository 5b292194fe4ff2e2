/** What binds names in Python, and where they are seen. */
import { ancestorOf, Climb, climbTo, parentOf } from '../../syntax/ancestors';
import { pythonName } from '../../syntax/identifiers';
import type { Node } from '../../syntax/syntax';
import { children } from '../range';

/** A place that gives a name its meaning. */
export interface PythonBinding {
  readonly index: number;
  /** Id of the scope that holds the name. */
  readonly scope: number;
  /** What an import binds: `torch.nn`. */
  readonly module?: string;
  /** What a plain assignment binds. */
  readonly value?: Node;
  /** What an assignment to several names takes apart. */
  readonly unpacked?: Node;
}

const scopes = new Set(['module', 'function_definition', 'lambda', 'class_definition']);
const comprehensions = new Set([
  'list_comprehension',
  'set_comprehension',
  'dictionary_comprehension',
  'generator_expression',
]);

/** The class around a node. */
export const classAround = climbTo(/^class_definition$/);

/** The scope around a node, whatever part of the scope the node is. */
const scopeAround = new Climb<Node | null>(
  (node) => (scopes.has(node.type) || comprehensions.has(node.type) ? node : undefined),
  null,
);

/** The scope whose names a node sees first. Defaults, decorators and bases belong to the scope outside. */
const scopeSeen = new Climb<Node | null>((node, child) => {
  if (comprehensions.has(node.type) || node.type === 'module') return node;
  return scopes.has(node.type) && node.childForFieldName('body')?.id === child.id ? node : undefined;
}, null);

/** The scopes that a use sees, innermost first. */
export function* scopesOf(use: Node): Generator<Node> {
  const next = parentOf(use)?.type === 'parameters' ? scopeAround : scopeSeen;
  for (let scope = next.from(use); scope; scope = next.from(scope)) yield scope;
}

const scopeOf = (node: Node) => scopeAround.from(node);

/** `from . import act` names `.act`, `from .act import X` names `.act.X`. */
export function joinModule(module: string, name: string): string {
  return module.endsWith('.') ? `${module}${name}` : `${module}.${name}`;
}

/** What an identifier binds where it stands; undefined where it is a use. */
export function bindingAt(node: Node): PythonBinding | undefined {
  let at = node;
  let parent = parentOf(node);
  const make = (scope: Node | undefined | null, extra: Partial<PythonBinding> = {}): PythonBinding | undefined =>
    scope ? { index: node.startIndex, scope: scope.id, ...extra } : undefined;
  while (
    parent &&
    [
      'dotted_name',
      'pattern_list',
      'tuple_pattern',
      'list_pattern',
      'list_splat_pattern',
      'as_pattern_target',
    ].includes(parent.type)
  ) {
    at = parent;
    parent = parentOf(at);
  }
  if (!parent) return undefined;
  const is = (field: string) => parent?.childForFieldName(field)?.id === at.id;
  switch (parent.type) {
    case 'import_statement':
      return make(scopeOf(parent), { module: pythonName(node.text) });
    case 'import_from_statement': {
      const from = parent.childForFieldName('module_name');
      return from?.id === at.id
        ? undefined
        : make(scopeOf(parent), { module: pythonName(joinModule(from?.text ?? '', at.text)) });
    }
    case 'aliased_import': {
      if (!is('alias')) return undefined;
      const statement = parentOf(parent);
      const name = parent.childForFieldName('name')?.text;
      const from = statement?.childForFieldName('module_name')?.text;
      const module = from ? joinModule(from, name ?? '') : name;
      return make(scopeOf(parent), { module: module && pythonName(module) });
    }
    case 'assignment': {
      const value = parent.childForFieldName('right');
      // `nn = None` in the branch for a missing package leaves the import's meaning.
      if (!is('left') || value?.type === 'none') return undefined;
      return make(scopeOf(parent), value ? (at === node ? { value } : { unpacked: value }) : {});
    }
    case 'augmented_assignment':
    case 'for_statement':
    case 'for_in_clause':
      return is('left') ? make(scopeOf(parent)) : undefined;
    case 'named_expression':
      return is('name') ? make(scopeOf(parent)) : undefined;
    case 'function_definition':
    case 'class_definition':
      return is('name') ? make(scopeOf(parent)) : undefined;
    case 'as_pattern':
      return at !== children(parent)[0] ? make(scopeOf(parent)) : undefined;
    case 'parameters':
    case 'lambda_parameters':
      return make(parentOf(parent));
    case 'default_parameter':
    case 'typed_default_parameter':
      return is('name') ? make(ancestorOf(parent, 2)) : undefined;
    case 'typed_parameter':
      return children(parent)[0]?.id === at.id ? make(ancestorOf(parent, 2)) : undefined;
    default:
      return undefined;
  }
}
