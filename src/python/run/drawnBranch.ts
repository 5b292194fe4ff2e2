/** Branches on values that are drawn while a model is made: `if torch.det(w) < 0: w[:, 0] *= -1`. */
import { say } from '../../language/say';
import type { Eval } from '../natives/context';
import { ExtractionError } from '../natives/errors';
import type { Expr, Stmt } from '../syntax/ast';
import { acts } from '../syntax/survey';
import type { Scope } from '../values/scope';
import { PyTensor, PythonError, type PyValue } from '../values/values';
import { evaluate } from './expressions';
import type { Interpreter } from './interpreter';

/**
 * What runs of an `if` whose condition is drawn at random, where neither side does more than write other numbers into tensors:
 * nothing, because the numbers are drawn anyway, and a note. Undefined where it is a choice.
 */
export function* drawnBranch(
  ctx: Interpreter,
  statement: Extract<Stmt, { kind: 'if' }>,
  error: unknown,
  scope: Scope,
): Eval<readonly Stmt[] | undefined> {
  if (!(error instanceof ExtractionError) || !error.isDrawn) return undefined;
  for (const each of [...statement.consequence, ...statement.otherwise]) {
    if (!(yield* writesNumbers(ctx, each, scope))) return undefined;
  }
  ctx.note(say('This branch depends on random first values, and changes no more than such values: it is passed over'));
  return [];
}

function* writesNumbers(ctx: Interpreter, statement: Stmt, scope: Scope): Eval<boolean> {
  switch (statement.kind) {
    case 'pass':
      return true;
    case 'assign': {
      for (const target of statement.targets) {
        const isWrite = target.kind === 'subscript' && (yield* tensorAt(ctx, target.object, scope)) !== undefined;
        if (!isWrite && !(yield* keepsType(ctx, target, statement.value, scope))) return false;
      }
      return true;
    }
    case 'augmented': {
      const { target } = statement;
      return (yield* tensorAt(ctx, target.kind === 'subscript' ? target.object : target, scope)) !== undefined;
    }
    case 'expression': {
      const { value } = statement;
      if (value.kind === 'constant') return true;
      if (value.kind !== 'call' || value.callee.kind !== 'attribute' || !/[^_]_$/.test(value.callee.name)) return false;
      return (yield* tensorAt(ctx, value.callee.object, scope)) !== undefined;
    }
    default:
      return false;
  }
}

/** `w = -w`: another tensor of the same type. */
function* keepsType(ctx: Interpreter, target: Expr, value: Expr, scope: Scope): Eval<boolean> {
  if (target.kind !== 'name' && target.kind !== 'attribute') return false;
  const [before, after] = [yield* tensorAt(ctx, target, scope), yield* tensorAt(ctx, value, scope)];
  if (!before || !after) return false;
  return before.type.dtype === after.type.dtype && before.type.shape.join() === after.type.shape.join();
}

/** The tensor that an expression without calls stands for. */
function* tensorAt(ctx: Interpreter, expr: Expr, scope: Scope): Eval<PyTensor | undefined> {
  if (acts(expr)) return undefined;
  let value: PyValue;
  try {
    value = yield* evaluate(ctx, expr, scope);
  } catch (error) {
    if (error instanceof PythonError || error instanceof ExtractionError) return undefined;
    throw error;
  }
  return value instanceof PyTensor ? value : undefined;
}
