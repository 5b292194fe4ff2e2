import type { Code } from './code';
import { chooseOf, isSame, many, nothing, type ScriptClass, type ScriptValue, unknown } from './values';

/** The names of a file or of one call of a function. */
export interface ScriptScope {
  readonly id: number;
  /** The part of the text whose names it holds: a function's parameters and its body. */
  readonly start: number;
  readonly end: number;
  readonly parent: ScriptScope | undefined;
  /** `this` */
  readonly receiver: ScriptValue | undefined;
  /** The class whose body holds the function. */
  readonly owner: ScriptClass | undefined;
}

/** A property of an object, with the expression that gives it. */
export interface ScriptProperty {
  readonly value: ScriptValue;
  readonly at: Code;
}

/** What an array or object holds. */
export interface ScriptContents {
  readonly items: readonly ScriptValue[];
  readonly properties: ReadonlyMap<string, ScriptProperty>;
  /** There may be properties that the code doesn't tell. */
  readonly isOpen: boolean;
}

const empty: ScriptContents = { items: [], properties: new Map(), isOpen: true };

/**
 * What variables, objects and models hold at a point of the code. Branches write to memories of their own, which are
 * joined behind them.
 */
export class ScriptMemory {
  private readonly values = new Map<string, ScriptValue>();
  private readonly containers = new Map<number, ScriptContents>();

  constructor(private readonly outer: ScriptMemory | undefined = undefined) {}

  read(key: string): ScriptValue | undefined {
    for (let at: ScriptMemory | undefined = this; at; at = at.outer) {
      const found = at.values.get(key);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  write(key: string, value: ScriptValue): void {
    this.values.set(key, value);
  }

  /** Drops the names of a call that has ended. */
  forget(scope: number): void {
    const start = `${scope}:`;
    for (const key of this.values.keys()) if (key.startsWith(start)) this.values.delete(key);
  }

  contents(id: number): ScriptContents {
    return this.find(id) ?? empty;
  }

  fill(id: number, contents: Partial<ScriptContents>): void {
    this.containers.set(id, { ...(this.find(id) ?? { ...empty, isOpen: false }), ...contents });
  }

  setProperty(id: number, name: string, value: ScriptValue, at: Code): void {
    const { properties } = this.contents(id);
    this.fill(id, { properties: new Map([...properties, [name, { value, at }]]) });
  }

  fork(): ScriptMemory {
    return new ScriptMemory(this);
  }

  /** Takes over what branches that began at a memory have written, each of which may have run. */
  join(branches: readonly ScriptMemory[], base: ScriptMemory): void {
    const keys = new Set<string>();
    const ids = new Set<number>();
    for (const branch of branches)
      for (let at: ScriptMemory | undefined = branch; at && at !== base; at = at.outer) {
        for (const key of at.values.keys()) keys.add(key);
        for (const id of at.containers.keys()) ids.add(id);
      }
    for (const key of keys) {
      const found = branches.map((each) => each.read(key)).filter((each) => each !== undefined);
      this.values.set(key, chooseOf(found));
    }
    for (const id of ids) {
      const found = branches.map((each) => each.find(id)).filter((each) => each !== undefined);
      this.containers.set(id, joinContents(found));
    }
  }

  private find(id: number): ScriptContents | undefined {
    for (let at: ScriptMemory | undefined = this; at; at = at.outer) {
      const found = at.containers.get(id);
      if (found) return found;
    }
    return undefined;
  }
}

function joinContents(all: readonly ScriptContents[]): ScriptContents {
  const [first = empty] = all;
  if (all.every((each) => each === first)) return first;
  const names = new Set(all.flatMap(({ properties }) => [...properties.keys()]));
  const properties = new Map<string, ScriptProperty>();
  for (const name of names) {
    const found = all.map((each) => each.properties.get(name));
    const at = found.find((each) => each)?.at;
    // Where one branch doesn't set it, it may be missing.
    if (at) properties.set(name, { value: chooseOf(found.map((each) => each?.value ?? nothing)), at });
  }
  return { items: joinItems(all.map(({ items }) => items)), properties, isOpen: all.some(({ isOpen }) => isOpen) };
}

/** Arrays of one length are joined element by element; of others only what they begin with is known. */
function joinItems(all: readonly (readonly ScriptValue[])[]): readonly ScriptValue[] {
  const [first = []] = all;
  const pick = (index: number) => all.map((each) => each[index] ?? unknown);
  if (all.every(({ length }) => length === first.length)) return first.map((_, index) => chooseOf(pick(index)));
  const kept: ScriptValue[] = [];
  for (const [index, item] of first.entries()) {
    if (!pick(index).every((each) => isSame(each, item))) break;
    kept.push(item);
  }
  return [...kept, many];
}
