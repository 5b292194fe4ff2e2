import type { Names } from '../detect/python/names';
import { python } from '../syntax/identifiers';
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
  const imports = statements(names.root);
  for (const statement of imports)
    for (const node of statement.descendantsOfType('identifier')) {
      if (!node || node.startIndex > use.startIndex) continue;
      const bound = names.bindings(node.text).find(({ index }) => index === node.startIndex);
      const visible = bound && bindingSeen(names, node.text, use);
      if (bound && visible === bound.index && bound.module === module) return { prefix: node.text, edits: [] };
    }
  // `import torch` alone reaches its parts.
  const torch = imports.some((each) => importsTorch.test(each.text)) && seenModule(names, 'torch', use) === 'torch';
  const { name, statement } = aliases[module];
  const taken = names.bindings(name).length > 0;
  if (torch && (taken || module === 'torch')) return { prefix: module, edits: [] };
  const line = taken ? `import ${module}` : statement;
  return { prefix: taken ? module : name, edits: [insertion(names, imports, line, file)] };
}

function seen(names: Names, name: string, use: Node) {
  const all = names.bindings(name);
  // Function-local names hide the module's only inside their function.
  const enclosing = new Set<number>();
  for (let at: Node | null = use; at; at = at.parent) enclosing.add(at.id);
  return all.filter(({ scope }) => enclosing.has(scope)).at(-1);
}

const bindingSeen = (names: Names, name: string, use: Node) => seen(names, name, use)?.index;
const seenModule = (names: Names, name: string, use: Node) => seen(names, name, use)?.module;

function statements(root: Node): Node[] {
  return root
    .descendantsOfType(['import_statement', 'import_from_statement'])
    .filter((node): node is Node => node !== null);
}

/** After the last import at the top level; else after the docstring and `__future__`; else before the first code. */
function insertion(names: Names, imports: readonly Node[], statement: string, file: string): TextEdit {
  const { root } = names;
  const top = imports.filter(({ parent }) => parent?.id === root.id);
  const torch = top.filter((each) => ofTorch.test(each.text)).at(-1) ?? top.at(-1);
  const future = root.namedChildren.findLast((child) => child?.type === 'future_import_statement');
  const first = root.namedChildren.find((child) => child?.type !== 'comment');
  const docstring =
    first?.type === 'expression_statement' && first.namedChild(0)?.type === 'string' ? first : undefined;
  const after = torch ?? future ?? docstring;
  if (!after) return insertAt(file, first?.startPosition.row ?? 0, 0, `${statement}${names.newline}`);
  // At the end of its line: a comment behind the import stays with it.
  const { row } = after.endPosition;
  return insertAt(file, row, names.lineLength(row), `${names.newline}${statement}`);
}

function insertAt(file: string, line: number, column: number, text: string): TextEdit {
  return { range: { file, line, column, endLine: line, endColumn: column }, text };
}
