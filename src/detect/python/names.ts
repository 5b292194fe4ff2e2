import { itemAt } from '../../graph/access';
import { nodeAt, parentOf } from '../../syntax/ancestors';
import { isAscii, python, pythonName, startsAt, Words } from '../../syntax/identifiers';
import { countBefore } from '../../syntax/sorted';
import type { Node } from '../../syntax/syntax';
import type { SiteArgument } from '../site';
import { bindingAt, joinModule, type PythonBinding, scopesOf } from './bindings';

/** What a name from another module of the workspace stands for. */
export interface Meaning {
  /** A full name of PyTorch: `torch.nn.functional`, `torch.nn.ReLU`. */
  readonly name?: string;
  /** An activation that the other module defines. */
  readonly own?: OwnActivation;
}

/** An activation that somebody wrote: a class or function that computes nothing else. */
export interface OwnActivation {
  readonly activation: string;
  readonly kind: 'module' | 'function';
  readonly parameters: Readonly<Record<string, SiteArgument>>;
  /** It bears the activation's name and has it inside, but may do more: nothing takes its place. */
  readonly isInside?: true;
}

/** Meanings by dotted name as the file would write it in full: `.layers.Swish`, `pkg.common.F`. */
export type Imported = ReadonlyMap<string, Meaning>;

/** Names that everybody gives to PyTorch's modules, and to those that formulas are written with. */
const usualNames: ReadonlyMap<string, string> = new Map([
  ['torch', 'torch'],
  ['nn', 'torch.nn'],
  ['F', 'torch.nn.functional'],
  ['math', 'math'],
  ['np', 'numpy'],
]);

/** More parts than any dotted name has. */
const MAX_DOTS = 64;
const starImport = new RegExp(`^[ \\t]*from[ \\t]+([.${python.part}]+)[ \\t]+import[ \\t]+\\*`, 'gmu');

/**
 * What names mean in one Python file, by Python's scopes. Names are looked up lazily and by text first, so that a
 * file costs as much as the names that are asked about.
 */
export class Names {
  private readonly found = new Map<string, readonly PythonBinding[]>();
  private readonly byScope = new Map<string, ReadonlyMap<number, readonly PythonBinding[]>>();
  private readonly dotted = new Map<number, string | undefined>();
  private readonly words: Words;
  private readonly throughStars = new Map<string, string | undefined>();
  private readonly starNames = new Map<string, readonly string[]>();
  private stars: readonly string[] | undefined;
  private spellings: ReadonlyMap<string, readonly string[]> | undefined;
  private outside: Words | undefined;
  private breaks: readonly string[] | undefined;
  /** The package that relative imports start from, where it is PyTorch itself. */
  private readonly package: readonly string[] | undefined;

  constructor(
    readonly root: Node,
    private readonly text: string,
    private readonly imported: Imported = new Map(),
    file = '',
  ) {
    this.package = packageOf(file);
    this.words = new Words(python, text);
  }

  /** Whether the file is one of PyTorch's own. */
  get isPytorchs(): boolean {
    return this.package !== undefined;
  }

  /** The line break that the file uses. */
  get newline(): string {
    return this.text.includes('\r\n') ? '\r\n' : '\n';
  }

  /** Length of a line in UTF-16 units, without its break. */
  lineLength(row: number): number {
    return this.line(row).replace(/\r$/, '').length;
  }

  /** A line's text, without its `\n`. */
  line(row: number): string {
    this.breaks ??= this.text.split('\n');
    return itemAt(this.breaks, row);
  }

  /** The full dotted name that an identifier or attribute stands for (`torch.nn.ReLU`), by the file's imports. */
  qualifiedName(node: Node, depth = 0): string | undefined {
    if (node.type === 'attribute') return this.attribute(node, depth);
    if (node.type !== 'identifier' || depth > 4) return undefined;
    const binding = this.binding(node);
    if (binding === undefined) {
      const name = pythonName(node.text);
      // A notebook's earlier cells.
      const above = this.imported.get(name);
      if (above) return above.name ? canonicalName(above.name) : name;
      return this.meaningByStars(name) ?? this.assumedMeaning(name);
    }
    if (binding.module) return this.canonicalMeaning(binding.module);
    // `nn = torch.nn` keeps the module's meaning; a value bound to a name is named where it was bound.
    const value = binding.value?.type === 'attribute' ? this.qualifiedName(binding.value, depth + 1) : undefined;
    return value && /^torch(\.nn(\.functional)?)?$/.test(value) ? value : undefined;
  }

