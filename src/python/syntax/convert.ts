import type { Node, Tree } from '../../syntax/syntax';
import { Ellipsis } from '../values/values';
import type {
  BinaryOperator,
  CallArgument,
  Clause,
  CompareOperator,
  Expr,
  FormatPart,
  FunctionCode,
  Handler,
  ParameterNode,
  Program,
  Span,
  Stmt,
} from './ast';
import { convertCases } from './convertPattern';
import { decodeString, parseInteger, stringPrefix } from './literals';

/** Syntax trees deeper than this end as `broken`: no model nests so far, and the JavaScript stack is finite. */
const MAX_NESTING = 400;

/** Turns a tree into plain data, so that the tree can be freed and evaluation never crosses into WebAssembly. */
export function convertProgram(tree: Tree, file: string): Program {
  const converter = new Converter(tree.rootNode);
  const body = converter.block(tree.rootNode);
  return { file, body, errors: converter.errors };
}

/** The same; yields where it can be interrupted, and the tree must stay until the end. */
export function* convertSliced(tree: Tree, file: string): Generator<void, Program> {
  const converter = new Converter(tree.rootNode);
  const body: Stmt[] = [];
  for (const child of converter.children(tree.rootNode)) {
    for (const statement of converter.statement(child)) body.push(statement);
    yield;
  }
  return { file, body, errors: converter.errors };
}

export function spanOf(node: Node): Span {
  const start = node.startPosition;
  const end = node.endPosition;
  return { line: start.row, column: start.column, endLine: end.row, endColumn: end.column };
}

const isLetter = (code: number) => code > 127 || (code >= 48 && code <= 57) || (code | 32) >= 97;
/** What can be read without asking the tree: every question to it crosses into WebAssembly. */
const plainName = /[A-Za-z_][A-Za-z_0-9]*/y;
const plainInteger = /(?:0|[1-9]\d{0,14})(?![\w.])/y;
const plainString = /(["'])([^"'\\\n{}]*)\1(?!["'])/y;

/** Whether an error lies in the statement itself, not in a statement inside its blocks. */
function isDamaged(node: Node): boolean {
  return node.children.some((child) => {
    if (!child?.hasError) return child?.isMissing === true;
    if (child.isError || child.isMissing) return true;
    if (child.type === 'block') return false;
    return /_clause$|_definition$/.test(child.type) ? isDamaged(child) : true;
  });
}

interface FunctionFacts {
  generator: boolean;
  readonly globals: Set<string>;
  readonly nonlocals: Set<string>;
}

export class Converter {
  readonly errors: Span[] = [];
  private readonly text: string;
  private readonly offset: number;
  /** Most code has no errors, and need not be asked for them. */
  private readonly mayBeBroken: boolean;
  private depth = 0;
  private facts: FunctionFacts = { generator: false, globals: new Set(), nonlocals: new Set() };

  constructor(root: Node) {
    this.text = root.text;
    this.offset = root.startIndex;
    this.mayBeBroken = root.hasError;
  }

  /** The named children, comments and continued lines left out. */
  children(node: Node): Node[] {
    return node.namedChildren.filter((child): child is Node => {
      const first = child === null ? '#' : this.text[child.startIndex - this.offset];
      return first !== '#' && first !== '\\';
    });
  }

  private isBroken(node: Node): boolean {
    return this.mayBeBroken && (node.isError || node.isMissing);
  }

  /** What a pattern finds where a node begins. */
  private match(pattern: RegExp, node: Node): RegExpExecArray | null {
    pattern.lastIndex = node.startIndex - this.offset;
    return pattern.exec(this.text);
  }

  /** The text of an identifier. */
  private name(node: Node): string {
    const found = this.mayBeBroken ? undefined : this.match(plainName, node)?.[0];
    const isWhole = found && !isLetter(this.text.charCodeAt(node.startIndex - this.offset + found.length));
    return isWhole ? found : node.text;
  }

