/**
 * Functions of single elements: `torch.exp(x)`, `x.exp()`.
 * `torch.logical_and`, `torch.logical_or`, `torch.logical_xor`, `torch.bitwise_and`, `torch.bitwise_or`,
 * `torch.bitwise_xor`
 */
import type { BinaryFunction, UnaryFunction } from '../../graph/types';
import { say } from '../../language/say';
import { type NativeArguments, numberOf } from '../../python/natives/arguments';
import type { Context } from '../../python/natives/context';
import { table } from '../../python/natives/table';
import type { PyTensor, PyValue } from '../../python/values/values';
import { apply, bothOf, cast, clone, isFloating, operand } from '../tensor/tensor';
import { refuseValues } from '../unknownValues';
import { bitwise } from './integers';
import { arithmetic, choose, comparison, toFloating, unary } from './operations';

const UNARY: Readonly<Record<string, UnaryFunction>> = {
  'neg negative': 'neg',
  'abs absolute': 'abs',
  exp: 'exp',
  log: 'log',
  sqrt: 'sqrt',
  rsqrt: 'rsqrt',
  reciprocal: 'reciprocal',
  'sign sgn': 'sign',
  floor: 'floor',
  ceil: 'ceil',
  erf: 'erf',
  erfinv: 'erfinv',
  sin: 'sin',
  cos: 'cos',
  tan: 'tan',
  'asin arcsin': 'asin',
  'acos arccos': 'acos',
  'atan arctan': 'atan',
  sinh: 'sinh',
  cosh: 'cosh',
  logical_not: 'not',
};

const BINARY: Readonly<Record<string, BinaryFunction>> = {
  'mul multiply': 'mul',
  true_divide: 'div',
  floor_divide: 'floordiv',
  remainder: 'mod',
  'maximum fmax': 'max',
  'minimum fmin': 'min',
};

/** `a // b` and the like by PyTorch's `rounding_mode`. */
export function divide(ctx: Context, a: PyValue, b: PyValue, rounding: string | undefined): PyTensor {
  if (rounding === undefined) return arithmetic(ctx, 'div', a, b);
  if (rounding === 'floor') return arithmetic(ctx, 'floordiv', a, b);
  if (rounding !== 'trunc') {
    ctx.raise(
      'RuntimeError',
      `div expected rounding_mode to be one of None, 'trunc', or 'floor' but found '${rounding}'`,
    );
  }
  const [x, y] = bothOf(ctx, a, b, false);
  return cast(ctx, truncate(ctx, arithmetic(ctx, 'div', x, y)), x.type.dtype);
}

function truncate(ctx: Context, x: PyTensor): PyTensor {
  if (!isFloating(x.type.dtype)) return clone(ctx, x);
  return choose(ctx, comparison(ctx, 'lt', x, 0n), unary(ctx, 'ceil', x), unary(ctx, 'floor', x));
}

/** log(1 + x), exact where x is small: u = 1 + x loses what log(u)·x/(u − 1) gives back (Kahan). */
export function log1p(ctx: Context, value: PyValue): PyTensor {
  const x = toFloating(ctx, value);
  const u = arithmetic(ctx, 'add', x, 1n);
  const log = unary(ctx, 'log', u);
  const scaled = arithmetic(ctx, 'div', arithmetic(ctx, 'mul', log, x), arithmetic(ctx, 'sub', u, 1n));
  const near = comparison(ctx, 'lt', unary(ctx, 'abs', x), 0.5);
  return choose(ctx, near, choose(ctx, comparison(ctx, 'eq', u, 1n), x, scaled), log);
}

/** exp(x) − 1 = tanh(x/2)·(exp(x) + 1), exact where x is small. */
function expm1(ctx: Context, value: PyValue): PyTensor {
  const x = toFloating(ctx, value);
  const half = apply(ctx, { kind: 'unary', function: 'tanh' }, arithmetic(ctx, 'mul', x, 0.5));
  return arithmetic(ctx, 'mul', half, arithmetic(ctx, 'add', unary(ctx, 'exp', x), 1n));
}

/** sign(x)·log1p(|x| + x²/(1 + √(x² + 1))) */
function asinh(ctx: Context, value: PyValue): PyTensor {
  const x = toFloating(ctx, value);
  const square = arithmetic(ctx, 'mul', x, x);
  const root = unary(ctx, 'sqrt', arithmetic(ctx, 'add', square, 1n));
  const quotient = arithmetic(ctx, 'div', square, arithmetic(ctx, 'add', root, 1n));
  const size = log1p(ctx, arithmetic(ctx, 'add', unary(ctx, 'abs', x), quotient));
  return arithmetic(ctx, 'mul', unary(ctx, 'sign', x), size);
}

