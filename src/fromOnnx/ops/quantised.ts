/** Quantised tensors as the arithmetic that they stand for. */
import { itemAt, sizeAt } from '../../graph/access';
import { count, storeElements } from '../../graph/evaluate/elements';
import { isFloating } from '../../graph/ops/rule';
import type { DType } from '../../graph/types';
import { say } from '../../language/say';
import type { NodeCall, OperatorReader, OperatorTable } from '../call';
import { dtypeOf } from '../elements';
import { isKnown, type OnnxOperand } from '../operand';
import type { Trace } from '../trace';
import { convolve } from './windows';

const ranges: Partial<Record<DType, readonly [low: number, high: number]>> = {
  uint8: [0, 255],
  int8: [-128, 127],
  int16: [-32768, 32767],
};

/** A scale or a zero for each place of one axis, or for blocks of them, as wide as x; `axis` counts from the end too. */
function spread(call: NodeCall, given: OnnxOperand, x: OnnxOperand): OnnxOperand {
  const { t, attributes } = call;
  const { shape } = x.type;
  if (given.type.shape.length === 0 || (given.type.shape.length === 1 && given.type.shape[0] === 1 && shape[0] !== 1))
    return t.reshape(given, []);
  const axis = call.axis(attributes.int('axis', 1), shape.length);
  const block = attributes.int('block_size', 0);
  if (given.type.shape.length === 1 && block === 0)
    return t.reshape(
      given,
      shape.map((size, i) => (i === axis ? size : 1)),
    );
  const [before, size, after] = [shape.slice(0, axis), sizeAt(shape, axis), shape.slice(axis + 1)];
  const blocks = sizeAt(given.type.shape, axis);
  const apart = t.reshape(given, [...before, blocks, 1, ...after]);
  const wide = t.expand(apart, [...before, blocks, block, ...after]);
  return t.slice(t.reshape(wide, [...before, blocks * block, ...after]), axis, 0, size);
}

/** (x − zero)·scale in floats. */
function dequantise(t: Trace, x: OnnxOperand, scale: OnnxOperand, zero: OnnxOperand | undefined): OnnxOperand {
  const { dtype } = scale.type;
  const whole = zero ? t.sub(t.cast(x, dtype), t.cast(zero, dtype)) : t.cast(x, dtype);
  return t.mul(whole, scale);
}

/** round(x / scale) + zero, within the type's bounds. */
function quantise(
  call: NodeCall,
  x: OnnxOperand,
  scale: OnnxOperand,
  zero: OnnxOperand | undefined,
  dtype: DType,
): OnnxOperand {
  const { t } = call;
  const bounds = ranges[dtype];
  if (!bounds) throw call.refuse(say('it makes {0}', dtype));
  const before = t.builder.valueCount;
  const steps = t.unary('round', t.div(t.cast(x, scale.type.dtype), scale));
  const shifted = zero ? t.add(steps, t.cast(zero, steps.type.dtype)) : steps;
  const made = t.cast(t.with('min', t.with('max', shifted, bounds[0]), bounds[1]), dtype);
  for (let value = before; value < t.builder.valueCount; value++) t.rounding.add(value);
  return made;
}

function tell(call: NodeCall): void {
  call.around.note(
    say(
      'The model is quantised: it is read with its rounding as written, in floats; weights are what their 8 bits stand for.',
    ),
  );
}

/** What a scale or a zero is, though it looks like a weight. */
function constant(call: NodeCall, index: number): OnnxOperand | undefined {
  const given = call.optional(index);
  const data = given?.weight && given.value === undefined ? call.t.dataOf(given) : undefined;
  return given && data ? call.t.constant(data, given.type.shape, given.type.dtype) : given;
}

const quantizeLinear: OperatorReader = (call) => {
  tell(call);
  const [x, scale, zero] = [call.input(0), constant(call, 1) ?? call.input(1), constant(call, 2)];
  const to = call.attributes.int('output_dtype', 0);
  const dtype = zero?.type.dtype ?? (to === 0 ? 'uint8' : dtypeOf(to, call.what, call.path));
  return quantise(call, x, spread(call, scale, x), zero && spread(call, zero, x), dtype);
};

const dequantizeLinear: OperatorReader = (call) => {
  tell(call);
  const { t } = call;
  const [x, scale, zero] = [call.input(0), constant(call, 1) ?? call.input(1), constant(call, 2)];
  return (
    quantisedWeight(call, x, scale, zero) ?? dequantise(t, x, spread(call, scale, x), zero && spread(call, zero, x))
  );
};

/** Weights in 8 bits are a layer's weights, under their own name; computed as they are asked for, of any size. */
function quantisedWeight(
  call: NodeCall,
  x: OnnxOperand,
  scale: OnnxOperand,
  zero: OnnxOperand | undefined,
): OnnxOperand | undefined {
  const { shape } = x.type;
  const { name } = x;
  if (!isKnown(x) || name === undefined || !isKnown(scale) || (zero && !isKnown(zero))) return undefined;
  const isRow = scale.type.shape.length === 1 && shape.length > 0;
  if (call.attributes.int('block_size', 0) !== 0 || scale.type.shape.length > 1) return undefined;
  const axis = isRow && scale.known.length > 1 ? call.axis(call.attributes.int('axis', 1), shape.length) : undefined;
  const type = { dtype: scale.type.dtype, shape };
  const inner = axis === undefined ? 1 : count(shape.slice(axis + 1));
  const data = () =>
    storeElements(type.dtype, x.known.length, (i) => {
      const at = axis === undefined ? 0 : Math.floor(i / inner) % sizeAt(shape, axis);
      return (itemAt(x.known, i) - (zero?.known ? itemAt(zero.known, at) : 0)) * itemAt(scale.known, at);
    });
  return { type, weight: { name, type, order: Number.POSITIVE_INFINITY, data } };
}