  private nameOf(node: Node, field: string): string | undefined {
    const found = node.childForFieldName(field);
    return found ? this.name(found) : undefined;
  }

  block(node: Node | null): Stmt[] {
    if (!node) return [];
    const result: Stmt[] = [];
    for (const child of this.children(node)) for (const statement of this.statement(child)) result.push(statement);
    return result;
  }

  statement(node: Node): Stmt[] {
    const span = spanOf(node);
    if (this.isBroken(node)) return [this.brokenStatement(node)];
    this.depth += 1;
    try {
      if (this.depth > MAX_NESTING) return [this.brokenStatement(node)];
      return this.statementInner(node, span);
    } finally {
      this.depth -= 1;
    }
  }

  private brokenStatement(node: Node): Stmt {
    const span = spanOf(node);
    this.errors.push(span);
    return { kind: 'broken', span, text: node.text.slice(0, 80) };
  }

  /** A half-typed function is an error only when it is called: its class can still be read. */
  private damagedStatement(node: Node, span: Span): Stmt {
    const broken = this.brokenStatement(node);
    if (node.type !== 'function_definition') return broken;
    const code = this.functionCode(node);
    return { kind: 'function', span, code: { ...code, generator: false, body: [broken] }, decorators: [] };
  }

  private statementInner(node: Node, span: Span): Stmt[] {
    if (this.mayBeBroken && node.hasError && isDamaged(node)) return [this.damagedStatement(node, span)];
    const field = (name: string): Node | null => node.childForFieldName(name);
    switch (node.type) {
      case 'expression_statement':
        return this.expressionStatement(node, span);
      case 'function_definition':
        return [{ kind: 'function', span, code: this.functionCode(node), decorators: [] }];
      case 'class_definition':
        return [this.classStatement(node, span, [])];
      case 'decorated_definition': {
        const decorators = this.children(node)
          .filter((child) => child.type === 'decorator')
          .map((child) => this.firstExpression(child));
        const definition = field('definition');
        if (!definition) return [this.brokenStatement(node)];
        if (definition.type === 'class_definition') {
          return [this.classStatement(definition, spanOf(definition), decorators)];
        }
        return [{ kind: 'function', span: spanOf(definition), code: this.functionCode(definition), decorators }];
      }
      case 'if_statement':
        return [this.ifStatement(node, span)];
      case 'for_statement':
        return [
          {
            kind: 'for',
            span,
            target: this.field(node, 'left'),
            iterable: this.field(node, 'right'),
            body: this.block(field('body')),
            otherwise: this.block(field('alternative')?.childForFieldName('body') ?? null),
          },
        ];
      case 'while_statement':
        return [
          {
            kind: 'while',
            span,
            condition: this.field(node, 'condition'),
            body: this.block(field('body')),
            otherwise: this.block(field('alternative')?.childForFieldName('body') ?? null),
          },
        ];
      case 'try_statement':
        return [this.tryStatement(node, span)];
      case 'with_statement': {
        const items = this.children(node)
          .filter((child) => child.type === 'with_clause')
          .flatMap((each) => this.children(each))
          .map((item) => {
            const value = item.childForFieldName('value');
            if (value?.type === 'as_pattern') {
              const alias = value.childForFieldName('alias');
              return { value: this.firstExpression(value), target: alias ? this.firstExpression(alias) : undefined };
            }
            return { value: this.expression(value), target: undefined };
          });
        return [{ kind: 'with', span, items, body: this.block(field('body')) }];
      }
      case 'match_statement':
        return [{ kind: 'match', span, subject: this.subject(node, span), cases: convertCases(this, field('body')) }];
      case 'return_statement': {
        const [value] = this.children(node);
        return [{ kind: 'return', span, value: value ? this.expression(value) : undefined }];
      }
      case 'raise_statement': {
        const cause = field('cause');
        const value = this.children(node).find((child) => child.id !== cause?.id);
        return [
          {
            kind: 'raise',
            span,
            value: value ? this.expression(value) : undefined,
            cause: cause ? this.expression(cause) : undefined,
          },
        ];
      }
      case 'assert_statement': {
        const [condition, message] = this.children(node);
        return [
          {
            kind: 'assert',
            span,
            condition: this.expression(condition ?? null),
            message: message ? this.expression(message) : undefined,
          },
        ];
      }
      case 'delete_statement':
        return [
          {
            kind: 'delete',
            span,
            targets: this.children(node).flatMap((child) =>
              child.type === 'expression_list'
                ? this.children(child).map((item) => this.expression(item))
                : [this.expression(child)],
            ),
          },
        ];
      case 'global_statement':
        for (const child of this.children(node)) this.facts.globals.add(child.text);
        return [];
      case 'nonlocal_statement':
        for (const child of this.children(node)) this.facts.nonlocals.add(child.text);
        return [];
      case 'import_statement':
        return [
          {
            kind: 'import',
            span,
            names: this.children(node).map((child) => ({
              module: child.type === 'aliased_import' ? (child.childForFieldName('name')?.text ?? '') : child.text,
              alias: child.childForFieldName('alias')?.text,
            })),
          },
        ];
      case 'import_from_statement':
        return [this.fromStatement(node, span)];
      case 'future_import_statement':
      case 'type_alias_statement':
      case ';':
        return [];
      case 'pass_statement':
        return [{ kind: 'pass', span }];
      case 'break_statement':
        return [{ kind: 'break', span }];
      case 'continue_statement':
        return [{ kind: 'continue', span }];
      case 'block':
        return this.block(node);
      default:
        return [this.brokenStatement(node)];
    }
  }

