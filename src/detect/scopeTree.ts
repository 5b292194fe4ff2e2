import { countBefore } from '../syntax/sorted';

/** What holds in a part of the text, unless a smaller part inside has its own. */
interface Scoped {
  readonly index: number;
  readonly scope: { readonly start: number; readonly end: number };
}

interface ScopeNode<T extends Scoped> {
  readonly start: number;
  readonly end: number;
  /** In order. */
  readonly here: T[];
  /** The next scope around that has any. */
  readonly outer: ScopeNode<T> | undefined;
}

/** Bindings of one name by their scopes, which lie inside or beside each other as the code's blocks do. */
export interface ScopeTree<T extends Scoped> {
  readonly all: readonly T[];
  /** By their start, outer ones first. */
  readonly scopes: readonly ScopeNode<T>[];
}

/** @param all in order */
export function scopeTree<T extends Scoped>(all: readonly T[]): ScopeTree<T> {
  const byScope = new Map<string, T[]>();
  for (const each of all) {
    const key = `${each.scope.start} ${each.scope.end}`;
    const known = byScope.get(key);
    if (known) known.push(each);
    else byScope.set(key, [each]);
  }
  const groups = [...byScope.values()].flatMap((here) => (here[0] ? [{ ...here[0].scope, here }] : []));
  groups.sort((a, b) => a.start - b.start || b.end - a.end);
  const scopes: ScopeNode<T>[] = [];
  let outer: ScopeNode<T> | undefined;
  for (const group of groups) {
    while (outer && outer.end <= group.start) outer = outer.outer;
    outer = { ...group, outer };
    scopes.push(outer);
  }
  return { all, scopes };
}

/** What holds at a place: of the innermost scope around it, the last before the place, else the first. */
export function innermostAt<T extends Scoped>({ scopes }: ScopeTree<T>, index: number): T | undefined {
  let scope = scopes[countBefore(scopes, index + 1, ({ start }) => start) - 1];
  while (scope && scope.end <= index) scope = scope.outer;
  return scope?.here[Math.max(0, countBefore(scope.here, index + 1, (each) => each.index) - 1)];
}
