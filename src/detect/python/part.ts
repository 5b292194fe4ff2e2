/** Detection in one part of a Python file: a definition, or the statements between two. */
import type { Scalar } from '../../graph/types';
import type { SourceText } from '../../source/source';
import { climbTo, nodeAt, nodesTooDeep, parentOf, type TooDeep } from '../../syntax/ancestors';
import { python } from '../../syntax/identifiers';
import type { Node } from '../../syntax/syntax';
import { children, firstChild, rangeOf, stripParentheses } from '../range';
import type { ActivationSite, SiteArgument, SiteForm } from '../site';
import { implicitActivations, pytorchSpellings, type Spelling } from '../spellings';
import { argumentsHandedOn, readArguments, unknownValue } from './arguments';
import { activationOfName, namedDefinition } from './byName';
import { FREE } from './formulaParameters';
import { FormulaSearch, type FoundFormula, formulaHints, gatedPair } from './formulas';
import { mayBeMember, memberSite } from './members';
import { methodSite } from './methods';
import { type Names, nameStart, type OwnActivation } from './names';
import { type Application, isMethod, ownDefinitions } from './own';
import { dottedText, plainText } from './reads';
import { aliasesIn, disguisedSpellings, textPatterns } from './searches';
import { StringChoices } from './strings';
import { isNaming, useOf } from './uses';

/** A site with the nodes that it was found at. */
export interface FoundSite {
  readonly site: ActivationSite;
  /** The expression that applies the activation, where it does (`F.relu(x)`, `x * torch.sigmoid(x)`). */
  readonly applied?: Node;
  readonly input?: Node;
}

/** Methods that make something else of a class than its base. */
const changing = new RegExp(`(?<![${python.part}])def[ \\t]+(forward|__call__|__init__)(?![${python.part}])`, 'u');

const defining = new RegExp(`(?<![${python.part}])(?:class|def)[ \\t]+(${python.name})`, 'gu');

/** Characters of a file from which on looking up one name may hold up its host. */
const LONG = 100_000;

/** Uses of a local variable that are looked at. */
const MAX_USES = 10;

/** What all parts of a file share. */
export interface PartContext {
  readonly root: Node;
  readonly text: SourceText;
  readonly names: Names;
  /** Words beside PyTorch's own that may name an activation. */
  readonly words: readonly string[];
  /** The file's own activations by the index of the name that defines them. */
  readonly own: ReadonlyMap<number, OwnActivation>;
  /** Names of those that the part mentions, as it writes them. */
  readonly ownNames: ReadonlySet<string>;
  /** The file has nothing of PyTorch: what its strings choose is all that it may name. */
  readonly onlyStrings: boolean;
}

/** Where a part begins and ends in the text. */
export interface Extent {
  readonly start: number;
  readonly end: number;
}

/** What a part holds: its sites in order, and the activations that it defines by the index of their names. */
export interface PartResult {
  readonly sites: readonly ActivationSite[];
  readonly definitions: ReadonlyMap<number, OwnActivation>;
  /** What is nested too deeply to be looked at. */
  readonly tooDeep: readonly TooDeep[];
}

/** Yields between any two places that it looks at, so that a long part can be interrupted. */
export function* detectPart(context: PartContext, extent: Extent): Generator<void, PartResult> {
  return yield* new PartDetector(context, extent).run();
}

class PartDetector {
  private readonly found: FoundSite[] = [];
  /** Index and activation of what was found, so that no pass finds it again. */
  private readonly seen = new Set<string>();
  private readonly applications = new Map<number, Application>();
  /** Whether classes make something else of their bases. */
  private readonly changing = new Map<number, boolean>();
  private readonly inherited = new Map<number, OwnActivation>();
  private readonly root: Node;
  private readonly text: SourceText;
  private readonly names: Names;
  private readonly choices: StringChoices;
  private readonly slice: string;

  constructor(
    private readonly context: PartContext,
    private readonly extent: Extent,
  ) {
    this.root = context.root;
    this.text = context.text;
    this.names = context.names;
    this.slice = context.text.text.slice(extent.start, extent.end);
    this.choices = new StringChoices(context.names, () => this.slice.matchAll(textPatterns().strings));
  }

