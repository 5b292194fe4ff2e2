/** The user's modules: each runs once, when it is first asked for. */
import type { GuestDependency } from '../request';
import { faultsMet, noteFault } from './faults';
import { phrase } from './phrases';
import { makeLens } from './runtime';
import { probes, scope, tf } from './scope';
import { decide, request } from './session';
import { handOver, joinComponent, type Loose, reasonIn, unknown } from './unknown';

const OwnError = Error;

/** A module's body (`strip.ts`), made for the scope in which its free names are looked up. */
export type GuestModule = (scope: object) => (lens: object, exports: Loose, module: Loose, require: Loose) => Loose;

/** Bodies, or why a text is none. */
const bodies = new Map<string, GuestModule | string>();
const exported = new Map<string, Loose>();
const running: Loose[] = [];

/** Keeps a module's body, or why its text is none. */
export function defineModule(name: string, body: GuestModule | string): void {
  bodies.set(name, body);
}

/** Runs a module once; others that it imports in a circle see what it has exported so far. */
export function loadModule(name: string): Loose {
  const known = exported.get(name);
  if (known !== undefined) return known;
  const module = { exports: {} as Loose };
  exported.set(name, module.exports);
  const fault = (error: unknown, statement?: number) => noteFault(name, error, statement);
  const body = bodies.get(name);
  if (typeof body !== 'function') {
    fault(new OwnError(body ?? phrase('noModule', name)));
    return module.exports;
  }
  const require = (specifier: string) => importFrom(name, specifier);
  const lens = makeLens({
    // What was made of something unknown decides as little as that.
    isUnknown: (value) => reasonIn(value, 0) !== undefined,
    decide: (id, value) => decide(name, id, value),
    unknown,
    shown: (handler) => handOver(handler, phrase('page'), 0),
    require,
    meta: { url: '', env: unknown('import.meta.env') },
    scope: (evaluate) => probes.set(name, evaluate),
    failed: (statement, error) => fault(error, statement),
  });
  try {
    const ended = body(scope)(lens, module.exports, module, require);
    if (ended instanceof Promise) running.push(ended.catch(fault));
    joinComponent(module.exports?.default);
  } catch (error) {
    fault(error);
  }
  exported.set(name, module.exports);
  return module.exports;
}

function importFrom(module: string, specifier: string): Loose {
  const dependency: GuestDependency = request.dependencies[module]?.[specifier] ?? {
    kind: 'unknown',
    why: phrase('import', specifier),
  };
  switch (dependency.kind) {
    case 'tensorflow':
      return tf;
    case 'unknown':
      return unknown(dependency.why);
    case 'module':
      return loadModule(dependency.name);
  }
}

/** Waits for modules that await at their own level; more may come while one is waited for. */
export async function awaitModules(): Promise<void> {
  for (let index = 0; index < running.length; index++) await running[index];
}

/** What a text is in the scope of a module. @throws what the text throws, or what kept the module from running */
export function evaluateIn(module: string, text: string): Loose {
  loadModule(module);
  const probe = probes.get(module);
  if (!probe) {
    const fault = faultsMet().find((each) => each.module === module);
    throw new OwnError(fault?.message ?? phrase('moduleDidNotRun', module));
  }
  return probe(text);
}

/** A shape that an expression gives: a list of whole numbers, or one. */
export function shapeIn(module: string, text: string): readonly number[] | null {
  try {
    const value = evaluateIn(module, text);
    const sizes: unknown[] = Array.isArray(value) ? value : [value];
    return sizes.every((size) => Number.isInteger(size)) ? (sizes as number[]) : null;
  } catch {
    return null;
  }
}
