import type { Activation } from '../activations/types';
import type { Names } from '../detect/python/names';
import { rangeOf } from '../detect/range';
import { nodeAt, parentOf } from '../syntax/ancestors';
import type { Node } from '../syntax/syntax';
import type { TextEdit } from './advice';
import { moduleAt } from './imports';

/** What to write for a name, and the edits that make it known. */
export interface Spelled {
  readonly text: string;
  readonly edits: readonly TextEdit[];
}

/**
 * How the file would spell an activation where another one stands: `nn.X` where it wrote `nn.Y`, `torch.x` for
 * `torch.y`, and a bare name, added to the same import, where it imported the bare name.
 * @returns undefined where PyTorch has no such form
 */
export function spell(
  activation: Activation,
  kind: 'module' | 'function',
  site: Node,
  names: Names,
  file: string,
  bare: boolean,
): Spelled | undefined {
  const { modules, functional, torch = [] } = activation.spellings;
  const name = (kind === 'module' ? modules : functional)?.[0];
  if (!name) return undefined;
  const module = kind === 'module' ? 'torch.nn' : 'torch.nn.functional';
  if (site.type === 'attribute') {
    const object = site.childForFieldName('object');
    const own = object ? names.qualifiedName(object) : undefined;
    if (object && own === module) return { text: `${object.text}.${name}`, edits: [] };
    // `torch.x` takes the tensor and at most a dimension.
    if (object && own === 'torch' && bare && torch.includes(name)) return { text: `${object.text}.${name}`, edits: [] };
  }
  if (site.type === 'identifier') {
    const found = importedSpelling(`${module}.${name}`, name, site, names, file);
    if (found) return found;
  }
  const { prefix, edits } = moduleAt(module, site, names, file);
  return { text: `${prefix}.${name}`, edits };
}

/** A bare name, where the file imports the one that stands here. */
function importedSpelling(full: string, name: string, site: Node, names: Names, file: string): Spelled | undefined {
  const binding = names.binding(site);
  if (!binding) return names.starMeanings(name).includes(full) ? { text: name, edits: [] } : undefined;
  let item = nodeAt(names.root, binding.index, binding.index + site.text.length);
  let statement = item && parentOf(item);
  while (statement && statement.type !== 'import_from_statement') [item, statement] = [statement, parentOf(statement)];
  if (!item || !statement) return undefined;
  // Already imported beside it, under any name?
  const known = statement
    .descendantsOfType('identifier')
    .find(
      (node) =>
        node && names.bindings(node.text).some((each) => each.index === node.startIndex && each.module === full),
    );
  if (known) return { text: known.text, edits: [] };
  const from = statement.childForFieldName('module_name')?.text;
  if (from === undefined || `${from}.${name}` !== full || names.bindings(name).length > 0) return undefined;
  const { endLine: line, endColumn: column } = rangeOf(item, file);
  return {
    text: name,
    edits: [{ range: { file, line, column, endLine: line, endColumn: column }, text: `, ${name}` }],
  };
}