  /** What people mean by the usual names of modules in code that leaves its imports out. */
  private assumedMeaning(name: string): string | undefined {
    return this.starModules().length > 0 ? undefined : usualNames.get(name);
  }

  /** What a name that the file does not bind may be through its star imports. */
  private meaningByStars(name: string): string | undefined {
    if (!this.throughStars.has(name)) {
      const stars = this.starModules();
      const star =
        stars.find((module) => this.imported.has(joinModule(module, name))) ??
        stars.find((module) => isTorch(absoluteName(module, this.package)));
      this.throughStars.set(name, star && this.canonicalMeaning(joinModule(star, name)));
    }
    return this.throughStars.get(name);
  }

  /** From the innermost object outwards; a longer chain than `MAX_DOTS` is no name of anything. */
  private attribute(node: Node, depth: number): string | undefined {
    const chain: Node[] = [];
    let at: Node | null = node;
    while (at?.type === 'attribute' && !this.dotted.has(at.id)) {
      const tail = nameBehindError(at);
      if (tail) at = tail;
      else if (chain.push(at) > MAX_DOTS) return undefined;
      else at = at.childForFieldName('object');
    }
    let base = at?.type === 'attribute' ? this.dotted.get(at.id) : at ? this.qualifiedName(at, depth) : undefined;
    for (const each of chain.reverse()) {
      const name: string | undefined = base && each.childForFieldName('attribute')?.text;
      base = name && this.canonicalMeaning(`${base}.${pythonName(name)}`);
      if (depth === 0) this.dotted.set(each.id, base);
    }
    return base;
  }

  /** What a dotted name that the file imports means in the end. */
  private canonicalMeaning(name: string): string {
    const found = canonicalName(this.imported.get(name)?.name ?? absoluteName(name, this.package));
    return this.isPytorchs ? found : plainName(found);
  }

  /** The activation of another module of the workspace that a name stands for. */
  importedActivation(name: Node): OwnActivation | undefined {
    const qualified = this.qualifiedName(name);
    return qualified === undefined ? undefined : this.imported.get(qualified)?.own;
  }

  /** The binding that an identifier refers to; undefined where the file has none. */
  binding(use: Node): PythonBinding | undefined {
    const name = use.text;
    let first = true;
    for (const scope of scopesOf(use)) {
      if (scope.type === 'class_definition' && !first) continue;
      const here = this.bindingsIn(scope, name);
      const found = (first ? here[countBefore(here, use.startIndex, indexOf) - 1] : undefined) ?? here.at(-1);
      if (found) return found;
      first = false;
    }
    return undefined;
  }

  /** The binding that an identifier refers to, where its scope binds that name once. */
  onlyBinding(use: Node): PythonBinding | undefined {
    const name = use.text;
    let first = true;
    for (const scope of scopesOf(use)) {
      if (scope.type === 'class_definition' && !first) continue;
      const here = this.bindingsIn(scope, name);
      if (here.length > 0) return here.length === 1 ? here[0] : undefined;
      first = false;
    }
    return undefined;
  }

  /** Where the name that an identifier refers to is bound. */
  bindingName(use: Node): Node | undefined {
    const index = this.binding(use)?.index;
    const node = index === undefined ? undefined : nodeAt(this.root, index, index + 1);
    return node?.type === 'identifier' ? node : undefined;
  }

  /** The names that a pattern's first group finds in definitions of functions, at the end of what it matches. */
  *definedFunctions(pattern: RegExp): Generator<[index: number, name: string]> {
    for (const { 0: whole, 1: name = '', index } of this.text.matchAll(pattern))
      yield [index + whole.length - name.length, name];
  }

  /** The class or function of the file that an identifier refers to. */
  definition(use: Node): Node | undefined {
    const name = this.bindingName(use);
    const holder = name && parentOf(name);
    const isDefined = /^(class|function)_definition$/.test(holder?.type ?? '');
    return isDefined && holder?.childForFieldName('name')?.id === name?.id ? (holder ?? undefined) : undefined;
  }

  /** Whether the innermost scope of a use binds a name between two places. */
  isReboundBetween(use: Node, name: string, from: number, to: number): boolean {
    const [scope] = scopesOf(use);
    if (scope === undefined) return false;
    const here = this.bindingsIn(scope, name);
    return (here[countBefore(here, from + 1, indexOf)]?.index ?? to) < to;
  }

