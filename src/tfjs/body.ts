/**
 * The statements at a module's own level, or at a namespace's. Each that can fail runs guarded, so that one that throws
 * keeps no other from running; what it declares is a `var` of the function around it, which functions see as before.
 */
import { enumerate } from './enums';
import { type CodePart, childOf, fieldOf, partsOf } from './nodes';
import { boundNames, firstName } from './scopes';
import { isQuiet, type Stripper } from './stripper';

const classes = /^(?:abstract_)?class(?:_declaration)?$/;
const functions = /^(?:generator_)?function(?:_declaration)?$/;
const types = /^(interface_declaration|type_alias_declaration|ambient_declaration|function_signature|import_alias)$/;
/** Parameters of the function around a module. */
const given = new Set(['exports', 'module', 'require']);

interface Import {
  readonly specifier: string;
  readonly view: string;
  /** Names in the file, and what they are of the other module. */
  readonly names: readonly { readonly name: string; readonly imported: string }[];
  readonly namespace: string | undefined;
  /** Whether it stands for its effects alone, or what it gives is handed on. */
  readonly isWanted: boolean;
}

export class ModuleBody {
  /** Whether something is imported or exported as ES modules do. */
  isModule = false;
  private readonly variables = new Set<string>();
  private readonly exports: string[] = [];
  private readonly imports: (Import | string)[] = [];
  private count = 0;

  /** @param namespace the namespace whose statements these are; undefined for those of a module */
  constructor(
    private readonly stripper: Stripper,
    private readonly namespace: string | undefined,
  ) {}

  /** What runs before the statements: exports, so that circular imports find them, then imports, then variables. */
  head(): string {
    const { used, module } = this.stripper;
    const imports = this.imports.map((each) => {
      if (typeof each === 'string') return each;
      const names = each.names.filter(({ name }) => !module.isTypeScript || used.has(name));
      const namespace = each.namespace !== undefined && (!module.isTypeScript || used.has(each.namespace));
      const from = JSON.stringify(each.specifier);
      const wanted = JSON.stringify(Array.from(new Set(names.map(({ imported }) => imported))));
      const view = names.length > 0 ? `var ${each.view}=__lens.import(${from},${wanted});` : '';
      const whole = namespace ? `var ${each.namespace}=__lens.all(${from});` : '';
      return view || whole ? view + whole : each.isWanted ? `__lens.all(${from});` : '';
    });
    const variables = this.variables.size > 0 ? `var ${[...this.variables].join()};` : '';
    const marked = this.isModule && this.namespace === undefined ? '__lens.module(exports);' : '';
    return marked + this.exports.join('') + imports.join('') + variables;
  }

  /** Specifiers of imports that `head` leaves out: only types use them. */
  leftOut(): ReadonlySet<string> {
    const { used, module } = this.stripper;
    const isNeeded = (each: Import) =>
      each.isWanted ||
      !module.isTypeScript ||
      [...each.names.map(({ name }) => name), each.namespace ?? ''].some((name) => used.has(name));
    const imports = this.imports.filter((each) => typeof each !== 'string');
    const needed = new Set(imports.filter(isNeeded).map(({ specifier }) => specifier));
    return new Set(imports.map(({ specifier }) => specifier).filter((each) => !needed.has(each)));
  }

  emit(statements: readonly CodePart[]): void {
    // A name is known as an import's before it is first used.
    for (const each of statements) if (each.type === 'import_statement') this.declareImport(each);
    let isFirst = true;
    for (const each of statements) {
      if (!each.isNamed || each.type === 'comment' || each.type === 'hash_bang_line') this.stripper.emit(each);
      else {
        this.emitStatement(each, isFirst);
        isFirst = false;
      }
    }
  }

  private emitStatement(part: CodePart, isFirst: boolean): void {
    const { output } = this.stripper;
    if (part.type === 'import_statement') {
      output.to(part.start);
      output.blank(part.end);
    } else if (part.type === 'export_statement') this.emitExported(part);
    else if (isFirst && isDirective(part)) {
      if (/^.use strict.;?$/.test(this.stripper.textOf(part))) this.stripper.isStrict = true;
      this.stripper.emit(part);
    } else if (part.type === 'import_alias') this.emitAlias(part);
    else this.emitDeclared(part, undefined);
  }

