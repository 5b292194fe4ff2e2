import type { SourceRange } from '../graph/types';
import { Decisions } from './decisions';
import { type CodePart, childOf, fieldOf, partsOf } from './nodes';
import { Output } from './output';
import { Lines, unwrap } from './places';
import { boundNames, functionOf, isFunctionPart, Scopes } from './scopes';
import { stringValue } from './stringValue';

/** What a module asks for of another one. */
export interface ImportRequest {
  readonly specifier: string;
  readonly kind: 'import' | 'require' | 'dynamic';
  readonly range: SourceRange;
}

/** Syntax that is left out or was not understood, for those who want to know. */
export interface StripNote {
  readonly kind: 'decorator' | 'using' | 'jsx' | 'error';
  readonly range: SourceRange;
}

export interface ModuleText {
  readonly file: string;
  readonly text: string;
  /** Whether imports that only types use are left out, and fields without a value. */
  readonly isTypeScript: boolean;
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
export class Stripper {
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
  private atStart(own: CodePart, text: string): void {
    const body = fieldOf(own, 'body');
    if (!body) return;
    if (body.type !== 'statement_block') {
      this.wrap(body, `(${text},`, ')');
      return;
    }
    const directive = partsOf(body)[0];
    const isDirective = directive?.type === 'expression_statement' && partsOf(directive)[0]?.type === 'string';
    if (isDirective) this.behind.set(directive, `${this.behind.get(directive) ?? ''}${text};`);
    else this.starts.set(body, `${this.starts.get(body) ?? ''}${text};`);
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
    switch (part.type) {
      case 'identifier':
        this.identifier(part);
        return;
      case 'shorthand_property_identifier':
        this.shorthand(part);
        return;
      case 'as_expression':
      case 'satisfies_expression':
      case 'non_null_expression':
        this.firstOnly(part);
        return;
      case 'type_assertion':
        this.assertion(part);
        return;
      case 'decorator':
        this.note('decorator', part);
        this.blank(part);
        return;
      case 'jsx_element':
      case 'jsx_self_closing_element':
      case 'jsx_fragment':
        this.note('jsx', part);
        this.output.to(part.start);
        this.output.put('null');
        this.output.drop(part.end);
        return;
      case 'formal_parameters':
        this.parameters(part);
        return;
      case 'arrow_function':
        this.arrow(part);
        return;
      case 'abstract_class_declaration':
        this.emitWithout(part, /^abstract$/);
        return;
      case 'class_body':
        this.classBody(part);
        return;
      case 'variable_declarator':
        this.emitWithout(part, /^!$/);
        return;
      case 'lexical_declaration':
      case 'variable_declaration':
      case 'assignment_expression':
        this.using(part);
        return;
      case 'statement_block':
        this.block(part);
        return;
      case 'enum_declaration':
        this.enumeration(part);
        return;
      case 'internal_module':
      case 'module':
        this.blank(part);
        return;
      case 'call_expression':
        this.call(part);
        return;
      case 'meta_property':
        if (part.children[0]?.type !== 'import') return;
        this.output.to(part.start);
        this.output.put('__lens.meta');
        this.output.drop(part.end);
        return;
      case 'await_expression':
        if (!functionOf(part)) this.isAsync = true;
        this.children(part);
        return;
      case 'for_in_statement':
        if (childOf(part, 'await') && !functionOf(part)) this.isAsync = true;
        this.children(part);
        return;
      case 'ERROR':
        this.note('error', part);
        this.children(part);
        return;
      default:
        this.children(part);
        return;
    }
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
  private emitWithout(part: CodePart, tokens: RegExp): void {
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

  private classBody(body: CodePart): void {
    const kept = this.keptFields(body);
    for (const member of body.children) {
      if (member.type === 'public_field_definition') this.field(member, kept);
      else if (member.type === 'method_definition') this.method(member, kept);
      else this.emit(member);
    }
  }

  /**
   * Fields whose first values read what the constructor's parameters set: TypeScript sets those before, JavaScript after.
   * Their values become methods, which the constructor calls.
   */
  private keptFields(body: CodePart): ReadonlySet<CodePart> {
    const maker = constructorOf(body, this);
    const list = maker ? parameterProperties(maker) : [];
    if (list.length === 0) return new Set();
    return new Set(
      partsOf(body).filter((each) => {
        const value = each.type === 'public_field_definition' ? fieldOf(each, 'value') : undefined;
        const isStatic = childOf(each, 'static') !== undefined;
        return value && !isStatic && /\bthis\b/.test(this.textOf(value));
      }),
    );
  }

  private field(member: CodePart, kept: ReadonlySet<CodePart>): void {
    const value = fieldOf(member, 'value');
    const name = fieldOf(member, 'name');
    const isAbsent = member.children.some(({ type }) => type === 'declare' || type === 'abstract');
    const isPrivate = name?.type === 'private_property_identifier';
    if (!name || isAbsent || (!value && this.module.isTypeScript && !isPrivate)) {
      for (const each of member.children) if (each.type === 'decorator') this.note('decorator', each);
      // What stands before must end, whatever comes next.
      this.output.to(member.start);
      this.output.put(';');
      this.output.blank(member.end);
      return;
    }
    if (value && kept.has(member)) {
      this.output.to(member.start);
      this.output.put(`__lens_field${member.start}(){return (`);
      this.output.drop(value.start);
      this.emit(value);
      this.output.to(value.end);
      this.output.put(')}');
      return;
    }
    const isAccessor = member.children.some(({ type }) => type === 'accessor');
    if (isAccessor) this.output.to(member.start);
    this.emitWithout(member, /^(readonly|\?|!|accessor)$/);
    this.output.to(member.end);
    if (this.module.text[member.end - 1] !== ';') this.output.put(';');
  }

  private method(member: CodePart, kept: ReadonlySet<CodePart>): void {
    const body = fieldOf(member, 'body');
    if (!body) {
      this.blank(member);
      return;
    }
    const isConstructor = textOfName(member, this) === 'constructor';
    if (isConstructor) {
      const names = parameterProperties(member).map((each) => this.textOf(each));
      const fields = Array.from(kept, (each) => {
        const name = fieldOf(each, 'name');
        const access = name?.type === 'private_property_identifier' || name?.type === 'property_identifier';
        const key = name && (access ? `.${this.textOf(name)}` : `[${this.textOf(name).replace(/^\[|\]$/g, '')}]`);
        return `this${key}=this.__lens_field${each.start}();`;
      });
      const text = [...names.map((name) => `this.${name}=${name};`), ...fields].join('');
      if (text !== '') this.insertBehindSuper(member, body, text);
    }
    this.emitWithout(member, /^(\?|readonly)$/);
  }

  private insertBehindSuper(member: CodePart, body: CodePart, text: string): void {
    const call = partsOf(body).find((each) => {
      const [expression] = each.type === 'expression_statement' ? partsOf(each) : [];
      return expression?.type === 'call_expression' && fieldOf(expression, 'function')?.type === 'super';
    });
    if (call) this.behind.set(call, text);
    else this.atStart(member, text.replace(/;$/, ''));
  }

  /** An enumeration inside of a function. */
  private enumeration(part: CodePart): void {
    const name = fieldOf(part, 'name');
    if (!name) return;
    this.output.to(part.start);
    this.output.put(`var ${this.textOf(name)}=${this.textOf(name)}||{};`);
    this.enumerate(part);
  }

  /** The call that fills an enumeration's object. */
  enumerate(part: CodePart): void {
    const body = fieldOf(part, 'body');
    const name = fieldOf(part, 'name');
    if (!body || !name) return;
    this.output.to(part.start);
    this.output.put(`__lens.enum(${this.textOf(name)},__lens_m=>{`);
    this.output.drop(body.start + 1);
    for (const member of body.children) {
      if (member.type === 'comment') continue;
      if (!member.isNamed) {
        this.output.to(member.start);
        this.output.drop(member.end);
        continue;
      }
      const key = member.type === 'enum_assignment' ? fieldOf(member, 'name') : member;
      const value = member.type === 'enum_assignment' ? fieldOf(member, 'value') : undefined;
      if (!key) continue;
      const written = this.textOf(key);
      const isWord = key.type === 'property_identifier';
      const quoted = isWord ? JSON.stringify(written) : written.replace(/^\[|\]$/g, '');
      const own = isWord ? written : /^(['"`])([A-Za-z_$][\w$]*)\1$/.exec(quoted)?.[2];
      this.output.to(member.start);
      this.output.put(`${own && !reserved.has(own) ? `const ${own}=` : ''}__lens_m(${quoted}`);
      if (value) {
        this.output.put(',');
        this.output.drop(value.start);
        this.emit(value);
        this.output.to(value.end);
      } else this.output.drop(member.end);
      this.output.put(');');
    }
    this.output.put('});');
  }
}

/** Words that can't name a constant. */
const reserved = new Set(
  (
    'arguments await break case catch class const continue debugger default delete do else enum eval export extends ' +
    'false finally for function if implements import in instanceof interface let new null package private protected ' +
    'public return static super switch this throw true try typeof var void while with yield'
  ).split(' '),
);

function textOfName(member: CodePart, { module }: Stripper): string {
  const name = fieldOf(member, 'name');
  return name ? module.text.slice(name.start, name.end) : '';
}

function constructorOf(body: CodePart, stripper: Stripper): CodePart | undefined {
  return partsOf(body).find(
    (each) =>
      each.type === 'method_definition' && fieldOf(each, 'body') && textOfName(each, stripper) === 'constructor',
  );
}

/** The names of a constructor's parameters that are fields, too. */
export function parameterProperties(maker: CodePart): CodePart[] {
  return partsOf(fieldOf(maker, 'parameters')).flatMap((each) => {
    const isField = each.children.some(({ type }) =>
      /^(accessibility_modifier|readonly|override_modifier)$/.test(type),
    );
    return isField ? boundNames(fieldOf(each, 'pattern')) : [];
  });
}

/** Whether a value is what it says, so that writing it can't fail: its declaration stays as it is. */
export function isQuiet(value: CodePart): boolean {
  const inner = unwrap(value);
  return isFunctionPart(inner) || /^(number|string|regex|true|false|null|undefined)$/.test(inner.type);
}
