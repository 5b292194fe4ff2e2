/** What the code's own values depend on that nothing here knows: an argument, an import, what a server sends. */
import { clip, phrase } from './phrases';

/** A value of the user's code: nothing is known of it. */
// biome-ignore lint/suspicious/noExplicitAny: values of code that nobody has checked
export type Loose = any;

/** What was made of a value that is not known, in the order in which it happened. */
export interface Touch {
  /** `number`, `text`: it was made one of, and what is computed of it is not known either. */
  readonly kind: 'number' | 'text' | 'iterate' | 'keys' | 'in' | 'instanceof';
  readonly why: string;
  readonly root: string;
}

const MOST_TOUCHES = 500;
const MOST_CALLS = 200_000;
const LONGEST_REASON = 120;
/** How many items something has that is not known is not known: these many are handed out. */
const ITEMS = 3;
/** Marks texts that were made of what is not known, through any concatenation. */
const [OPEN, CLOSE] = ['\u27e8', '\u27e9'];

interface Target {
  (): void;
  why: string;
  root: string;
  fields: Map<PropertyKey, Loose>;
  isSettled: boolean;
}

/** A function that the code gave away: to a page, a server, a library that is not here. */
export interface Handed {
  run(): unknown;
}

/** Functions that one thing that is not known may be given. */
const MOST_HANDED = 200;
/** How deep they are looked for in the objects that it is given: `{methods: {train() {…}}}`. */
const HANDED_DEPTH = 2;

const handed: Handed[] = [];
const known = new WeakSet<object>();

/** Keeps the functions of a value that somebody else is to call. @param by what they were handed to */
export function handOver(value: Loose, by: string, depth = HANDED_DEPTH, owner: Loose = undefined): void {
  const isFunction = typeof value === 'function';
  if ((!isFunction && (typeof value !== 'object' || value === null)) || isUnknown(value) || known.has(value)) return;
  if (handed.length >= MOST_HANDED) return;
  if (isFunction) {
    known.add(value);
    // Nobody knows what it is called with, nor how often it is.
    const given = Array.from({ length: Math.min(value.length, 4) }, () => unknown(phrase('handedOn', by)));
    if (!/^class\b/.test(Function.prototype.toString.call(value)))
      handed.push({ run: () => value.apply(owner, given) });
  } else if (depth > 0 && isPlain(value)) {
    for (const each of Object.values(value)) handOver(each, by, depth - 1, value);
    joinComponent(value);
  }
}

/**
 * A component of Vue's, as an object: `this` of its methods and its hooks has what `data` gives beside the methods; what else
 * Vue would give them is not known.
 */
export function joinComponent(options: Loose): void {
  if (typeof options !== 'object' || options === null || isUnknown(options) || !isPlain(options)) return;
  const { data, methods } = options;
  if (data === undefined || typeof methods !== 'object' || isUnknown(methods) || !isPlain(methods)) return;
  let held: Loose;
  const rest = new Proxy(Object.create(null), {
    get(_, key) {
      if (typeof key === 'symbol' || key === 'then') return undefined;
      // A root's data may be an object.
      held ??= (typeof data === 'function' ? data.call(methods) : data) ?? {};
      return key in held ? held[key] : unknown(`this.${key}`);
    },
  });
  Object.setPrototypeOf(methods, rest);
  Object.setPrototypeOf(options, methods);
}

/** The next of them, in the order in which they were handed over. */
export const takeHanded = (): Handed | undefined => handed.shift();

const isPlain = (value: object) => Array.isArray(value) || Object.getPrototypeOf(value) === Object.prototype;

const reasons = new WeakMap<object, Target>();
const touches: Touch[] = [];
let calls = 0;

function touch(kind: Touch['kind'], { why, root }: Target): void {
  if (touches.length < MOST_TOUCHES) touches.push({ kind, why, root });
}

/**
 * A stand-in for the value, with whose parts and results code may go on.
 * @param why for people: what code says, and phrases
 */
export function unknown(why: string, { root = why, isSettled = false } = {}): Loose {
  // A function that may be called with `new`, as an arrow may not.
  // biome-ignore lint/complexity/useArrowFunction: an arrow is no constructor
  const target = function () {} as unknown as Target;
  target.why = clip(why, LONGEST_REASON);
  target.root = root;
  target.fields = new Map();
  target.isSettled = isSettled;
  const proxy = new Proxy(target, handler);
  reasons.set(proxy, target);
  return proxy;
}