  /** A statement; `names` takes the names that it exports. */
  private emitDeclared(part: CodePart, names: string[] | undefined): void {
    const { stripper } = this;
    const inner = part.type === 'expression_statement' ? part.children[0] : part;
    if (inner?.type === 'internal_module' || inner?.type === 'module') {
      this.emitNamespace(inner, names);
      return;
    }
    const name = fieldOf(part, 'name');
    if (functions.test(part.type)) {
      if (name) names?.push(stripper.textOf(name));
      stripper.emit(part);
      return;
    }
    if (types.test(part.type)) {
      stripper.emit(part);
      return;
    }
    if (part.type === 'lexical_declaration' || part.type === 'variable_declaration') {
      this.emitVariable(part, names);
      return;
    }
    if (classes.test(part.type)) {
      this.emitClass(part, name && stripper.textOf(name), names);
      return;
    }
    if (part.type === 'enum_declaration') {
      this.emitEnumeration(part, names);
      return;
    }
    if (part.type === 'expression_statement' && inner && childOf(inner, 'using')) {
      this.emitUsing(part, inner);
      return;
    }
    if (part.type === 'empty_statement') {
      stripper.emit(part);
      return;
    }
    this.guard(part, [], () => stripper.emit(part));
  }

  /** Runs a part so that what it throws is told, and what it was to set is set to something that says so. */
  private guard(part: CodePart, names: readonly string[], emit: () => void): void {
    const { stripper } = this;
    stripper.output.to(part.start);
    stripper.output.put('try{');
    emit();
    stripper.output.to(part.end);
    const id = stripper.statements.push(stripper.rangeOf(part)) - 1;
    const named = names.map((name) => `,${JSON.stringify(name)}`).join('');
    const failed = `${names.length > 0 ? `[${names.join()}]=` : ''}__lens.failed(${id},__lens_e${named})`;
    stripper.output.put(`}catch(__lens_e){${failed}}`);
  }

  private emitVariable(part: CodePart, names: string[] | undefined): void {
    const { stripper } = this;
    const { output } = stripper;
    const declarators = partsOf(part).filter(({ type }) => type === 'variable_declarator');
    const bound = declarators.flatMap((each) => boundNames(fieldOf(each, 'name'))).map((each) => stripper.textOf(each));
    names?.push(...bound);
    const isSimple = declarators.every((each) => {
      const value = fieldOf(each, 'value');
      return fieldOf(each, 'name')?.type === 'identifier' && (value === undefined || isQuiet(value));
    });
    // What a namespace exports may be set from outside.
    const isSet = this.namespace !== undefined && names !== undefined && part.children[0]?.type !== 'const';
    if (isSimple && !isSet && !bound.some((name) => given.has(name))) {
      stripper.emit(part);
      return;
    }
    for (const name of bound) this.variables.add(name);
    output.to(part.start);
    for (const child of part.children) {
      if (child.type === 'variable_declarator') this.emitDeclarator(child);
      else if (child.type === 'comment') output.to(child.end);
      else if (child.type !== ';') {
        output.to(child.start);
        output.blank(child.end);
      }
    }
    output.to(part.end);
    output.put(';');
  }

  /** `using x = …`. */
  private emitUsing(part: CodePart, assignment: CodePart): void {
    const names = boundNames(fieldOf(assignment, 'left')).map((each) => this.stripper.textOf(each));
    for (const name of names) this.variables.add(name);
    this.stripper.isUsingKept = false;
    this.guard(part, names, () => this.stripper.emit(part));
    this.stripper.isUsingKept = true;
  }

  private emitDeclarator(part: CodePart): void {
    const { stripper } = this;
    const { output } = stripper;
    const pattern = fieldOf(part, 'name');
    output.to(part.start);
    if (!fieldOf(part, 'value')) {
      output.blank(part.end);
      return;
    }
    const names = boundNames(pattern).map((each) => stripper.textOf(each));
    this.guard(part, names, () => {
      const isObject = pattern?.type === 'object_pattern';
      if (isObject) output.put('(');
      stripper.emit(part);
      output.to(part.end);
      if (isObject) output.put(')');
    });
    output.put(';');
  }

  private emitClass(part: CodePart, name: string | undefined, names: string[] | undefined): void {
    const { stripper } = this;
    if (name === undefined) {
      stripper.emit(part);
      return;
    }
    names?.push(name);
    this.variables.add(name);
    this.guard(part, [name], () => {
      stripper.output.put(`${name}=`);
      stripper.emit(part);
    });
  }

  private emitEnumeration(part: CodePart, names: string[] | undefined): void {
    const { stripper } = this;
    const name = fieldOf(part, 'name');
    if (!name) return;
    const text = stripper.textOf(name);
    names?.push(text);
    this.variables.add(text);
    this.guard(part, [], () => {
      stripper.output.put(`${text}=${text}||{};`);
      enumerate(part, stripper);
    });
  }

