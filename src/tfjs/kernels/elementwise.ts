/** Kernels that work element by element: their inputs are brought into one order, which the output keeps. */
import { firstElements, itemAt } from '../../graph/access';
import type { Emit } from '../../graph/emit';
import type { BinaryFunction, Comparison, UnaryFunction, ValueId } from '../../graph/types';
import { activateByKernel } from '../activation';
import type { StepView } from '../translation';
import { type RuleTable, type StepRule, shareRule } from './table';

const floating = (e: Emit, x: ValueId): ValueId => (e.isFloating(x) ? x : e.cast(x, 'float32'));

/** A function of one number. */
const unary =
  (fn: UnaryFunction): StepRule =>
  (step) =>
    step.map('x', (x) => step.e.unary(fn, x));

/** A function of one real number, in other operators. */
const composition =
  (body: (e: Emit, x: ValueId, step: StepView) => ValueId): StepRule =>
  (step) =>
    step.map('x', (x) => body(step.e, x, step));

/** Two operands in the type of the output. */
function operands(step: StepView, first = 'a', second = 'b'): { a: ValueId; b: ValueId; order: readonly number[] } {
  const { values, order } = step.align([first, second]);
  return { a: itemAt(values, 0), b: itemAt(values, 1), order };
}

const pairwise =
  (body: (e: Emit, a: ValueId, b: ValueId) => ValueId): StepRule =>
  (step) => {
    const { a, b, order } = operands(step);
    const dtype = step.outputType();
    step.give(body(step.e, step.e.cast(a, dtype), step.e.cast(b, dtype)), order);
  };

const binary = (fn: BinaryFunction): StepRule => pairwise((e, a, b) => e.binary(fn, a, b));

/** Operands of different types meet as floats. */
function comparable(e: Emit, a: ValueId, b: ValueId): readonly [ValueId, ValueId] {
  const [first, second] = [e.type(a).dtype, e.type(b).dtype];
  if (first === second && first !== 'bool') return [a, b];
  const common = first === 'float32' || second === 'float32' ? 'float32' : 'int32';
  return [e.cast(a, common), e.cast(b, common)];
}

const comparison =
  (fn: Comparison): StepRule =>
  (step) => {
    const { a, b, order } = operands(step);
    step.give(step.e.compare(fn, ...comparable(step.e, a, b)), order);
  };

const logical =
  (body: (e: Emit, a: ValueId, b: ValueId) => ValueId): StepRule =>
  (step) => {
    const { a, b, order } = operands(step);
    step.give(body(step.e, step.e.cast(a, 'bool'), step.e.cast(b, 'bool')), order);
  };

/** Counts towards zero, as a cast to integers does. */
function truncate(e: Emit, x: ValueId): ValueId {
  return e.mul(e.unary('sign', x), e.unary('floor', e.unary('abs', x)));
}

/** Of integers a quotient is an integer, of which the part behind the point is dropped. */
const quotient: StepRule = (step) => {
  const { e } = step;
  const { a, b, order } = operands(step);
  const made = e.div(floating(e, a), floating(e, b));
  step.give(step.outputType() === 'float32' ? made : truncate(e, made), order);
};

/** The angle of the point (b, a), between −π and π. */
function angle(e: Emit, a: ValueId, b: ValueId): ValueId {
  const zero = e.scalar(0, a);
  const near = e.unary('atan', e.div(a, b));
  const half = e.where(e.compare('lt', a, zero), e.scalar(-Math.PI, a), e.scalar(Math.PI, a));
  const turned = e.where(e.compare('lt', b, zero), e.add(near, half), near);
  const upright = e.binaryScalar('mul', e.unary('sign', a), Math.PI / 2);
  return e.where(e.compare('eq', b, zero), upright, turned);
}

/** The op has broadcast all three to one shape. */
const choose: StepRule = (step) => {
  const { e } = step;
  const { values, order } = step.align(['condition', 't', 'e']);
  const [test, t, other] = firstElements(values, 3);
  step.give(e.where(e.cast(test, 'bool'), e.cast(t, step.outputType()), e.cast(other, step.outputType())), order);
};

