import type { BinaryFunction, Comparison, DType, UnaryFunction } from '../../graph/types';
import type { Family, Scope } from '../scope';

const plain: Readonly<Partial<Record<UnaryFunction, string>>> = {
  neg: 'Neg',
  abs: 'Abs',
  exp: 'Exp',
  log: 'Log',
  sqrt: 'Sqrt',
  reciprocal: 'Reciprocal',
  floor: 'Floor',
  ceil: 'Ceil',
  erf: 'Erf',
  sin: 'Sin',
  cos: 'Cos',
  tanh: 'Tanh',
  sigmoid: 'Sigmoid',
  not: 'Not',
};

/** 1, 0 or −1: ONNX's Sign has no WebGPU kernel. */
function sign(scope: Scope, x: string, dtype: DType): string {
  const { sink } = scope;
  const zero = sink.scalar(0, dtype);
  const positive = scope.cast(sink.emit('Greater', [x, zero]), 'bool', dtype);
  return sink.emit('Sub', [positive, scope.cast(sink.emit('Less', [x, zero]), 'bool', dtype)]);
}

/** Half to even, as PyTorch and IEEE 754 round: ONNX's Round has no WebGPU kernel. */
function round(scope: Scope, x: string, dtype: DType): string {
  const { sink } = scope;
  const up = sink.emit('Floor', [sink.emit('Add', [x, sink.scalar(0.5, dtype)])]);
  const half = sink.emit('Floor', [sink.emit('Mul', [up, sink.scalar(0.5, dtype)])]);
  const odd = sink.emit('Sub', [up, sink.emit('Mul', [half, sink.scalar(2, dtype)])]);
  const tie = scope.cast(sink.emit('Equal', [sink.emit('Sub', [up, x]), sink.scalar(0.5, dtype)]), 'bool', dtype);
  return sink.emit('Sub', [up, sink.emit('Mul', [odd, tie])]);
}

const isFloat = (dtype: DType) => dtype.startsWith('float') || dtype === 'bfloat16';

const arithmetic: Readonly<Record<Exclude<BinaryFunction, 'and' | 'or'>, string>> = {
  add: 'Add',
  sub: 'Sub',
  mul: 'Mul',
  div: 'Div',
  pow: 'Pow',
  max: 'Max',
  min: 'Min',
};

const comparisons: Readonly<Record<Exclude<Comparison, 'ne'>, string>> = {
  eq: 'Equal',
  lt: 'Less',
  le: 'LessOrEqual',
  gt: 'Greater',
  ge: 'GreaterOrEqual',
};

/** The type in which two operands are compared. */
function common(a: DType, b: DType): DType {
  if (isFloat(a) || isFloat(b)) return a === 'float64' || b === 'float64' ? 'float64' : 'float32';
  return a === 'int64' || b === 'int64' ? 'int64' : 'int32';
}

export const elementwise: Family<'unary' | 'binary' | 'compare' | 'where' | 'cast'> = {
  unary(scope, op, node) {
    const [x] = node.inputs;
    const { sink } = scope;
    const dtype = scope.dtype(node.outputs[0]);
    const name = scope.as(x, op.function === 'not' ? 'bool' : dtype);
    const direct = plain[op.function];
    if (direct) return sink.emit(direct, [name]);
    if (op.function === 'rsqrt') return sink.emit('Reciprocal', [sink.emit('Sqrt', [name])]);
    if (op.function === 'sign') return sink.device === 'wasm' ? sink.emit('Sign', [name]) : sign(scope, name, dtype);
    return sink.device === 'wasm' ? sink.emit('Round', [name]) : round(scope, name, dtype);
  },

  binary(scope, op, node) {
    const [a, b] = node.inputs;
    const { sink } = scope;
    if (op.function === 'and' || op.function === 'or') {
      const [x, y] = [scope.as(a, 'bool'), scope.as(b, 'bool')];
      if (op.function === 'and') return sink.emit('And', [x, y]);
      // Or has no WebGPU kernel; De Morgan's law needs only what has one.
      if (sink.device === 'wasm') return sink.emit('Or', [x, y]);
      return sink.emit('Not', [sink.emit('And', [sink.emit('Not', [x]), sink.emit('Not', [y])])]);
    }
    const dtype = scope.dtype(node.outputs[0]);
    // Sums and products of bools are counted as integers and read as "not zero".
    const through = dtype === 'bool' ? 'int32' : dtype;
    return scope.cast(sink.emit(arithmetic[op.function], [scope.as(a, through), scope.as(b, through)]), through, dtype);
  },

  compare(scope, op, node) {
    const [a, b] = node.inputs;
    const dtype = common(scope.dtype(a), scope.dtype(b));
    const operands = [scope.as(a, dtype), scope.as(b, dtype)];
    if (op.function === 'ne') return scope.sink.emit('Not', [scope.sink.emit('Equal', operands)]);
    return scope.sink.emit(comparisons[op.function], operands);
  },

  where(scope, _op, node) {
    const [condition, a, b] = node.inputs;
    const dtype = scope.dtype(node.outputs[0]);
    const through = dtype === 'bool' && scope.sink.device === 'webgpu' ? 'int32' : dtype;
    const chosen = scope.sink.emit('Where', [scope.as(condition, 'bool'), scope.as(a, through), scope.as(b, through)]);
    return scope.cast(chosen, through, dtype);
  },

  cast(scope, op, node) {
    return scope.as(node.inputs[0], op.dtype);
  },
};