  private expressionStatement(node: Node, span: Span): Stmt[] {
    const parts = this.children(node);
    const [only] = parts;
    if (!only) return [];
    if (parts.length > 1) {
      const items = parts.map((part) => this.expression(part));
      return [{ kind: 'expression', span, value: { kind: 'tuple', span, items } }];
    }
    if (this.isBroken(only)) return [this.brokenStatement(only)];
    const { type } = only;
    if (type === 'assignment') return [this.assignment(only, span)];
    if (type === 'augmented_assignment') {
      const operator = (only.childForFieldName('operator')?.text ?? '').slice(0, -1) as BinaryOperator;
      return [
        { kind: 'augmented', span, operator, target: this.field(only, 'left'), value: this.field(only, 'right') },
      ];
    }
    return [{ kind: 'expression', span, value: this.expression(only) }];
  }

  private assignment(node: Node, span: Span): Stmt {
    const type = node.childForFieldName('type');
    if (type) {
      const right = node.childForFieldName('right');
      const value = right ? this.expression(right) : undefined;
      return { kind: 'annotation', span, target: this.field(node, 'left'), text: type.text, value };
    }
    const targets: Expr[] = [];
    let current: Node | null = node;
    while (current?.type === 'assignment') {
      targets.push(this.field(current, 'left'));
      current = current.childForFieldName('right');
    }
    return { kind: 'assign', span, targets, value: this.expression(current) };
  }

  private ifStatement(node: Node, span: Span): Stmt {
    const alternatives = node.childrenForFieldName('alternative').filter((child): child is Node => child !== null);
    let otherwise: Stmt[] = [];
    for (const clause of alternatives.reverse()) {
      if (clause.type === 'else_clause') otherwise = this.block(clause.childForFieldName('body'));
      else {
        const consequence = this.block(clause.childForFieldName('consequence'));
        otherwise = [
          { kind: 'if', span: spanOf(clause), condition: this.field(clause, 'condition'), consequence, otherwise },
        ];
      }
    }
    return {
      kind: 'if',
      span,
      condition: this.field(node, 'condition'),
      consequence: this.block(node.childForFieldName('consequence')),
      otherwise,
    };
  }

