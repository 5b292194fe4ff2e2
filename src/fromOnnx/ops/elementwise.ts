/** Operators on each element alone, with numpy's broadcasting. */
import { itemAt } from '../../graph/access';
import { isFloating } from '../../graph/ops/rule';
import type { BinaryFunction, Comparison, UnaryFunction } from '../../graph/types';
import { say } from '../../language/say';
import type { NodeCall, OperatorReader, OperatorTable } from '../call';
import { dtypeOf } from '../elements';
import { joinBias, joinLog, joinNormal, joinScale } from '../layers';
import type { OnnxOperand } from '../operand';
import type { Trace } from '../trace';

const unary =
  (fn: UnaryFunction): OperatorReader =>
  (call) =>
    call.t.unary(fn, call.input(0));

const binary =
  (fn: BinaryFunction): OperatorReader =>
  (call) =>
    call.t.binary(fn, call.input(0), call.input(1));

const compare =
  (fn: Comparison): OperatorReader =>
  (call) =>
    call.t.compare(fn, call.input(0), call.input(1));

/** Any number of operands, one after the other. */
const folded =
  (fn: BinaryFunction): OperatorReader =>
  (call) =>
    call.all.slice(1).reduce((sum, each) => call.t.binary(fn, sum, each), call.input(0));

/** Towards zero: x where it is no float. */
function truncate(t: Trace, x: OnnxOperand): OnnxOperand {
  return t.mul(t.unary('sign', x), t.unary('floor', t.unary('abs', x)));
}

/** The quotient; of integers it is cut towards zero. */
export function divide(t: Trace, a: OnnxOperand, b: OnnxOperand): OnnxOperand {
  const { dtype } = a.type;
  if (isFloating(dtype)) return t.div(a, b);
  return t.cast(t.div(t.cast(a, 'float64'), t.cast(b, 'float64')), dtype);
}

/** Python's `%`, or C's `fmod`, whose result has the sign of what is divided. */
const modulo: OperatorReader = (call) => {
  const { t } = call;
  const [a, b] = [call.input(0), call.input(1)];
  if (call.attributes.int('fmod', 0) === 0) return t.binary('mod', a, b);
  const { dtype } = a.type;
  const [x, y] = isFloating(dtype) ? [a, b] : [t.cast(a, 'float64'), t.cast(b, 'float64')];
  return t.cast(t.sub(x, t.mul(y, truncate(t, t.div(x, y)))), dtype);
};

/** The result has the type of the base. */
const power: OperatorReader = (call) => {
  const { t } = call;
  const [base, exponent] = [call.input(0), call.input(1)];
  const { dtype } = base.type;
  if (isFloating(dtype)) return t.binary('pow', base, t.cast(exponent, dtype));
  return t.cast(t.binary('pow', t.cast(base, 'float64'), t.cast(exponent, 'float64')), dtype);
};

const cast: OperatorReader = (call) => {
  const to = call.attributes.requiredInt('to');
  return castTo(call, call.input(0), dtypeOf(to, say('The result of {0}', call.what), call.path));
};

/** Numbers beyond those of a small integer wrap in C, and ONNX says nothing of them. */
function castTo({ t }: NodeCall, x: OnnxOperand, dtype: ReturnType<typeof dtypeOf>): OnnxOperand {
  return t.cast(x, dtype);
}

const isInfinite: OperatorReader = (call) => {
  const { t, attributes } = call;
  const x = call.input(0);
  const at = (value: number) => t.compare('eq', x, t.scalar(value, x));
  const [above, below] = [attributes.int('detect_positive', 1) !== 0, attributes.int('detect_negative', 1) !== 0];
  if (above && below) return t.binary('or', at(Number.POSITIVE_INFINITY), at(Number.NEGATIVE_INFINITY));
  return at(above ? Number.POSITIVE_INFINITY : below ? Number.NEGATIVE_INFINITY : Number.NaN);
};

/** log(x + √(x² + 1)), of the absolute value, so that nothing cancels. */
function asinh(t: Trace, x: OnnxOperand): OnnxOperand {
  const size = t.unary('abs', x);
  const root = t.unary('sqrt', t.with('add', t.mul(size, size), 1));
  return t.mul(t.unary('sign', x), t.unary('log', t.add(size, root)));
}

function acosh(t: Trace, x: OnnxOperand): OnnxOperand {
  return t.unary('log', t.add(x, t.unary('sqrt', t.with('sub', t.mul(x, x), 1))));
}

function atanh(t: Trace, x: OnnxOperand): OnnxOperand {
  const ratio = t.div(t.with('add', x, 1), t.with('add', t.unary('neg', x), 1));
  return t.with('mul', t.unary('log', ratio), 0.5);
}

/** A shift of bytes is a product with, or a quotient by, a power of two. */
const shift: OperatorReader = (call) => {
  const { t } = call;
  const x = call.input(0);
  if (x.type.dtype !== 'uint8') throw call.refuse(say('it shifts {0}', x.type.dtype));
  const [wide, places] = [t.cast(x, 'int32'), t.with('min', t.cast(call.input(1), 'int32'), 8)];
  const power = t.binary('pow', t.scalar(2, wide), places);
  const made =
    call.attributes.text('direction', '') === 'LEFT' ? t.mul(wide, power) : t.binary('floordiv', wide, power);
  return t.cast(made, 'uint8');
};

export const elementwise: OperatorTable = {
  Add: (call) => joinBias(call.t, call.input(0), call.input(1)) ?? binary('add')(call),
  Sub: binary('sub'),
  Mul: (call) => joinScale(call.t, call.input(0), call.input(1)) ?? binary('mul')(call),
  Div: (call) => joinNormal(call.t, call.input(0), call.input(1)) ?? divide(call.t, call.input(0), call.input(1)),
  Mod: modulo,
  Pow: power,
  Max: folded('max'),
  Min: folded('min'),
  Sum: folded('add'),
  Mean: (call) => call.t.with('div', itemAt([folded('add')(call)].flat(), 0), call.all.length),
  And: binary('and'),
  Or: binary('or'),
  Xor: compare('ne'),
  Not: unary('not'),
  Equal: compare('eq'),
  Less: compare('lt'),
  LessOrEqual: compare('le'),
  Greater: compare('gt'),
  GreaterOrEqual: compare('ge'),
  Where: (call) => call.t.where(call.input(0), call.input(1), call.input(2)),
  Cast: cast,
  CastLike: (call) => castTo(call, call.input(0), call.input(1).type.dtype),
  BitShift: shift,
  IsNaN: (call) => call.t.compare('ne', call.input(0), call.input(0)),
  IsInf: isInfinite,
  Abs: unary('abs'),
  Neg: unary('neg'),
  Exp: unary('exp'),
  Log: (call) => joinLog(call.t, call.input(0)) ?? call.t.unary('log', call.input(0)),
  Sqrt: unary('sqrt'),
  Reciprocal: unary('reciprocal'),
  Floor: unary('floor'),
  Ceil: unary('ceil'),
  Round: unary('round'),
  Sign: unary('sign'),
  Erf: unary('erf'),
  Sin: unary('sin'),
  Cos: unary('cos'),
  Tan: unary('tan'),
  Asin: unary('asin'),
  Acos: unary('acos'),
  Atan: unary('atan'),
  Sinh: unary('sinh'),
  Cosh: unary('cosh'),
  Asinh: (call) => asinh(call.t, call.input(0)),
  Acosh: (call) => acosh(call.t, call.input(0)),
  Atanh: (call) => atanh(call.t, call.input(0)),
};
