/** What a call in a piece of code means: PyTorch's, or the project's own. */
import type { Expr } from '../python/syntax/ast';
import { PyFunction } from '../python/values/scope';
import { PyClass, PyModule, type PyValue } from '../python/values/values';
import type { CodePlace } from './refs';
import { type Signature, signatureOf } from './signatures';
import { lastName } from './slice';

/** A class, a function or a method of the project's own. */
export interface OwnCallee {
  readonly fn: PyFunction;
  /** The class that is built, or whose method it is. */
  readonly self: PyClass | undefined;
  readonly isMethod: boolean;
  /** Whether it is called of the object that the code is of. */
  readonly isBound: boolean;
}

/** What PyTorch's layer or function takes that a call names. */
export function signatureAt(name: string, callee: Expr, place: CodePlace): Signature | undefined {
  if (name === '__init__' && place.owner && place.self) {
    const { mro } = place.self;
    const base = mro.slice(mro.indexOf(place.owner) + 1).find((each) => each.members.has('__init__'));
    return base?.native ? signatureOf(base.name) : undefined;
  }
  // `getattr(nn, kind)(…)`: of what is chosen by a text, recurrent layers are built with sizes.
  if (callee.kind === 'call' && lastName(callee.callee) === 'getattr') return signatureOf('LSTM');
  return signatureOf(name);
}

/** A class, a function or a method of the project's own. */
export function ownOf(
  callee: Expr,
  { fn, self, owner }: CodePlace,
): { fn: PyFunction; self: PyClass | undefined; isMethod: boolean; isBound: boolean } | undefined {
  let found: PyValue | undefined;
  if (callee.kind === 'name') found = fn?.scope.lookup(callee.name);
  else if (callee.kind === 'attribute' && callee.object.kind === 'name') {
    if (callee.object.name === 'self' && self) {
      const method = self.lookup(callee.name);
      return method instanceof PyFunction ? { fn: method, self, isMethod: true, isBound: true } : undefined;
    }
    const holder = fn?.scope.lookup(callee.object.name);
    found = holder instanceof PyModule ? holder.members.get(callee.name) : undefined;
  } else if (callee.kind === 'attribute' && callee.name === '__init__' && self && owner) {
    const next = self.mro.slice(self.mro.indexOf(owner) + 1).find((each) => each.members.has('__init__'));
    const initialise = next && !next.native ? next.members.get('__init__') : undefined;
    return initialise instanceof PyFunction ? { fn: initialise, self: next, isMethod: true, isBound: true } : undefined;
  }
  if (found instanceof PyFunction) return { fn: found, self: undefined, isMethod: false, isBound: false };
  const initialise = found instanceof PyClass && !found.native ? found.lookup('__init__') : undefined;
  if (!(found instanceof PyClass && initialise instanceof PyFunction)) return undefined;
  return { fn: initialise, self: found, isMethod: true, isBound: false };
}