  private tryStatement(node: Node, span: Span): Stmt {
    const handlers: Handler[] = [];
    let otherwise: Stmt[] = [];
    let last: Stmt[] = [];
    for (const clause of this.children(node)) {
      const body = this.children(clause).find((child) => child.type === 'block') ?? null;
      if (clause.type === 'except_clause' || clause.type === 'except_group_clause') {
        const value =
          clause.childForFieldName('value') ?? this.children(clause).find((child) => child.type !== 'block');
        const alias = clause.childForFieldName('alias');
        const pattern = value?.type === 'as_pattern' ? value : undefined;
        handlers.push({
          type: pattern ? this.firstExpression(pattern) : value ? this.expression(value) : undefined,
          name: pattern?.childForFieldName('alias')?.text ?? alias?.text,
          body: this.block(body),
        });
      } else if (clause.type === 'else_clause') otherwise = this.block(body);
      else if (clause.type === 'finally_clause') last = this.block(body);
    }
    return { kind: 'try', span, body: this.block(node.childForFieldName('body')), handlers, otherwise, last };
  }

  private fromStatement(node: Node, span: Span): Stmt {
    const source = node.childForFieldName('module_name');
    const written = source?.text ?? '';
    const dots = /^[.\s]*/.exec(written)?.[0] ?? '';
    const names = node.childrenForFieldName('name').filter((child): child is Node => child !== null);
    return {
      kind: 'from',
      span,
      module: written.slice(dots.length).trim(),
      level: dots.replace(/\s/g, '').length,
      names: names.map((child) => ({
        name: child.type === 'aliased_import' ? (child.childForFieldName('name')?.text ?? '') : child.text,
        alias: child.childForFieldName('alias')?.text,
      })),
      star: this.children(node).some((child) => child.type === 'wildcard_import'),
    };
  }

  private classStatement(node: Node, span: Span, decorators: readonly Expr[]): Stmt {
    const body = this.block(node.childForFieldName('body'));
    return {
      kind: 'class',
      span,
      name: node.childForFieldName('name')?.text ?? '',
      args: this.callArguments(node.childForFieldName('superclasses')),
      body,
      decorators,
      documentation: documentationOf(body),
    };
  }

  /** What a `match` looks at: `match a, b:` looks at a tuple. */
  private subject(node: Node, span: Span): Expr {
    const subjects = node.childrenForFieldName('subject').filter((child): child is Node => child !== null);
    const items = subjects.map((child) => this.expression(child));
    const comma = node.children.some((child) => child?.type === ',');
    return items.length === 1 && !comma && items[0] ? items[0] : { kind: 'tuple', span, items };
  }

  private functionCode(node: Node): FunctionCode {
    const outer = this.facts;
    this.facts = { generator: false, globals: new Set(), nonlocals: new Set() };
    try {
      const parameters = this.parameters(node.childForFieldName('parameters'));
      const body = this.block(node.childForFieldName('body'));
      const name = node.childForFieldName('name')?.text ?? '<lambda>';
      return { name, parameters, body, ...this.facts, documentation: documentationOf(body) };
    } finally {
      this.facts = outer;
    }
  }

  private lambdaCode(node: Node): FunctionCode {
    const outer = this.facts;
    this.facts = { generator: false, globals: new Set(), nonlocals: new Set() };
    try {
      const parameters = this.parameters(node.childForFieldName('parameters'));
      const value = this.field(node, 'body');
      const body: Stmt[] = [{ kind: 'return', span: value.span, value }];
      return { name: '<lambda>', parameters, body, ...this.facts, documentation: null };
    } finally {
      this.facts = outer;
    }
  }

