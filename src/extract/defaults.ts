/** Whether a fault is there whatever the defaults are that nobody has confirmed. */

import type { Fault } from '../graph/fault';
import type { ParameterNode } from '../python/syntax/ast';
import { Attempt } from './attempt';
import type { ReadingTask } from './evaluation';
import { isSameFault } from './faults';
import { parseSettings } from './given';
import { topLevelStatements } from './slice';

/** Milliseconds for trying others. */
const JUDGING = 3000;
/** Defaults that are tried otherwise. */
const MOST_TRIED = 8;

/**
 * The fault that an attempt ended in, if it is sure. A class that is built with its own defaults alone may be meant for
 * other numbers: it fails with twice as much of each in the same way, or nothing is told.
 */
export async function certainFault(task: ReadingTask, attempt: Attempt, deadline: number): Promise<Fault | undefined> {
  const { fault, origin } = attempt;
  if (!fault || fault.basis === 'call' || origin) return fault;
  const end = Math.min(deadline, performance.now() + JUDGING);
  const before = await attempt.firstSuspect(end);
  for (const { name, default: value } of defaultsOf(task).slice(0, MOST_TRIED)) {
    if (performance.now() > end || value?.kind !== 'constant' || typeof value.value !== 'bigint') return undefined;
    const settings = await parseSettings(task.request.syntax, [{ name, text: String(2n * value.value || 1n) }]);
    const other = await new Attempt({ ...task, settings: [...task.settings, ...settings] }).firstSuspect(end);
    if (!before || !isSameFault(before, other)) return undefined;
  }
  return fault;
}

/** What the class or the builder that is asked for by its name has as numbers by default. */
function defaultsOf({ entry, program }: ReadingTask): readonly ParameterNode[] {
  const { expression } = entry.kind === 'expression' ? entry : {};
  const named = expression?.kind === 'call' ? expression.callee : expression;
  if (named?.kind !== 'name' || (expression?.kind === 'call' && expression.args.length > 0)) return [];
  for (const statement of topLevelStatements(program.body)) {
    const code =
      statement.kind === 'class' && statement.name === named.name
        ? statement.body.flatMap((each) =>
            each.kind === 'function' && each.code.name === '__init__' ? [each.code] : [],
          )[0]
        : statement.kind === 'function' && statement.code.name === named.name
          ? statement.code
          : undefined;
    if (code)
      return code.parameters.filter(
        ({ default: value }) => value?.kind === 'constant' && typeof value.value === 'bigint',
      );
  }
  return [];
}
