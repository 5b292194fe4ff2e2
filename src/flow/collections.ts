/** Lists and dicts of the user's code, whose contents stand in the store. */
import type { FlowRun } from './run';
import type { HeldContents } from './store';
import type { FlowMapping, FlowPlace, FlowSequence } from './values';

export function makeSequence(
  run: FlowRun,
  form: FlowSequence['form'],
  elements: Omit<HeldContents, 'keys'>,
  at: FlowPlace,
): FlowSequence {
  const id = run.newId();
  for (const each of elements.items) run.use(each);
  run.store.fill(id, { ...elements, keys: [] });
  return { kind: 'sequence', id, form, at };
}

export function makeMapping(run: FlowRun, contents: HeldContents, at: FlowPlace): FlowMapping {
  const id = run.newId();
  run.store.fill(id, contents);
  return { kind: 'mapping', id, at };
}