  *run(): Generator<void, PartResult> {
    if (this.context.onlyStrings) return yield* this.runOverStrings();
    const { names } = textPatterns();
    const { ownNames, words } = this.context;
    const others = new Set([...words, ...aliasesIn(this.slice), ...disguisedSpellings(this.slice)]);
    for (const matches of [names.in(this.slice), wordsIn(this.slice, others)]) {
      for (const identifier of this.identifiers(matches)) {
        yield* this.prepare(identifier);
        this.visitName(identifier);
        yield;
      }
    }
    for (const { index, length } of mayBeMember(this.slice)) {
      const start = this.extent.start + index;
      const node = nodeAt(this.root, start, start + length);
      const site = node && memberSite(node, this.names, this.text.file);
      if (site) this.add({ site });
      yield;
    }
    yield* this.strings();
    for (const identifier of this.identifiers(wordsIn(this.slice, ownNames))) {
      this.visitOwnName(identifier);
      yield;
    }
    yield* this.formulas();
    return this.result(new Map([...this.namedDefinitions(), ...this.inherited, ...ownDefinitions(this.applications)]));
  }

  /** In a file that has nothing of PyTorch's. */
  private *runOverStrings(): Generator<void, PartResult> {
    yield* this.strings();
    return this.result(new Map());
  }

  private *strings(): Generator<void> {
    for (const match of this.slice.matchAll(textPatterns().strings)) {
      this.string(this.extent.start + match.index, match[0].length);
      yield;
    }
  }

  private result(definitions: PartResult['definitions']): PartResult {
    const sites = this.found.map(({ site }) => site).sort(compareSites);
    const { start, end } = this.extent;
    const tooDeep = [...nodesTooDeep(this.root.tree)].filter((each) => each.start >= start && each.start < end);
    return { sites, definitions, tooDeep };
  }

  /** Classes and functions of the part, not methods, that bear an activation's name. */
  private *namedDefinitions(): Generator<[number, OwnActivation]> {
    // PyTorch's own are told by its names.
    if (this.names.isPytorchs) return;
    for (const { 0: heading, 1: name = '', index } of this.slice.matchAll(defining)) {
      if (activationOfName(name) === undefined) continue;
      const start = this.extent.start + index + heading.length - name.length;
      const node = nodeAt(this.root, start, start + name.length);
      const definition = node && parentOf(node);
      if (!definition || definition.childForFieldName('name')?.id !== node.id || isMethod(definition)) continue;
      const own = namedDefinition(definition);
      if (own) yield [node.startIndex, own];
    }
  }

  /** Identifiers among matches in the part's text. */
  private *identifiers(matches: Iterable<RegExpExecArray>): Generator<Node> {
    for (const match of matches) {
      const index = this.extent.start + match.index;
      const node = nodeAt(this.root, index, index + match[0].length);
      if (node?.type === 'identifier') yield node;
    }
  }

  /** In a long file looking up a name may take a while, so that is done in steps before it is needed. */
  private *prepare(node: Node): Generator<void> {
    if (this.text.text.length < LONG) return;
    const parent = node.type === 'identifier' ? parentOf(node) : null;
    const isTail = parent?.type === 'attribute' && parent.childForFieldName('attribute')?.id === node.id;
    const start = nameStart(isTail ? parent : node);
    if (start.type === 'identifier') yield* this.names.prepare(start);
  }

  private add(found: FoundSite): void {
    const { range, activation } = found.site;
    const key = `${range.line}:${range.column}:${range.endLine}:${range.endColumn} ${activation}`;
    if (this.seen.size === this.seen.add(key).size) return;
    this.found.push(found);
    const { applied, input, site } = found;
    if (applied && input)
      this.applications.set(applied.id, { node: applied, input, activation, parameters: site.parameters });
  }

