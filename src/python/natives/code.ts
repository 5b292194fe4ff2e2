import type { FunctionCode } from '../syntax/ast';
import { boundNames } from '../syntax/survey';
import { PyInstance, PyTuple, type PyValue } from '../values/values';
import { nativeClass } from './native';
import type { Parameter, ParameterKind } from './parameters';

const CODE = nativeClass('code', [], {});

/** A function's `__code__`: what of it programs ask for to see how a function may be called. */
export function describeCode(code: FunctionCode, parameters: readonly Parameter[], file: string): PyInstance {
  const namesOf = (...kinds: readonly ParameterKind[]) =>
    parameters.filter(({ kind }) => kinds.includes(kind)).map(({ name }) => name);
  const positional = namesOf('positional-only', 'positional');
  const keyword = namesOf('keyword');
  const own = [...positional, ...keyword, ...namesOf('varargs'), ...namesOf('varkeywords')];
  const locals = code.body.flatMap((statement) => [...boundNames(statement)]);
  const isOuter = (name: string) => code.globals.has(name) || code.nonlocals.has(name);
  const fields: Readonly<Record<string, PyValue>> = {
    co_name: code.name,
    co_filename: file,
    co_argcount: BigInt(positional.length),
    co_kwonlyargcount: BigInt(keyword.length),
    co_varnames: new PyTuple([...new Set([...own, ...locals.filter((name) => !isOuter(name))])]),
  };
  const described = new PyInstance(CODE);
  for (const [name, value] of Object.entries(fields)) described.fields.set(name, value);
  return described;
}
