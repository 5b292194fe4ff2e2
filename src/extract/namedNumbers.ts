/** The whole numbers that a model is built with, by the names that its code has for them. */

import type { Interpreter } from '../python/run/interpreter';
import { PyFunction } from '../python/values/scope';
import { type Keywords, PyClass, PyDict, PyInstance, type PyValue } from '../python/values/values';
import { framework } from '../torch/framework';
import { type Callee, functionOf } from './callee';

/** An argument, a default, or a number of the settings that an argument holds. */
export interface NamedNumber {
  /** As a setting of the reading has it: `hidden`, `config.n_embd`. */
  readonly name: string;
  readonly value: number;
  /** It is the default of the model's own class, which the builder that was called may not have left it. */
  readonly isAssumed?: true;
}

/** Numbers that are looked at: a model of more has most of them for something else. */
const MOST_NAMED = 24;

/** What a class or a builder is called with, its defaults included. */
export function namedNumbers(
  ctx: Interpreter,
  callee: Callee,
  args: readonly PyValue[],
  keywords: Keywords,
): NamedNumber[] {
  const taker = functionOf(callee);
  if (!taker) return [];
  const own = taker.parameters.slice(callee instanceof PyFunction ? 0 : 1);
  const found = own.flatMap(({ name, kind, default: byDefault }, index): NamedNumber[] => {
    if (kind === 'varargs' || kind === 'varkeywords') return [];
    const given = kind === 'keyword' ? keywords.get(name) : (args[index] ?? keywords.get(name));
    if (given === undefined) return numbersIn(name, byDefault);
    return [...numbersIn(name, given), ...heldNumbers(ctx, name, given)];
  });
  return found.slice(0, MOST_NAMED);
}

/** What a builder that hands on whatever it is given may change of the class that it builds. */
export function assumedNumbers(callee: Callee, model: PyInstance, known: readonly NamedNumber[]): NamedNumber[] {
  const passesOn = functionOf(callee)?.parameters.some(({ kind }) => kind === 'varkeywords') ?? false;
  const initialise = model.cls.lookup('__init__');
  if (callee instanceof PyClass || !passesOn || !(initialise instanceof PyFunction)) return [];
  return initialise.parameters
    .slice(1)
    .flatMap(({ name, default: byDefault }) => numbersIn(name, byDefault))
    .filter(({ name }) => !known.some((each) => each.name === name))
    .slice(0, MOST_NAMED)
    .map((each) => ({ ...each, isAssumed: true }));
}

/** The numbers of an object or a dictionary of settings. */
function heldNumbers(ctx: Interpreter, name: string, holder: PyValue): NamedNumber[] {
  if (framework.isModule(ctx, holder)) return [];
  const entries: [PyValue, PyValue][] =
    holder instanceof PyDict
      ? holder.keys().map((key) => [key, holder.get(key) ?? null])
      : holder instanceof PyInstance
        ? [...holder.fields]
        : [];
  return entries.flatMap(([key, value]) => (typeof key === 'string' ? numbersIn(`${name}.${key}`, value) : []));
}

const numbersIn = (name: string, value: PyValue | undefined): NamedNumber[] =>
  typeof value === 'bigint' && value > 0n && value < 1_000_000n ? [{ name, value: Number(value) }] : [];