export const elementwise: RuleTable = {
  ...shareRule('Relu Relu6 Elu Selu LeakyRelu Prelu Sigmoid Tanh Softmax Softplus Step', activateByKernel),
  Abs: unary('abs'),
  Acos: unary('acos'),
  Asin: unary('asin'),
  Atan: unary('atan'),
  Ceil: unary('ceil'),
  Cos: unary('cos'),
  Cosh: unary('cosh'),
  Erf: unary('erf'),
  Exp: unary('exp'),
  Floor: unary('floor'),
  Log: unary('log'),
  Neg: unary('neg'),
  Reciprocal: unary('reciprocal'),
  Round: unary('round'),
  Rsqrt: unary('rsqrt'),
  Sign: unary('sign'),
  Sin: unary('sin'),
  Sinh: unary('sinh'),
  Sqrt: unary('sqrt'),
  Tan: unary('tan'),
  Acosh: composition((e, x) => {
    const root = e.unary('sqrt', e.binaryScalar('sub', e.mul(x, x), 1));
    return e.unary('log', e.add(x, root));
  }),
  Asinh: composition((e, x) => {
    const size = e.unary('abs', x);
    const root = e.unary('sqrt', e.binaryScalar('add', e.mul(x, x), 1));
    return e.mul(e.unary('sign', x), e.unary('log', e.add(size, root)));
  }),
  Atanh: composition((e, x) => {
    const [above, below] = [e.binaryScalar('add', x, 1), e.binaryScalar('add', e.neg(x), 1)];
    return e.binaryScalar('mul', e.unary('log', e.div(above, below)), 0.5);
  }),
  Expm1: composition((e, x) => e.binaryScalar('sub', e.unary('exp', x), 1)),
  Log1p: composition((e, x) => e.unary('log', e.binaryScalar('add', x, 1))),
  Square: composition((e, x) => e.mul(x, x)),
  IsNan: composition((e, x) => e.compare('ne', x, x)),
  IsInf: composition((e, x) => e.compare('eq', e.unary('abs', x), e.scalar(Number.POSITIVE_INFINITY, x))),
  IsFinite: composition((e, x) => e.compare('lt', e.unary('abs', x), e.scalar(Number.POSITIVE_INFINITY, x))),
  LogicalNot: composition((e, x) => e.unary('not', e.cast(x, 'bool'))),
  ClipByValue: composition((e, x, step) => {
    const [low, high] = [step.number('clipValueMin'), step.number('clipValueMax')];
    const above = low === Number.NEGATIVE_INFINITY ? x : e.binaryScalar('max', x, low);
    return high === Number.POSITIVE_INFINITY ? above : e.binaryScalar('min', above, high);
  }),
  Identity: composition((_, x) => x),
  Written: composition((e, x) => {
    e.builder.stops = true;
    const stopped = e.binaryScalar('mul', x, 1);
    e.builder.stops = false;
    return stopped;
  }),
  Cast: composition((e, x, step) => {
    const whole = step.outputType() === 'int32' && e.isFloating(x);
    if (step.outputType() === 'bool' && e.type(x).dtype !== 'bool') return e.compare('ne', x, e.scalar(0, x));
    return whole ? e.cast(x, 'int32') : e.cast(x, step.outputType());
  }),
  ZerosLike: (step) => step.give(step.e.full(0, { dtype: step.outputType(), shape: step.outputShape() })),
  OnesLike: (step) => step.give(step.e.full(1, { dtype: step.outputType(), shape: step.outputShape() })),
  Add: binary('add'),
  Sub: binary('sub'),
  Multiply: binary('mul'),
  RealDiv: quotient,
  FloorDiv: (step) => {
    const { e } = step;
    const { a, b, order } = operands(step);
    step.give(e.unary('floor', e.div(floating(e, a), floating(e, b))), order);
  },
  Mod: binary('mod'),
  Pow: binary('pow'),
  Maximum: binary('max'),
  Minimum: binary('min'),
  SquaredDifference: pairwise((e, a, b) => {
    const difference = e.sub(a, b);
    return e.mul(difference, difference);
  }),
  Atan2: pairwise(angle),
  Equal: comparison('eq'),
  NotEqual: comparison('ne'),
  Less: comparison('lt'),
  LessEqual: comparison('le'),
  Greater: comparison('gt'),
  GreaterEqual: comparison('ge'),
  LogicalAnd: logical((e, a, b) => e.binary('and', a, b)),
  LogicalOr: logical((e, a, b) => e.binary('or', a, b)),
  Select: choose,
  AddN: (step) => {
    const { values, order } = step.align(step.step.inputs.map(([name]) => name));
    step.give(
      values.reduce((sum, each) => step.e.add(sum, each)),
      order,
    );
  },
};
