/**
 * What stripped modules call of `__lens` (see `src/tfjs/strip.ts`). Runs in the interpreter and needs nothing of it but the
 * language.
 */
import { phrase } from './phrases';

/** What the interpreter's other parts know. */
export interface LensHost {
  isUnknown(value: unknown): boolean;
  /**
   * Answers a decision on an unknown value: `id` is its number among the module's decisions, `value` the unknown one (of two
   * that are compared, the first). Yes, or no: see `DecisionKind` of `src/tfjs/decisions.ts`.
   */
  decide(id: number, value: unknown): unknown;
  /** A value that is not known, with its reason for people. */
  unknown(reason: string): unknown;
  /** Is told a function that the page calls: a handler in JSX. */
  shown(handler: unknown): void;
  /** The exports of another module; an unknown value where there is none. */
  require(specifier: string): unknown;
  /** `import.meta`. */
  readonly meta: unknown;
  /** Is told how to evaluate an expression among the module's names. */
  scope(evaluate: (text: string) => unknown): void;
  /** A statement of the module's own level threw; `names` are what it was to set. */
  failed(statement: number, error: unknown, names: readonly string[]): void;
}

type Dictionary = Record<PropertyKey, unknown>;

const isObject = (value: unknown): value is Dictionary =>
  (typeof value === 'object' && value !== null) || typeof value === 'function';

const messageOf = (error: unknown): string =>
  isObject(error) && typeof error.message === 'string' ? error.message : String(error);