  private visitName(identifier: Node): void {
    const parent = parentOf(identifier);
    const isAttribute = parent?.type === 'attribute' && parent.childForFieldName('attribute')?.id === identifier.id;
    // Argument and parameter names, imports, and what is defined or assigned are no uses.
    if (!isAttribute && parent && isNaming(identifier, parent)) return;
    const name = isAttribute ? parent : identifier;
    const spelling = resolve(name, this.names);
    if (spelling) {
      const use = useOf(name);
      if (use === 'choice') this.add(this.siteOfSpelling(name, spelling));
      else this.addMention(name, spelling.activation.id, use);
      if (use === 'mention') this.noteSubclass(name, spelling.activation.id);
      return;
    }
    const own = this.names.importedActivation(name);
    if (own) {
      const use = useOf(name);
      if (use === 'choice') this.add(this.siteOfOwn(name, own));
      else this.addMention(name, own.activation, use);
      return;
    }
    if (this.addImplicit(name) || !isAttribute) return;
    const method = methodSite(parent, this.names, this.text.file);
    if (method) this.add(method);
  }

  /** `isinstance(m, nn.ReLU)`, `class Mine(nn.ReLU)`: the class is named, and none is chosen. */
  private addMention(name: Node, activation: string, use: 'mention' | 'nothing'): void {
    if (use === 'nothing') return;
    const start = nameStart(name);
    const range = rangeOf(start, this.text.file, name);
    const text = name.text.slice(start.startIndex - name.startIndex);
    const base = { framework: 'pytorch' as const, range, expression: range, parameters: {}, text };
    this.add({ site: { ...base, activation, form: 'mention' } });
  }

  /** `class Swish(nn.SiLU): pass` is an activation by another name. */
  private noteSubclass(base: Node, activation: string): void {
    const bases = parentOf(base);
    const definition = bases?.type === 'argument_list' ? parentOf(bases) : undefined;
    const name = definition?.type === 'class_definition' ? definition.childForFieldName('name') : undefined;
    if (!definition || !name) return;
    const changes = this.changing.get(definition.id) ?? changing.test(definition.childForFieldName('body')?.text ?? '');
    this.changing.set(definition.id, changes);
    if (!changes) this.inherited.set(name.startIndex, { activation, kind: 'module', parameters: {} });
  }

  /** `nn.CrossEntropyLoss()`: the activations inside of it. */
  private addImplicit(name: Node): boolean {
    const options = [
      this.names.qualifiedName(name),
      ...(name.type === 'identifier' ? this.names.starMeanings(name.text) : []),
    ];
    const inside = options.map((option) => implicitActivations.get(option ?? '')).find((each) => each !== undefined);
    if (!inside || useOf(name) !== 'choice') return inside !== undefined;
    const start = nameStart(name);
    const range = rangeOf(start, this.text.file, name);
    const call = isCallee(name) ? parentOf(name) : undefined;
    for (const activation of inside) {
      this.add({
        site: {
          activation,
          form: 'implicit',
          framework: 'pytorch',
          range,
          expression: call ? rangeOf(start, this.text.file, call) : range,
          parameters: {},
          text: name.text.slice(start.startIndex - name.startIndex),
        },
      });
    }
    return true;
  }

  private string(index: number, length: number): void {
    const at = nodeAt(this.root, index, index + length);
    const around = at && at.type !== 'string' ? parentOf(at) : at;
    const string = around?.type === 'string' ? around : undefined;
    if (!string || string.startIndex !== index) return;
    const named = this.choices.activation(string);
    const content = plainText(string) ?? dottedText(string);
    if (!named || !content) return;
    const { startPosition: start } = string;
    const whole = rangeOf(string, this.text.file);
    this.add({
      site: {
        activation: named.activation,
        form: named.isMention ? 'mention' : 'string',
        framework: 'pytorch',
        range: { ...whole, column: start.column + 1, endColumn: whole.endColumn - 1 },
        expression: whole,
        parameters: named.parameters,
        text: content,
      },
    });
  }

