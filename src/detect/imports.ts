/** What names from other files mean: PyTorch's modules handed on (`from .common import *`), and others' activations. */
import type { Source, SourceText } from '../source/source';
import type { Node, Syntax, Tree } from '../syntax/syntax';
import { type Imported, type Meaning, Names } from './names';
import { definitionsOf } from './python';
import { children } from './range';

/** What a file offers to those who import it: names of PyTorch and activations of its own, nothing else. */
type Exports = ReadonlyMap<string, Meaning>;

const MAX_FILES = 400;
const MAX_DEPTH = 10;
/** Generated files are rarely where an activation is defined. */
const MAX_LENGTH = 400_000;
const external =
  /^(torch|torchvision|numpy|np|os|sys|math|typing|functools|collections|dataclasses|abc|re|json|time)(\.|$)/;
const nothing: Exports = new Map();

/** The exports of the files that others import, each read once a version. */
export class ImportIndex {
  private readonly files = new Map<string, { readonly version: number; readonly exports: Promise<Exports> }>();

  constructor(
    private readonly syntax: Syntax,
    private readonly source: Source,
  ) {}

  /**
   * Meanings of the names that a file imports from files that the source has. Reads those files, and theirs in turn.
   * @param tree of the text
   */
  async imported(tree: Tree, text: SourceText, depth = 0, trail: readonly string[] = []): Promise<Imported> {
    const found = new Map<string, Meaning>();
    const statements = importsOf(tree.rootNode, text.text);
    await Promise.all(
      statements.map(async ({ module, names, star }) => {
        if (external.test(module)) return;
        const exports = await this.exportsOf(text.file, module, depth, trail);
        for (const [name, meaning] of exports) {
          if (star || names.length === 0 || names.includes(name)) found.set(dotted(module, name), meaning);
        }
        // `from .layers import act`: the name may be a module.
        for (const name of names) {
          if (exports.has(name)) continue;
          const inner = dotted(module, name);
          for (const [key, meaning] of await this.exportsOf(text.file, inner, depth, trail))
            found.set(`${inner}.${key}`, meaning);
        }
      }),
    );
    return found;
  }

  private async exportsOf(from: string, module: string, depth: number, trail: readonly string[]): Promise<Exports> {
    const [, dots = '', path = ''] = /^(\.*)(.*)$/.exec(module) ?? [];
    const file = await this.source.resolve(from, path, dots.length);
    if (!file || depth > MAX_DEPTH || trail.includes(file)) return nothing;
    const text = await this.source.read(file).catch(() => undefined);
    if (!text || text.text.length > MAX_LENGTH) return nothing;
    let known = this.files.get(file);
    if (known?.version !== text.version) {
      if (this.files.size > MAX_FILES) this.files.clear();
      known = { version: text.version, exports: this.read(text, depth + 1, [...trail, file]) };
      this.files.set(file, known);
    }
    return known.exports;
  }

  private async read(text: SourceText, depth: number, trail: readonly string[]): Promise<Exports> {
    const tree = await this.syntax.parse('python', text.text);
    try {
      const imported = await this.imported(tree, text, depth, trail);
      const names = new Names(tree.rootNode, text.text, imported);
      const exports = new Map<string, Meaning>();
      for (const { module, names: chosen, star, aliases } of importsOf(tree.rootNode, text.text)) {
        if (star) {
          for (const [name, meaning] of imported)
            if (name.startsWith(dotted(module, ''))) exports.set(name.slice(dotted(module, '').length), meaning);
          continue;
        }
        for (const name of chosen) {
          const full = dotted(module, name);
          const meaning = imported.get(full) ?? (/^torch(\.|$)/.test(full) ? { name: full } : undefined);
          if (meaning) exports.set(aliases.get(name) ?? name, meaning);
        }
        const alias = chosen.length === 0 ? aliases.get(module) : undefined;
        if (alias && /^torch(\.|$)/.test(module)) exports.set(alias, { name: module });
        if (chosen.length === 0 && !alias && /^torch(\.|$)/.test(module)) exports.set('torch', { name: 'torch' });
      }
      for (const [index, own] of definitionsOf(tree, text, imported)) {
        const name = /^\w+/.exec(text.text.slice(index, index + 100))?.[0];
        if (name) exports.set(name, { own });
      }
      for (const statement of children(tree.rootNode)) {
        const assignment = statement.type === 'expression_statement' ? children(statement)[0] : undefined;
        const [left, right] = [assignment?.childForFieldName('left'), assignment?.childForFieldName('right')];
        if (assignment?.type !== 'assignment' || left?.type !== 'identifier' || !right) continue;
        const full = /^(identifier|attribute)$/.test(right.type) ? names.qualified(right) : undefined;
        if (full?.startsWith('torch')) exports.set(left.text, { name: full });
      }
      return exports;
    } finally {
      tree.delete();
    }
  }
}

function dotted(module: string, name: string): string {
  return module.endsWith('.') ? `${module}${name}` : `${module}.${name}`;
}

interface Import {
  readonly module: string;
  /** Empty for `import module`. */
  readonly names: readonly string[];
  readonly aliases: ReadonlyMap<string, string>;
  readonly star: boolean;
}

/** The import statements of a file, wherever they stand. */
function importsOf(root: Node, text: string): Import[] {
  const found: Import[] = [];
  for (const match of text.matchAll(/^[ \t]*(?:from|import)[ \t]/gm)) {
    const start = match.index + (/^[ \t]*/.exec(match[0])?.[0].length ?? 0);
    let node = root.descendantForIndex(start, start + 4);
    while (node && !/^import(_from)?_statement$/.test(node.type) && node.startIndex === start) node = node.parent;
    if (!node || !/^import(_from)?_statement$/.test(node.type)) continue;
    const from = node.childForFieldName('module_name');
    const parts = children(node).filter((each) => each.id !== from?.id);
    const aliases = new Map<string, string>();
    const names = parts.flatMap((each) => {
      if (each.type === 'dotted_name') return [each.text];
      if (each.type !== 'aliased_import') return [];
      const [name, alias] = [each.childForFieldName('name')?.text, each.childForFieldName('alias')?.text];
      if (name && alias) aliases.set(name, alias);
      return name ? [name] : [];
    });
    const star = parts.some(({ type }) => type === 'wildcard_import');
    if (from) found.push({ module: from.text, names, aliases, star });
    else for (const module of names) found.push({ module, names: [], aliases, star: false });
  }
  return found;
}