function atan2(ctx: Context, a: PyValue, b: PyValue): PyTensor {
  const [y, x] = bothOf(ctx, a, b, true);
  const angle = unary(ctx, 'atan', arithmetic(ctx, 'div', y, x));
  // Added to the angle, so that π is as precise as it is.
  const [less, more] = [arithmetic(ctx, 'sub', angle, Math.PI), arithmetic(ctx, 'add', angle, Math.PI)];
  const behind = choose(ctx, comparison(ctx, 'lt', y, 0n), less, more);
  const turned = choose(ctx, comparison(ctx, 'lt', x, 0n), behind, angle);
  // 0/0 has no quotient; the angle of the origin is 0.
  const origin = arithmetic(ctx, 'and', comparison(ctx, 'eq', x, 0n), comparison(ctx, 'eq', y, 0n));
  return choose(ctx, origin, 0, turned);
}

export function clamp(ctx: Context, x: PyTensor, low: PyValue, high: PyValue): PyTensor {
  if (low === null && high === null) {
    ctx.raise('RuntimeError', "torch.clamp: At least one of 'min' or 'max' must not be None");
  }
  const raised = low === null ? x : arithmetic(ctx, 'max', x, low);
  return high === null ? raised : arithmetic(ctx, 'min', raised, high);
}

const LARGEST = 3.4028234663852886e38;