  /** `namespace A.B { … }`: a function that fills the object `A.B`. */
  private emitNamespace(part: CodePart, names: string[] | undefined): void {
    const { stripper } = this;
    const { output } = stripper;
    const name = fieldOf(part, 'name');
    const body = fieldOf(part, 'body');
    if (!name || !body || name.type === 'string' || !isInstantiated(body)) {
      stripper.blank(part);
      return;
    }
    const path = stripper.textOf(name).split(/\s*\.\s*/);
    const first = stripper.textOf(firstName(name));
    output.to(part.start);
    // A class or a function of the same name is what the namespace adds to.
    this.variables.add(first);
    const isInner = this.namespace !== undefined && names !== undefined;
    const object = isInner ? `${first}=${this.namespace}.${first}` : first;
    output.put(`${object}=${isInner ? `${this.namespace}.${first}` : first}||{};`);
    if (!isInner) names?.push(first);
    let closing = '';
    path.forEach((each, index) => {
      const outer = path[index - 1];
      output.put(outer === undefined ? `(${each}=>{` : `var ${each}=${outer}.${each}=${outer}.${each}||{};(${each}=>{`);
      closing = `})(${each});${closing}`;
    });
    const head = output.slot();
    output.drop(body.start + 1);
    const inside = new ModuleBody(stripper, path.at(-1));
    inside.emit(body.children.slice(1, -1));
    head.text = inside.head();
    output.to(body.end - 1);
    output.put(closing);
    output.drop(part.end);
  }

  /** `import Dense = layers.Dense`. */
  private emitAlias(part: CodePart): void {
    const { stripper } = this;
    const [name, value] = partsOf(part);
    if (!name || !value) {
      stripper.blank(part);
      return;
    }
    const text = stripper.textOf(name);
    this.variables.add(text);
    if (part.parent?.type === 'export_statement') this.export(text, text);
    this.guard(part, [text], () => {
      stripper.output.put(`${text}=`);
      stripper.output.drop(value.start);
      stripper.emit(value);
      stripper.output.to(value.end);
      stripper.output.drop(part.end);
    });
  }

  private declareImport(part: CodePart): void {
    const { stripper } = this;
    const source = fieldOf(part, 'source');
    const required = childOf(part, 'import_require_clause');
    const isType = part.children.some(({ type }) => type === 'type' || type === 'typeof');
    if (required) {
      const [name] = partsOf(required);
      const from = fieldOf(required, 'source');
      if (!name || !from || isType) return;
      const specifier = JSON.stringify(stripper.request(from, 'require'));
      this.imports.push(`var ${stripper.textOf(name)}=require(${specifier});`);
      return;
    }
    if (!source) return;
    this.isModule = true;
    if (isType) return;
    const clause = childOf(part, 'import_clause');
    const names: { name: string; imported: string }[] = [];
    let namespace: string | undefined;
    for (const each of partsOf(clause)) {
      if (each.type === 'identifier') names.push({ name: stripper.textOf(each), imported: 'default' });
      else if (each.type === 'namespace_import') namespace = partsOf(each).map((name) => stripper.textOf(name))[0];
      else for (const specifier of partsOf(each)) names.push(...namesOfSpecifier(specifier, stripper));
    }
    const onlyTypes = clause !== undefined && names.length === 0 && namespace === undefined;
    if (onlyTypes && partsOf(childOf(clause, 'named_imports')).length > 0) return;
    const view = `__lens${this.count++}`;
    for (const { name, imported } of names) stripper.renamed.set(name, `${view}${propertyOf(imported)}`);
    if (namespace !== undefined) stripper.renamed.set(namespace, namespace);
    const specifier = stripper.request(source, 'import');
    this.imports.push({ specifier, view, names, namespace, isWanted: names.length === 0 && namespace === undefined });
  }

  private emitExported(part: CodePart): void {
    const { stripper } = this;
    const { output } = stripper;
    const has = (type: string) => part.children.some((each) => each.type === type);
    const declaration = fieldOf(part, 'declaration') ?? childOf(part, 'import_alias');
    const isAssigned = has('=');
    if (!isAssigned && this.namespace === undefined) this.isModule = true;
    output.to(part.start);
    if (declaration) {
      this.emitExportedDeclaration(part, declaration, has('default'));
      return;
    }
    const value = fieldOf(part, 'value');
    if (has('default') && value) {
      this.emitDefault(part, value);
      return;
    }
    if (isAssigned) {
      this.emitAssigned(part);
      return;
    }
    output.blank(part.end);
    if (has('type') || has('namespace')) return;
    const source = fieldOf(part, 'source');
    const clause = childOf(part, 'export_clause');
    if (!source) {
      for (const { name, imported } of partsOf(clause).flatMap((each) => namesOfSpecifier(each, stripper)))
        this.export(name, this.reading(imported));
      return;
    }
    const specifier = stripper.request(source, 'import');
    const whole = childOf(part, 'namespace_export');
    const from = JSON.stringify(specifier);
    if (clause) {
      const names = partsOf(clause).flatMap((each) => namesOfSpecifier(each, stripper));
      if (names.length === 0 && partsOf(clause).length > 0) return;
      const view = `__lens${this.count++}`;
      for (const { name, imported } of names) this.export(name, `${view}${propertyOf(imported)}`);
      const wanted = JSON.stringify(Array.from(new Set(names.map(({ imported }) => imported))));
      this.imports.push(`var ${view}=__lens.import(${from},${wanted});`);
    } else if (whole) {
      const view = `__lens${this.count++}`;
      const [name] = partsOf(whole);
      if (name) this.export(nameIn(name, stripper), view);
      this.imports.push(`var ${view}=__lens.all(${from});`);
    } else this.imports.push(`__lens.star(exports,${from});`);
  }