  private parameters(node: Node | null): ParameterNode[] {
    const result: ParameterNode[] = [];
    let kind: ParameterNode['kind'] = 'positional';
    // Half-typed code may lack the name behind the star.
    const star = ({ namedChildren: [name] }: Node): string => name?.text ?? '';
    for (const child of node ? this.children(node) : []) {
      const target = child.type === 'typed_parameter' ? (child.namedChildren[0] ?? child) : child;
      const { type } = target;
      if (type === 'list_splat_pattern') {
        result.push({ name: star(target), kind: 'varargs', default: undefined });
        kind = 'keyword';
      } else if (type === 'dictionary_splat_pattern') {
        result.push({ name: star(target), kind: 'varkeywords', default: undefined });
      } else if (type === 'keyword_separator') kind = 'keyword';
      else if (type === 'positional_separator') {
        result.forEach((parameter, index) => {
          result[index] = { ...parameter, kind: 'positional-only' };
        });
      } else if (type === 'default_parameter' || type === 'typed_default_parameter') {
        const name = this.nameOf(target, 'name') ?? '';
        const span = spanOf(target.childForFieldName('name') ?? target);
        result.push({ name, kind, default: this.field(target, 'value'), ...annotationOf(target), span });
      } else if (type === 'identifier') {
        const span = spanOf(target);
        result.push({ name: this.name(target), kind, default: undefined, ...annotationOf(child), span });
      }
    }
    return result;
  }

  callArguments(node: Node | null): CallArgument[] {
    if (!node) return [];
    if (node.type === 'generator_expression') return [{ value: this.expression(node), form: 'plain', name: '' }];
    return this.children(node).map((child): CallArgument => {
      const { type } = child;
      if (type === 'keyword_argument')
        return { value: this.field(child, 'value'), form: 'keyword', name: this.nameOf(child, 'name') ?? '' };
      if (type === 'list_splat') return { value: this.firstExpression(child), form: 'star', name: '' };
      if (type === 'dictionary_splat') return { value: this.firstExpression(child), form: 'doublestar', name: '' };
      const value = this.expression(child);
      if (value.kind === 'starred') return { value: value.value, form: 'star', name: '' };
      return { value, form: 'plain', name: '' };
    });
  }

  private field(node: Node, name: string): Expr {
    const child = node.childForFieldName(name);
    return child ? this.expression(child) : this.brokenExpression(node);
  }

  /** The first child's expression. */
  private firstExpression(node: Node): Expr {
    const [child] = this.children(node);
    return child ? this.expression(child) : this.brokenExpression(node);
  }

  private brokenExpression(node: Node): Expr {
    const span = spanOf(node);
    this.errors.push(span);
    return { kind: 'broken', span, text: node.text.slice(0, 80) };
  }

  expression(node: Node | null): Expr {
    if (!node) return { kind: 'broken', span: { line: 0, column: 0, endLine: 0, endColumn: 0 }, text: '' };
    if (this.isBroken(node)) return this.brokenExpression(node);
    const { type } = node;
    const plain = this.mayBeBroken ? undefined : this.plainExpression(node, type);
    if (plain) return plain;
    this.depth += 1;
    try {
      return this.depth > MAX_NESTING
        ? this.brokenExpression(node)
        : hoistStar(this.expressionInner(node, type, spanOf(node)));
    } finally {
      this.depth -= 1;
    }
  }

  /** A name, number or text that stands on one line, as most of an expression's parts do. */
  private plainExpression(node: Node, type: string): Expr | undefined {
    if (type === 'identifier') {
      const name = this.name(node);
      return { kind: 'name', span: this.spanOfText(node, name), name };
    }
    if (type === 'integer') {
      const found = this.match(plainInteger, node)?.[0];
      return found ? { kind: 'constant', span: this.spanOfText(node, found), value: parseInteger(found) } : undefined;
    }
    if (type !== 'string') return undefined;
    const found = this.match(plainString, node);
    return found ? { kind: 'constant', span: this.spanOfText(node, found[0]), value: found[2] ?? '' } : undefined;
  }

  private spanOfText({ startPosition: { row, column } }: Node, { length }: string): Span {
    return { line: row, column, endLine: row, endColumn: column + length };
  }

