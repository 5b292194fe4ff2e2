/** What of a file makes a model of TensorFlow.js, by syntax alone: for lenses, menus and lists. */
import type { ModelCandidate } from '../extract/models';
import { shortName } from '../source/path';
import type { SourceText } from '../source/source';
import { ignoreSlow, type Syntax } from '../syntax/syntax';
import { feedsOf, opOf, shapeOf, type TensorFeed, weighted } from './feeds';
import { assignedExports, importedNames, importNames } from './fileNames';
import { heritageOf, type MakerKind, Makers, makerKind } from './makers';
import { type CodePart, childOf, fieldOf, grammarOf, NestingError, nodesIn, parseParts, partsOf } from './nodes';
import { calleeName, groupCalls, nameOfFunction } from './origins';
import {
  type FileText,
  rangeIn,
  readCall,
  readParameters,
  type TfjsCall,
  type TfjsParameter,
  textIn,
} from './parameters';
import { Lines, unwrap } from './places';
import { argumentsOf, CallerRuns, lastName } from './runs';
import { isFunctionPart, isVariable, Scopes } from './scopes';
import { isPage, scriptOf } from './scripts';
import { TfNames } from './tfNames';
import { isAsync, type Unit, Units } from './units';

/** Something of a file that makes a model when it runs. */
export interface TfjsBuilder extends ModelCandidate {
  /** What it makes: a model, one that is loaded, a custom layer, or the output of a chain of ops on tensors it is given. */
  readonly makes: 'model' | 'loaded' | 'layer' | 'output';
  /**
   * What it is. Of a `module` the model is made on the way when the file runs, and the expression is `module`; so of a
   * `callback`, which the file hands to a page, a server or an event.
   */
  readonly form: Unit['kind'] | 'class';
  /** Whether it gives the model; else the model is made on the way. */
  readonly isReturned: boolean;
  readonly isAsync: boolean;
  /** What is called, without its arguments: `createModel`, `new Net().build`. */
  readonly path: string;
  /** Functions inside of it that make one, which nothing outside can name. */
  readonly inner: readonly string[];
  /** The names under which other files may import it. */
  readonly exportedAs: readonly string[];
  readonly parameters: readonly TfjsParameter[];
  /** What the constructor takes, where an object is to be made first. */
  readonly makerParameters: readonly TfjsParameter[];
  /** Calls in the same file. */
  readonly calls: readonly TfjsCall[];
  readonly makerCalls: readonly TfjsCall[];
  /** What is said of the shapes of its tensors, where it makes an output. */
  readonly feeds: readonly TensorFeed[];
}

/** Whether a text may make a model of TensorFlow.js at all: what it costs to find out is not a parse. */
export function mayMakeModels(text: string): boolean {
  return /tensorflow|\btf\b/.test(text) && (making.test(text) || calling.test(text));
}

