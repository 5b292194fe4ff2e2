import { ERFINV } from '../../graph/evaluate/erf';
import type { BinaryFunction, Comparison, DType, UnaryFunction } from '../../graph/types';
import type { Lowerers, LoweringScope } from '../scope';
import { int } from '../sink';

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
  tan: 'Tan',
  asin: 'Asin',
  acos: 'Acos',
  atan: 'Atan',
  sinh: 'Sinh',
  cosh: 'Cosh',
  tanh: 'Tanh',
  sigmoid: 'Sigmoid',
  not: 'Not',
};

/** 1, 0 or −1: ONNX's Sign has no WebGPU kernel. */
function sign(scope: LoweringScope, x: string, dtype: DType): string {
  const { sink } = scope;
  const zero = sink.scalar(0, dtype);
  const positive = scope.cast(sink.emit('Greater', [x, zero]), 'bool', dtype);
  return sink.emit('Sub', [positive, scope.cast(sink.emit('Less', [x, zero]), 'bool', dtype)]);
}

/** Half to even, as PyTorch and IEEE 754 round: ONNX's Round has no WebGPU kernel. */
function round(scope: LoweringScope, x: string, dtype: DType): string {
  const { sink } = scope;
  if (sink.device === 'wasm') return sink.emit('Round', [x]);
  const up = sink.emit('Floor', [sink.emit('Add', [x, sink.scalar(0.5, dtype)])]);
  const half = sink.emit('Floor', [sink.emit('Mul', [up, sink.scalar(0.5, dtype)])]);
  const odd = sink.emit('Sub', [up, sink.emit('Mul', [half, sink.scalar(2, dtype)])]);
  const tie = scope.cast(sink.emit('Equal', [sink.emit('Sub', [up, x]), sink.scalar(0.5, dtype)]), 'bool', dtype);
  return sink.emit('Sub', [up, sink.emit('Mul', [odd, tie])]);
}

/** ONNX has no inverse of Erf. @see ERFINV */
function erfinv(scope: LoweringScope, x: string, dtype: DType): string {
  const { sink } = scope;
  const number = (value: number) => sink.scalar(value, dtype);
  const polynomial = (t: string, terms: readonly number[]) =>
    terms.map(number).reduce((sum, term) => sink.emit('Add', [sink.emit('Mul', [sum, t]), term]));
  const one = number(1);
  const product = sink.emit('Mul', [sink.emit('Sub', [one, x]), sink.emit('Add', [one, x])]);
  const w = sink.emit('Neg', [sink.emit('Log', [product])]);
  const near = polynomial(sink.emit('Sub', [w, number(2.5)]), ERFINV.near);
  const far = polynomial(sink.emit('Sub', [sink.emit('Sqrt', [w]), number(3)]), ERFINV.far);
  return sink.emit('Mul', [x, sink.emit('Where', [sink.emit('Less', [w, number(5)]), near, far])]);
}

const isFloat = (dtype: DType) => dtype.startsWith('float') || dtype === 'bfloat16';

/** a mod b with b's sign: from the remainder with a's sign, which has the other sign or is 0 where it must be moved. */
function modulo(scope: LoweringScope, a: string, b: string, dtype: DType): string {
  const { sink } = scope;
  if (sink.device === 'wasm' && !isFloat(dtype)) return sink.emit('Mod', [a, b]);
  const rest = remainder(scope, a, b, dtype);
  const opposite = sink.emit('Less', [sink.emit('Mul', [rest, b]), sink.scalar(0, dtype)]);
  return sink.emit('Where', [opposite, sink.emit('Add', [rest, b]), rest]);
}

/** a − trunc(a/b)·b; ONNX's Mod has no WebGPU kernel. */
function remainder(scope: LoweringScope, a: string, b: string, dtype: DType): string {
  const { sink } = scope;
  if (sink.device === 'wasm') return sink.emit('Mod', [a, b], { fmod: int(1) });
  const quotient = sink.emit('Div', [a, b]);
  const zero = sink.scalar(0, dtype);
  const whole = isFloat(dtype)
    ? sink.emit('Where', [
        sink.emit('Less', [quotient, zero]),
        sink.emit('Ceil', [quotient]),
        sink.emit('Floor', [quotient]),
      ])
    : quotient;
  return sink.emit('Sub', [a, sink.emit('Mul', [whole, b])]);
}

