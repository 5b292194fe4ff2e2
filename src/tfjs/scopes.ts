/** Which part of a module gives a name its meaning. */
import { type CodePart, childOf, fieldOf, partsOf } from './nodes';

const functions = new Set([
  'function_declaration',
  'function_expression',
  'generator_function',
  'generator_function_declaration',
  'arrow_function',
  'method_definition',
]);

/** The type of `const x = …`, `var x = …`. */
export const isVariable = /^(lexical|variable)_declaration$/;

export const isFunctionPart = (part: CodePart): boolean => functions.has(part.type);

/** The function around a node; undefined at a module's own level. */
export function functionOf(part: CodePart): CodePart | undefined {
  let at = part.parent;
  while (at && !isFunctionPart(at)) at = at.parent;
  return at;
}

/** The identifiers that a pattern binds. */
export function boundNames(pattern: CodePart | undefined): CodePart[] {
  switch (pattern?.type) {
    case undefined:
      return [];
    case 'identifier':
    case 'shorthand_property_identifier_pattern':
      return [pattern];
    case 'pair_pattern':
      return boundNames(fieldOf(pattern, 'value'));
    case 'assignment_pattern':
    case 'object_assignment_pattern':
      return boundNames(fieldOf(pattern, 'left'));
    case 'required_parameter':
    case 'optional_parameter':
      return boundNames(fieldOf(pattern, 'pattern'));
    case 'object_pattern':
    case 'array_pattern':
    case 'rest_pattern':
      return partsOf(pattern).flatMap(boundNames);
    default:
      return [];
  }
}

/** A function's parameters. */
export function parametersOf(own: CodePart): CodePart[] {
  const single = fieldOf(own, 'parameter');
  return single ? [single] : partsOf(fieldOf(own, 'parameters'));
}

const named = /^(?:generator_)?function_declaration$|^(?:abstract_)?class_declaration$|^enum_declaration$/;

/** The statement itself, without `export` or what namespaces stand in. */
export function declarationOf(statement: CodePart): CodePart {
  if (statement.type === 'export_statement') return fieldOf(statement, 'declaration') ?? statement;
  const [only] = statement.type === 'expression_statement' ? statement.children : [];
  return only?.type === 'internal_module' ? only : statement;
}

/** Finds what declares a name, in a text's tree. */
export class Scopes {
  private readonly declared = new Map<CodePart, ReadonlyMap<string, CodePart>>();

  constructor(private readonly text: string) {}

  /** Whether something between a use and the module's own level declares the name: then it means that. */
  isShadowed(use: CodePart, name: string): boolean {
    for (let at = use.parent; at?.parent; at = at.parent) if (this.declarationsIn(at)?.has(name)) return true;
    return false;
  }

  /** The identifier that declares a name where it is used; undefined where the file has none. */
  declaring(use: CodePart, name: string): CodePart | undefined {
    for (let at = use.parent; at; at = at.parent) {
      const found = this.declarationsIn(at)?.get(name);
      if (found) return found;
    }
    return undefined;
  }

  private declarationsIn(part: CodePart): ReadonlyMap<string, CodePart> | undefined {
    if (!scopes.has(part.type)) return undefined;
    let found = this.declared.get(part);
    if (!found) {
      found = new Map(this.find(part).map((each) => [this.text.slice(each.start, each.end), each]));
      this.declared.set(part, found);
    }
    return found;
  }

  private find(part: CodePart): CodePart[] {
    switch (part.type) {
      case 'program':
        return [...partsOf(part).flatMap(importedNames), ...variablesIn(part), ...this.declarationsOfBlock(part)];
      case 'statement_block':
      case 'switch_body':
      case 'for_statement':
        return this.declarationsOfBlock(part);
      case 'for_in_statement':
        return fieldOf(part, 'kind') || part.children.some(({ type }) => type === 'const' || type === 'let')
          ? boundNames(fieldOf(part, 'left'))
          : [];
      case 'catch_clause':
        return boundNames(fieldOf(part, 'parameter'));
      case 'class':
        return partsOf(part).filter(({ field }) => field === 'name');
      case 'enum_body':
        return part.children.flatMap((each) =>
          each.type === 'enum_assignment' ? (fieldOf(each, 'name') ?? []) : each.isNamed ? each : [],
        );
      default:
        return isFunctionPart(part) ? this.declarationsOf(part) : [];
    }
  }

  private declarationsOf(part: CodePart): CodePart[] {
    const own = part.type === 'function_expression' || part.type === 'generator_function' ? fieldOf(part, 'name') : [];
    const body = fieldOf(part, 'body');
    return [
      ...parametersOf(part).flatMap(boundNames),
      ...(own ? [own].flat() : []),
      ...(body ? variablesIn(body) : []),
    ];
  }

  /** What the statements of a block declare, `var` aside. */
  private declarationsOfBlock(block: CodePart): CodePart[] {
    const found: CodePart[] = [];
    for (const statement of block.children) {
      if (/^switch_(case|default)$/.test(statement.type)) found.push(...this.declarationsOfBlock(statement));
      const declaration = declarationOf(statement);
      if (declaration.type === 'lexical_declaration')
        for (const each of partsOf(declaration)) found.push(...boundNames(fieldOf(each, 'name')));
      const name = fieldOf(declaration, 'name');
      if (name && (named.test(declaration.type) || declaration.type === 'internal_module')) found.push(firstName(name));
    }
    return found;
  }
}

/** The names that an import statement declares. */
function importedNames(statement: CodePart): CodePart[] {
  if (statement.type !== 'import_statement') return [];
  const clause = childOf(statement, 'import_clause') ?? childOf(statement, 'import_require_clause');
  return partsOf(clause).flatMap((each) => {
    if (each.type === 'named_imports')
      return partsOf(each).flatMap((part) => fieldOf(part, 'alias') ?? fieldOf(part, 'name') ?? []);
    return each.type === 'namespace_import' ? partsOf(each) : each.type === 'identifier' ? each : [];
  });
}

/** `A` of `A.B`. */
export function firstName(name: CodePart): CodePart {
  let at = name;
  while (at.type === 'nested_identifier') at = fieldOf(at, 'object') ?? itself(at.children[0], at);
  return at;
}

const itself = (part: CodePart | undefined, instead: CodePart): CodePart => part ?? instead;

const scopes = new Set([
  ...functions,
  'program',
  'statement_block',
  'switch_body',
  'for_statement',
  'for_in_statement',
  'catch_clause',
  'class',
  'enum_body',
]);

/** What `var` declares below a node, functions aside. */
function variablesIn(part: CodePart): CodePart[] {
  if (isFunctionPart(part) || /^class(_declaration)?$/.test(part.type)) return [];
  const found: CodePart[] = [];
  if (part.type === 'variable_declaration')
    for (const each of partsOf(part)) found.push(...boundNames(fieldOf(each, 'name')));
  if (part.type === 'for_in_statement' && part.children.some(({ type }) => type === 'var'))
    found.push(...boundNames(fieldOf(part, 'left')));
  for (const child of part.children) if (child.isNamed) for (const each of variablesIn(child)) found.push(each);
  return found;
}
