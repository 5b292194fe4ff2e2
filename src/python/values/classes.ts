import type { PyClass, PyValue } from './values';

/** The classes of built-in values. */
export interface BuiltinClasses {
  readonly object: PyClass;
  readonly type: PyClass;
  readonly NoneType: PyClass;
  readonly bool: PyClass;
  readonly int: PyClass;
  readonly float: PyClass;
  readonly str: PyClass;
  readonly list: PyClass;
  readonly tuple: PyClass;
  readonly dict: PyClass;
  readonly set: PyClass;
  readonly frozenset: PyClass;
  readonly range: PyClass;
  readonly slice: PyClass;
  readonly function: PyClass;
  readonly builtin_function_or_method: PyClass;
  readonly method: PyClass;
  readonly module: PyClass;
  readonly property: PyClass;
  readonly staticmethod: PyClass;
  readonly classmethod: PyClass;
  readonly iterator: PyClass;
  readonly ellipsis: PyClass;
  readonly NotImplementedType: PyClass;
  readonly super: PyClass;
  /** `typing.Generic`, `Protocol` and what else may stand among bases and means nothing. */
  readonly generic: PyClass;
  /** `typing.NamedTuple`. */
  readonly namedTupleBase: PyClass;
  readonly exceptions: ReadonlyMap<string, PyClass>;
}

/** The built-in names and classes of one evaluation. */
export interface Builtins {
  readonly names: Map<string, PyValue>;
  readonly classes: BuiltinClasses;
}
