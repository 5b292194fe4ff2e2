import type { GraphBuilder } from '../graph/builder';
import type { ActivationParameters, BinaryFunction, Comparison, UnaryFunction, ValueId } from '../graph/types';

/** A numeric parameter. @throws RangeError where it is missing or no number: the caller fills in the defaults. */
export function numeric(parameters: ActivationParameters, name: string): number {
  const value = parameters[name];
  if (typeof value !== 'number') throw new RangeError(`the parameter ${name} must be a number, not ${String(value)}`);
  return value;
}

/** Writes an activation's graph form in arithmetic, beside the tensor that it acts on. */
export class Arithmetic {
  constructor(
    private readonly graph: GraphBuilder,
    private readonly x: ValueId,
  ) {}

  /** A number of x's dtype that broadcasts. */
  scalar(value: number): ValueId {
    const type = { dtype: this.graph.type(this.x).dtype, shape: [] };
    return this.graph.emit1({ kind: 'constant', data: [value], type });
  }

  unary(name: UnaryFunction, a: ValueId): ValueId {
    return this.graph.emit1({ kind: 'unary', function: name }, a);
  }

  binary(name: BinaryFunction, a: ValueId, b: ValueId | { readonly number: number }): ValueId {
    const right = typeof b === 'object' ? this.scalar(b.number) : b;
    return this.graph.emit1({ kind: 'binary', function: name }, a, right);
  }

  add = (a: ValueId, b: ValueId): ValueId => this.binary('add', a, b);
  sub = (a: ValueId, b: ValueId): ValueId => this.binary('sub', a, b);
  mul = (a: ValueId, b: ValueId): ValueId => this.binary('mul', a, b);
  div = (a: ValueId, b: ValueId): ValueId => this.binary('div', a, b);
  plus = (a: ValueId, number: number): ValueId => this.binary('add', a, { number });
  times = (a: ValueId, number: number): ValueId => this.binary('mul', a, { number });
  atLeast = (a: ValueId, number: number): ValueId => this.binary('max', a, { number });
  atMost = (a: ValueId, number: number): ValueId => this.binary('min', a, { number });
  neg = (a: ValueId): ValueId => this.unary('neg', a);
  exp = (a: ValueId): ValueId => this.unary('exp', a);
  log = (a: ValueId): ValueId => this.unary('log', a);
  tanh = (a: ValueId): ValueId => this.unary('tanh', a);
  sigmoid = (a: ValueId): ValueId => this.unary('sigmoid', a);

  /** `condition(a, number) ? yes : no`, element by element. */
  choose(a: ValueId, comparison: Comparison, number: number, yes: ValueId, no: ValueId): ValueId {
    const condition = this.graph.emit1({ kind: 'compare', function: comparison }, a, this.scalar(number));
    return this.graph.emit1({ kind: 'where' }, condition, yes, no);
  }

  /** log(1 + e^a) without overflow: max(a, 0) + log(1 + e^{−|a|}). */
  softplus(a: ValueId): ValueId {
    const small = this.log(this.plus(this.exp(this.neg(this.unary('abs', a))), 1));
    return this.add(this.atLeast(a, 0), small);
  }

  /** max(a, 0) + alpha·(e^{min(a, 0)} − 1). */
  elu(a: ValueId, alpha: number): ValueId {
    return this.add(this.atLeast(a, 0), this.times(this.plus(this.exp(this.atMost(a, 0)), -1), alpha));
  }
}

export function sigmoid(x: number): number {
  return x >= 0 ? 1 / (1 + Math.exp(-x)) : Math.exp(x) / (1 + Math.exp(x));
}

export function softplus(x: number): number {
  return Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
}
