import type { Note } from '../../graph/types';
import type { Eval } from '../natives/context';
import type { Parameter } from '../natives/parameters';
import type { Expr, FunctionCode } from '../syntax/ast';
import { type PyClass, type PyDict, type PyModule, PyObject, type PyValue } from './values';

/** A level of names. Function bodies see through class bodies, as in Python. */
export class Scope {
  readonly names: Map<string, PyValue>;
  /** `__class__` for zero-argument `super()`. */
  definingClass: PyClass | undefined;
  /** The scope of a comprehension: walrus targets go outside. */
  comprehension = false;
  /** Annotated names of a class body with their annotations, in order. */
  annotations: Map<string, string> | undefined;
  /** Name of the class whose body this is. */
  definingClassName: string | undefined;
  /** What stands before the names that the running function defines: `f.<locals>.`. */
  owner = '';
  /** The scope that called the function, while it runs. */
  caller: Scope | undefined;
  /** First positional argument of the running function, for `super()`. */
  self: PyValue | undefined;

  constructor(
    readonly kind: 'module' | 'class' | 'function',
    readonly parent: Scope | undefined,
    readonly module: PyModule,
    readonly code?: FunctionCode,
  ) {
    this.names = kind === 'module' ? module.members : new Map();
    this.definingClass = parent?.definingClass;
    this.self = parent?.kind === 'function' ? parent.self : undefined;
    this.owner = parent?.kind === 'function' ? parent.owner : '';
  }

  lookup(name: string): PyValue | undefined {
    if (this.code?.globals.has(name)) return this.module.members.get(name);
    const own = this.names.get(name);
    if (own !== undefined) return own;
    for (let scope = this.parent; scope; scope = scope.parent) {
      if (scope.kind === 'class') continue;
      const found = scope.names.get(name);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  /** `__qualname__` of what is defined here under this name. */
  qualifiedName(name: string): string {
    return (this.kind === 'class' && this.definingClass ? `${this.definingClass.qualifiedName}.` : this.owner) + name;
  }

  assign(name: string, value: PyValue): void {
    this.namesOf(name).set(name, value);
  }

  delete(name: string): boolean {
    return this.namesOf(name).delete(name);
  }

  private namesOf(name: string): Map<string, PyValue> {
    if (this.code?.globals.has(name)) return this.module.members;
    if (this.code?.nonlocals.has(name)) {
      for (let scope = this.parent; scope; scope = scope.parent) {
        if (scope.kind === 'function' && scope.names.has(name)) return scope.names;
      }
    }
    return this.names;
  }
}

/** A function defined in Python. */
export class PyFunction extends PyObject {
  protected readonly kind = 'function';
  /** What a call of it should tell the reader: a decorator that could not be read. */
  note: Note | undefined;
  /** Defaults that name an import nothing has used so far: evaluated at the first call. */
  lateDefaults: ReadonlyMap<string, Expr> | undefined;
  /** What a decorator runs around each call of it. */
  around: ((body: () => Eval<PyValue>) => Eval<PyValue>) | undefined;
  /** `functools.lru_cache`: results by arguments. */
  results: PyDict | undefined;

  constructor(
    readonly code: FunctionCode,
    public parameters: readonly Parameter[],
    readonly scope: Scope,
    readonly qualifiedName: string,
  ) {
    super();
  }
}
