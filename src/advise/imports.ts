import { bindingAt, type PythonBinding } from '../detect/python/bindings';
import type { Names } from '../detect/python/names';
import { firstChild } from '../detect/range';
import { parentOf } from '../syntax/ancestors';
import { python } from '../syntax/identifiers';
import { PerNode } from '../syntax/perNode';
import type { Node } from '../syntax/syntax';
import type { TextEdit } from './advice';

export type TorchModule = 'torch.nn' | 'torch.nn.functional' | 'torch' | 'functools';

const aliases: Readonly<Record<TorchModule, { readonly name: string; readonly statement: string }>> = {
  'torch.nn': { name: 'nn', statement: 'import torch.nn as nn' },
  'torch.nn.functional': { name: 'F', statement: 'import torch.nn.functional as F' },
  torch: { name: 'torch', statement: 'import torch' },
  functools: { name: 'functools', statement: 'import functools' },
};

const importsTorch = new RegExp(`^import\\s+torch(?![${python.part}])(?!\\s*\\.|\\s+as)`, 'u');
const ofTorch = new RegExp(`^(import|from)\\s+torch(?![${python.part}])`, 'u');

/** How a file calls a module where `use` stands, and the edits that make it so. */
export function moduleAt(
  module: TorchModule,
  use: Node,
  names: Names,
  file: string,
): { readonly prefix: string; readonly edits: readonly TextEdit[] } {
  const imports = importsOf.of(names.root, () => readImports(names));
  for (const { name, index } of imports.modules.get(module) ?? [])
    if (index <= use.startIndex && visibleBinding(names, name, use)?.index === index)
      return { prefix: name, edits: [] };
  // `import torch` alone reaches its parts.
  const torch = imports.hasTorch && visibleBinding(names, 'torch', use)?.module === 'torch';
  const { name, statement } = aliases[module];
  const taken = names.bindings(name).length > 0;
  if (torch && (taken || module === 'torch')) return { prefix: module, edits: [] };
  const line = taken ? `import ${module}` : statement;
  return { prefix: taken ? module : name, edits: [insertion(names, imports, line, file)] };
}

/** The last binding of a name that a use sees: a function's names hide the module's only inside of it. */
function visibleBinding(names: Names, name: string, use: Node): PythonBinding | undefined {
  let found: PythonBinding | undefined;
  for (let at: Node | null = use; at; at = parentOf(at)) {
    const last = names.bindingsOf(at.id, name).at(-1);
    if (last && last.index > (found?.index ?? -1)) found = last;
  }
  return found;
}

/** What a file's imports are, found once. */
interface Imports {
  /** What binds each of our modules, in order. */
  readonly modules: ReadonlyMap<string, readonly { readonly name: string; readonly index: number }[]>;
  /** Whether a statement is `import torch`. */
  readonly hasTorch: boolean;
  /** The last import at the top level, of PyTorch where there is one; else the docstring or what is of the future. */
  readonly last: Node | undefined;
  /** The first code. */
  readonly first: Node | undefined;
}

const importsOf = new PerNode<Imports>();

function readImports(names: Names): Imports {
  const { root } = names;
  const all = root
    .descendantsOfType(['import_statement', 'import_from_statement', 'future_import_statement'])
    .filter((node) => node !== null);
  const statements = all.filter(({ type }) => type !== 'future_import_statement');
  const modules = new Map<string, { name: string; index: number }[]>(Object.keys(aliases).map((each) => [each, []]));
  for (const statement of statements)
    for (const node of statement.descendantsOfType('identifier')) {
      const known = node && modules.get(bindingAt(node)?.module ?? '');
      const { text: name, startIndex: index } = node ?? statement;
      if (known && names.bindings(name).some((each) => each.index === index)) known.push({ name, index });
    }
  const top = statements.filter((each) => parentOf(each)?.id === root.id);
  const torch = top.filter((each) => ofTorch.test(each.text)).at(-1) ?? top.at(-1);
  const future = all.findLast(({ type }) => type === 'future_import_statement');
  const first = firstChild(root);
  const docstring =
    first?.type === 'expression_statement' && first.namedChild(0)?.type === 'string' ? first : undefined;
  const hasTorch = statements.some((each) => importsTorch.test(each.text));
  return { modules, hasTorch, last: torch ?? future ?? docstring, first };
}

/** After the last import at the top level; else after the docstring and `__future__`; else before the first code. */
function insertion(names: Names, { last, first }: Imports, statement: string, file: string): TextEdit {
  if (!last) return insertAt(file, first?.startPosition.row ?? 0, 0, `${statement}${names.newline}`);
  // At the end of its line: a comment behind the import stays with it.
  const { row } = last.endPosition;
  return insertAt(file, row, names.lineLength(row), `${names.newline}${statement}`);
}

function insertAt(file: string, line: number, column: number, text: string): TextEdit {
  return { range: { file, line, column, endLine: line, endColumn: column }, text };
}
