import { type Keywords, PyDict, PyTuple, PythonError, type PyValue } from '../values/values';
import { traceChoices } from './trace';

export type ParameterKind = 'positional-only' | 'positional' | 'keyword' | 'varargs' | 'varkeywords';

/** One parameter of a function. */
export interface Parameter {
  readonly name: string;
  readonly kind: ParameterKind;
  /** Evaluated once, where the function is defined. */
  readonly default?: PyValue;
  /** `*sizes` of a native function: PyTorch takes `sizes=(1, 2)` as well. */
  readonly named?: boolean;
}

/** Arguments by parameter name; parameters that took their default are missing from `given`. */
export interface Bound {
  readonly values: Map<string, PyValue>;
  readonly given: Set<string>;
}

/**
 * Gives each parameter its argument, as CPython does.
 * @throws PythonError TypeError in CPython's words.
 */
export function bind(
  name: string,
  parameters: readonly Parameter[],
  args: readonly PyValue[],
  keywords: Keywords | undefined,
): Bound {
  const values = new Map<string, PyValue>();
  const given = new Set<string>();
  let next = 0;
  let rest: string | undefined;
  let named = false;
  let restKeywords: string | undefined;
  for (const parameter of parameters) {
    if (parameter.kind === 'varargs') {
      rest = parameter.name;
      named = parameter.named ?? false;
    } else if (parameter.kind === 'varkeywords') restKeywords = parameter.name;
    else if (parameter.kind !== 'keyword' && next < args.length) {
      values.set(parameter.name, args[next] ?? null);
      given.add(parameter.name);
      next += 1;
    }
  }
  if (rest !== undefined) values.set(rest, new PyTuple(args.slice(next)));

  const extra = restKeywords === undefined ? undefined : new PyDict();
  for (const [key, value] of keywords ?? []) {
    const parameter = parameters.find((candidate) => candidate.name === key && takesKeyword(candidate));
    if (parameter) {
      if (given.has(key)) throw new PythonError('TypeError', `${name}() got multiple values for argument '${key}'`);
      values.set(key, value);
      given.add(key);
    } else if (named && key === rest && next === args.length) values.set(key, new PyTuple([value]));
    else if (extra) extra.set(key, value);
    else {
      const error = new PythonError('TypeError', unexpectedKeyword(name, parameters, keywords ?? new Map(), key));
      throw traceChoices(error, () => parameters.filter(takesKeyword).map((each) => each.name));
    }
  }
  if (restKeywords !== undefined && extra) values.set(restKeywords, extra);

  if (rest === undefined && next < args.length) {
    const others = [...given].filter((each) => parameters.some((p) => p.name === each && p.kind === 'keyword')).length;
    throw new PythonError('TypeError', tooManyArguments(name, parameters, args.length, others));
  }
  const missing: Parameter[] = [];
  for (const parameter of parameters) {
    if (values.has(parameter.name)) continue;
    if (parameter.default === undefined) missing.push(parameter);
    else values.set(parameter.name, parameter.default);
  }
  if (missing.length > 0) throw new PythonError('TypeError', missingMessage(name, missing));
  return { values, given };
}

function takesKeyword(parameter: Parameter): boolean {
  return parameter.kind === 'positional' || parameter.kind === 'keyword';
}

/** A keyword that no parameter takes. */
function unexpectedKeyword(name: string, parameters: readonly Parameter[], keywords: Keywords, key: string): string {
  const positional = parameters.filter((p) => p.kind === 'positional-only' && keywords.has(p.name)).map((p) => p.name);
  return positional.length > 0
    ? `${name}() got some positional-only arguments passed as keyword arguments: '${positional.join(', ')}'`
    : `${name}() got an unexpected keyword argument '${key}'`;
}

function tooManyArguments(name: string, parameters: readonly Parameter[], given: number, others: number): string {
  const positional = parameters.filter((p) => p.kind === 'positional' || p.kind === 'positional-only');
  const least = positional.filter((p) => p.default === undefined).length;
  const most = positional.length;
  const range = least === most ? `${most}` : `from ${least} to ${most}`;
  const plural = (count: number) => (count === 1 ? '' : 's');
  const also =
    others > 0
      ? ` positional argument${plural(given)} (and ${others} keyword-only argument${plural(others)}) were`
      : given === 1
        ? ' was'
        : ' were';
  const ending = least === most && most === 1 ? '' : 's';
  return `${name}() takes ${range} positional argument${ending} but ${given}${also} given`;
}

function missingMessage(name: string, missing: readonly Parameter[]): string {
  const kind = missing[0]?.kind === 'keyword' ? 'keyword-only' : 'positional';
  const same = missing.filter((p) => (p.kind === 'keyword') === (kind === 'keyword-only'));
  const names = same.map((p) => `'${p.name}'`);
  const last = names.pop();
  const list = names.length === 0 ? last : `${names.join(', ')}${names.length > 1 ? ',' : ''} and ${last}`;
  return `${name}() missing ${same.length} required ${kind} argument${same.length === 1 ? '' : 's'}: ${list}`;
}
