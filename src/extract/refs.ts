/** What of an expression is a parameter: by names, fields, parts and what is computed with them. */
import type { Expr, FunctionCode } from '../python/syntax/ast';
import type { PyFunction } from '../python/values/scope';
import type { PyClass } from '../python/values/values';
import { lastName } from './slice';

/** A parameter, or a part of it. */
export interface Ref {
  readonly name: string;
  /** How many lists it was taken out of. */
  readonly depth: number;
  /** Something is computed with it. */
  readonly isLoose: boolean;
}

export type ParameterRefs = Map<string, Ref>;

/** Where a piece of code stands. */
export interface CodePlace {
  readonly names: ParameterRefs;
  readonly fields: ParameterRefs;
  readonly fn: PyFunction | undefined;
  /** The class whose instance `self` is, and the one in which the code stands. */
  readonly self: PyClass | undefined;
  readonly owner: PyClass | undefined;
  readonly isBuilding: boolean;
  readonly level: number;
}

/** The parameter that an expression is, a part of, or computed with. */
export function refOf(expr: Expr, place: CodePlace): Ref | undefined {
  const of = (inner: Expr | undefined) => inner && refOf(inner, place);
  const loosely = (ref: Ref | undefined) => ref && { ...ref, isLoose: true };
  switch (expr.kind) {
    case 'name':
      return place.names.get(expr.name);
    case 'attribute':
      return expr.object.kind === 'name' && expr.object.name === 'self' ? place.fields.get(expr.name) : undefined;
    case 'subscript': {
      const ref = of(expr.object);
      return ref && (expr.index.kind === 'slice' ? ref : partOf(ref));
    }
    case 'call': {
      const name = lastName(expr.callee) ?? '';
      if (/^(?:lower|upper|strip)$/.test(name) && expr.callee.kind === 'attribute') return of(expr.callee.object);
      return KEEPS.test(name) ? of(expr.args[0]?.value) : undefined;
    }
    case 'binary': {
      const [left, right] = [of(expr.left), of(expr.right)];
      if (left && right) return undefined;
      if (expr.operator === '+' && isListed(expr.left, expr.right)) return left ?? right;
      return loosely(left ?? (expr.left.kind === 'constant' ? right : undefined));
    }
    case 'unary':
      return loosely(of(expr.operand));
    case 'conditional':
      return of(expr.consequence) ?? of(expr.otherwise);
    case 'boolean':
      return of(expr.left) ?? of(expr.right);
    case 'starred':
      return of(expr.value);
    default:
      return undefined;
  }
}

/** Calls that give what they are given, much as it is. */
const KEEPS =
  /^(?:int|float|list|tuple|round|sorted|reversed|abs|ceil|floor|copy|deepcopy|to_[1-4]?n?tuple|to_\dtuple|_?(?:single|pair|triple)|make_divisible|as_tuple)$/;

export const partOf = (ref: Ref): Ref => ({ ...ref, depth: ref.depth + 1 });

export const isListed = (...sides: readonly Expr[]): boolean =>
  sides.some(({ kind }) => kind === 'list' || kind === 'tuple');

export const namesOf = (code: FunctionCode, from: number): ParameterRefs =>
  new Map(code.parameters.slice(from).map(({ name }) => [name, { name, depth: 0, isLoose: false }]));
