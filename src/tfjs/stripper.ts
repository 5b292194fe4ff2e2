import type { SourceRange } from '../graph/types';
import { emitClassBody } from './classBody';
import { Decisions } from './decisions';
import { emitEnumeration } from './enums';
import { handlersIn } from './markup';
import { type CodePart, childOf, fieldOf, partsOf } from './nodes';
import { Output } from './output';
import type { ModuleText, PartWriter, StripNote } from './partWriter';
import { Lines, unwrap } from './places';
import { functionOf, isFunctionPart, Scopes } from './scopes';
import { stringValue } from './stringValue';

/** What a module asks for of another one. */
export interface ImportRequest {
  readonly specifier: string;
  readonly kind: 'import' | 'require' | 'dynamic';
  readonly range: SourceRange;
}

const blanked = new Set([
  'type_annotation',
  'type_arguments',
  'type_parameters',
  'interface_declaration',
  'type_alias_declaration',
  'ambient_declaration',
  'accessibility_modifier',
  'override_modifier',
  'implements_clause',
  'function_signature',
  'method_signature',
  'abstract_method_signature',
  'index_signature',
  'type_predicate_annotation',
  'asserts_annotation',
  'opting_type_annotation',
  'omitting_type_annotation',
  'adding_type_annotation',
  'hash_bang_line',
]);
/** Statements that end with a semicolon, written or not. */
const ended = new Set([
  'expression_statement',
  'lexical_declaration',
  'variable_declaration',
  'return_statement',
  'throw_statement',
  'break_statement',
  'continue_statement',
  'debugger_statement',
  'do_statement',
]);

/** Writes what runs, node by node. */
export class Stripper implements PartWriter {
  readonly output: Output;
  readonly lines: Lines;
  readonly decisions: Decisions;
  readonly notes: StripNote[] = [];
  readonly requests: ImportRequest[] = [];
  readonly statements: SourceRange[] = [];
  readonly names = new Set<string>();
  /** How the names of imports are written where they are used. */
  readonly renamed = new Map<string, string>();
  /** Names of imports that some value is made of. */
  readonly used = new Set<string>();
  isAsync = false;
  isStrict = false;
  /** Whether `using` declares what it names, or somebody else does. */
  isUsingKept = true;
  private readonly scopes: Scopes;
  private readonly wraps = new Map<CodePart, { before: string; after: string }>();
  private readonly tokens = new Map<CodePart, string>();
  private readonly starts = new Map<CodePart, string>();
  private readonly behind = new Map<CodePart, string>();

  constructor(
    readonly root: CodePart,
    readonly module: ModuleText,
    private readonly decides: boolean,
  ) {
    this.output = new Output(module.text);
    this.lines = new Lines(module.text);
    this.scopes = new Scopes(module.text);
    this.decisions = new Decisions(
      module.text,
      (part) => this.rangeOf(part),
      {
        wrap: (part, before, after) => this.wrap(part, before, after),
        replace: (token, text) => this.tokens.set(token, text),
        atStart: (own, text) => this.atStart(own, text),
      },
      (use) => this.renamed.has(this.textOf(use)) && !this.scopes.isShadowed(use, this.textOf(use)),
    );
  }

  textOf(part: CodePart): string {
    return this.module.text.slice(part.start, part.end);
  }

  rangeOf(part: CodePart): SourceRange {
    return this.lines.range(this.module.file, part.start, part.end);
  }

  request(part: CodePart, kind: ImportRequest['kind']): string {
    const specifier = stringValue(this.textOf(part));
    this.requests.push({ specifier, kind, range: this.rangeOf(part) });
    return specifier;
  }

  note(kind: StripNote['kind'], part: CodePart): void {
    this.notes.push({ kind, range: this.rangeOf(part) });
  }

  private wrap(part: CodePart, before: string, after: string): void {
    const around = this.wraps.get(part);
    if (!around) this.wraps.set(part, { before, after });
    else {
      around.before += before;
      around.after = after + around.after;
    }
  }

  /** Text that runs first in a function. */
  atStart(own: CodePart, text: string): void {
    const body = fieldOf(own, 'body');
    if (!body) return;
    if (body.type !== 'statement_block') {
      this.wrap(body, `(${text},`, ')');
      return;
    }
    const directive = partsOf(body)[0];
    const isDirective = directive?.type === 'expression_statement' && partsOf(directive)[0]?.type === 'string';
    if (isDirective) this.insertBehind(directive, `${text};`);
    else this.starts.set(body, `${this.starts.get(body) ?? ''}${text};`);
  }

  insertBehind(statement: CodePart, text: string): void {
    this.behind.set(statement, (this.behind.get(statement) ?? '') + text);
  }