const dynamicQuantize: OperatorReader = (call) => {
  tell(call);
  const { t } = call;
  const x = call.input(0);
  const all = x.type.shape.map((_, i) => i);
  const low = t.with('min', t.reduce('min', x, all), 0);
  const high = t.with('max', t.reduce('max', x, all), 0);
  const scale = t.with('div', t.sub(high, low), 255);
  const zero = t.with('min', t.with('max', t.unary('round', t.div(t.unary('neg', low), scale)), 0), 255);
  const y = quantise(call, x, scale, zero, 'uint8');
  return [y, scale, t.cast(zero, 'uint8')];
};

/** Integers less their zero, in doubles, which hold their sums exactly. */
function centre(call: NodeCall, x: number, zero: number, isRow: boolean): OnnxOperand {
  const { t } = call;
  const whole = t.cast(call.input(x), 'float64');
  const given = call.optional(zero);
  if (!given) return whole;
  const origin = t.cast(given, 'float64');
  // Zeros of rows stand in a column.
  return t.sub(
    whole,
    isRow && origin.type.shape.length === 1 && origin.type.shape[0] !== 1
      ? t.reshape(origin, [...origin.type.shape, 1])
      : origin,
  );
}

const matmulInteger: OperatorReader = (call) => {
  tell(call);
  const { t } = call;
  return t.cast(t.matmul(centre(call, 0, 2, true), centre(call, 1, 3, false)), 'int32');
};

const convInteger: OperatorReader = (call) => {
  tell(call);
  const { t } = call;
  const [x, weight] = [t.cast(centre(call, 0, 2, false), 'float32'), filterOf(call, 1, 3)];
  return t.cast(convolve(call.with([x, weight])), 'int32');
};

/** The filter of an integer convolution, less its zero: one, or one for each output. */
function filterOf(call: NodeCall, index: number, zero: number): OnnxOperand {
  const { t } = call;
  const whole = t.cast(call.input(index), 'float32');
  const given = call.optional(zero);
  if (!given) return whole;
  const origin = t.cast(given, 'float32');
  const { shape } = origin.type;
  return t.sub(
    whole,
    shape.length === 1
      ? t.reshape(origin, [itemAt(shape, 0), 1, 1, ...whole.type.shape.slice(3).map(() => 1)])
      : origin,
  );
}

const qLinearMatmul: OperatorReader = (call) => {
  tell(call);
  const { t } = call;
  const part = (x: number) =>
    dequantise(t, call.input(x), constant(call, x + 1) ?? call.input(x + 1), constant(call, x + 2));
  const [a, b] = [part(0), part(3)];
  const [scale, zero] = [constant(call, 6) ?? call.input(6), constant(call, 7) ?? call.input(7)];
  if (!isFloating(a.type.dtype)) throw call.refuse(say('its scales are {0}', a.type.dtype));
  return quantise(call, t.matmul(a, b), scale, zero, zero.type.dtype);
};

const qLinearConv: OperatorReader = (call) => {
  tell(call);
  const { t } = call;
  const x = dequantise(t, call.input(0), constant(call, 1) ?? call.input(1), constant(call, 2));
  const column = (index: number): OnnxOperand => {
    const given = constant(call, index) ?? call.input(index);
    const { shape } = given.type;
    const rank = call.shape(3).length;
    return shape.length === 1 ? t.reshape(given, [itemAt(shape, 0), ...new Array<number>(rank - 1).fill(1)]) : given;
  };
  const weight = dequantise(t, call.input(3), column(4), column(5));
  const [scale, zero] = [constant(call, 6) ?? call.input(6), constant(call, 7) ?? call.input(7)];
  const inputScale = constant(call, 1) ?? call.input(1);
  const given = call.optional(8);
  const bias =
    given &&
    t.mul(t.cast(given, 'float32'), t.mul(t.reshape(inputScale, []), t.reshape(column(4), shapeOfRow(column(4)))));
  const made = convolve(call.with(bias ? [x, weight, bias] : [x, weight]));
  return quantise(call, made, scale, zero, zero.type.dtype);
};

const shapeOfRow = ({ type }: OnnxOperand): number[] => (type.shape.length > 0 ? [itemAt(type.shape, 0)] : []);

export const quantisations: OperatorTable = {
  QuantizeLinear: quantizeLinear,
  DequantizeLinear: dequantizeLinear,
  DynamicQuantizeLinear: dynamicQuantize,
  MatMulInteger: matmulInteger,
  ConvInteger: convInteger,
  QLinearMatMul: qLinearMatmul,
  QLinearConv: qLinearConv,
};
