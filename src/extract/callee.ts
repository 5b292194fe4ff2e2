/** What makes a model where it is called, and what it takes. */

import { NativeFunction } from '../python/natives/native';
import type { Parameter } from '../python/natives/parameters';
import { PyFunction } from '../python/values/scope';
import { PyBoundMethod, PyClass, type PyValue } from '../python/values/values';

/** What makes a model where it is called: a class, a function, or a class's own function by which it is made. */
export type Callee = PyClass | PyFunction | PyBoundMethod;

export const isCallee = (value: PyValue | undefined): value is Callee =>
  value instanceof PyClass ||
  value instanceof PyFunction ||
  (value instanceof PyBoundMethod && value.callee instanceof PyFunction);

/** Names of positional and keyword parameters without a default, `self` left out. */
export function requiredParameters(callee: PyValue): string[] {
  const initialise =
    callee instanceof PyClass ? callee.lookup('__init__') : callee instanceof PyBoundMethod ? callee.callee : callee;
  if (!(initialise instanceof PyFunction || initialise instanceof NativeFunction)) return [];
  const own: readonly Parameter[] = initialise.parameters;
  return own
    .slice(takesSelf(callee) ? 1 : 0)
    .filter((p) => p.default === undefined && p.kind !== 'varargs' && p.kind !== 'varkeywords')
    .map((p) => p.name);
}

/** The code that takes what a class or a function is called with. */
export const codeOf = (callee: Callee): PyFunction['code'] | undefined => functionOf(callee)?.code;

export function functionOf(callee: Callee): PyFunction | undefined {
  const taker =
    callee instanceof PyClass ? callee.lookup('__init__') : callee instanceof PyBoundMethod ? callee.callee : callee;
  return taker instanceof PyFunction ? taker : undefined;
}

/** Whether the first parameter is none of a call's. */
const takesSelf = (callee: PyValue): boolean => callee instanceof PyClass || callee instanceof PyBoundMethod;

/** What a class or a function takes, without `self`: of a class without a constructor of its own, what its layer takes. */
export function parametersOf(callee: Callee): readonly Pick<Parameter, 'name' | 'kind'>[] {
  const taker = callee instanceof PyClass ? callee.lookup('__init__') : callee;
  if (taker instanceof NativeFunction) return taker.parameters.slice(1);
  return codeOf(callee)?.parameters.slice(takesSelf(callee) ? 1 : 0) ?? [];
}

export const nameOf = (callee: Callee): string =>
  callee instanceof PyClass ? callee.name : (codeOf(callee)?.name ?? '');

export function isSame(found: PyValue | undefined, callee: Callee): boolean {
  if (callee instanceof PyClass) return found instanceof PyClass && found.canonical === callee.canonical;
  return isCallee(found) && !(found instanceof PyClass) && codeOf(found) === codeOf(callee);
}

export const keyOf = (callee: Callee): unknown => (callee instanceof PyClass ? callee.canonical : codeOf(callee));
