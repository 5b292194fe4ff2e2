import { isAscii, python, pythonName, startsAt } from '../../syntax/identifiers';
import type { Node } from '../../syntax/syntax';
import { children } from '../range';
import type { SiteArgument } from '../site';

/** A place that gives a name its meaning. */
export interface Binding {
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
}

/** Meanings by dotted name as the file would write it in full: `.layers.Swish`, `pkg.common.F`. */
export type Imported = ReadonlyMap<string, Meaning>;

const scopes = new Set(['module', 'function_definition', 'lambda', 'class_definition']);
const comprehensions = new Set([
  'list_comprehension',
  'set_comprehension',
  'dictionary_comprehension',
  'generator_expression',
]);

const starImport = new RegExp(`^[ \\t]*from[ \\t]+([.${python.part}]+)[ \\t]+import[ \\t]+\\*`, 'gmu');

/**
 * What names mean in one Python file, by Python's scopes. Names are looked up lazily and by text first, so that a
 * file costs as much as the names that are asked about.
 */
export class Names {
  private readonly found = new Map<string, readonly Binding[]>();
  private stars: readonly string[] | undefined;
  private spellings: ReadonlyMap<string, readonly string[]> | undefined;
  private outside: string | undefined;
  /** The package that relative imports start from, where it is PyTorch itself. */
  private readonly package: readonly string[] | undefined;

  constructor(
    readonly root: Node,
    private readonly text: string,
    private readonly imported: Imported = new Map(),
    file = '',
  ) {
    this.package = packageOf(file);
  }

  /** The line break that the file uses. */
  get newline(): string {
    return this.text.includes('\r\n') ? '\r\n' : '\n';
  }

  /** Length of a line in UTF-16 units, without its break. */
  lineLength(row: number): number {
    return (this.text.split('\n')[row] ?? '').replace(/\r$/, '').length;
  }

  /** The full dotted name that an identifier or attribute stands for (`torch.nn.ReLU`), by the file's imports. */
  qualified(node: Node, depth = 0): string | undefined {
    if (node.type === 'attribute') {
      const tail = torn(node);
      if (tail) return this.qualified(tail, depth);
      const object = node.childForFieldName('object');
      const name = node.childForFieldName('attribute')?.text;
      const base = object && name ? this.qualified(object, depth) : undefined;
      return base && name && this.known(`${base}.${pythonName(name)}`);
    }
    if (node.type !== 'identifier' || depth > 4) return undefined;
    const binding = this.binding(node);
    if (binding === undefined) {
      const name = pythonName(node.text);
      // A notebook's earlier cells.
      const above = this.imported.get(name);
      if (above) return above.name ? canonical(above.name) : name;
      const stars = this.starModules();
      const star =
        stars.find((module) => this.imported.has(inModule(module, name))) ??
        stars.find((module) => isTorch(absolute(module, this.package)));
      return star && this.known(inModule(star, name));
    }
    if (binding.module) return this.known(binding.module);
    // `nn = torch.nn` keeps the module's meaning; a value bound to a name is named where it was bound.
    const value = binding.value?.type === 'attribute' ? this.qualified(binding.value, depth + 1) : undefined;
    return value && /^torch(\.nn(\.functional)?)?$/.test(value) ? value : undefined;
  }

  /** What a dotted name that the file imports means in the end. */
  private known(name: string): string {
    return canonical(this.imported.get(name)?.name ?? absolute(name, this.package));
  }

  /** The activation of another module of the workspace that a name stands for. */
  importedActivation(name: Node): OwnActivation | undefined {
    const qualified = this.qualified(name);
    return qualified === undefined ? undefined : this.imported.get(qualified)?.own;
  }

  /** The binding that an identifier refers to; undefined where the file has none. */
  binding(use: Node): Binding | undefined {
    const name = use.text;
    let first = true;
    for (const scope of scopesOf(use)) {
      if (scope.type === 'class_definition' && !first) continue;
      const here = this.bindingsIn(scope, name);
      const before = here.filter((each) => each.index < use.startIndex);
      const found = first ? (before.at(-1) ?? here.at(-1)) : here.at(-1);
      if (found) return found;
      first = false;
    }
    return undefined;
  }

