/** What names from other files mean: PyTorch's modules handed on (`from .common import *`), and others' activations. */

import type { SourceRange } from '../../graph/types';
import type { Source, SourceText } from '../../source/source';
import { python, pythonName } from '../../syntax/identifiers';
import { ignoreSlow, type Node, type Syntax, type Tree } from '../../syntax/syntax';
import { children } from '../range';
import type { ActivationSite } from '../site';
import { joinModule } from './bindings';
import { namedImport } from './byName';
import { definitionsOf } from './detect';
import { type Imported, type Meaning, Names, type OwnActivation } from './names';
import { mayDefine } from './searches';

/** What a file offers to those who import it: names of PyTorch and activations of its own, nothing else. */
type Exports = ReadonlyMap<string, Meaning>;

const MAX_FILES = 20_000;
const MAX_DEPTH = 10;
/** Generated files are rarely where an activation is defined. */
const MAX_LENGTH = 400_000;
const external =
  /^(torch|torchvision|numpy|np|os|sys|math|typing|functools|collections|dataclasses|abc|re|json|time)(\.|$)/;
const nothing: Exports = new Map();
/** Packages whose functions are not those of PyTorch's tensors. */
const otherFrameworks =
  /^(tensorflow|tf|keras|tf_keras|jax|flax|haiku|equinox|optax|sklearn|scipy|sympy|mxnet|paddle|chainer|triton|mlx|onnx\w*|tvm|cupy|theano|lasagne|tinygrad|mindspore|oneflow|jittor|tflearn)(\.|$)/;

/** The exports of the files that others import, each read once until something changes. */
export class ImportIndex {
  private readonly files = new Map<string, Promise<Exports>>();
  /** By the importing file's folder and the module. */
  private readonly resolved = new Map<string, Promise<string | undefined>>();
  /** Files being read, with those they wait for. */
  private readonly waiting = new Map<string, Set<string>>();

  constructor(
    private readonly syntax: Syntax,
    private readonly source: Source,
  ) {}

  /**
   * Meanings of the names that a file imports from files that the source has. Reads those files, and theirs in turn.
   */
  async importedMeanings(text: SourceText, depth = 0, trail: readonly string[] = []): Promise<Imported> {
    const found = new Map<string, Meaning>();
    await Promise.all(
      importsOf(text.text).map(async ({ module, names, star, aliases }) => {
        if (external.test(module)) return;
        if (names.length === 0 && !star)
          for (const [inner, words] of modulesRead(text.text, module, aliases.get(module) ?? module)) {
            const exports = await this.exportsOf(text.file, inner, depth, trail);
            for (const [key, meaning] of exports ?? nothing) found.set(`${inner}.${key}`, meaning);
            for (const word of !exports && isPytorchs(text.text, module) ? words : []) {
              const own = /^[A-Z]/.test(word) ? namedImport(word) : undefined;
              if (own) found.set(`${inner}.${word}`, { own });
            }
          }
        const exports = await this.exportsOf(text.file, module, depth, trail);
        // Of what can't be read the names alone tell.
        const isTold = !exports && isPytorchs(text.text, module);
        for (const [name, meaning] of exports ?? nothing) {
          if (star || names.length === 0 || names.includes(name)) found.set(joinModule(module, name), meaning);
        }
        // `from .layers import act`: the name may be a module.
        for (const name of names) {
          if (exports?.has(name)) continue;
          const own = isTold ? namedImport(name) : undefined;
          if (own) found.set(joinModule(module, name), { own });
          const inner = joinModule(module, name);
          for (const [key, meaning] of (await this.exportsOf(text.file, inner, depth, trail)) ?? nothing)
            found.set(`${inner}.${key}`, meaning);
        }
      }),
    );
    return found;
  }

  /** Files were changed, made or deleted. */
  forget(): void {
    this.files.clear();
    this.resolved.clear();
  }