/** Makes the `__lens` of one module. */
export function makeLens(host: LensHost) {
  const { isUnknown } = host;
  const decide = (id: number, value: unknown): boolean => !!host.decide(id, value);
  /** The subjects of `switch` that are under way, by their numbers. */
  const subjects: Record<number, unknown> = {};
  const unmatched = Object.freeze({});

  const compare = (id: number, a: unknown, b: unknown, known: (a: never, b: never) => boolean): boolean => {
    if (isUnknown(a)) return decide(id, a);
    if (isUnknown(b)) return decide(id, b);
    return known(a as never, b as never);
  };

  /** Whether exports are those of an ES module, or of what was compiled from one. */
  const isModule = (exports: Dictionary): boolean => exports.__esModule === true;

  function property(specifier: string, exports: unknown, name: string): unknown {
    if (isUnknown(exports)) return name === 'default' ? exports : (exports as Dictionary)[name];
    if (!isObject(exports)) return name === 'default' ? exports : host.unknown(phrase('importedName', name, specifier));
    if (name in exports) return exports[name];
    if (name === 'default' && !isModule(exports)) return exports;
    const main = exports.default;
    if (isObject(main) && !isUnknown(main) && name in main) return main[name];
    return host.unknown(phrase('importedName', name, specifier));
  }

  function all(specifier: string): unknown {
    const exports = host.require(specifier);
    if (isUnknown(exports) || !isObject(exports) || isModule(exports) || typeof exports === 'function') return exports;
    if ('default' in exports) return exports;
    const namespace: Dictionary = {};
    for (const name of Object.keys(exports))
      Object.defineProperty(namespace, name, { enumerable: true, get: () => exports[name] });
    Object.defineProperty(namespace, 'default', { enumerable: true, get: () => exports });
    return namespace;
  }

  function exportName(exports: Dictionary, name: string, get: () => unknown, set?: (value: unknown) => void): void {
    const read = (): unknown => {
      try {
        return get();
      } catch (error) {
        return host.unknown(`${name} (${messageOf(error)})`);
      }
    };
    Object.defineProperty(exports, name, { enumerable: true, configurable: true, get: read, ...(set && { set }) });
  }

  return {
    scope: (evaluate: (text: string) => unknown): void => host.scope(evaluate),
    meta: host.meta,

    module(exports: Dictionary): void {
      Object.defineProperty(exports, '__esModule', { value: true, configurable: true });
    },
    export: exportName,
    star(exports: Dictionary, specifier: string): void {
      const others = host.require(specifier);
      if (isUnknown(others) || !isObject(others)) return;
      for (const name of Object.keys(others))
        if (name !== 'default' && !(name in exports)) exportName(exports, name, () => others[name]);
    },
    import(specifier: string, names: readonly string[]): Dictionary {
      const exports = host.require(specifier);
      const view: Dictionary = {};
      for (const name of names)
        Object.defineProperty(view, name, { enumerable: true, get: () => property(specifier, exports, name) });
      return view;
    },
    all,
    dynamic: (specifier: unknown): Promise<unknown> =>
      Promise.resolve().then(() =>
        typeof specifier === 'string' ? all(specifier) : host.unknown(phrase('importOfUnknown')),
      ),
    failed(statement: number, error: unknown, ...names: string[]): unknown[] {
      host.failed(statement, error, names);
      return names.map((name) => host.unknown(`${name} (${messageOf(error)})`));
    },

    /** JSX: nothing that a model is made of, but what the page calls may make one. */
    shown(...handlers: readonly (() => unknown)[]): null {
      for (const handler of handlers) {
        try {
          host.shown(handler());
        } catch {
          // It has no say.
        }
      }
      return null;
    },

    /** Fills an enumeration: a member without a value is one more than the last. */
    enum(object: Dictionary, define: (member: (name: string, ...given: unknown[]) => unknown) => void): void {
      let next: unknown = 0;
      define((name, ...given) => {
        const value = given.length > 0 ? given[0] : next;
        object[name] = value;
        next = typeof value === 'number' ? value + 1 : host.unknown(phrase('memberAfter', name));
        if (typeof value === 'number') object[value] = name;
        return value;
      });
    },

    test: (id: number, value: unknown): unknown => (isUnknown(value) ? decide(id, value) && value : value),
    given: (id: number, value: unknown): unknown =>
      isUnknown(value) ? (decide(id, value) ? value : undefined) : value,
    otherwise: (id: number, value: unknown, instead: () => unknown): unknown =>
      isUnknown(value) && !decide(id, value) ? instead() : value,
    equal: (id: number, a: unknown, b: unknown): boolean => compare(id, a, b, (x, y) => x === y),
    // biome-ignore lint/suspicious/noDoubleEquals: it is the operator that the code has
    alike: (id: number, a: unknown, b: unknown): boolean => compare(id, a, b, (x, y) => x == y),
    less: (id: number, a: unknown, b: unknown): boolean => compare(id, a, b, (x, y) => x < y),
    atMost: (id: number, a: unknown, b: unknown): boolean => compare(id, a, b, (x, y) => x <= y),
    more: (id: number, a: unknown, b: unknown): boolean => compare(id, a, b, (x, y) => x > y),
    atLeast: (id: number, a: unknown, b: unknown): boolean => compare(id, a, b, (x, y) => x >= y),
    instance: (id: number, a: unknown, b: unknown): boolean => compare(id, a, b, (x: object, y) => x instanceof y),
    has: (id: number, name: unknown, object: unknown): boolean =>
      compare(id, object, name, (x: object, y: PropertyKey) => y in x),
    /** `typeof`; of an unknown value the value itself, so that what is made of it is a decision. */
    type: (value: unknown): unknown => (isUnknown(value) ? value : typeof value),

    subject(id: number, value: unknown): unknown {
      subjects[id] = value;
      return isUnknown(value) ? unmatched : value;
    },
    /** A value that is the subject where the case applies. */
    case(id: number, choice: number, value: unknown): unknown {
      const subject = subjects[choice];
      if (isUnknown(subject)) return decide(id, subject) ? unmatched : undefined;
      if (isUnknown(value)) return decide(id, value) ? subject : unmatched;
      return value;
    },

    items: (id: number, value: unknown): unknown => (isUnknown(value) && !decide(id, value) ? [] : value),
    spread: (id: number, value: unknown): unknown => (isUnknown(value) && !decide(id, value) ? {} : value),
    /** The source of a pattern: unknown properties that have a default there may be none. */
    open(value: unknown, defaults: Readonly<Record<string, number>>): unknown {
      if (!isObject(value)) return value;
      const isDoubtful = (name: string) =>
        isUnknown(value) || isUnknown(Object.getOwnPropertyDescriptor(value, name)?.value);
      if (!Object.keys(defaults).some(isDoubtful)) return value;
      const answered = new Map<PropertyKey, unknown>();
      for (const name of Object.keys(defaults)) {
        const found = value[name];
        const id = defaults[name] as number;
        answered.set(name, isUnknown(found) && !decide(id, found) ? undefined : found);
      }
      return new Proxy(value, {
        get: (target, name, receiver) =>
          answered.has(name) ? answered.get(name) : Reflect.get(target, name, receiver),
      });
    },
  };
}