export const pointwise = table((define) => {
  for (const [names, fn] of Object.entries(UNARY)) {
    define(names, 'input, *, out=None', (ctx, args) => unary(ctx, fn, args.tensor('input')));
  }
  for (const [names, fn] of Object.entries(BINARY)) {
    define(names, 'input, other, *, out=None', (ctx, args) =>
      arithmetic(ctx, fn, args.get('input'), args.get('other')),
    );
  }
  define('pow float_power', 'input, exponent', (ctx, args) =>
    arithmetic(ctx, 'pow', args.get('input'), args.get('exponent')),
  );
  define('div divide', 'input, other, *, rounding_mode=None', (ctx, args) =>
    divide(ctx, args.get('input'), args.get('other'), args.optionalString('rounding_mode')),
  );
  const scaled = (ctx: Context, value: PyValue, factor: PyValue): PyValue => {
    if (numberOf(factor) === 1) return value;
    if (typeof value === 'bigint' && typeof factor === 'bigint') return value * factor;
    const isNumber = typeof value === 'bigint' || typeof value === 'number';
    if (isNumber && typeof factor === 'number') return Number(value) * factor;
    return arithmetic(ctx, 'mul', operand(ctx, value), factor);
  };
  for (const fn of ['add', 'sub'] as const) {
    define(fn === 'add' ? 'add' : 'sub subtract', 'input, other, *, alpha=1, out=None', (ctx, args) =>
      arithmetic(ctx, fn, args.get('input'), scaled(ctx, args.get('other'), args.get('alpha'))),
    );
  }
  define('rsub', 'input, other, *, alpha=1', (ctx, args) =>
    arithmetic(ctx, 'sub', args.get('other'), scaled(ctx, args.get('input'), args.get('alpha'))),
  );
  for (const [names, fn] of [
    ['eq', 'eq'],
    ['ne not_equal', 'ne'],
    ['lt less', 'lt'],
    ['le less_equal', 'le'],
    ['gt greater', 'gt'],
    ['ge greater_equal', 'ge'],
  ] as const) {
    define(names, 'input, other', (ctx, args) => comparison(ctx, fn, args.get('input'), args.get('other')));
  }
  for (const fn of ['and', 'or', 'xor'] as const) {
    define(`logical_${fn}`, 'input, other', (ctx, args) =>
      bitwise(ctx, fn, cast(ctx, args.tensor('input'), 'bool'), cast(ctx, args.tensor('other'), 'bool')),
    );
    define(`bitwise_${fn}`, 'input, other', (ctx, args) => bitwise(ctx, fn, args.get('input'), args.get('other')));
  }
  define('bitwise_not', 'input', (ctx, args) => invert(ctx, args.tensor('input')));

  define('round', 'input, *, decimals=0', (ctx, args) => {
    const factor = 10 ** args.int('decimals');
    const x = args.tensor('input');
    if (factor === 1) return unary(ctx, 'round', x);
    return arithmetic(ctx, 'div', unary(ctx, 'round', arithmetic(ctx, 'mul', x, factor)), factor);
  });
  define('trunc fix', 'input', (ctx, args) => truncate(ctx, args.tensor('input')));
  define('frac', 'input', (ctx, args) =>
    arithmetic(ctx, 'sub', args.tensor('input'), truncate(ctx, args.tensor('input'))),
  );
  define('fmod', 'input, other', (ctx, args) => {
    const [a, b] = bothOf(ctx, args.get('input'), args.get('other'), false);
    // What has no remainder is refused as it is for the other kind of it.
    if (!isFloating(b.type.dtype) && b.data) arithmetic(ctx, 'mod', a, b);
    return arithmetic(ctx, 'sub', a, arithmetic(ctx, 'mul', divide(ctx, a, b, 'trunc'), b));
  });
  define('square', 'input', (ctx, args) => arithmetic(ctx, 'mul', args.get('input'), args.get('input')));
  define('exp2', 'input', (ctx, args) => arithmetic(ctx, 'pow', 2, toFloating(ctx, args.get('input'))));
  define('log1p', 'input', (ctx, args) => log1p(ctx, args.get('input')));
  define('expm1', 'input', (ctx, args) => expm1(ctx, args.get('input')));
  for (const [name, base] of [
    ['log2', Math.LN2],
    ['log10', Math.LN10],
  ] as const) {
    define(name, 'input', (ctx, args) =>
      arithmetic(ctx, 'mul', unary(ctx, 'log', toFloating(ctx, args.get('input'))), 1 / base),
    );
  }
  define('asinh arcsinh', 'input', (ctx, args) => asinh(ctx, args.get('input')));
  define('acosh arccosh', 'input', (ctx, args) => {
    const x = toFloating(ctx, args.get('input'));
    const root = unary(ctx, 'sqrt', arithmetic(ctx, 'sub', arithmetic(ctx, 'mul', x, x), 1n));
    return unary(ctx, 'log', arithmetic(ctx, 'add', x, root));
  });
  define('atanh arctanh', 'input', (ctx, args) => {
    const x = toFloating(ctx, args.get('input'));
    const ratio = arithmetic(ctx, 'div', arithmetic(ctx, 'mul', x, 2n), arithmetic(ctx, 'sub', 1n, x));
    return arithmetic(ctx, 'mul', log1p(ctx, ratio), 0.5);
  });
  define('atan2 arctan2', 'input, other', (ctx, args) => atan2(ctx, args.get('input'), args.get('other')));
  define('erfc', 'input', (ctx, args) => arithmetic(ctx, 'sub', 1n, unary(ctx, 'erf', args.tensor('input'))));
  define('logit', 'input, eps=None', (ctx, args) => {
    const given = toFloating(ctx, args.get('input'));
    const eps = args.optionalFloat('eps');
    const x = eps === undefined ? given : clamp(ctx, given, eps, 1 - eps);
    return unary(ctx, 'log', arithmetic(ctx, 'div', x, arithmetic(ctx, 'sub', 1n, x)));
  });
  define('sinc', 'input', (ctx, args) => {
    const x = arithmetic(ctx, 'mul', toFloating(ctx, args.get('input')), Math.PI);
    const zero = comparison(ctx, 'eq', x, 0n);
    return choose(ctx, zero, 1, arithmetic(ctx, 'div', unary(ctx, 'sin', x), choose(ctx, zero, 1, x)));
  });
  define('xlogy', 'input, other', (ctx, args) => {
    const [x, y] = bothOf(ctx, args.get('input'), args.get('other'), true);
    const product = arithmetic(ctx, 'mul', x, unary(ctx, 'log', y));
    return choose(ctx, comparison(ctx, 'eq', x, 0n), 0, product);
  });
  define('hypot', 'input, other', (ctx, args) => {
    const [x, y] = [args.tensor('input'), args.tensor('other')];
    return unary(ctx, 'sqrt', arithmetic(ctx, 'add', arithmetic(ctx, 'mul', x, x), arithmetic(ctx, 'mul', y, y)));
  });
  define('deg2rad', 'input', (ctx, args) => arithmetic(ctx, 'mul', args.get('input'), Math.PI / 180));
  define('rad2deg', 'input', (ctx, args) => arithmetic(ctx, 'mul', args.get('input'), 180 / Math.PI));

  define('clamp clip', 'input, min=None, max=None, *, out=None', (ctx, args) =>
    clamp(ctx, args.tensor('input'), args.get('min'), args.get('max')),
  );
  define('clamp_min', 'input, min', (ctx, args) => arithmetic(ctx, 'max', args.get('input'), args.get('min')));
  define('clamp_max', 'input, max', (ctx, args) => arithmetic(ctx, 'min', args.get('input'), args.get('max')));
  for (const [name, fn] of [
    ['addcmul', 'mul'],
    ['addcdiv', 'div'],
  ] as const) {
    define(name, 'input, tensor1, tensor2, *, value=1', (ctx, args) => {
      const product = arithmetic(ctx, fn, args.get('tensor1'), args.get('tensor2'));
      return arithmetic(ctx, 'add', args.get('input'), scaled(ctx, product, args.get('value')));
    });
  }
  define('lerp', 'input, end, weight', (ctx, args) => {
    const difference = arithmetic(ctx, 'sub', args.get('end'), args.get('input'));
    return arithmetic(ctx, 'add', args.get('input'), arithmetic(ctx, 'mul', difference, args.get('weight')));
  });
  define('isnan', 'input', (ctx, args) => comparison(ctx, 'ne', args.get('input'), args.get('input')));
  define('isinf', 'input', (ctx, args) =>
    comparison(ctx, 'gt', unary(ctx, 'abs', toFloating(ctx, args.get('input'))), LARGEST),
  );
  define('isfinite', 'input', (ctx, args) =>
    comparison(ctx, 'le', unary(ctx, 'abs', toFloating(ctx, args.get('input'))), LARGEST),
  );
  define('equal', 'input, other', (ctx, args) => {
    const [x, y] = [args.tensor('input'), args.tensor('other')];
    return sameShape(x, y) && allOf(ctx, comparison(ctx, 'eq', x, y), 'torch.equal');
  });
  const near = (ctx: Context, args: NativeArguments): PyTensor => {
    const [x, y] = [args.get('input'), args.get('other')];
    const distance = unary(ctx, 'abs', toFloating(ctx, arithmetic(ctx, 'sub', x, y)));
    const relative = arithmetic(ctx, 'mul', args.float('rtol'), unary(ctx, 'abs', toFloating(ctx, y)));
    const close = comparison(ctx, 'le', distance, arithmetic(ctx, 'add', args.float('atol'), relative));
    return bitwise(ctx, 'or', close, comparison(ctx, 'eq', x, y));
  };
  const nearness = 'input, other, rtol=1e-05, atol=1e-08, equal_nan=False';
  define('isclose', nearness, near);
  define('allclose', nearness, (ctx, args) => allOf(ctx, near(ctx, args), 'torch.allclose'));
  define('nan_to_num', 'input, nan=0.0, posinf=None, neginf=None', (ctx, args) => {
    const x = toFloating(ctx, args.get('input'));
    const high = choose(ctx, comparison(ctx, 'gt', x, LARGEST), args.optionalFloat('posinf') ?? LARGEST, x);
    const low = choose(ctx, comparison(ctx, 'lt', high, -LARGEST), args.optionalFloat('neginf') ?? -LARGEST, high);
    return choose(ctx, comparison(ctx, 'ne', x, x), args.float('nan'), low);
  });
  define('heaviside', 'input, values', (ctx, args) => {
    const x = args.tensor('input');
    const step = cast(ctx, comparison(ctx, 'gt', x, 0n), x.type.dtype);
    return choose(ctx, comparison(ctx, 'eq', x, 0n), args.get('values'), step);
  });
  define('copysign', 'input, other', (ctx, args) => {
    const size = unary(ctx, 'abs', toFloating(ctx, args.get('input')));
    return choose(ctx, comparison(ctx, 'lt', args.get('other'), 0n), unary(ctx, 'neg', size), size);
  });
});

function sameShape(a: PyTensor, b: PyTensor): boolean {
  return a.type.shape.length === b.type.shape.length && a.type.shape.every((size, i) => size === b.type.shape[i]);
}

function allOf(ctx: Context, tensor: PyTensor, what: string): boolean {
  const known = tensor.ask();
  if (known) return Array.from(known).every(Boolean);
  return refuseValues(ctx, tensor, what, say('leave the check out, or make it where the model is built'));
}

/** `~x`: logical for bools, bitwise for integers. */
export function invert(ctx: Context, x: PyTensor): PyTensor {
  if (x.type.dtype === 'bool') return unary(ctx, 'not', x);
  if (isFloating(x.type.dtype)) ctx.raise('RuntimeError', `"bitwise_not_cpu" not implemented for '${x.type.dtype}'`);
  return arithmetic(ctx, 'sub', unary(ctx, 'neg', x), 1n);
}