  /** What a module offers; undefined where there is none to read. */
  private async exportsOf(
    from: string,
    module: string,
    depth: number,
    trail: readonly string[],
  ): Promise<Exports | undefined> {
    const [, dots = '', path = ''] = /^(\.*)(.*)$/.exec(module) ?? [];
    const key = `${from.slice(0, from.lastIndexOf('/') + 1)} ${module}`;
    let place = this.resolved.get(key);
    if (!place) {
      place = this.source.resolve(from, path, dots.length);
      this.resolved.set(key, place);
    }
    const file = await place;
    if (!file) return undefined;
    if (depth > MAX_DEPTH || trail.includes(file)) return nothing;
    // Files that import each other would wait for each other.
    const importer = trail.at(-1);
    if (importer !== undefined && this.waitsFor(file, importer)) return nothing;
    let known = this.files.get(file);
    if (!known) {
      if (this.files.size > MAX_FILES) this.forget();
      known = this.read(file, depth + 1, [...trail, file]);
      this.files.set(file, known);
    }
    if (importer === undefined) return known;
    const waiting = this.waiting.get(importer) ?? new Set();
    this.waiting.set(importer, waiting.add(file));
    try {
      return await known;
    } finally {
      waiting.delete(file);
    }
  }

  private waitsFor(file: string, other: string, seen = new Set<string>()): boolean {
    if (file === other) return true;
    if (seen.has(file)) return false;
    seen.add(file);
    return [...(this.waiting.get(file) ?? [])].some((each) => this.waitsFor(each, other, seen));
  }

  private async read(file: string, depth: number, trail: readonly string[]): Promise<Exports> {
    const text = await this.source.read(file).catch(() => undefined);
    return text && text.text.length <= MAX_LENGTH ? this.exports(text, depth, trail) : nothing;
  }

  /** What a text offers to those who come after it, by name. */
  async exports(text: SourceText, depth = 0, trail: readonly string[] = []): Promise<Exports> {
    const imported = await this.importedMeanings(text, depth, trail);
    const exports = new Map<string, Meaning>();
    for (const { module, names, star, aliases } of importsOf(text.text)) {
      const prefix = joinModule(module, '');
      if (star) {
        for (const [name, meaning] of imported)
          if (name.startsWith(prefix)) exports.set(name.slice(prefix.length), meaning);
      }
      for (const name of names) {
        const full = joinModule(module, name);
        const meaning = imported.get(full) ?? (isTorch(full) ? { name: full } : undefined);
        if (meaning) exports.set(aliases.get(name) ?? name, meaning);
      }
      if (names.length === 0 && !star && isTorch(module)) {
        const alias = aliases.get(module);
        exports.set(alias ?? 'torch', { name: alias ? module : 'torch' });
      }
    }
    // The parse is the expensive part: most files define no activation.
    if (mayDefine(text.text) || imported.size > 0) {
      const tree = await this.syntax.parse('python', text.text).catch(ignoreSlow);
      try {
        if (tree) for (const [name, meaning] of definitions(tree, text, imported)) exports.set(name, meaning);
      } finally {
        tree?.delete();
      }
    }
    return exports;
  }
}

const isTorch = (module: string) => /^torch(\.|$)/.test(module);

/** The activations that a file defines, and the names that it gives to PyTorch's. */
function definitions(tree: Tree, text: SourceText, imported: Imported): Map<string, Meaning> {
  const found = new Map<string, Meaning>();
  const { definitions, sites } = definitionsOf(tree, text, imported);
  for (const [name, own] of definitions) found.set(name, { own });
  const names = new Names(tree.rootNode, text.text, imported);
  for (const statement of children(tree.rootNode)) {
    const assignment = statement.type === 'expression_statement' ? children(statement)[0] : undefined;
    const [left, right] = [assignment?.childForFieldName('left'), assignment?.childForFieldName('right')];
    if (assignment?.type !== 'assignment' || left?.type !== 'identifier' || !right) continue;
    const full = /^(identifier|attribute)$/.test(right.type) ? names.qualifiedName(right) : undefined;
    if (full && isTorch(full)) found.set(pythonName(left.text), { name: full });
    const own = full ? undefined : activationHeld(right, sites);
    if (own) found.set(pythonName(left.text), { own });
  }
  return found;
}