  /** The binding that an identifier refers to, where its scope binds that name once. */
  onlyBinding(use: Node): Binding | undefined {
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

  /** Whether the innermost scope of a use binds a name between two places. */
  isReboundBetween(use: Node, name: string, from: number, to: number): boolean {
    const [scope] = scopesOf(use);
    return scope !== undefined && this.bindingsIn(scope, name).some(({ index }) => index > from && index < to);
  }

  /** Every place that binds a name, in order. */
  bindings(name: string): readonly Binding[] {
    return this.cached(name, () => this.find(name, this.text, 0));
  }

  /** The ways in which the file writes a name: `fi` and `ﬁ`. */
  spellingsOf(name: string): readonly string[] {
    this.spellings ??= otherSpellings(this.text);
    const read = pythonName(name);
    return [read, ...(this.spellings.get(read) ?? [])];
  }

  /** The places at which a scope binds a name. Only the scope's own text is searched. */
  private bindingsIn(scope: Node, name: string): readonly Binding[] {
    return this.cached(`${scope.id} ${name}`, () => {
      const all =
        scope.type === 'module'
          ? this.find(name, this.moduleText(), 0)
          : this.find(name, this.text.slice(scope.startIndex, scope.endIndex), scope.startIndex);
      return all.filter((each) => each.scope === scope.id);
    });
  }

  private cached(key: string, find: () => readonly Binding[]): readonly Binding[] {
    let found = this.found.get(key);
    if (!found) {
      found = find();
      this.found.set(key, found);
    }
    return found;
  }

  /** The text with line breaks for the bodies of definitions, which bind no name of the module. */
  private moduleText(): string {
    if (this.outside !== undefined) return this.outside;
    let text = '';
    for (const statement of children(this.root)) {
      const definition =
        statement.type === 'decorated_definition' ? statement.childForFieldName('definition') : statement;
      const body = /^(class|function)_definition$/.test(definition?.type ?? '')
        ? definition?.childForFieldName('body')
        : null;
      if (!body) continue;
      text += this.text.slice(text.length, body.startIndex);
      text += '\n'.repeat(Math.max(body.endIndex - text.length, 0));
    }
    this.outside = text + this.text.slice(text.length);
    return this.outside;
  }

  /** @param start where `text` begins in the file */
  private find(name: string, text: string, start: number): Binding[] {
    if (!name) return [];
    const found: Binding[] = [];
    for (const word of this.spellingsOf(name))
      for (const at of python.places(text, word)) {
        if (!mayBind(text, at, at + word.length)) continue;
        const index = start + at;
        const node = this.root.descendantForIndex(index, index + word.length);
        const binding = node?.type === 'identifier' ? bindingAt(node) : undefined;
        if (binding) found.push(binding);
      }
    return found.sort((a, b) => a.index - b.index);
  }

  private starModules(): readonly string[] {
    this.stars ??= [...this.text.matchAll(starImport)].map((match) => pythonName(match[1] ?? '')).reverse();
    return this.stars;
  }

  /** What an unbound name may be through `from torch.nn import *`. */
  starred(name: string): readonly string[] {
    const read = pythonName(name);
    return this.bindings(name).length ? [] : this.starModules().map((module) => this.known(inModule(module, read)));
  }
}

/** A use as `name.attribute` binds nothing, nor does a call, but `import name.attribute` and `def name(` do. */
function mayBind(text: string, start: number, end: number): boolean {
  const before = text[start - 1];
  if (before !== '.' && !startsAt(reading, text, end)) return true;
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
function torn(node: Node): Node | undefined {
  if (!node.hasError || !node.children.some((child) => child?.isError)) return undefined;
  return node.childForFieldName('attribute') ?? undefined;
}

/** The node at which a dotted name really begins. */
export function nameStart(name: Node): Node {
  if (name.type !== 'attribute') return name;
  const object = name.childForFieldName('object');
  return torn(name) ?? (object ? nameStart(object) : name);
}

/** PyTorch's own files import each other relatively; one can read them by “Go to definition”. */
function packageOf(file: string): string[] | undefined {
  const inside = /[/\\](?:site|dist)-packages[/\\](torch[/\\].*)$/.exec(file)?.[1];
  return inside?.split(/[/\\]/).slice(0, -1);
}

/** `..functional` in `torch.nn.modules` is `torch.nn.functional`. */
function absolute(name: string, package_: readonly string[] | undefined): string {
  const [, dots = '', rest = ''] = /^(\.*)(.*)$/.exec(name) ?? [];
  if (dots.length === 0 || !package_) return name;
  return [...package_.slice(0, package_.length - dots.length + 1), ...(rest ? [rest] : [])].join('.');
}

const isTorch = (module: string) => /^torch(\.|$)/.test(module);

function canonical(name: string): string {
  return name.replace(/^torch\.nn\.modules\.(?:activation\.)?(?=[A-Z])/, 'torch.nn.');
}

/** The scopes that a use sees, innermost first. Defaults, decorators and bases belong to the scope outside. */
function* scopesOf(use: Node): Generator<Node> {
  let child = use;
  for (let node = use.parent; node; child = node, node = node.parent) {
    if (comprehensions.has(node.type)) yield node;
    else if (scopes.has(node.type)) {
      const body = node.childForFieldName('body');
      const isInside = node.type === 'module' || body?.id === child.id || use.parent?.type === 'parameters';
      if (isInside) yield node;
    }
  }
}

function scopeOf(node: Node): Node | undefined {
  for (let at = node.parent; at; at = at.parent) if (scopes.has(at.type) || comprehensions.has(at.type)) return at;
  return undefined;
}

/** `from . import act` names `.act`, `from .act import X` names `.act.X`. */
function inModule(module: string, name: string): string {
  return module.endsWith('.') ? `${module}${name}` : `${module}.${name}`;
}

function bindingAt(node: Node): Binding | undefined {
  let at = node;
  let parent = node.parent;
  const make = (scope: Node | undefined | null, extra: Partial<Binding> = {}): Binding | undefined =>
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
    parent = at.parent;
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
        : make(scopeOf(parent), { module: pythonName(inModule(from?.text ?? '', at.text)) });
    }
    case 'aliased_import': {
      if (!is('alias')) return undefined;
      const statement = parent.parent;
      const name = parent.childForFieldName('name')?.text;
      const from = statement?.childForFieldName('module_name')?.text;
      const module = from ? inModule(from, name ?? '') : name;
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
      return make(parent.parent);
    case 'default_parameter':
    case 'typed_default_parameter':
      return is('name') ? make(parent.parent?.parent) : undefined;
    case 'typed_parameter':
      return children(parent)[0]?.id === at.id ? make(parent.parent?.parent) : undefined;
    default:
      return undefined;
  }
}
