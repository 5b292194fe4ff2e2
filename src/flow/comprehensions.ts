/** `[f(x) for x in xs]` and its kin. */
import type { Expr } from '../python/syntax/ast';
import { assign } from './assignment';
import { makeMapping, makeSequence } from './collections';
import { elementsOf, turnsOf } from './queries';
import type { FlowRun } from './run';
import { ELEMENTS } from './run';
import type { Frame } from './store';
import { type FlowPlace, type FlowValue, possibilities, unknown } from './values';

export function comprehensionValue(
  run: FlowRun,
  expression: Extract<Expr, { kind: 'comprehension' }>,
  frame: Frame,
  at: FlowPlace,
): FlowValue {
  const { clauses, element, form } = expression;
  const [clause] = clauses;
  if (!clause) return unknown;
  const iterated = run.evaluate(clause.iterable, frame);
  const elements = clauses.length === 1 && clause.conditions.length === 0 ? elementsOf(iterated, run.store) : undefined;
  const alike = clauses.length === 1 ? turnsOf(iterated, run.store) : undefined;
  const turns: readonly FlowValue[] = elements ?? alike ?? Array.from({ length: ELEMENTS }, () => unknown);
  const items: FlowValue[] = [];
  const keys: string[] = [];
  for (const each of turns) {
    for (const [index, { target }] of clauses.entries()) assign(run, target, index === 0 ? each : unknown, frame);
    const key = run.evaluate(element, frame);
    keys.push(key.kind === 'constant' ? String(key.value) : `#${keys.length}`);
    items.push(expression.value ? run.evaluate(expression.value, frame) : key);
    if (expression.value) run.use(items.at(-1) ?? unknown);
  }
  if (form === 'set') return unknown;
  if (form === 'dict') {
    const isTold = elements !== undefined && keys.every((key) => !key.startsWith('#'));
    return makeMapping(run, { items, keys, isOpen: !isTold, isUniform: !isTold }, at);
  }
  const isModule = items.some((each) =>
    possibilities(each).some(({ kind }) => /^(layer|instance|sequence)$/.test(kind)),
  );
  return makeSequence(run, 'list', { items, isOpen: !elements && !isModule, isUniform: !elements }, at);
}