  private expressionInner(node: Node, type: string, span: Span): Expr {
    switch (type) {
      case 'identifier':
      case 'keyword_identifier':
        return { kind: 'name', span, name: node.text };
      case 'integer':
        return /[jJ]$/.test(node.text)
          ? { kind: 'imaginary', span, value: Number(node.text.replaceAll('_', '').slice(0, -1)) }
          : { kind: 'constant', span, value: parseInteger(node.text) };
      case 'float': {
        const text = node.text.replaceAll('_', '');
        return /[jJ]$/.test(text)
          ? { kind: 'imaginary', span, value: Number(text.slice(0, -1)) }
          : { kind: 'constant', span, value: Number(text) };
      }
      case 'true':
        return { kind: 'constant', span, value: true };
      case 'false':
        return { kind: 'constant', span, value: false };
      case 'none':
        return { kind: 'constant', span, value: null };
      case 'ellipsis':
        return { kind: 'constant', span, value: Ellipsis };
      case 'string':
        return this.string([node], span);
      case 'concatenated_string':
        return this.string(this.children(node), span);
      case 'attribute':
        return {
          kind: 'attribute',
          span,
          object: this.field(node, 'object'),
          name: this.nameOf(node, 'attribute') ?? '',
        };
      case 'subscript': {
        const indices = node.childrenForFieldName('subscript').filter((child): child is Node => child !== null);
        const items = indices.map((child) => this.expression(child));
        const [first] = items;
        const comma = node.children.some((child) => child?.type === ',');
        const index: Expr = first && items.length === 1 && !comma ? first : { kind: 'tuple', span, items };
        return { kind: 'subscript', span, object: this.field(node, 'value'), index };
      }
      case 'slice':
        return this.slice(node, span);
      case 'call': {
        const args = this.callArguments(node.childForFieldName('arguments'));
        const plain = args.every((argument) => argument.form === 'plain');
        return { kind: 'call', span, callee: this.field(node, 'function'), args, plain };
      }
      case 'binary_operator':
        return {
          kind: 'binary',
          span,
          operator: (node.childForFieldName('operator')?.text ?? '') as BinaryOperator,
          left: this.field(node, 'left'),
          right: this.field(node, 'right'),
        };
      case 'unary_operator':
        return {
          kind: 'unary',
          span,
          operator: (node.childForFieldName('operator')?.text ?? '-') as '-',
          operand: this.field(node, 'argument'),
        };
      case 'not_operator':
        return { kind: 'not', span, operand: this.field(node, 'argument') };
      case 'boolean_operator':
        return {
          kind: 'boolean',
          span,
          operator: node.childForFieldName('operator')?.text === 'or' ? 'or' : 'and',
          left: this.field(node, 'left'),
          right: this.field(node, 'right'),
        };
      case 'comparison_operator': {
        const operators = node
          .childrenForFieldName('operators')
          .map((child) => (child?.text ?? '').replace(/\s+/g, ' '));
        const [left, ...rights] = this.children(node).map((child) => this.expression(child));
        if (!left) return this.brokenExpression(node);
        const rest = rights.map((right, index) => ({ operator: operators[index] as CompareOperator, right }));
        return { kind: 'compare', span, left, rest };
      }
      case 'conditional_expression': {
        const [consequence, condition, otherwise] = this.children(node).map((child) => this.expression(child));
        if (!consequence || !condition || !otherwise) return this.brokenExpression(node);
        return { kind: 'conditional', span, condition, consequence, otherwise };
      }
      case 'lambda':
        return { kind: 'lambda', span, code: this.lambdaCode(node) };
      case 'parenthesized_expression':
        return this.firstExpression(node);
      case 'tuple_pattern': {
        const [only, ...others] = this.children(node);
        // Parentheses around one target only group: `for _, (stage) in …`.
        const isGroup = others.length === 0 && !node.children.some((child) => child?.type === ',');
        if (only && isGroup && only.type !== 'list_splat_pattern') return this.expression(only);
        return { kind: 'tuple', span, items: this.children(node).map((child) => this.expression(child)) };
      }
      case 'tuple':
      case 'expression_list':
      case 'pattern_list':
        return { kind: 'tuple', span, items: this.children(node).map((child) => this.expression(child)) };
      case 'list':
      case 'list_pattern':
        return { kind: 'list', span, items: this.children(node).map((child) => this.expression(child)) };
      case 'set':
        return { kind: 'set', span, items: this.children(node).map((child) => this.expression(child)) };
      case 'dictionary':
        return {
          kind: 'dict',
          span,
          entries: this.children(node).map((child) =>
            child.type === 'pair'
              ? { key: this.field(child, 'key'), value: this.field(child, 'value') }
              : { key: undefined, value: this.firstExpression(child) },
          ),
        };
      case 'list_comprehension':
        return this.comprehension(node, span, 'list');
      case 'set_comprehension':
        return this.comprehension(node, span, 'set');
      case 'dictionary_comprehension':
        return this.comprehension(node, span, 'dict');
      case 'generator_expression':
        return this.comprehension(node, span, 'generator');
      case 'list_splat':
      case 'list_splat_pattern':
        return { kind: 'starred', span, value: this.firstExpression(node) };
      case 'named_expression':
        return {
          kind: 'walrus',
          span,
          name: node.childForFieldName('name')?.text ?? '',
          value: this.field(node, 'value'),
        };
      case 'yield': {
        this.facts.generator = true;
        const [value] = this.children(node);
        const from = node.children.some((child) => child?.type === 'from');
        return { kind: 'yield', span, value: value ? this.expression(value) : undefined, from };
      }
      case 'await':
        return { kind: 'await', span, value: this.firstExpression(node) };
      case 'as_pattern_target':
      case 'type':
        return this.firstExpression(node);
      default:
        return this.brokenExpression(node);
    }
  }

