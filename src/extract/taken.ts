/** What a class takes of the arguments that one much like it is called with. */
import { itemAt } from '../graph/access';
import type { Interpreter } from '../python/run/interpreter';
import type { PyClass, PyValue } from '../python/values/values';
import { framework } from '../torch/framework';
import { codeOf, parametersOf, requiredParameters } from './callee';
import type { CallValues } from './caller';

/** @returns the arguments by the names of their parameters, or what is missing among them */
export function takeArguments(
  ctx: Interpreter,
  callee: PyClass,
  called: PyClass,
  { args, keywords }: CallValues,
): { readonly keywords: Map<string, PyValue> } | { readonly missing: readonly string[] } {
  const needed = requiredParameters(callee);
  // What needs something else only has the name.
  if (!callee.isSubclassOf(called) && !isSame(requiredParameters(called), needed)) return { missing: needed };
  const taken = new Map(keywords);
  for (const [index, { name }] of parametersOf(called).slice(0, args.length).entries())
    taken.set(name, itemAt(args, index));
  const parameters = codeOf(callee)?.parameters ?? [];
  const takesAny = parameters.some(({ kind }) => kind === 'varkeywords');
  // What the class does not know is about the other, and another model than it names is none of its.
  for (const [name, value] of taken) {
    const own = parameters.find((each) => each.name === name);
    if (own ? !isOf(ctx, value, own.annotation) : !takesAny) taken.delete(name);
  }
  const missing = needed.filter((each) => !taken.has(each));
  return missing.length > 0 ? { missing } : { keywords: taken };
}

const isSame = (one: readonly string[], other: readonly string[]): boolean =>
  [...one].sort().join() === [...other].sort().join();

/** Whether a model is one of the class that an annotation names. */
function isOf(ctx: Interpreter, value: PyValue, annotation: string | undefined): boolean {
  const wanted = annotation && /(\w+)['"]?$/.exec(annotation)?.[1];
  if (!wanted || !framework.isModule(ctx, value)) return true;
  return value.cls.mro.some(({ name }) => name === wanted);
}