  children(part: CodePart): void {
    for (const child of part.children) this.emit(child);
  }

  /** Writes a node's text, and what stands before it and was not written yet. */
  emit(part: CodePart): void {
    if (!part.isNamed) {
      const text = this.tokens.get(part);
      if (text === undefined) return;
      this.output.to(part.start);
      this.output.put(text);
      this.output.drop(part.end);
      return;
    }
    if (blanked.has(part.type)) {
      this.blank(part);
      return;
    }
    if (this.decides) this.decisions.visit(part);
    const around = this.wraps.get(part);
    if (around) {
      this.output.to(part.start);
      // `case"a"` has no room for a name.
      const isTight = around.before !== '' && /[\w$]/.test(this.module.text.charAt(part.start - 1));
      this.output.put(isTight ? ` ${around.before}` : around.before);
    }
    this.emitBare(part);
    if (around) {
      this.output.to(part.end);
      this.output.put(around.after);
    }
    const end = ended.has(part.type) ? this.missingEnd(part) : '';
    const behind = this.behind.get(part) ?? '';
    if (end !== '' || behind !== '') {
      this.output.to(part.end);
      this.output.put(end + behind);
    }
  }

  /** The semicolon that the text leaves out: what is blanked behind it must not join two statements. */
  private missingEnd(part: CodePart): string {
    const last = part.children.at(-1);
    return last?.type === ';' || this.module.text[part.end - 1] === ';' ? '' : ';';
  }

  blank(part: CodePart): void {
    this.output.to(part.start);
    this.output.blank(part.end);
  }

  private emitBare(part: CodePart): void {
    const write = this.writers[part.type];
    if (write) write(part);
    else this.children(part);
  }

  /** How the nodes are written that aren't what they are made of. */
  private readonly writers: Readonly<Record<string, (part: CodePart) => void>> = {
    identifier: (part) => this.identifier(part),
    shorthand_property_identifier: (part) => this.shorthand(part),
    as_expression: (part) => this.firstOnly(part),
    satisfies_expression: (part) => this.firstOnly(part),
    non_null_expression: (part) => this.firstOnly(part),
    type_assertion: (part) => this.assertion(part),
    decorator: (part) => {
      this.note('decorator', part);
      this.blank(part);
    },
    jsx_element: (part) => this.markup(part),
    jsx_self_closing_element: (part) => this.markup(part),
    jsx_fragment: (part) => this.markup(part),
    formal_parameters: (part) => this.parameters(part),
    arrow_function: (part) => this.arrow(part),
    abstract_class_declaration: (part) => this.emitWithout(part, /^abstract$/),
    class_body: (part) => emitClassBody(part, this),
    variable_declarator: (part) => this.emitWithout(part, /^!$/),
    lexical_declaration: (part) => this.using(part),
    variable_declaration: (part) => this.using(part),
    assignment_expression: (part) => this.using(part),
    statement_block: (part) => this.block(part),
    enum_declaration: (part) => emitEnumeration(part, this),
    internal_module: (part) => this.blank(part),
    module: (part) => this.blank(part),
    call_expression: (part) => this.call(part),
    meta_property: (part) => this.meta(part),
    await_expression: (part) => {
      if (!functionOf(part)) this.isAsync = true;
      this.children(part);
    },
    for_in_statement: (part) => {
      if (childOf(part, 'await') && !functionOf(part)) this.isAsync = true;
      this.children(part);
    },
    ERROR: (part) => {
      this.note('error', part);
      this.children(part);
    },
  };

  /** JSX gives nothing that a model is made of; what it has the page call may make one. */
  private markup(part: CodePart): void {
    const { output } = this;
    this.note('jsx', part);
    output.to(part.start);
    const handlers = handlersIn(part, (each) => this.textOf(each));
    output.put(handlers.length > 0 ? '__lens.shown(' : 'null');
    handlers.forEach((handler, index) => {
      output.put(index > 0 ? ',()=>(' : '()=>(');
      output.drop(handler.start);
      this.emit(handler);
      output.to(handler.end);
      output.put(')');
    });
    if (handlers.length > 0) output.put(')');
    output.drop(part.end);
  }

  private meta(part: CodePart): void {
    if (part.children[0]?.type !== 'import') return;
    this.output.to(part.start);
    this.output.put('__lens.meta');
    this.output.drop(part.end);
  }

  private identifier(part: CodePart): void {
    const name = this.textOf(part);
    this.names.add(name);
    const written = this.renamed.get(name);
    if (written === undefined || this.scopes.isShadowed(part, name)) return;
    this.used.add(name);
    if (written === name) return;
    this.output.to(part.start);
    const isCalled = part.parent?.type === 'call_expression' && part.field === 'function';
    // A function that is called by its name has no `this`.
    this.output.put(isCalled ? `(0,${written})` : written);
    this.output.drop(part.end);
  }