/** What a variable of a module holds for those who import it: `gelu = get_activation("gelu")`, `act = nn.ReLU()`. */
function activationHeld(value: Node, sites: readonly ActivationSite[]): OwnActivation | undefined {
  const { row, column } = value.startPosition;
  const { row: endRow, column: endColumn } = value.endPosition;
  const isWhole = ({ expression: { line, column: from, endLine, endColumn: to } }: ActivationSite) =>
    line === row && from === column && endLine === endRow && to === endColumn;
  const list = value.type === 'call' ? children(value.childForFieldName('arguments')) : [];
  const name = list.length === 1 && list[0]?.type === 'string' ? list[0] : undefined;
  const site = sites.find(
    (each) =>
      (/^(module|partial)$/.test(each.form) && isWhole(each)) ||
      (each.form === 'string' && name !== undefined && isAt(each.expression, name)),
  );
  if (!site) return undefined;
  const { activation, parameters, form, text } = site;
  // `partial(nn.GELU, …)` makes modules; what is constructed already is applied.
  const isClass = form === 'partial' && /^[A-Z]/.test(text.slice(text.lastIndexOf('.') + 1));
  return { activation, parameters, kind: isClass ? 'module' : 'function' };
}

function isAt({ line, column }: SourceRange, node: Node): boolean {
  return line === node.startPosition.row && column === node.startPosition.column;
}

/** What the meanings of a text's imported names depend on, beside the other files; empty where there are none. */
export function importKey(text: string): string {
  return importsOf(text)
    .filter(({ module }) => !external.test(module))
    .map(({ module, names, star }) => `${module} ${star ? '*' : names}`)
    .join('\n');
}

/** Whether what a text imports from a module that can't be read is likely to be of PyTorch's tensors. */
const isPytorchs = (text: string, module: string): boolean => text.includes('torch') && !otherFrameworks.test(module);

/** Modules inside of an imported package that a text reads, and what in them: `lib.nn.acts` of `lib.nn.acts.Swish()`. */
function modulesRead(text: string, module: string, name: string): ReadonlyMap<string, ReadonlySet<string>> {
  const found = new Map<string, Set<string>>();
  const read = new RegExp(
    `(?<![${python.part}.])${name.replaceAll('.', '\\.')}((?:\\.[a-z_][${python.part}]*)*)\\.([${python.part}]+)`,
    'gu',
  );
  for (const [, path = '', word = ''] of text.matchAll(read)) {
    const inner = `${module}${path}`;
    const words = found.get(inner);
    if (words) words.add(word);
    else if (found.size < MAX_INNER) found.set(inner, new Set([word]));
  }
  return found;
}

/** Modules of one package that a file reads by their path, of which so many are looked at. */
const MAX_INNER = 16;

interface Import {
  readonly module: string;
  /** Empty for `import module`. */
  readonly names: readonly string[];
  readonly aliases: ReadonlyMap<string, string>;
  readonly star: boolean;
}

const fromImport = new RegExp(
  `^[ \\t]*from[ \\t]+([.${python.part}]+)[ \\t]+import[ \\t]*(\\([^)]*\\)|(?:[^\\n\\\\#]|\\\\\\r?\\n)*)`,
  'gmu',
);
const dottedName = new RegExp(`^[.${python.part}]+$`, 'u');

/** The import statements of a text, wherever they stand. */
function importsOf(text: string): Import[] {
  const found: Import[] = [];
  for (const [, module = '', list = ''] of text.matchAll(fromImport)) found.push(importOf(pythonName(module), list));
  for (const [, list = ''] of text.matchAll(/^[ \t]*import[ \t]+([^\n#;]+)/gm)) {
    for (const { names, aliases } of [importOf('', list)])
      for (const module of names) found.push({ module, names: [], aliases, star: false });
  }
  return found;
}

function importOf(module: string, list: string): Import {
  const aliases = new Map<string, string>();
  const names = list
    .replace(/#[^\n]*|[()\\]/g, ' ')
    .split(',')
    .flatMap((part) => {
      const [name, as, alias] = pythonName(part).trim().split(/\s+/);
      if (!name || !dottedName.test(name)) return [];
      if (as === 'as' && alias) aliases.set(name, alias);
      return [name];
    });
  return { module, names, aliases, star: list.trim() === '*' };
}
