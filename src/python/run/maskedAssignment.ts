/** What a mask picks out of one tensor and puts into the same places of another: `nearest[mask] = distance[mask]`. */
import type { Eval } from '../natives/context';
import { ExtractionError } from '../natives/errors';
import type { BinaryOperator, Expr, Stmt } from '../syntax/ast';
import { acts } from '../syntax/survey';
import type { Scope } from '../values/scope';
import { Ellipsis, PyTensor, type PyValue } from '../values/values';
import { evaluate } from './expressions';
import type { Interpreter } from './interpreter';
import { binaryOperation, unaryOperation } from './operators';
import { setItem } from './subscripts';

type Masked = Extract<Expr, { kind: 'subscript' }>;

/**
 * How many places a mask picks is known only when the model runs, but not asked for where all goes back into the same
 * places: the whole tensors are worked out, and the mask chooses among them.
 * @param error by which the statement failed as it stands
 * @returns whether the statement was done
 */
export function* maskedAssignment(
  ctx: Interpreter,
  statement: Extract<Stmt, { kind: 'assign' | 'augmented' }>,
  error: unknown,
  scope: Scope,
): Eval<boolean> {
  if (!(error instanceof ExtractionError) || !error.goesByValues) return false;
  const target = statement.kind === 'augmented' ? statement.target : statement.targets[0];
  if (target?.kind !== 'subscript' || (statement.kind === 'assign' && statement.targets.length > 1)) return false;
  if (acts(target.index) || acts(target.object)) return false;
  const object = yield* evaluate(ctx, target.object, scope);
  const mask = yield* evaluate(ctx, target.index, scope);
  if (!(object instanceof PyTensor && mask instanceof PyTensor) || mask.type.dtype !== 'bool') return false;
  // What is picked elsewhere must be picked of a tensor that the mask fits as well.
  const isPicked = (value: PyValue): boolean =>
    value instanceof PyTensor &&
    value.type.shape.length === object.type.shape.length &&
    mask.type.shape.every((size, axis) => size === value.type.shape[axis]);
  const value = yield* wholeOf(ctx, statement.value, target, scope, isPicked);
  if (value === undefined) return false;
  const whole = statement.kind === 'augmented' ? combine(ctx, statement.operator, object, value) : { found: value };
  const { shape, dtype } = object.type;
  const result = whole?.found;
  const isLike =
    result instanceof PyTensor &&
    result.type.dtype === dtype &&
    result.type.shape.join() === shape.join() &&
    mask.type.shape.every((size, axis) => size === shape[axis]);
  if (!isLike) return false;
  ctx.span = statement.span;
  const behind = shape.slice(mask.type.shape.length).map(() => 1n);
  const wide = yield* method(ctx, mask, 'reshape', [...mask.type.shape.map(BigInt), ...behind]);
  yield* setItem(ctx, object, Ellipsis, yield* method(ctx, result, 'where', [wide, object]));
  return true;
}

/** What an expression is at all places in place of those that the mask picks; undefined where it is more than elementwise. */
function* wholeOf(
  ctx: Interpreter,
  expr: Expr,
  target: Masked,
  scope: Scope,
  isPicked: (value: PyValue) => boolean,
): Eval<PyValue | undefined> {
  if (expr.kind === 'subscript' && isSame(expr.index, target.index)) {
    if (acts(expr.object)) return undefined;
    const picked = yield* evaluate(ctx, expr.object, scope);
    return isPicked(picked) ? picked : undefined;
  }
  if (expr.kind === 'unary' && expr.operator === '-') {
    const operand = yield* wholeOf(ctx, expr.operand, target, scope, isPicked);
    return operand === undefined ? undefined : unaryOperation(ctx, '-', operand);
  }
  if (expr.kind === 'binary') {
    const left = yield* wholeOf(ctx, expr.left, target, scope, isPicked);
    const right = yield* wholeOf(ctx, expr.right, target, scope, isPicked);
    return left === undefined || right === undefined ? undefined : combine(ctx, expr.operator, left, right)?.found;
  }
  if (acts(expr)) return undefined;
  const value = yield* evaluate(ctx, expr, scope);
  const isOne = typeof value === 'bigint' || typeof value === 'number';
  return isOne || (value instanceof PyTensor && value.type.shape.length === 0) ? value : undefined;
}

/** Of operations whose value and gradient at the places that are not picked can't spoil those that are. */
function combine(
  ctx: Interpreter,
  operator: BinaryOperator,
  left: PyValue,
  right: PyValue,
): { readonly found: PyValue } | undefined {
  const isSafe = operator === '+' || operator === '-' || operator === '*' || (operator === '/' && !isTensor(right));
  return isSafe ? { found: binaryOperation(ctx, operator, left, right, false) } : undefined;
}

const isTensor = (value: PyValue): boolean => value instanceof PyTensor;

function* method(ctx: Interpreter, self: PyTensor, name: string, args: PyValue[]): Eval<PyValue> {
  return yield* ctx.run(yield* ctx.attribute(self, name), args);
}

/** Whether two expressions are written alike. */
const isSame = (one: Expr, other: Expr): boolean => textOf(one) === textOf(other);

const textOf = (expr: Expr): string =>
  JSON.stringify(expr, (key, value: unknown) =>
    key === 'span' ? undefined : typeof value === 'bigint' ? `${value}n` : value,
  );