  /** Where the file writes a word as a whole name, between two indices. */
  places(word: string, from: number, to: number): Generator<number> {
    return this.words.places(word, from, to);
  }

  /** The uses of a local variable after an assignment gave it a value, in order. */
  *usesOf(target: Node, value: Node, end: number): Generator<Node> {
    const [scope] = scopesOf(target);
    const here = scope ? this.bindingsIn(scope, target.text) : [];
    // Behind the next assignment the name means that one's value, except where a scope inside sees the last.
    const next = here[countBefore(here, target.startIndex + 1, indexOf)]?.index ?? end;
    for (const word of this.spellingsOf(target.text))
      for (const index of this.words.places(word, value.endIndex, Math.min(next, end))) {
        const use = nodeAt(this.root, index, index + word.length);
        if (use?.type === 'identifier' && this.binding(use)?.value?.id === value.id) yield use;
      }
  }

  /** Every place that binds a name, in order. */
  bindings(name: string): readonly PythonBinding[] {
    return this.findOnce(name, () => this.find(name, this.words, 0, this.text.length));
  }

  /** The ways in which the file writes a name: `fi` and `ﬁ`. */
  spellingsOf(name: string): readonly string[] {
    this.spellings ??= otherSpellings(this.text);
    const read = pythonName(name);
    return [read, ...(this.spellings.get(read) ?? [])];
  }

  /** The places at which a scope, by its id, binds a name. */
  bindingsOf(scope: number, name: string): readonly PythonBinding[] {
    let all = this.byScope.get(name);
    if (!all) {
      const grouped = new Map<number, PythonBinding[]>();
      for (const each of this.bindings(name)) {
        const known = grouped.get(each.scope);
        if (known) known.push(each);
        else grouped.set(each.scope, [each]);
      }
      all = grouped;
      this.byScope.set(name, all);
    }
    return all.get(scope) ?? [];
  }

  /** The places at which a scope binds a name. Only the scope's own text is searched. */
  private bindingsIn(scope: Node, name: string): readonly PythonBinding[] {
    return this.findOnce(`${scope.id} ${name}`, () => this.findIn(scope, name));
  }

  private *findIn(scope: Node, name: string): Generator<void, readonly PythonBinding[]> {
    const all = yield* scope.type === 'module'
      ? this.find(name, this.moduleWords(), 0, this.text.length)
      : this.find(name, this.words, scope.startIndex, scope.endIndex);
    return all.filter((each) => each.scope === scope.id);
  }

  private findOnce(key: string, find: () => Generator<void, readonly PythonBinding[]>): readonly PythonBinding[] {
    let found = this.found.get(key);
    if (!found) {
      const steps = find();
      let step = steps.next();
      while (!step.done) step = steps.next();
      found = step.value;
      this.found.set(key, found);
    }
    return found;
  }

  /** Looks for what an identifier refers to, and yields where that can be interrupted: a name may be bound all over. */
  *prepare(use: Node): Generator<void> {
    const name = use.text;
    for (const scope of scopesOf(use)) {
      const key = `${scope.id} ${name}`;
      const found = this.found.get(key) ?? (yield* this.findIn(scope, name));
      this.found.set(key, found);
      if (found.length > 0) return;
    }
  }

  /** The text with line breaks for the bodies of definitions, which bind no name of the module. */
  private moduleWords(): Words {
    if (this.outside !== undefined) return this.outside;
    let text = '';
    for (const { index } of this.text.matchAll(/^(?:async[ \t]+)?(?:def|class)(?=[ \t])/gm)) {
      const statement = index < text.length ? null : this.root.firstChildForIndex(index);
      const definition =
        statement?.type === 'decorated_definition' ? statement.childForFieldName('definition') : statement;
      const body = /^(class|function)_definition$/.test(definition?.type ?? '')
        ? definition?.childForFieldName('body')
        : null;
      if (!body) continue;
      text += this.text.slice(text.length, body.startIndex);
      text += '\n'.repeat(Math.max(body.endIndex - text.length, 0));
    }
    this.outside = new Words(python, text + this.text.slice(text.length));
    return this.outside;
  }

  private *find(name: string, words: Words, start: number, end: number): Generator<void, PythonBinding[]> {
    const found: PythonBinding[] = [];
    for (const word of this.spellingsOf(name))
      for (const index of words.places(word, start, end)) {
        if (!mayBind(words.text, index, index + word.length, end)) continue;
        yield;
        const node = nodeAt(this.root, index, index + word.length);
        const binding = node?.type === 'identifier' ? bindingAt(node) : undefined;
        if (binding) found.push(binding);
      }
    return found.sort((a, b) => a.index - b.index);
  }