  /** `a.b.c` where the grammar has a `dotted_name`. */
  dottedName(node: Node): Expr {
    const span = spanOf(node);
    const [first, ...rest] = node.text.split('.').map((part) => part.trim());
    return rest.reduce<Expr>((object, name) => ({ kind: 'attribute', span, object, name }), {
      kind: 'name',
      span,
      name: first ?? '',
    });
  }

  /** `-1` where the grammar has no operator node (patterns). */
  negativeNumber(node: Node): Expr {
    const span = spanOf(node);
    return { kind: 'unary', span, operator: '-', operand: this.firstExpression(node) };
  }

  private slice(node: Node, span: Span): Expr {
    const parts: (Expr | undefined)[] = [undefined, undefined, undefined];
    let position = 0;
    for (const child of node.children) {
      if (child?.type === ':') position += 1;
      else if (child?.isNamed && child.type !== 'comment') parts[position] = this.expression(child);
    }
    return { kind: 'slice', span, start: parts[0], stop: parts[1], step: parts[2] };
  }

  private comprehension(node: Node, span: Span, form: 'list' | 'set' | 'dict' | 'generator'): Expr {
    const body = node.childForFieldName('body');
    const clauses: { target: Expr; iterable: Expr; conditions: Expr[] }[] = [];
    for (const child of this.children(node)) {
      if (child.type === 'for_in_clause') {
        const rights = child.childrenForFieldName('right').filter((item): item is Node => item !== null);
        const [right] = rights;
        if (!right) return this.brokenExpression(node);
        clauses.push({ target: this.field(child, 'left'), iterable: this.expression(right), conditions: [] });
      } else if (child.type === 'if_clause') clauses.at(-1)?.conditions.push(this.firstExpression(child));
    }
    const done: readonly Clause[] = clauses;
    if (!body) return this.brokenExpression(node);
    if (body.type === 'pair') {
      const [element, value] = [this.field(body, 'key'), this.field(body, 'value')];
      return { kind: 'comprehension', span, form, element, value, clauses: done };
    }
    return { kind: 'comprehension', span, form, element: this.expression(body), value: undefined, clauses: done };
  }

