/** Tensors that a file makes outside its models: hints of what they take, where no call of the model is found. */

import type { TensorType } from '../graph/types';
import type { Eval } from '../python/natives/context';
import { ExtractionError } from '../python/natives/errors';
import { evaluate } from '../python/run/expressions';
import type { Interpreter } from '../python/run/interpreter';
import type { Expr, Program, Stmt } from '../python/syntax/ast';
import { mainBlock, walk } from '../python/syntax/survey';
import type { Scope } from '../python/values/scope';
import { PyList, PyTuple, PythonError, type PyValue } from '../python/values/values';
import { BATCH } from './settings';

export interface WrittenTensor {
  readonly type: TensorType;
  readonly call: string;
  readonly line: number;
}

/** Tensors that the file makes outside its models: `torch.randn(8, 3, 32, 32)`, in `__main__` first. */
export function* tensorsIn(ctx: Interpreter, program: Program, scope: Scope, integer: boolean): Eval<WrittenTensor[]> {
  const found: WrittenTensor[] = [];
  const outside: Stmt[] = program.body.filter((statement) => statement.kind !== 'class');
  const seen = new Set<Expr>();
  for (const node of [...walk(mainBlock(program.body)), ...walk(outside)]) {
    if (node.kind !== 'call' || node.callee.kind !== 'attribute' || seen.has(node)) continue;
    const { object, name } = node.callee;
    if (object.kind !== 'name' || object.name !== 'torch') continue;
    const wanted = integer ? ['randint', 'zeros', 'ones', 'arange'] : ['randn', 'rand', 'zeros', 'ones', 'empty'];
    if (!wanted.includes(name)) continue;
    seen.add(node);
    const shape = yield* shapeOf(ctx, node, name, scope);
    if (!shape || shape.length < 2) continue;
    const type: TensorType = { dtype: integer ? 'int64' : 'float32', shape: [BATCH, ...shape.slice(1)] };
    found.push({ type, call: `torch.${name}`, line: node.span.line });
  }
  return found;
}

function* shapeOf(
  ctx: Interpreter,
  call: Extract<Expr, { kind: 'call' }>,
  name: string,
  scope: Scope,
): Eval<number[] | undefined> {
  const values: PyValue[] = [];
  try {
    for (const argument of call.args) {
      const size = argument.form === 'keyword' && argument.name === 'size';
      if (argument.form === 'plain' || size) values.push(yield* evaluate(ctx, argument.value, scope));
    }
  } catch (error) {
    if (error instanceof PythonError || error instanceof ExtractionError) return undefined;
    throw error;
  }
  const sequences = values.filter((value) => value instanceof PyTuple || value instanceof PyList);
  const [sequence] = sequences;
  const sizes =
    sequence instanceof PyTuple || sequence instanceof PyList ? sequence.items : name === 'randint' ? [] : values;
  if (!sizes.every((size) => typeof size === 'bigint' && size > 0n)) return undefined;
  return sizes.map(Number);
}