/** Through the exact remainder: a rounded quotient may have reached the next integer. */
function floorDivide(scope: LoweringScope, a: string, b: string, dtype: DType): string {
  const { sink } = scope;
  const quotient = sink.emit('Div', [sink.emit('Sub', [a, modulo(scope, a, b, dtype)]), b]);
  return isFloat(dtype) ? round(scope, quotient, dtype) : quotient;
}

const arithmetic: Readonly<Record<Exclude<BinaryFunction, 'and' | 'or' | 'floordiv' | 'mod'>, string>> = {
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

/** The type in which numbers are computed: bools are counted, and ONNX Runtime computes with few small integers. */
function wideType(dtype: DType): DType {
  return dtype === 'bool' || dtype === 'int8' || dtype === 'uint8' || dtype === 'int16' ? 'int32' : dtype;
}

/** The type in which two operands are compared. */
function commonType(a: DType, b: DType): DType {
  if (isFloat(a) || isFloat(b)) return a === 'float64' || b === 'float64' ? 'float64' : 'float32';
  return a === 'int64' || b === 'int64' ? 'int64' : 'int32';
}

/** A function of one number, of a tensor that has the result's type. */
function functionOf(scope: LoweringScope, name: UnaryFunction, x: string, dtype: DType): string {
  const { sink } = scope;
  const direct = plain[name];
  if (direct) return sink.emit(direct, [x]);
  if (name === 'rsqrt') return sink.emit('Reciprocal', [sink.emit('Sqrt', [x])]);
  if (name === 'sign') return sink.device === 'wasm' ? sink.emit('Sign', [x]) : sign(scope, x, dtype);
  return name === 'erfinv' ? erfinv(scope, x, dtype) : round(scope, x, dtype);
}

export const elementwise: Lowerers<'unary' | 'binary' | 'compare' | 'where' | 'cast'> = {
  unary(scope, op, node) {
    const [x] = node.inputs;
    const { sink } = scope;
    const dtype = scope.dtype(node.outputs[0]);
    if (op.function === 'not') return sink.emit('Not', [scope.as(x, 'bool')]);
    const through = wideType(dtype);
    return scope.cast(functionOf(scope, op.function, scope.as(x, through), through), through, dtype);
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
    // Sums and products of bools are counted as integers and read as "not zero"; small integers wrap around.
    const through = wideType(dtype);
    if (op.function === 'floordiv' || op.function === 'mod') {
      const divide = op.function === 'mod' ? modulo : floorDivide;
      return scope.cast(divide(scope, scope.as(a, through), scope.as(b, through), through), through, dtype);
    }
    return scope.cast(sink.emit(arithmetic[op.function], [scope.as(a, through), scope.as(b, through)]), through, dtype);
  },

  compare(scope, op, node) {
    const [a, b] = node.inputs;
    const dtype = commonType(scope.dtype(a), scope.dtype(b));
    const operands = [scope.as(a, dtype), scope.as(b, dtype)];
    if (op.function === 'ne') return scope.sink.emit('Not', [scope.sink.emit('Equal', operands)]);
    return scope.sink.emit(comparisons[op.function], operands);
  },

  where(scope, _op, node) {
    const [condition, a, b] = node.inputs;
    const dtype = scope.dtype(node.outputs[0]);
    const through = dtype !== 'bool' || scope.sink.device === 'webgpu' ? wideType(dtype) : dtype;
    const chosen = scope.sink.emit('Where', [scope.as(condition, 'bool'), scope.as(a, through), scope.as(b, through)]);
    return scope.cast(chosen, through, dtype);
  },

  cast(scope, op, node) {
    return scope.as(node.inputs[0], op.dtype);
  },
};