  private string(nodes: readonly Node[], span: Span): Expr {
    const parts: (string | FormatPart)[] = [];
    for (const node of nodes) {
      const { text, startIndex } = node;
      const prefix = stringPrefix(text);
      // The grammar counts the text of a raw string that is all escapes to its closing quotes.
      const start = node.firstChild?.type === 'string_start' ? node.firstChild.text : '';
      const quotes = start.replace(/^[a-z]*/i, '');
      const end = node.lastChild?.type === 'string_end' ? text.length - quotes.length : text.length;
      let at = start.length;
      const plain = (to: number): void => {
        const piece = decodeString(text.slice(at, to), prefix.raw);
        parts.push(prefix.format ? piece.replaceAll('{{', '{').replaceAll('}}', '}') : piece);
      };
      for (const child of node.namedChildren) {
        if (child?.type !== 'interpolation') continue;
        plain(child.startIndex - startIndex);
        parts.push(this.formatPart(child));
        at = child.endIndex - startIndex;
      }
      plain(end);
    }
    if (parts.every((part) => typeof part === 'string')) return { kind: 'constant', span, value: parts.join('') };
    return { kind: 'fstring', span, parts };
  }

  private formatPart(node: Node): FormatPart {
    const specification: (string | FormatPart)[] = [];
    const format = this.children(node).find((child) => child.type === 'format_specifier');
    if (format) {
      // Text between nested `{…}` has no nodes of its own.
      let at = format.startIndex + 1;
      const text = format.text;
      for (const child of this.children(format)) {
        specification.push(text.slice(at - format.startIndex, child.startIndex - format.startIndex));
        if (child.type === 'format_expression' || child.type === 'interpolation') {
          specification.push(this.formatPart(child));
        }
        at = child.endIndex;
      }
      specification.push(text.slice(at - format.startIndex));
    }
    const value = node.childForFieldName('expression') ?? this.children(node)[0] ?? null;
    // The grammar reads `{x:=5}` as an assignment, which would need parentheses.
    const [name, given] = value?.type === 'named_expression' ? this.children(value) : [];
    if (name && given) {
      const text = node.text.slice(node.text.indexOf(':=') + 1, -1);
      return { value: this.expression(name), conversion: '', specification: [text], label: '' };
    }
    const equals = node.children.find((child) => child?.type === '=');
    const after = equals ? (/^\s*/.exec(node.text.slice(equals.endIndex - node.startIndex))?.[0] ?? '') : '';
    const label = equals ? `${node.text.slice(1, equals.endIndex - node.startIndex)}${after}` : '';
    const conversion =
      this.children(node)
        .find((child) => child.type === 'type_conversion')
        ?.text.slice(1) ?? '';
    return { value: this.expression(value), conversion, specification, label };
  }
}

/** The annotation of a parameter as written, where it has one. */
function annotationOf(node: Node): { annotation?: string } {
  const text = node.childForFieldName('type')?.text;
  return text === undefined ? {} : { annotation: text };
}

function documentationOf(body: readonly Stmt[]): string | null {
  const [first] = body;
  return first?.kind === 'expression' && first.value.kind === 'constant' && typeof first.value.value === 'string'
    ? first.value.value
    : null;
}

/** The grammar reads `[*f(x)]` as a call of `*f`; the star belongs to the whole. */
function hoistStar(expr: Expr): Expr {
  const { span } = expr;
  if (expr.kind === 'call' && expr.callee.kind === 'starred') {
    return { kind: 'starred', span, value: { ...expr, callee: expr.callee.value } };
  }
  if ((expr.kind === 'attribute' || expr.kind === 'subscript') && expr.object.kind === 'starred') {
    return { kind: 'starred', span, value: { ...expr, object: expr.object.value } };
  }
  return expr;
}
