/** Calls of what is chosen while a program runs: `MODELS[args.model](width=8)`, `getattr(nets, name).Model(args)`. */
import type { Expr, Stmt } from '../python/syntax/ast';
import { walk } from '../python/syntax/survey';
import { lastName } from './lastName';

/** Says whether a call may be one of something, though another choice would call another. */
export class ChosenCalls {
  /** Names that hold it among others, and names of what was taken out of those. */
  private readonly tables = new Set<string>();
  private readonly taken = new Set<string>();
  /** Names of modules that are chosen. */
  private readonly modules = new Set<string>();

  /** @param names of what is called */
  constructor(
    body: readonly Stmt[],
    private readonly names: ReadonlySet<string>,
  ) {
    for (const node of walk(body)) {
      if (node.kind !== 'assign') continue;
      const { value } = node;
      const into = this.holds(value) ? this.tables : this.isTaken(value) ? this.taken : this.modules;
      if (into === this.modules && !this.isChosen(value)) continue;
      for (const target of node.targets) {
        const name = lastName(target);
        if (name !== undefined) into.add(name);
      }
    }
  }

  has({ callee }: Extract<Expr, { kind: 'call' }>): boolean {
    if (this.isTaken(callee)) return true;
    if (callee.kind === 'name') return this.taken.has(callee.name);
    return callee.kind === 'attribute' && this.names.has(callee.name) && this.isChosen(callee.object);
  }

  /** `{'small': Small, 'large': Large}` */
  private holds(value: Expr): boolean {
    const items =
      value.kind === 'dict'
        ? value.entries.map((entry) => entry.value)
        : value.kind === 'list' || value.kind === 'tuple'
          ? value.items
          : value.kind === 'call' && value.callee.kind === 'name' && value.callee.name === 'dict'
            ? value.args.map((each) => each.value)
            : [];
    return items.length > 1 && items.some((each) => this.names.has(lastName(each) ?? ''));
  }

  /** `MODELS[name]`, `MODELS.get(name)` */
  private isTaken(value: Expr): boolean {
    const isGet = value.kind === 'call' && value.callee.kind === 'attribute' && value.callee.name === 'get';
    const held = value.kind === 'subscript' ? value.object : isGet ? value.callee.object : undefined;
    const name = held && lastName(held);
    return name !== undefined && this.tables.has(name);
  }

  /** `importlib.import_module(name)`, `getattr(models, name)`, `self.models[name]`, and what holds one of those */
  private isChosen(value: Expr): boolean {
    if (value.kind === 'subscript') return value.index.kind !== 'constant';
    if (value.kind === 'call') return /^(?:import_module|__import__|getattr)$/.test(lastName(value.callee) ?? '');
    const name = lastName(value);
    return name !== undefined && this.modules.has(name);
  }
}

/** Options by which a program looks a name up in a table, and what they have to be: `{'small': Small}[args.model]`. */
export function optionsOfTables(body: readonly Stmt[], name: string): Map<string, string> {
  const keys = new Map<string, string>();
  const found = new Map<string, string>();
  for (const node of walk(body)) {
    if (node.kind !== 'assign' || node.value.kind !== 'dict') continue;
    const entry = node.value.entries.find(({ value }) => lastName(value) === name);
    if (entry?.key?.kind !== 'constant' || typeof entry.key.value !== 'string') continue;
    for (const target of node.targets) keys.set(lastName(target) ?? '', entry.key.value);
  }
  for (const node of keys.size > 0 ? walk(body) : []) {
    const isGet = node.kind === 'call' && node.callee.kind === 'attribute' && node.callee.name === 'get';
    const table = node.kind === 'subscript' ? node.object : isGet ? node.callee.object : undefined;
    const index = node.kind === 'subscript' ? node.index : isGet ? node.args[0]?.value : undefined;
    const key = table && keys.get(lastName(table) ?? '');
    if (key !== undefined && index?.kind === 'attribute') found.set(index.name, key);
  }
  return found;
}