  private starModules(): readonly string[] {
    this.stars ??= [...this.text.matchAll(starImport)].map((match) => pythonName(match[1] ?? '')).reverse();
    return this.stars;
  }

  /** What of PyTorch's an unbound name may be through `from torch.nn import *`. */
  starMeanings(name: string): readonly string[] {
    let found = this.starNames.get(name);
    if (!found) {
      const read = pythonName(name);
      const all = this.bindings(name).length > 0 ? [] : this.starModules();
      found = [...new Set(all.map((module) => this.canonicalMeaning(joinModule(module, read))).filter(isTorch))];
      this.starNames.set(name, found);
    }
    return found;
  }
}

/**
 * A use as `name.attribute` binds nothing, nor does a call, but `import name.attribute` and `def name(` do.
 * @param limit where the scope ends: what stands behind it is no part of the use
 */
function mayBind(text: string, start: number, end: number, limit: number): boolean {
  const before = text[start - 1];
  if (before !== '.' && !(startsAt(reading, text, end) && reading.lastIndex <= limit)) return true;
  return (before === ' ' || before === '\t') && defining.test(text.slice(Math.max(0, start - 16), start));
}

const reading = /\s*[.(]/y;
const defining = /(?:import|def|class)[ \t]{1,9}$/;

/** Names that a text writes otherwise than Python reads them, by what it reads. */
function otherSpellings(text: string): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>();
  if (isAscii(text)) return found;
  for (const word of new Set(Array.from(python.in(text), ([name]) => name))) {
    const read = pythonName(word);
    if (read !== word) found.set(read, [...(found.get(read) ?? []), word]);
  }
  return found;
}

/**
 * Half-typed `nn.` on the line above swallows what follows: in `nn.⏎ return nn.ReLU` the parser sees one attribute with
 * an error inside. The name behind the error stands for itself.
 */
function nameBehindError(node: Node): Node | undefined {
  if (!node.hasError || !node.children.some((child) => child?.isError)) return undefined;
  return node.childForFieldName('attribute') ?? undefined;
}

/** The node at which a dotted name really begins. */
export function nameStart(name: Node): Node {
  let at = name;
  while (at.type === 'attribute') {
    const inner = nameBehindError(at);
    if (inner) return inner;
    const object = at.childForFieldName('object');
    if (!object) return at;
    at = object;
  }
  return at;
}

/** PyTorch's own files import each other relatively; one can read them by “Go to definition”. */
function packageOf(file: string): string[] | undefined {
  const inside = /[/\\](?:site|dist)-packages[/\\](torch[/\\].*)$/.exec(file)?.[1];
  return inside?.split(/[/\\]/).slice(0, -1);
}

/** `..functional` in `torch.nn.modules` is `torch.nn.functional`. */
function absoluteName(name: string, package_: readonly string[] | undefined): string {
  const [, dots = '', rest = ''] = /^(\.*)(.*)$/.exec(name) ?? [];
  if (dots.length === 0 || !package_) return name;
  return [...package_.slice(0, package_.length - dots.length + 1), ...(rest ? [rest] : [])].join('.');
}

const isTorch = (module: string) => /^torch(\.|$)/.test(module);

function canonicalName(name: string): string {
  // Modules of PyTorch that hand `F` on.
  if (name.includes('.F')) return name.replace(/^torch\.(?:\w+\.)*F(?=\.|$)/, 'torch.nn.functional');
  return name.replace(/^torch\.nn\.modules\.(?:\w+\.)?(?=[A-Z])/, 'torch.nn.');
}

/** PyTorch's other names for its own: of quantised modules, of operators. Its own files mean those by them. */
function plainName(name: string): string {
  if (!name.startsWith('torch.')) return name;
  return name
    .replace(/^torch\.(?:ao\.)?nn\.quantized\.(?:modules\.)?(?=[A-Z])/, 'torch.nn.')
    .replace(/^torch\._C\._nn\./, 'torch.nn.functional.')
    .replace(
      /^torch\.ops\.aten\.(?=(?:[gsr]?elu|silu|mish|hard\w+|leaky_relu|log_sigmoid|softplus)_?$)/,
      'torch.nn.functional.',
    )
    .replace(/^torch\.(?:sparse|ops\.aten)\.(?=\w+$)/, 'torch.');
}

const indexOf = ({ index }: PythonBinding) => index;