  /** How a name of the module's own level is read. */
  private reading(name: string): string {
    const written = this.stripper.renamed.get(name);
    if (written !== undefined) this.stripper.used.add(name);
    return written ?? name;
  }

  private emitExportedDeclaration(part: CodePart, declaration: CodePart, isDefault: boolean): void {
    const { stripper } = this;
    for (const each of part.children) {
      if (each === declaration) break;
      if (each.isNamed) stripper.emit(each);
      else stripper.blank(each);
    }
    if (declaration.type === 'import_alias') {
      this.emitAlias(declaration);
      return;
    }
    if (isDefault && !fieldOf(declaration, 'name')) {
      this.emitDefault(part, declaration);
      return;
    }
    const names: string[] = [];
    this.emitDeclared(declaration, names);
    for (const name of names) this.export(isDefault ? 'default' : name, name);
  }

  /** `export default …`: a name of its own holds the value. */
  private emitDefault(part: CodePart, value: CodePart): void {
    const { stripper } = this;
    const { output } = stripper;
    this.export('default', '__lens_default');
    if (functions.test(value.type) && !value.children.some(({ type }) => type === 'arrow_function')) {
      // Functions are there before the first statement runs.
      const list = fieldOf(value, 'type_parameters') ?? fieldOf(value, 'parameters');
      const name = fieldOf(value, 'name');
      if (list && !name) {
        output.blank(value.start);
        output.to(list.start);
        output.put(' __lens_default');
        stripper.emit(value);
        output.to(value.end);
        return;
      }
    }
    this.variables.add('__lens_default');
    output.to(part.start);
    output.drop(value.start);
    this.guard(value, ['__lens_default'], () => {
      output.put('__lens_default={default:');
      stripper.emit(value);
      output.to(value.end);
      output.put('}.default');
    });
    output.drop(part.end);
    output.put(';');
  }

  /** `export = …`. */
  private emitAssigned(part: CodePart): void {
    const { stripper } = this;
    const value = partsOf(part).at(-1);
    if (!value) return;
    stripper.output.drop(value.start);
    this.guard(value, [], () => {
      stripper.output.put('module.exports=');
      stripper.emit(value);
    });
    stripper.output.drop(part.end);
    stripper.output.put(';');
  }

  private export(name: string, reading: string): void {
    const object = this.namespace ?? 'exports';
    const set = this.namespace !== undefined && this.variables.has(reading) ? `,__lens_v=>{${reading}=__lens_v}` : '';
    this.exports.push(`__lens.export(${object},${JSON.stringify(name)},()=>${reading}${set});`);
  }
}

/** The names of an import's or export's part, types left out. */
function namesOfSpecifier(specifier: CodePart, stripper: Stripper): { name: string; imported: string }[] {
  if (!/^(import|export)_specifier$/.test(specifier.type)) return [];
  if (specifier.children.some(({ type }) => type === 'type' || type === 'typeof')) return [];
  const imported = fieldOf(specifier, 'name');
  if (!imported) return [];
  const name = fieldOf(specifier, 'alias') ?? imported;
  return [{ name: nameIn(name, stripper), imported: nameIn(imported, stripper) }];
}

/** A name that may be written as a string. */
function nameIn(part: CodePart, stripper: Stripper): string {
  const text = stripper.textOf(part);
  return part.type === 'string' ? text.slice(1, -1) : text;
}

const propertyOf = (name: string): string =>
  /^[A-Za-z_$][\w$]*$/.test(name) ? `.${name}` : `[${JSON.stringify(name)}]`;

function isDirective(part: CodePart): boolean {
  const [only, ...others] = part.type === 'expression_statement' ? partsOf(part) : [];
  return only?.type === 'string' && others.length === 0;
}

/** Whether a namespace holds more than types. */
function isInstantiated(body: CodePart): boolean {
  return partsOf(body).some((each) => {
    const inner =
      fieldOf(each, 'declaration') ?? (each.type === 'expression_statement' ? each.children[0] : each) ?? each;
    if (inner.type === 'internal_module') return isInstantiated(fieldOf(inner, 'body') ?? inner);
    return !types.test(inner.type) || inner.type === 'import_alias';
  });
}