const part = (target: Target, text: string) => unknown(`${target.why}${text}`, target);

const handler: ProxyHandler<Target> = {
  get(target, key) {
    const found = target.fields.get(key);
    if (found !== undefined) return found;
    switch (key) {
      case Symbol.toPrimitive:
        return (hint: string) => {
          touch(hint === 'string' ? 'text' : 'number', target);
          return hint === 'string' ? `${OPEN}${target.why}${CLOSE}` : Number.NaN;
        };
      case Symbol.iterator:
        return function* () {
          touch('iterate', target);
          for (let index = 0; index < ITEMS; index++) yield part(target, `[${index}]`);
        };
      case Symbol.asyncIterator:
        return async function* () {
          touch('iterate', target);
          yield part(target, '[0]');
        };
      case Symbol.hasInstance:
        return () => {
          touch('instanceof', target);
          return false;
        };
      case 'then':
        // Awaited once, it is a value: else every await would wait for the next.
        if (target.isSettled) return undefined;
        return (settle: unknown) => {
          const value = unknown(target.why, { root: target.root, isSettled: true });
          return typeof settle === 'function' ? Promise.resolve().then(() => settle(value)) : value;
        };
      case 'toString':
      case 'toJSON':
        return () => {
          touch('text', target);
          return `${OPEN}${target.why}${CLOSE}`;
        };
      case 'prototype':
        return target.prototype;
      default:
    }
    if (typeof key === 'symbol') return undefined;
    const value = part(target, `.${key}`);
    target.fields.set(key, value);
    return value;
  },
  set(target, key, value) {
    target.fields.set(key, value);
    handOver(value, clip(`${target.why}.${String(key)}`, LONGEST_REASON), 0);
    return true;
  },
  has(target) {
    touch('in', target);
    return false;
  },
  apply(target, _, given) {
    countCall();
    for (const each of given) handOver(each, `${target.why}()`);
    return part(target, '()');
  },
  construct(target, given, made) {
    countCall();
    for (const each of given) handOver(each, `new ${target.why}`);
    // A class of the user's that derives from it has an object of its own.
    const own = made as Loose;
    if (!isUnknown(own)) return Object.create(own.prototype ?? Object.prototype);
    return unknown(`new ${target.why}`, target);
  },
  deleteProperty: () => true,
  defineProperty(target, key, { value }) {
    target.fields.set(key, value);
    return true;
  },
  ownKeys(target) {
    touch('keys', target);
    return Reflect.ownKeys(target);
  },
};

function countCall(): void {
  calls += 1;
  if (calls > MOST_CALLS) throw new Error(phrase('tooManyCalls'));
}

export function isUnknown(value: unknown): boolean {
  return (typeof value === 'function' || (typeof value === 'object' && value !== null)) && reasons.has(value);
}

/** Why it is not known: `⦗argument⦙units⦘.length`; undefined for what is known. */
export function whyOf(value: unknown): string | undefined {
  return reasons.get(value as object)?.why;
}

/** What the values come from that code made something of, so far: `⦗argument⦙units⦘`. */
export function touchedRoots(): string[] {
  return [...new Set(touches.map(({ root }) => root))];
}

/**
 * Why a value, or one inside of it, is not known: a stand-in, a number or a text that was made of one.
 * @param depth of arrays and plain objects that are looked into
 */
export function reasonIn(value: unknown, depth = 4): string | undefined {
  if (isUnknown(value)) return whyOf(value);
  if (Number.isNaN(value)) return touches.findLast(({ kind }) => kind === 'number')?.why;
  if (typeof value === 'string') {
    const start = value.indexOf(OPEN);
    return start < 0 ? undefined : value.slice(start + 1, value.indexOf(CLOSE, start)) || value;
  }
  if (depth === 0 || typeof value !== 'object' || value === null) return undefined;
  if (Array.isArray(value)) {
    for (const each of value.slice(0, 64)) {
      const reason = reasonIn(each, depth - 1);
      if (reason !== undefined) return reason;
    }
    return undefined;
  }
  if (Object.getPrototypeOf(value) !== Object.prototype) return undefined;
  for (const [key, each] of Object.entries(value)) {
    // A name makes no difference to what a model computes.
    if (key === 'name') continue;
    const reason = reasonIn(each, depth - 1);
    if (reason !== undefined) return reason;
  }
  return undefined;
}
