/** What the parameters of a function stand for when it is called. */
import type { ParameterNode } from '../python/syntax/ast';
import { makeSequence } from './collections';
import { argumentOf } from './queries';
import type { FlowRun } from './run';
import type { Frame } from './store';
import { type FlowArgument, type FlowPlace, type FlowValue, type UserFunction, unknown } from './values';

/** Where what nobody wrote stands. */
export const placeless: FlowPlace = { file: '', span: { line: 0, column: 0, endLine: 0, endColumn: 0 } };

/** Binds the parameters of a function in its frame. */
export function bindArguments(
  run: FlowRun,
  { code, receiver, frame: outer, decorators }: UserFunction,
  args: readonly FlowArgument[],
  frame: Frame,
): void {
  const isMethod = receiver !== undefined && !decorators.includes('staticmethod');
  const all: readonly FlowArgument[] = isMethod
    ? [{ value: receiver, at: placeless, name: undefined, isSpread: false }, ...args]
    : args;
  const isOpen = all.some(({ isSpread }) => isSpread);
  let position = 0;
  for (const parameter of code.parameters) {
    const { name, kind } = parameter;
    if (kind === 'varkeywords') run.bind(frame, name, unknown);
    else if (kind === 'varargs') {
      const loose = all.filter((each) => each.name === undefined);
      const rest = loose.slice(position).filter(({ isSpread }) => !isSpread);
      const items = { items: rest.map(({ value }) => value), isOpen: loose.some(({ isSpread }) => isSpread) };
      run.bind(frame, name, makeSequence(run, 'tuple', items, placeless));
    } else {
      const given = kind === 'keyword' ? all.find((each) => each.name === name) : argumentOf(all, position++, name);
      run.bind(frame, name, given?.value ?? usualValue(run, parameter, outer, isOpen));
    }
  }
}

function usualValue(run: FlowRun, { name, default: usual }: ParameterNode, frame: Frame, isOpen: boolean): FlowValue {
  const value = usual ? run.evaluate(usual, frame) : undefined;
  return isOpen ? { kind: 'parameter', name, default: value } : (value ?? unknown);
}

/** What a function gets that is looked at by itself. */
export function openArguments(run: FlowRun, { code, frame }: UserFunction, isMethod: boolean): FlowArgument[] {
  const named = code.parameters
    .filter(({ kind }, index) => kind !== 'varargs' && kind !== 'varkeywords' && !(isMethod && index === 0))
    .map(({ name, default: usual }): FlowArgument => {
      const value = { kind: 'parameter', name, default: usual && run.evaluate(usual, frame) } as const;
      return { value, at: placeless, name, isSpread: false };
    });
  // Nobody knows how many there are of `*args`.
  const hasMore = code.parameters.some(({ kind }) => kind === 'varargs');
  return hasMore ? [...named, { value: unknown, at: placeless, name: undefined, isSpread: true }] : named;
}