  /** Written-out activations: around each that is named, and where else a formula may stand. */
  private *formulas(): Generator<void> {
    const search = new FormulaSearch(this.names);
    // What is found is looked around itself: `inner = F.relu6(x + 3) / 6`, and then `x * inner`.
    for (const { site, applied, input } of this.found) {
      if (!applied) continue;
      if (input) yield* this.prepare(input);
      this.addFormula(gatedPair(applied, site.activation, this.names));
      this.addFormula(search.formulaAround(applied, site.activation));
      for (const use of this.usesOf(applied)) this.addFormula(search.formulaAround(use, site.activation, applied));
      yield;
    }
    for (const { index, length } of formulaHints(this.slice)) {
      const start = this.extent.start + index;
      // The name may go on: `clamp_`.
      const isInPlace = this.slice[index + length] === '_';
      const trigger = triggerAt(nodeAt(this.root, start, start + length + (isInPlace ? 1 : 0)));
      if (trigger) this.addFormula(search.formulaAround(trigger, undefined));
      yield;
    }
  }

  /** Where the local variable is read that holds a value: `s` of `s = torch.sigmoid(x)`. */
  private usesOf(value: Node): Node[] {
    const assignment = parentOf(value);
    const target = assignment?.type === 'assignment' ? assignment.childForFieldName('left') : undefined;
    const statement = assignment && parentOf(assignment);
    const block = statement && parentOf(statement);
    if (target?.type !== 'identifier' || !block) return [];
    const uses: Node[] = [];
    for (const use of this.names.usesOf(target, value, block.endIndex)) if (uses.push(use) >= MAX_USES) break;
    return uses;
  }

  private addFormula(formula: FoundFormula | undefined): void {
    if (!formula) return;
    const { node, input, activation, parameters, free } = formula;
    const range = rangeOf(node, this.text.file);
    const read = (value: Scalar): SiteArgument =>
      value === FREE && free?.[0] ? { expression: free[0], reason: unknownValue() } : { value };
    const written = Object.fromEntries(Object.entries(parameters).map(([name, value]) => [name, read(value)]));
    this.add({
      site: {
        activation,
        form: 'formula',
        framework: 'pytorch',
        range,
        expression: range,
        parameters: written,
        text: node.text,
      },
      applied: node,
      input,
    });
  }

  private visitOwnName(identifier: Node): void {
    const parent = parentOf(identifier);
    const use = useOf(identifier);
    if (!parent || parent.type === 'attribute' || isNaming(identifier, parent) || use === 'nothing') {
      // `SwishFunction.apply(x)`
      const isApply = parent?.type === 'attribute' && parent.childForFieldName('attribute')?.text === 'apply';
      if (!isApply || parent.childForFieldName('object')?.id !== identifier.id) return;
    }
    const binding = this.names.binding(identifier);
    const own = binding && this.context.own.get(binding.index);
    // What makes or hands on itself is defined there, and not used.
    if (!own || (own.isInside && isWithin(identifier, binding.index))) return;
    if (use === 'mention') {
      this.addMention(identifier, own.activation, use);
      return;
    }
    const name = parent?.type === 'attribute' ? parent : identifier;
    this.add(this.siteOfOwn(name, name === identifier ? own : { ...own, kind: 'function' }));
  }

  private siteOfOwn(name: Node, { activation, kind, parameters, isInside }: OwnActivation): FoundSite {
    const { file } = this.text;
    const call = isCallee(name) ? parentOf(name) : undefined;
    if (isInside) {
      const [range, expression] = [rangeOf(name, file), rangeOf(call ?? name, file)];
      const base = { framework: 'pytorch' as const, range, expression, parameters, text: name.text };
      return { site: { ...base, activation, form: 'implicit' } };
    }
    const input = call && kind === 'function' ? children(call.childForFieldName('arguments'))[0] : undefined;
    return {
      site: {
        activation,
        form: kind === 'function' ? 'function' : call ? 'module' : 'class',
        framework: 'pytorch',
        range: rangeOf(name, file),
        expression: rangeOf(call ?? name, file),
        parameters: argumentsHandedOn(parameters, call, this.names),
        text: name.text,
      },
      ...(call && input ? { applied: call, input: stripParentheses(input) } : {}),
      ...(call && kind === 'module' ? appliedModule(call) : {}),
    };
  }

