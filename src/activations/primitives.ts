import { Emit } from '../graph/emit';
import type { ActivationParameters, Comparison, ValueId } from '../graph/types';

/** A numeric parameter. @throws RangeError where it is missing or no number: the caller fills in the defaults. */
export function numericParameter(parameters: ActivationParameters, name: string): number {
  const value = parameters[name];
  if (typeof value !== 'number') throw new RangeError(`the parameter ${name} must be a number, not ${String(value)}`);
  return value;
}

/** The graph's operators, as the definitions of activations call them. */
export class Arithmetic extends Emit {
  plus = (a: ValueId, number: number): ValueId => this.binaryScalar('add', a, number);
  times = (a: ValueId, number: number): ValueId => this.binaryScalar('mul', a, number);
  clampMin = (a: ValueId, number: number): ValueId => this.binaryScalar('max', a, number);
  clampMax = (a: ValueId, number: number): ValueId => this.binaryScalar('min', a, number);
  exp = (a: ValueId): ValueId => this.unary('exp', a);
  log = (a: ValueId): ValueId => this.unary('log', a);
  tanh = (a: ValueId): ValueId => this.unary('tanh', a);
  sigmoid = (a: ValueId): ValueId => this.unary('sigmoid', a);

  /** `condition(a, number) ? yes : no`, element by element. */
  choose(a: ValueId, comparison: Comparison, number: number, yes: ValueId, no: ValueId): ValueId {
    return this.where(this.compare(comparison, a, this.scalar(number, a)), yes, no);
  }

  /** log(1 + e^a) without overflow: max(a, 0) + log(1 + e^{−|a|}). */
  softplus(a: ValueId): ValueId {
    const small = this.log(this.plus(this.exp(this.neg(this.unary('abs', a))), 1));
    return this.add(this.clampMin(a, 0), small);
  }

  /** max(a, 0) + alpha·(e^{min(a, 0)} − 1). */
  elu(a: ValueId, alpha: number): ValueId {
    return this.add(this.clampMin(a, 0), this.times(this.plus(this.exp(this.clampMax(a, 0)), -1), alpha));
  }
}

export function sigmoid(x: number): number {
  return x >= 0 ? 1 / (1 + Math.exp(-x)) : Math.exp(x) / (1 + Math.exp(x));
}

export function softplus(x: number): number {
  return Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
}

/** Where a growing function has a value, between two numbers, by halving; one of them where it has it beyond. */
export function solve(f: (x: number) => number, value: number, low: number, high: number): number {
  let [below, above] = [low, high];
  for (let i = 0; i < 60; i++) {
    const middle = (below + above) / 2;
    if (f(middle) < value) below = middle;
    else above = middle;
  }
  return above;
}
