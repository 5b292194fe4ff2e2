/** Functions of a model's own code that its text calls. */

import type { Expr } from '../python/syntax/ast';
import { PyFunction } from '../python/values/scope';
import { PyBoundMethod, PyClass, PyModule, PyStaticMethod, type PyValue } from '../python/values/values';

/** A function, and how many of its parameters stand in front of those that a call gives. */
export interface OwnFunction {
  readonly fn: PyFunction;
  readonly inFront: number;
}

/**
 * `conv3x3(x)`, `ops.upfirdn(x)`, `Blur.apply(x)`: the `forward` of a `torch.autograd.Function` takes a context first.
 * @param members of the module in which the call stands
 */
export function ownFunction(members: ReadonlyMap<string, PyValue>, callee: Expr): OwnFunction | undefined {
  const found = memberOf(members, callee);
  if (found instanceof PyFunction) return { fn: found, inFront: 0 };
  // `blur = Blur.apply`
  const cls = found instanceof PyBoundMethod ? found.self : found;
  if (!(cls instanceof PyClass)) return undefined;
  const isApplied = cls.mro.some((each) => each.native && each.name === 'Function');
  const forward = isApplied ? cls.lookup('forward') : undefined;
  const fn = forward instanceof PyStaticMethod ? forward.callee : forward;
  return fn instanceof PyFunction ? { fn, inFront: 1 } : undefined;
}

/** What a callee names; the class where it is the class's `apply`. */
function memberOf(members: ReadonlyMap<string, PyValue>, callee: Expr): PyValue | undefined {
  if (callee.kind === 'name') return members.get(callee.name);
  if (callee.kind !== 'attribute' || callee.object.kind !== 'name') return undefined;
  const holder = members.get(callee.object.name);
  if (holder instanceof PyClass) return callee.name === 'apply' ? holder : undefined;
  return holder instanceof PyModule ? holder.members.get(callee.name) : undefined;
}