const making =
  /\b(?:sequential|Sequential|LayersModel|modelFromJSON|load(?:Layers|Graph|Frozen)?Model|matMul|conv[123]d|depthwiseConv2d|separableConv2d)\b|\b(?:model|variable)\s*\(|\bModel\b|\blayers\s*\.\s*(?:Layer|RNN)\b|\bextends\s+(?:Layer|RNN)/;

/** Whether a builder's expression leaves out its call, whose arguments nothing gives: `createModel`; not `new Net(4).model`. */
export const isUncalled = ({ expression, path }: Pick<TfjsBuilder, 'expression' | 'path'>): boolean =>
  !expression.endsWith(')') && !expression.startsWith(`${path}(`);

/** A variable that is set to what a function called like a builder gives. */
const calling =
  /=\s*(?:await\s+)?(?:new\s+[\w$.]{0,80}(?:Model|Net|Network)|[\w$.]{0,80}(?:create|build|make|get|define)\w{0,40}(?:Model|Net|Network))\s*\(/;

/** The models of a file, likeliest first, by syntax alone; none where the file can't be parsed. */
export async function listTfjsModels(syntax: Syntax, text: SourceText): Promise<TfjsBuilder[]> {
  return mayMakeModels(text.text) ? orNone(readFileText(syntax, text).then(rankTfjsModels)) : [];
}

/**
 * What a file holds of models by its names alone, for one that was asked for and of which nothing else is known: what makes
 * them is another file's.
 */
export async function listNamedModels(syntax: Syntax, text: SourceText): Promise<TfjsBuilder[]> {
  return orNone(readFileText(syntax, text).then((file) => new Builders(file).findNamed()));
}

async function orNone(found: Promise<TfjsBuilder[]>): Promise<TfjsBuilder[]> {
  const models = await found.catch((error) => {
    if (error instanceof NestingError) return undefined;
    return ignoreSlow(error);
  });
  return models ?? [];
}

/** Parses a file. @throws ParseError, NestingError */
export async function readFileText(syntax: Syntax, { file, text }: SourceText): Promise<FileText> {
  const script = scriptOf(file, text);
  const code = script?.text ?? text;
  const root = await parseParts(syntax, script?.grammar ?? grammarOf(file), code);
  return { file, text: code, root, lines: new Lines(code), scopes: new Scopes(code) };
}

/** The builders of a file, likeliest first. */
export function rankTfjsModels(file: FileText): TfjsBuilder[] {
  return new Builders(file).find();
}

interface Found {
  readonly unit: Unit;
  makes: TfjsBuilder['makes'];
  isReturned: boolean;
  /** What makes the model there. */
  readonly maker: CodePart;
  readonly inner?: Set<string>;
}

/** What being used adds to a score: by what runs when the file does; by a function of which that isn't known. */
const RUN = 15;
const CALLED = 4;

const buildingName =
  /(?:^|\.)_?(?:create|build|make|get|define|init|setup|construct|compile|load)\w*(?:model|net|network|classifier|generator|discriminator|encoder|decoder|agent)/i;
const modelName = /model|net(?:work)?$|classifier|encoder|decoder|generator|discriminator/i;
const modelClassName = /(?:Model|Net|Network)$/;
const partName = /(?:block|layer|layers|head|embed|embedding|pool|attention|helper)$/i;
const noModelName =
  /loss|accuracy|metric|preprocess|normali[sz]e|toTensor|data|draw|optimi[sz]er|train|evaluate|cost|grad/i;

class Builders {
  private readonly names: TfNames;
  private readonly units: Units;
  private readonly makers: Makers;
  private readonly calls: ReadonlyMap<string, readonly CodePart[]>;
  private readonly found = new Map<CodePart, Found>();
  private readonly makesVariables: boolean;
  private readonly runs: CallerRuns;
  /** Whether it imports and exports nothing: what else a page runs has its names, and it has theirs. */
  private readonly isScript: boolean;

  constructor(private readonly file: FileText) {
    this.names = new TfNames(file.root, file.text);
    this.units = new Units((part) => textIn(file, part));
    this.makers = new Makers(this.names);
    this.makesVariables = /\bvariable\s*\(/.test(file.text);
    this.calls = groupCalls(file.root, (part) => textIn(file, part));
    this.runs = new CallerRuns(file, this.units, this.calls);
    this.isScript =
      isPage(file.file) ||
      !(/\bexports\b/.test(file.text) || this.calls.has('require') || partsOf(file.root).some(isImportOrExport));
  }

  find(): TfjsBuilder[] {
    const chains: CodePart[] = [];
    for (const part of nodesIn(this.file.root)) {
      if (part.type === 'call_expression' || part.type === 'new_expression') {
        const made = makerKind(part, this.names);
        if (made) this.addMaker(part, made);
        else if (part.type === 'call_expression') {
          const op = opOf(part, this.file, this.names);
          if (op && weighted.test(op.name)) chains.push(part);
        }
      } else if (/^class|^abstract_class/.test(part.type)) this.addClass(part);
    }
    this.addCallers();
    if (![...this.found.values()].some(({ makes }) => makes === 'model')) this.addChains(chains);
    if (this.found.size === 0) this.addImported();
    return this.rank();
  }

  /** Variables of the file's own level that are called models. */
  findNamed(): TfjsBuilder[] {
    for (const [each, call] of this.calledVariables()) {
      const name = fieldOf(each, 'name');
      const unit = name && modelName.test(textIn(this.file, name)) ? this.units.unitAround(call) : undefined;
      if (unit?.kind === 'variable') this.found.set(unit.part, { unit, makes: 'model', isReturned: true, maker: call });
    }
    if (this.found.size === 0 && isPage(this.file.file)) this.addLinked();
    return this.rank();
  }

  /** A page whose scripts, files of their own, may make a model while it runs. */
  private addLinked(): void {
    const [link] = this.calls.get('require') ?? [];
    const unit = link && this.units.unitAround(link);
    if (link && unit?.kind === 'module')
      this.found.set(unit.part, { unit, makes: 'model', isReturned: false, maker: link });
  }

  private rank(): TfjsBuilder[] {
    const uses = this.uses();
    return [...this.found.values()]
      .map((each, index) => this.builder(each, index, uses))
      .sort((a, b) => b.score - a.score);
  }

  private addMaker(call: CodePart, made: MakerKind): void {
    const around = this.units.unitAround(call);
    const unit = around && this.filling(around, call);
    if (!unit) return;
    const key = unit.own ?? unit.part;
    const known = this.found.get(key);
    const inner = known?.inner ?? new Set<string>();
    for (const name of this.functionsAround(call, unit)) inner.add(name);
    if (known && (known.makes === 'model' || made === 'loaded')) return;
    const isReturned = unit.own ? this.makers.returns(unit.own) : true;
    this.found.set(key, { unit, makes: made, isReturned, maker: call, inner });
    if (isReturned && unit.own && unit.kind !== 'variable') this.makers.builders.add(lastName(unit.path));
  }

  /** Names of the functions inside of a unit in which a call stands. */
  private functionsAround(call: CodePart, unit: Unit): string[] {
    const names: string[] = [];
    for (let at: CodePart | undefined = call; at && at !== unit.own; at = at.parent) {
      const name = isFunctionPart(at) ? nameOfFunction(at, (part) => textIn(this.file, part)) : undefined;
      if (name !== undefined) names.push(name);
    }
    return names;
  }

  /** Where layers are added to what stands empty in a field or a variable; else where it is made. */
  private filling(unit: Unit, call: CodePart): Unit {
    const isHeld = unit.kind === 'field' || unit.kind === 'variable' || unit.own === unit.owner?.maker;
    const holder = isHeld ? this.holderOf(call) : undefined;
    if (holder === undefined) return unit;
    const adding = (this.calls.get('add') ?? []).filter((each) => {
      const callee = fieldOf(each, 'function');
      const [layer] = partsOf(fieldOf(each, 'arguments'));
      const isMade = layer !== undefined && /^(call|new)_expression$/.test(unwrap(layer).type);
      return isMade && callee && textIn(this.file, callee) === `${holder}.add`;
    });
    const units = adding.flatMap((each) => this.units.unitAround(each) ?? []);
    const isOwn = (each: Unit) =>
      unit.kind === 'variable' ? !each.own : each.own !== undefined && each.own === unit.owner?.maker;
    const other = units.some(isOwn) ? undefined : units.find(({ own }) => own !== undefined);
    return other ?? unit;
  }

  /** `model`, `this.model`: what the value of a call is given to. */
  private holderOf(call: CodePart): string | undefined {
    let at: CodePart | undefined = call;
    while (at && !holding.test(at.type)) at = at.parent;
    const name = at && (fieldOf(at, 'name') ?? fieldOf(at, 'left'));
    if (!at || !name) return undefined;
    return `${at.type === 'public_field_definition' ? 'this.' : ''}${textIn(this.file, name)}`;
  }

  private addClass(part: CodePart): void {
    const heritage = heritageOf(part, this.names);
    const name = fieldOf(part, 'name');
    const unit = heritage && this.units.unitAround(fieldOf(part, 'body') ?? part);
    if (!heritage || !unit?.owner) return;
    if (heritage === 'model' && name) this.makers.classes.add(textIn(this.file, name));
    const key = unit.own ?? unit.part;
    if (!this.found.has(key)) this.found.set(key, { unit, makes: heritage, isReturned: true, maker: part });
  }

  /** Functions that give what another builder of the file gives. */
  private addCallers(): void {
    const { builders } = this.makers;
    for (const name of builders)
      for (const call of this.calls.get(name) ?? []) {
        const unit = this.units.unitAround(call);
        const key = unit && (unit.own ?? unit.part);
        if (!unit?.own || !key || this.found.has(key) || !this.makers.returns(unit.own)) continue;
        this.found.set(key, { unit, makes: 'model', isReturned: true, maker: call });
        builders.add(lastName(unit.path));
      }
  }

  /** Functions that run ops on the tensors that they are given. */
  private addChains(ops: readonly CodePart[]): void {
    const forwards = new Map<CodePart, { unit: Unit; call: CodePart }>();
    for (const call of ops) {
      const unit = this.units.unitAround(call);
      const isLayer = unit?.owner && heritageOf(unit.owner.part, this.names) === 'layer';
      if (!unit?.own || isLayer || this.found.has(unit.own)) continue;
      if (noModelName.test(lastName(unit.path)) || !this.hasWeights(unit.own, call)) continue;
      if (!forwards.has(unit.own)) forwards.set(unit.own, { unit, call });
    }
    // What another one calls is a part of that.
    const called = new Set<string>();
    for (const own of forwards.keys())
      for (const each of nodesIn(own)) {
        const name = each.type === 'call_expression' ? this.calleeOf(each) : undefined;
        if (name !== undefined) called.add(name);
      }
    for (const { unit, call } of forwards.values())
      if (!called.has(lastName(unit.path)) && unit.own)
        this.found.set(unit.own, { unit, makes: 'output', isReturned: true, maker: call });
  }

  /** Whether a function's weights are the file's own: a variable, or a field of a class whose variables it makes. */
  private hasWeights(own: CodePart, call: CodePart): boolean {
    const op = opOf(call, this.file, this.names);
    const [weight] = op?.rest ?? [];
    if (!weight || readParameters(own, this.file).length === 0) return false;
    if (shapeOf(weight, this.file, this.names)) return true;
    const first = /^[\w$]+/.exec(textIn(this.file, unwrap(weight)))?.[0] ?? '';
    const leaf = first === 'this' ? undefined : this.file.scopes.declaring(weight, first);
    const isLevel = leaf !== undefined && !this.file.scopes.isShadowed(weight, first);
    return (first === 'this' || isLevel) && this.makesVariables;
  }

  /** `const model = createModel(28)` at the file's own level, where the builder is another file's. */
  private addImported(): void {
    const imported = new Set(importedNames(this.file));
    for (const [, call] of this.calledVariables()) {
      const callee = fieldOf(call, 'function') ?? fieldOf(call, 'constructor');
      const name = callee ? textIn(this.file, callee) : '';
      const isBuilder = call.type === 'new_expression' ? modelClassName.test(name) : buildingName.test(name);
      const [first = ''] = /^[\w$]+/.exec(name) ?? [];
      const isImported = imported.has(first) || (this.isScript && !this.file.scopes.declaring(call, first));
      const unit = isBuilder && isImported ? this.units.unitAround(call) : undefined;
      if (unit?.kind === 'variable') this.found.set(unit.part, { unit, makes: 'model', isReturned: true, maker: call });
    }
  }

  /** The variables of the file's own level that are set to what a call gives, with the call. */
  private calledVariables(): [CodePart, CodePart][] {
    return partsOf(this.file.root).flatMap((statement) => {
      const declaration = statement.type === 'export_statement' ? fieldOf(statement, 'declaration') : statement;
      return (declaration && isVariable.test(declaration.type) ? partsOf(declaration) : []).flatMap(
        (each): [CodePart, CodePart][] => {
          const value = fieldOf(each, 'value');
          const call = value && callIn(value);
          return call ? [[each, call]] : [];
        },
      );
    });
  }

  /** How much the file's own use of a name says for it. */
  private uses(): ReadonlyMap<string, number> {
    const uses = new Map<string, number>();
    const run = new Set<string>();
    const reached: CodePart[] = [];
    const functions = this.functionsByName();
    const visit = (part: CodePart, value: number): void => {
      for (const each of nodesIn(part)) {
        if (each.type !== 'call_expression' && each.type !== 'new_expression') continue;
        const name = this.calleeOf(each);
        if (name === undefined) continue;
        if (!uses.has(name)) uses.set(name, value + Math.max(0, 3 - uses.size / 10));
        if (value === RUN && !run.has(name)) {
          run.add(name);
          const declared = functions.get(name);
          if (declared) reached.push(declared);
        }
      }
    };
    for (const statement of partsOf(this.file.root))
      if (!declaring.test(declarationType(statement))) visit(statement, RUN);
    for (const own of reached) visit(own, RUN);
    visit(this.file.root, CALLED);
    return uses;
  }

  private calleeOf(call: CodePart): string | undefined {
    return calleeName(call, (part) => textIn(this.file, part));
  }

  /** The functions of the file's own level. */
  private functionsByName(): ReadonlyMap<string, CodePart> {
    const found = new Map<string, CodePart>();
    for (const statement of partsOf(this.file.root)) {
      const own = statement.type === 'export_statement' ? fieldOf(statement, 'declaration') : statement;
      const name = own?.type === 'function_declaration' ? fieldOf(own, 'name') : undefined;
      if (own && name) found.set(textIn(this.file, name), own);
      for (const each of own && isVariable.test(own.type) ? partsOf(own) : []) {
        const [target, value] = [fieldOf(each, 'name'), fieldOf(each, 'value')];
        if (target?.type === 'identifier' && value && /function/.test(unwrap(value).type))
          found.set(textIn(this.file, target), value);
      }
    }
    return found;
  }

  private builder(found: Found, index: number, uses: ReadonlyMap<string, number>): TfjsBuilder {
    const { unit, makes, isReturned } = found;
    const { file } = this;
    const isMaker = unit.path.startsWith('new ') && !unit.path.includes('()');
    const maker = unit.isStatic ? undefined : unit.owner?.maker;
    const parameters = isMaker ? [] : readParameters(unit.own, file);
    const makerParameters = readParameters(maker, file);
    const calls = isMaker || !unit.own ? [] : this.callsOf(lastName(unit.path), unit.own);
    const makerCalls = unit.owner && !unit.isStatic ? this.callsOf(lastName(unit.owner.name), unit.owner.part) : [];
    const base = { parameters, makerParameters, calls, makerCalls };
    const expression = this.expression(found, base);
    const isOpen = isUncalled({ expression, path: unit.path }) && (parameters.length > 0 || makerParameters.length > 0);
    const name = isMaker
      ? (unit.owner?.name ?? unit.name)
      : unit.kind === 'module'
        ? this.moduleName(found)
        : unit.name;
    const used = (uses.get(lastName(isMaker ? name : unit.path)) ?? 0) * (makes === 'model' ? 1 : 0.3);
    // It makes something of a model that it is given.
    const isFurther = !isReturned && parameters.some((each) => /model$/i.test(each.name));
    const score =
      { model: 12, loaded: 6, layer: 3, output: 7 }[makes] +
      (isReturned ? 0 : isFurther ? -8 : -3) +
      used +
      (buildingName.test(name) ? 2 : modelName.test(name) ? 1 : 0) -
      (partName.test(name) ? 1.5 : 0) -
      (isOpen ? 4 : 0) -
      (unit.kind === 'module' ? 3 : unit.kind === 'callback' ? 6 : 0) -
      index / 100;
    return {
      name,
      expression,
      range: rangeIn(file, unit.part),
      score,
      makes,
      form: isMaker ? 'class' : unit.kind,
      isReturned,
      isAsync: isAsync(unit.own) && !isMaker,
      path: unit.path,
      inner: [...(found.inner ?? [])],
      exportedAs: this.exportNames(unit),
      ...base,
      feeds: makes === 'output' && unit.own ? feedsOf(unit.own, file, this.names) : [],
    };
  }

  /** What somebody types to have the model. */
  private expression(
    found: Found,
    taken: Pick<TfjsBuilder, 'parameters' | 'makerParameters' | 'calls' | 'makerCalls'>,
  ): string {
    const { unit } = found;
    const { parameters, makerParameters, calls, makerCalls } = taken;
    if (unit.kind === 'variable' || isOnTheWay(unit)) return unit.path;
    const made = unit.path.startsWith('new ') ? argumentsOf(makerParameters, makerCalls) : '';
    const given = argumentsOf(parameters, calls);
    // A field is an object's own, and its class's prototype has none.
    if (made === undefined && unit.part.type === 'public_field_definition') return unit.path;
    if (made === undefined) return unit.path.replace(/^new /, '').replace('()', '.prototype');
    const isMaker = !unit.path.includes('()');
    if (unit.path.startsWith('new ') && isMaker) return `${unit.path}(${made})${this.heldField(found)}`;
    const path = unit.path.replace('()', `(${made})`);
    if (unit.kind === 'field') return path;
    return given === undefined ? path : `${isAsync(unit.own) ? 'await ' : ''}${path}(${given})`;
  }

  /** `.model` where a constructor sets it. */
  private heldField({ unit, makes }: Found): string {
    if (makes !== 'model' || !unit.owner || heritageOf(unit.owner.part, this.names)) return '';
    const held = unit.own
      ? [...this.makers.holdersIn(unit.own)].find((each) => /^this\.[\w$]+$/.test(each))
      : undefined;
    return held === undefined ? '' : held.slice(4);
  }

  /** The variable that holds a model which the file makes on its way. */
  private moduleName({ maker }: Found): string {
    return this.holderOf(maker) ?? shortName(this.file.file).replace(/\.\w+$/, '');
  }

  private callsOf(name: string, own: CodePart): TfjsCall[] {
    const calls = (this.calls.get(name) ?? []).filter(({ start, end }) => start < own.start || end > own.end);
    return calls.map((each) => ({ ...readCall(each, this.file), run: this.runs.expressionAround(each) }));
  }

  /** Names by which other files import a unit of this one's own level. */
  private exportNames(unit: Unit): string[] {
    const own = unit.owner?.name ?? unit.name;
    const found = new Set<string>(this.isScript ? [own] : []);
    const member = /^(?:module\.)?exports\.([\w$]+)/.exec(unit.path)?.[1];
    if (member !== undefined) found.add(member);
    for (const statement of partsOf(this.file.root)) {
      for (const name of assignedExports(statement, own, this.file)) found.add(name);
      if (statement.type !== 'export_statement') continue;
      const isDefault = childOf(statement, 'default') !== undefined;
      const declaration = fieldOf(statement, 'declaration');
      const value = fieldOf(statement, 'value');
      const isOwn = unit.part.start >= statement.start && unit.part.end <= statement.end;
      if (isOwn && (declaration || value)) found.add(isDefault ? 'default' : own);
      else if (isDefault && value && textIn(this.file, value) === own) found.add('default');
      for (const each of partsOf(childOf(statement, 'export_clause'))) {
        const name = fieldOf(each, 'name');
        if (name && textIn(this.file, name) === own) found.add(textIn(this.file, fieldOf(each, 'alias') ?? name));
      }
    }
    return [...found];
  }
}

const isImportOrExport = ({ type }: CodePart): boolean => type === 'import_statement' || type === 'export_statement';

/** Whether the file makes a model that no name of its own level holds: it is made when the file runs. */
const isOnTheWay = ({ kind }: Unit): boolean => kind === 'module' || kind === 'callback';

const holding = /^(variable_declarator|assignment_expression|public_field_definition|program|statement_block)$/;
const declaring =
  /^((generator_)?function|(abstract_)?class|interface|type_alias|enum|import)_?(declaration|statement)?$/;

function declarationType(statement: CodePart): string {
  return (
    (statement.type === 'export_statement' ? fieldOf(statement, 'declaration')?.type : undefined) ?? statement.type
  );
}

/** The call of an expression that waits for one. */
function callIn(value: CodePart): CodePart | undefined {
  const inner = unwrap(value);
  const awaited = inner.type === 'await_expression' ? partsOf(inner)[0] : inner;
  return awaited && /^(call|new)_expression$/.test(awaited.type) ? awaited : undefined;
}

/**
 * Calls of a builder in another file, which imports it under some name, and of its constructor.
 * @throws ParseError, NestingError
 */
export async function callsElsewhere(
  syntax: Syntax,
  text: SourceText,
  builder: Pick<TfjsBuilder, 'path' | 'exportedAs' | 'form'>,
): Promise<{ readonly calls: readonly TfjsCall[]; readonly makerCalls: readonly TfjsCall[] }> {
  const isOwned = builder.path.startsWith('new ');
  const method = lastName(builder.path);
  const wanted = [...builder.exportedAs, ...(isOwned || builder.form === 'method' ? [method] : [])];
  if (!wanted.some((name) => name === 'default' || text.text.includes(name))) return { calls: [], makerCalls: [] };
  const file = await readFileText(syntax, text);
  const calls = groupCalls(file.root, (part) => textIn(file, part));
  const runs = new CallerRuns(file, new Units((part) => textIn(file, part)), calls);
  const local = new Set(builder.exportedAs.flatMap((name) => [name, ...importNames(name, file)]));
  local.delete('default');
  const read = (names: Iterable<string>) =>
    Array.from(names).flatMap((name) =>
      (calls.get(name) ?? []).map((each) => ({ ...readCall(each, file), run: runs.expressionAround(each) })),
    );
  const isClass = builder.form === 'class';
  return {
    calls: isClass ? [] : read(isOwned || builder.form === 'method' ? [method] : local),
    makerCalls: isOwned ? read(local) : [],
  };
}