  private shorthand(part: CodePart): void {
    const name = this.textOf(part);
    this.names.add(name);
    const written = this.renamed.get(name);
    if (written === undefined || this.scopes.isShadowed(part, name)) return;
    this.used.add(name);
    if (written === name) return;
    this.output.to(part.end);
    this.output.put(`:${written}`);
  }

  /** `x as T`, `x!`: the value alone. */
  private firstOnly(part: CodePart): void {
    const [value] = partsOf(part);
    if (!value) return;
    this.emit(value);
    this.output.to(value.end);
    this.output.blank(part.end);
  }

  /** `<T>x`; a line break in the type must not end a `return`. */
  private assertion(part: CodePart): void {
    const value = part.children.at(-1);
    if (!value) return;
    const breaks = /[\n\r]/.test(this.module.text.slice(part.start, value.start));
    this.output.to(part.start);
    if (breaks) this.output.put('(');
    this.output.blank(value.start);
    this.emit(value);
    this.output.to(value.end);
    if (breaks) this.output.put(')');
  }

  /** A node without those of its tokens whose type matches. */
  emitWithout(part: CodePart, tokens: RegExp): void {
    for (const child of part.children) {
      if (!child.isNamed && tokens.test(child.type)) this.blank(child);
      else this.emit(child);
    }
  }

  /** `using x = …` is `const x = …` as far as a model can tell. */
  private using(part: CodePart): void {
    const token = part.children.find(({ type }) => type === 'using' || type === 'await using');
    if (!token) {
      this.children(part);
      return;
    }
    this.note('using', token);
    this.output.to(token.start);
    this.output.put(this.isUsingKept ? 'const' : '');
    this.output.drop(token.end);
    this.children(part);
  }

  private parameters(list: CodePart): void {
    const { children } = list;
    for (const [index, each] of children.entries()) {
      if (!/^(required|optional)_parameter$/.test(each.type)) this.emit(each);
      else if (fieldOf(each, 'pattern')?.type !== 'this') this.emitWithout(each, /^(\?|readonly)$/);
      else {
        this.output.to(each.start);
        const next = children[index + 1];
        this.output.blank(next?.type === ',' ? next.end : each.end);
      }
    }
  }

  /** Neither `async` and its parameters nor the parameters and `=>` may have a line break between them. */
  private arrow(part: CodePart): void {
    const { text } = this.module;
    const parameters = fieldOf(part, 'parameters');
    const types = fieldOf(part, 'type_parameters');
    const arrow = part.children.find(({ type }) => type === '=>');
    const opening = parameters?.children[0];
    if (types && opening && /[\n\r]/.test(text.slice(types.start, opening.start))) {
      this.output.to(types.start);
      this.output.put('(');
      this.output.drop(opening.end);
    }
    for (const child of part.children) {
      if (child === types && opening && this.output.isPast(types.end)) continue;
      const isBefore = parameters && arrow && child.start >= parameters.end && child.end <= arrow.end;
      if (!isBefore || !/[\n\r]/.test(text.slice(parameters.end, arrow.start))) this.emit(child);
      else if (!this.output.isPast(arrow.end)) {
        this.output.to(parameters.end);
        this.output.put('=>');
        this.output.drop(arrow.end);
      }
    }
  }

  private block(part: CodePart): void {
    const start = this.starts.get(part);
    const opening = part.children[0];
    if (start !== undefined && opening) {
      this.output.to(opening.end);
      this.output.put(start);
    }
    this.children(part);
  }

  private call(part: CodePart): void {
    const callee = fieldOf(part, 'function');
    const [first] = partsOf(fieldOf(part, 'arguments'));
    const specifier = first?.type === 'string' ? first : undefined;
    if (callee?.type === 'import') {
      if (specifier) this.request(specifier, 'dynamic');
      this.output.to(callee.start);
      this.output.put('__lens.dynamic');
      this.output.drop(callee.end);
    } else if (callee?.type === 'identifier' && specifier && this.textOf(callee) === 'require')
      if (!this.scopes.isShadowed(callee, 'require')) this.request(specifier, 'require');
    this.children(part);
  }
}

/** Whether a value is what it says, so that writing it can't fail: its declaration stays as it is. */
export function isQuiet(value: CodePart): boolean {
  const inner = unwrap(value);
  return isFunctionPart(inner) || /^(number|string|regex|true|false|null|undefined)$/.test(inner.type);
}
