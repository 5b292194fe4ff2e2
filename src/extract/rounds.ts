/** Loops that go through what a model holds and an input at once: `for conv, x in zip(self.convs, features)`. */

import { itemAt } from '../graph/access';
import type { Expr, Stmt } from '../python/syntax/ast';
import { walk } from '../python/syntax/survey';
import { PyList, PyTuple } from '../python/values/values';
import type { ModelSettings } from './modelSettings';
import { indexedUse, type Passing, type PassingNames } from './use';

/** Rounds that are looked at. */
const MOST_ROUNDS = 8;

/** What goes through the loop, by the number of the round. */
interface LoopSource {
  readonly count: number | undefined;
  readonly at: (round: number) => Passing;
  readonly isInput?: boolean;
}

const roundNumber = (round: number): Passing => ({ setting: BigInt(round) });

/** A loop of the text, with what is known where it stands. */
export class LoopRounds {
  private readonly sources = new Map<string, LoopSource>();

  constructor(
    private readonly settings: ModelSettings,
    private readonly names: PassingNames,
    /** What an expression is, where it is an input or a module. */
    private readonly passing: (expr: Expr) => Passing | undefined,
  ) {}

  /**
   * What each round binds; undefined where one round says as much as all: no input goes along, or is looked up by what
   * counts the rounds.
   * @param body what is run in each round
   */
  bind(target: Expr, iterable: Expr, body: Expr | readonly Stmt[]): PassingNames[] | undefined {
    this.find(target, iterable);
    const sources = [...this.sources];
    const counts = sources.flatMap(([, { count }]) => count ?? []);
    const goesAlong = sources.some(([, { isInput }]) => isInput);
    const count = counts.reduce((least, each) => Math.min(least, each), Number.POSITIVE_INFINITY);
    if (count > MOST_ROUNDS || !(goesAlong || looksUp(body, new Set(this.sources.keys())))) return undefined;
    return Array.from({ length: count }, (_, round) => {
      const bound: PassingNames = new Map();
      for (const [name, { at }] of sources) bound.set(name, at(round));
      return bound;
    });
  }

  private find(to: Expr | undefined, from: Expr | undefined): void {
    const called = from?.kind === 'call' && from.callee.kind === 'name' ? from.callee.name : '';
    const args = from?.kind === 'call' ? from.args.map(({ value }) => value) : [];
    const parts = to?.kind === 'tuple' ? to.items : [];
    if (called === 'zip') for (const [index, part] of parts.entries()) this.find(part, args[index]);
    else if (called === 'enumerate' && parts.length === 2 && args.length === 1) {
      const [counter] = parts;
      if (counter?.kind === 'name') this.sources.set(counter.name, { count: undefined, at: roundNumber });
      this.find(parts[1], args[0]);
    } else if (to?.kind === 'name' && from) {
      const source = called === 'range' ? this.rangeOf(args) : this.sourceOf(from);
      if (source) this.sources.set(to.name, source);
    }
  }

  /** `range(3)`, `range(len(self.convs))` */
  private rangeOf(args: readonly Expr[]): LoopSource | undefined {
    const [end] = args;
    if (!end || args.length !== 1) return undefined;
    const isLength = end.kind === 'call' && end.callee.kind === 'name' && end.callee.name === 'len';
    const [held] = isLength ? end.args : [];
    const count = held ? this.sourceOf(held.value)?.count : this.settings.integer(end, this.names);
    return count === undefined ? undefined : { count, at: roundNumber };
  }

  private sourceOf(from: Expr): LoopSource | undefined {
    const setting = this.settings.settingOf(from, this.names);
    const set = setting instanceof PyTuple || setting instanceof PyList ? setting.items : [];
    if (set.length > 0 && set.every((each) => typeof each === 'bigint' || typeof each === 'string'))
      return { count: set.length, at: (round) => ({ setting: itemAt(set, round) }) };
    const value = this.passing(from);
    if (value && 'module' in value) {
      const items = this.settings.itemsOf(value.module);
      return { count: items.length, at: (round) => ({ module: itemAt(items, round) }) };
    }
    if (!value || !('use' in value) || value.changes?.length !== 0) return undefined;
    const { use } = value;
    return { count: undefined, isInput: true, at: (round) => ({ use: indexedUse(use, round), changes: [] }) };
  }
}

/** Whether something is looked up by one of these names: `x[i]`. */
function looksUp(body: Expr | readonly Stmt[], names: ReadonlySet<string>): boolean {
  for (const node of walk(body)) {
    if (node.kind !== 'subscript') continue;
    for (const inner of walk(node.index)) if (inner.kind === 'name' && names.has(inner.name)) return true;
  }
  return false;
}
