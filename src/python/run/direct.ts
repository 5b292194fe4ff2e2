/** Arithmetic over numbers, had without a generator for each of its parts: tables of positions have millions of them. */

import { NativeFunction } from '../natives/native';
import type { Expr } from '../syntax/ast';
import type { Scope } from '../values/scope';
import { PyLate, PyModule, type PyValue } from '../values/values';
import type { Interpreter } from './interpreter';
import { binaryOperation, unaryOperation } from './operators';

type Number = number | bigint;

/** Whether an expression is arithmetic over names, constants and functions of modules. */
export function isArithmetic(expr: Expr): boolean {
  switch (expr.kind) {
    case 'binary':
      return isPart(expr.left) && isPart(expr.right);
    case 'unary':
      return isPart(expr.operand);
    case 'call':
      return (
        expr.callee.kind === 'attribute' &&
        expr.callee.object.kind === 'name' &&
        expr.plain &&
        expr.args.every(({ value }) => isPart(value))
      );
    default:
      return false;
  }
}

const isPart = (expr: Expr): boolean => expr.kind === 'name' || expr.kind === 'constant' || isArithmetic(expr);

/**
 * The value of arithmetic over numbers.
 * @returns undefined where something else than numbers is in it: nothing was done then that can't be done again
 */
export function arithmeticOf(ctx: Interpreter, expr: Expr, scope: Scope): Number | undefined {
  switch (expr.kind) {
    case 'constant':
      return numberIn(expr.value);
    case 'name':
      return numberIn(bindingOf(scope.lookup(expr.name)));
    case 'binary': {
      const left = arithmeticOf(ctx, expr.left, scope);
      const right = left === undefined ? undefined : arithmeticOf(ctx, expr.right, scope);
      if (left === undefined || right === undefined) return undefined;
      ctx.span = expr.span;
      return numberIn(binaryOperation(ctx, expr.operator, left, right, false));
    }
    case 'unary': {
      const operand = arithmeticOf(ctx, expr.operand, scope);
      if (operand === undefined) return undefined;
      ctx.span = expr.span;
      return numberIn(unaryOperation(ctx, expr.operator, operand));
    }
    case 'call': {
      const { callee, args } = expr;
      if (callee.kind !== 'attribute' || callee.object.kind !== 'name') return undefined;
      const module = bindingOf(scope.lookup(callee.object.name));
      const found = module instanceof PyModule ? module.members.get(callee.name) : undefined;
      if (!(found instanceof NativeFunction) || !found.ofNumbers) return undefined;
      const given: Number[] = [];
      for (const { value } of args) {
        const number = arithmeticOf(ctx, value, scope);
        if (number === undefined) return undefined;
        given.push(number);
      }
      return found.ofNumbers(given);
    }
    default:
      return undefined;
  }
}

/** What a name is bound to, where that was looked at before. */
const bindingOf = (found: PyValue | PyLate | undefined): PyValue | undefined =>
  found instanceof PyLate ? found.value : found;

const numberIn = (value: PyValue | undefined): Number | undefined =>
  typeof value === 'number' || typeof value === 'bigint' ? value : undefined;
