/** Paths of nodes: their names, kept as exporters write them, and what stands for those that are missing. */
import { itemAt } from '../graph/access';
import type { OnnxNode } from './proto';

/** Where PyTorch's exporter says in which modules a node's operation stands, what these are, and what it is there. */
const SCOPES = 'pkg.torch.onnx.name_scopes';
const CLASSES = 'pkg.torch.onnx.class_hierarchy';
const ACTIVATIONS = 'torch.nn.modules.activation.';

/** A list as Python prints it. */
function printedList(text: string | undefined): string[] {
  return [...(text ?? '').matchAll(/'([^']*)'|"([^"]*)"/g)].map(([, single, double]) => single ?? double ?? '');
}

interface Scoped {
  /** The module, `layer1.0.relu`. */
  readonly module: string;
  /** The operation's own name there, `relu_3`, and the number that it has among those of its kind. */
  readonly own: string;
  readonly isActivation: boolean;
}

/** The module and the operation of a node; undefined where the exporter said nothing. */
function scopedName({ metadata }: OnnxNode): Scoped | undefined {
  const names = printedList(metadata.get(SCOPES));
  if (names.length < 2) return undefined;
  const classes = printedList(metadata.get(CLASSES));
  const isActivation = classes.length === names.length && itemAt(classes, names.length - 2).startsWith(ACTIVATIONS);
  return { module: itemAt(names, names.length - 2), own: itemAt(names, names.length - 1), isActivation };
}

const kindOf = (own: string): string => own.replace(/_\d+$/, '');

/** Operations of a module by their kinds, each in the order in which they stand. */
type Operations = Map<string, string[]>;

function operationsOf(scoped: readonly (Scoped | undefined)[]): ReadonlyMap<string, Operations> {
  const all = new Map<string, Operations>();
  for (const each of scoped) {
    if (!each) continue;
    const within: Operations = all.get(each.module) ?? new Map();
    const known = within.get(kindOf(each.own)) ?? [];
    if (!known.includes(each.own)) known.push(each.own);
    all.set(each.module, within.set(kindOf(each.own), known));
  }
  return all;
}

export interface NodePlace {
  readonly path: string;
  /** Which call of a module it is. */
  readonly call: number;
}

/**
 * Paths of a list of nodes, by their order. A node of PyTorch's newer exporter has its module's path, with the operation's
 * name behind it where the module does several things; a module that is an activation, or does one thing, may run several
 * times. Others have their own name, and those without one their operator's, numbered.
 */
export function placesOf(nodes: readonly OnnxNode[]): NodePlace[] {
  const scoped = nodes.map(scopedName);
  const operations = operationsOf(scoped);
  const taken = new Set(nodes.flatMap(({ name }) => (name === '' ? [] : [name])));
  const numbers = new Map<string, number>();
  const used = new Set<string>();
  return nodes.map(({ name, operator }, index) => {
    const scope = scoped[index];
    if (scope) {
      const { module, own, isActivation } = scope;
      const within = operations.get(module);
      const isWhole = module !== '' && (isActivation || within?.size === 1);
      if (!isWhole) return { path: [module, own].filter(Boolean).join('.'), call: 0 };
      return { path: module, call: Math.max(within?.get(kindOf(own))?.indexOf(own) ?? 0, 0) };
    }
    if (name !== '' && !used.has(name)) {
      used.add(name);
      return { path: name, call: 0 };
    }
    // Nameless, or a name that another node has as well.
    const base = name === '' ? operator : name;
    for (let number = numbers.get(base) ?? (name === '' ? 0 : 1); ; number++) {
      const path = `${base}_${number}`;
      if (taken.has(path)) continue;
      numbers.set(base, number + 1);
      taken.add(path);
      return { path, call: 0 };
    }
  });
}