  private siteOfSpelling(name: Node, { activation, kind }: Spelling): FoundSite {
    const { file } = this.text;
    const parent = parentOf(name);
    const start = nameStart(name);
    const range = rangeOf(start, file, name);
    const written = name.text.slice(start.startIndex - name.startIndex);
    const base = { activation: activation.id, framework: 'pytorch' as const, range, text: written };
    if (parent && isCallee(name)) {
      const list = parent.childForFieldName('arguments');
      const parameters = readArguments(list, activation, kind, kind === 'function' ? 1 : 0, this.names);
      const [first] = children(list);
      const isInput = first && !/splat|keyword_argument/.test(first.type);
      return {
        site: { ...base, form: kind, expression: rangeOf(start, file, parent), parameters },
        ...(kind === 'function' && isInput ? { applied: parent, input: stripParentheses(first) } : {}),
        ...(kind === 'module' ? appliedModule(parent) : {}),
      };
    }
    const call = parent?.type === 'argument_list' ? parentOf(parent) : undefined;
    const callee = call?.childForFieldName('function');
    if (
      call &&
      callee &&
      firstChild(parent)?.id === name.id &&
      this.names.qualifiedName(callee) === 'functools.partial'
    ) {
      // `partial(F.elu, 0.2)` would bind the tensor itself: positions count from there.
      const skip = kind === 'function' ? 2 : 1;
      const parameters = readArguments(parent ?? null, activation, kind, skip, this.names);
      return { site: { ...base, form: 'partial', expression: rangeOf(call, file), parameters } };
    }
    // A call whose parenthesis is not closed yet.
    const open = name.nextSibling?.type === '(';
    const form: SiteForm = kind === 'function' ? 'function' : open ? 'module' : 'class';
    return { site: { ...base, form, expression: range, parameters: {} } };
  }
}

/** Where a text has some words as whole names. */
function* wordsIn(text: string, words: ReadonlySet<string>): Generator<RegExpExecArray> {
  if (words.size > 0) for (const match of python.in(text)) if (words.has(match[0])) yield match;
}

/** The call of a function's name, or the comparison of an operator. */
function triggerAt(node: Node | undefined): Node | undefined {
  const parent = node && parentOf(node);
  if (parent?.type === 'comparison_operator') return parent;
  const name = node?.type === 'identifier' && parent?.type === 'attribute' ? parent : node;
  return name && isCallee(name) ? (parentOf(name) ?? undefined) : undefined;
}

/** In the order of the text. */
export function compareSites(a: ActivationSite, b: ActivationSite): number {
  return a.range.line - b.range.line || a.range.column - b.range.column;
}

/** Whether a use stands in the definition that binds a name at an index. */
function isWithin(use: Node, index: number): boolean {
  for (let around = definitionAround.from(use); around; around = definitionAround.from(around))
    if (around.childForFieldName('name')?.startIndex === index) return true;
  return false;
}

const definitionAround = climbTo(/^(class|function)_definition$/);

function isCallee(name: Node): boolean {
  const parent = parentOf(name);
  return parent?.type === 'call' && parent.childForFieldName('function')?.id === name.id;
}

/** `nn.Softplus()(x)` */
function appliedModule(construction: Node): Pick<FoundSite, 'applied' | 'input'> {
  const call = parentOf(construction);
  const isApplied = call?.type === 'call' && call.childForFieldName('function')?.id === construction.id;
  const [input] = isApplied ? children(call.childForFieldName('arguments')) : [];
  return isApplied && input ? { applied: call, input: stripParentheses(input) } : {};
}

function resolve(name: Node, names: Names): Spelling | undefined {
  const { names: known } = pytorchSpellings();
  const options = [names.qualifiedName(name), ...(name.type === 'identifier' ? names.starMeanings(name.text) : [])];
  return options.map((option) => known.get(option ?? '')).find((each) => each !== undefined);
}
