/** Paths of nodes: their names, kept as exporters write them, and what stands for those that are missing. */
import { itemAt } from '../graph/access';
import type { OnnxNode } from './proto';

/** Where PyTorch's exporter says in which modules a node's operation stands, and what it is there. */
const SCOPES = 'pkg.torch.onnx.name_scopes';

/** A list as Python prints it. */
function printedList(text: string): string[] {
  return [...text.matchAll(/'([^']*)'|"([^"]*)"/g)].map(([, single, double]) => single ?? double ?? '');
}

interface Scoped {
  /** The module, `layer1.0.relu`. */
  readonly module: string;
  /** The operation's own name there, `relu_3`. */
  readonly own: string;
}

/** The module and the operation of a node; undefined where the exporter said nothing. */
function scopedName({ metadata }: OnnxNode): Scoped | undefined {
  const text = metadata.get(SCOPES);
  const names = text === undefined ? [] : printedList(text);
  if (names.length < 2) return undefined;
  return { module: itemAt(names, names.length - 2), own: itemAt(names, names.length - 1) };
}

/**
 * Paths of a list of nodes, by their order. A node of PyTorch's newer exporter has its module's path, with the operation's
 * name behind it where the module itself does several things; others have their own name, and those without one their
 * operator's, numbered.
 */
export function pathsOf(nodes: readonly OnnxNode[]): string[] {
  const scoped = nodes.map(scopedName);
  const within = new Map<string, Set<string>>();
  for (const each of scoped) {
    if (!each) continue;
    const all = within.get(each.module) ?? new Set();
    within.set(each.module, all.add(each.own));
  }
  const taken = new Set(nodes.flatMap(({ name }) => (name === '' ? [] : [name])));
  const numbers = new Map<string, number>();
  const used = new Set<string>();
  return nodes.map(({ name, operator }, index) => {
    const scope = scoped[index];
    if (scope) {
      const isAlone = scope.module !== '' && (within.get(scope.module)?.size ?? 0) === 1;
      return isAlone || scope.own === '' ? scope.module : [scope.module, scope.own].filter(Boolean).join('.');
    }
    if (name !== '' && !used.has(name)) {
      used.add(name);
      return name;
    }
    // Nameless, or a name that another node has as well.
    const base = name === '' ? operator : name;
    for (let number = numbers.get(base) ?? (name === '' ? 0 : 1); ; number++) {
      const made = `${base}_${number}`;
      if (taken.has(made)) continue;
      numbers.set(base, number + 1);
      taken.add(made);
      return made;
    }
  });
}
