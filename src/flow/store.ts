import { chooseOf, constantOf, type FlowValue } from './values';

/** The names of a module, class or function while it runs. */
export interface Frame {
  readonly id: number;
  readonly kind: 'module' | 'class' | 'function';
  readonly parent: Frame | undefined;
  readonly file: string;
  /** Names that belong to the module (`global`) or to a function around (`nonlocal`). */
  readonly elsewhere: ReadonlySet<string>;
}

/** What a list or dict holds, and whether there may be more. */
export interface HeldContents {
  readonly items: readonly FlowValue[];
  /** Of a dict. */
  readonly keys: readonly string[];
  readonly isOpen: boolean;
  /** It may be longer, by more of the same kind: the elements of a comprehension over what is not known. */
  readonly isUniform?: boolean;
}

type Stored = FlowValue | HeldContents;

/**
 * What variables, attributes and containers hold at a point of the code. Branches write to stores of their own, which
 * are joined behind them.
 */
export class Store {
  /** Many branches write nothing. */
  private own: Map<string, Stored> | undefined;

  constructor(private readonly outer: Store | undefined = undefined) {}

  read(key: string): FlowValue | undefined {
    return this.find(key) as FlowValue | undefined;
  }

  write(key: string, value: FlowValue): void {
    this.put(key, value);
  }

  contents(id: number): HeldContents {
    return (this.find(`[${id}]`) as HeldContents | undefined) ?? { items: [], keys: [], isOpen: true };
  }

  fill(id: number, contents: HeldContents): void {
    this.put(`[${id}]`, contents);
  }

  fork(): Store {
    return new Store(this);
  }

  /** Takes over what branches that begin here have written, each of which may have run. */
  join(branches: readonly Store[]): void {
    const keys = new Set<string>();
    for (const { own } of branches) for (const key of own?.keys() ?? []) keys.add(key);
    for (const key of keys) {
      const found = branches.map((each) => each.find(key));
      this.put(key, key.startsWith('[') ? joinContents(found as HeldContents[]) : joinValues(found as FlowValue[]));
    }
  }

  private put(key: string, value: Stored): void {
    this.own ??= new Map();
    this.own.set(key, value);
  }

  private find(key: string): Stored | undefined {
    for (let at: Store | undefined = this; at; at = at.outer) {
      const found = at.own?.get(key);
      if (found !== undefined) return found;
    }
    return undefined;
  }
}

/** A name that one branch binds and another doesn't is read only where it is bound. */
function joinValues(values: readonly (FlowValue | undefined)[]): FlowValue {
  return chooseOf(values.filter((each) => each !== undefined));
}

/** Where one has what another is the beginning of, what follows may be missing: None stands for that. */
function joinContents(all: readonly (HeldContents | undefined)[]): HeldContents {
  const known = all.filter((each) => each !== undefined);
  const longest = known.reduce<HeldContents | undefined>(
    (best, each) => (best && best.items.length >= each.items.length ? best : each),
    undefined,
  );
  if (!longest) return { items: [], keys: [], isOpen: true };
  return {
    items: longest.items.map((_, index) => chooseOf(known.map(({ items }) => items[index] ?? constantOf(null)))),
    keys: longest.keys,
    isOpen: known.some(({ isOpen }) => isOpen),
    isUniform: known.every(({ isUniform }) => isUniform),
  };
}
