import { Climb, parentOf } from '../../syntax/ancestors';
import type { Node } from '../../syntax/syntax';
import { children } from '../range';

/** A step into a value: a property's name, or `*` for an element of an array. */
export type PathStep = string;

/** A place that gives a name its meaning. */
export interface TypeScriptBinding {
  readonly kind: 'import' | 'variable' | 'parameter' | 'function' | 'class' | 'enum' | 'other';
  readonly index: number;
  /** The part of the text in which the name means this, unless a smaller part has one of its own. */
  readonly scope: { readonly start: number; readonly end: number };
  /** The identifier that is bound. */
  readonly leaf: Node;
  /** What holds it: the declarator, the parameter, the function, the class, the enum. */
  readonly holder: Node;
  /** Where destructuring leads from the value to the name. */
  readonly path: readonly PathStep[];
  readonly constant: boolean;
  readonly value?: Node;
  /** The module that an import names. */
  readonly module?: string;
  /** Imported for types alone. */
  readonly typeOnly?: boolean;
}

const functions = new Set([
  'function_declaration',
  'function_expression',
  'generator_function',
  'generator_function_declaration',
  'arrow_function',
  'method_definition',
  'function_signature',
  'method_signature',
  'function_type',
  'construct_signature',
  'call_signature',
  'abstract_method_signature',
]);
const blocks = new Set([
  'program',
  'statement_block',
  'for_statement',
  'for_in_statement',
  'catch_clause',
  'switch_body',
  'class_static_block',
  'class',
]);

export function isFunction(node: Node): boolean {
  return functions.has(node.type);
}

/** The innermost scope around a node; and the one that holds its `var`. */
const scopeAround = new Climb<Node | null>(
  (at) => (functions.has(at.type) || blocks.has(at.type) ? at : undefined),
  null,
);
const varScope = new Climb<Node | null>((at) => (isFunction(at) || at.type === 'program' ? at : undefined), null);
/** The function around a node. */
export const functionAround = new Climb<Node | null>((at) => (isFunction(at) ? at : undefined), null);
const scopeOf = (node: Node) => scopeAround.from(node);

/** What a property is called: `a`, `'a'`, `['a']`; undefined where that is computed. */
export function keyName(key: Node | null): string | undefined {
  if (!key) return undefined;
  if (key.type === 'computed_property_name') return keyName(children(key)[0] ?? null);
  if (key.type === 'string' || key.type === 'template_string') return stringText(key);
  return /identifier|^number$/.test(key.type) ? key.text : undefined;
}

/** The content of a plain string. */
export function stringText(node: Node): string | undefined {
  if (node.type !== 'string' && node.type !== 'template_string') return undefined;
  const parts = children(node);
  if (parts.length === 0) return '';
  return parts.length === 1 && parts[0]?.type === 'string_fragment' ? parts[0].text : undefined;
}

/** What an identifier binds where it stands; undefined where it is a use. */
export function bindingAt(leaf: Node): TypeScriptBinding | undefined {
  const path: PathStep[] = leaf.type === 'shorthand_property_identifier_pattern' ? [leaf.text] : [];
  let at = leaf;
  let parent = parentOf(leaf);
  for (; parent; at = parent, parent = parentOf(parent)) {
    const { type } = parent;
    if (type === 'pair_pattern') {
      const key = keyName(parent.childForFieldName('key'));
      if (parent.childForFieldName('value')?.id !== at.id) return undefined;
      path.unshift(key ?? '?');
    } else if (type === 'array_pattern') path.unshift('*');
    else if (type === 'object_assignment_pattern' || type === 'assignment_pattern') {
      if (parent.childForFieldName('left')?.id !== at.id) return undefined;
    } else if (type !== 'object_pattern' && type !== 'rest_pattern') break;
  }
  return parent ? bindingHeldBy(parent, at, leaf, path) : undefined;
}

/** What a list is of whose part a node is: the function of a parameter. */
function listOwner(part: Node): Node | null {
  const list = parentOf(part);
  return list && parentOf(list);
}

function bindingHeldBy(holder: Node, at: Node, leaf: Node, path: readonly PathStep[]): TypeScriptBinding | undefined {
  const is = (field: string) => holder.childForFieldName(field)?.id === at.id;
  const make = (
    kind: TypeScriptBinding['kind'],
    scope: Node | null | undefined,
    extra: Partial<TypeScriptBinding> = {},
  ): TypeScriptBinding | undefined =>
    scope
      ? {
          kind,
          index: leaf.startIndex,
          scope: { start: scope.startIndex, end: scope.endIndex },
          leaf,
          holder,
          path,
          constant: true,
          ...extra,
        }
      : undefined;
  switch (holder.type) {
    case 'variable_declarator': {
      if (!is('name')) return undefined;
      const keyword = parentOf(holder)?.child(0)?.text;
      const value = holder.childForFieldName('value') ?? undefined;
      const scope = (keyword === 'var' ? varScope : scopeAround).from(holder);
      return make('variable', scope, { value, constant: keyword === 'const' });
    }
    case 'required_parameter':
    case 'optional_parameter':
      return is('pattern') ? make('parameter', listOwner(holder), { constant: false }) : undefined;
    case 'arrow_function':
      return is('parameter') ? make('parameter', holder, { constant: false }) : undefined;
    case 'catch_clause':
      return is('parameter') ? make('other', holder) : undefined;
    case 'for_in_statement': {
      const value = holder.childForFieldName('right') ?? undefined;
      return is('left') ? make('variable', holder, { value, path: ['*', ...path], constant: false }) : undefined;
    }
    case 'function_expression':
    case 'generator_function':
      return is('name') ? make('function', holder) : undefined;
    case 'function_declaration':
    case 'generator_function_declaration':
    case 'function_signature':
      return is('name') ? make('function', scopeOf(holder)) : undefined;
    case 'class':
      return is('name') ? make('class', holder) : undefined;
    case 'class_declaration':
    case 'abstract_class_declaration':
      return is('name') ? make('class', scopeOf(holder)) : undefined;
    case 'enum_declaration':
      return is('name') ? make('enum', scopeOf(holder)) : undefined;
    case 'internal_module':
    case 'module':
    case 'function':
      return is('name') ? make('other', scopeOf(holder)) : undefined;
    default:
      return importBinding(holder, leaf, make);
  }
}

function importBinding(
  holder: Node,
  leaf: Node,
  make: (
    kind: TypeScriptBinding['kind'],
    scope: Node | null,
    extra: Partial<TypeScriptBinding>,
  ) => TypeScriptBinding | undefined,
): TypeScriptBinding | undefined {
  if (holder.type === 'import_alias') {
    const [name, value] = children(holder);
    return name?.id === leaf.id ? make('variable', scopeOf(holder), { value }) : undefined;
  }
  if (!/^(import_specifier|namespace_import|import_clause|import_require_clause)$/.test(holder.type)) return undefined;
  let statement: Node | null = holder;
  while (statement && statement.type !== 'import_statement') statement = parentOf(statement);
  const source = statement?.childForFieldName('source') ?? holder.childForFieldName('source');
  if (!statement || !source) return undefined;
  const isType = (node: Node) => node.children.some((child) => child?.type === 'type');
  const name = holder.childForFieldName('name');
  const alias = holder.childForFieldName('alias');
  if (holder.type === 'import_specifier' && (alias ?? name)?.id !== leaf.id) return undefined;
  return make('import', scopeOf(statement), {
    module: stringText(source),
    path: holder.type === 'import_specifier' && name ? [name.text] : [],
    typeOnly: isType(statement) || (holder.type === 'import_specifier' && isType(holder)),
  });
}
