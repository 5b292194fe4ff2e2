/** NumPy as model code uses it while a model is built: scalars, and small arrays whose values are known. */
import { say } from '../language/say';
import { numberOf, sequence } from '../python/natives/arguments';
import type { Context, Eval, Library } from '../python/natives/context';
import { NativeFunction, native } from '../python/natives/native';
import { definer } from '../python/natives/table';
import { PyDtype, PyList, PyModule, PyTensor, PyTuple, type PyValue, Unknown } from '../python/values/values';
import { cast, elements, isFloating, knownTensor } from '../torch/tensor/tensor';
import {
  arrayClass,
  arrayOf,
  asArray,
  DTYPES,
  dtypeOf,
  extendNumbers,
  IN_FLOATS,
  KEYWORDS,
  result,
  scalarBases,
  scalarClass,
  tensorIn,
  toFloats,
  transposeAxes,
} from './array';
import { fftModule, linalgModule } from './below';
import { defineComposed } from './composed';
import { randomModule } from './random';

const SLOT = Symbol('numpy');

/** Functions of one number, for scalars; arrays have PyTorch's functions of the same name. */
const scalars: Readonly<Record<string, (x: number) => number>> = {
  sqrt: Math.sqrt,
  exp: Math.exp,
  log: Math.log,
  log2: Math.log2,
  log10: Math.log10,
  log1p: Math.log1p,
  expm1: Math.expm1,
  floor: Math.floor,
  ceil: Math.ceil,
  sin: Math.sin,
  cos: Math.cos,
  tan: Math.tan,
  tanh: Math.tanh,
  trunc: Math.trunc,
  sinh: Math.sinh,
  cosh: Math.cosh,
  arcsin: Math.asin,
  arccos: Math.acos,
  arctan: Math.atan,
  exp2: (x) => 2 ** x,
  sinc: (x) => (x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x)),
  radians: (x) => (x * Math.PI) / 180,
  deg2rad: (x) => (x * Math.PI) / 180,
  degrees: (x) => (x * 180) / Math.PI,
  rad2deg: (x) => (x * 180) / Math.PI,
};

/** Functions of two numbers, of which one is a float. */
const pairs: Readonly<Record<string, (x: number, y: number) => number>> = {
  power: (x, y) => x ** y,
  float_power: (x, y) => x ** y,
  maximum: Math.max,
  minimum: Math.min,
  arctan2: Math.atan2,
  hypot: Math.hypot,
  add: (x, y) => x + y,
  subtract: (x, y) => x - y,
  multiply: (x, y) => x * y,
  divide: (x, y) => x / y,
  true_divide: (x, y) => x / y,
  fmod: (x, y) => x % y,
};

/** What one of `pairs` makes of numbers; undefined for arrays, and for integers, which stay integers. */
function ofPair(pair: (x: number, y: number) => number, given: readonly PyValue[]): number | undefined {
  const [x = null, y = null] = given;
  const isScalar = (value: PyValue) => typeof value === 'number' || typeof value === 'bigint';
  if (given.length !== 2 || !isScalar(x) || !isScalar(y)) return undefined;
  return typeof x === 'number' || typeof y === 'number' ? pair(Number(x), Number(y)) : undefined;
}

/** Functions that PyTorch has too. */
const SAME =
  'arange full tile outer meshgrid tril triu cumsum cumprod maximum minimum where sum prod mean argmax argmin reshape squeeze matmul dot diff argsort flip roll abs sign clip eye floor_divide swapaxes moveaxis multiply add subtract divide true_divide remainder any all std var amax amin isnan isinf isfinite isclose allclose unique einsum vstack hstack count_nonzero atleast_1d atleast_2d broadcast_to logical_and logical_or logical_xor logical_not real imag angle conj diag diagonal rot90 fliplr flipud hypot trace kron cross nansum nanmean nan_to_num square tensordot bincount searchsorted lcm gcd dstack bitwise_and bitwise_or bitwise_xor isin fmod logaddexp vander greater greater_equal less less_equal not_equal equal reciprocal float_power';
const RENAMED: Readonly<Record<string, string>> = {
  absolute: 'abs',
  max: 'amax',
  min: 'amin',
  invert: 'bitwise_not',
  power: 'pow',
  repeat: 'repeat_interleave',
  identity: 'eye',
  mod: 'remainder',
  ravel: 'flatten',
  arctan2: 'atan2',
  array_equal: 'equal',
  expand_dims: 'unsqueeze',
  concatenate: 'cat',
  stack: 'stack',
  trapz: 'trapezoid',
  trapezoid: 'trapezoid',
};
/** Functions whose first argument is not an array, and those whose further ones are. */
const FROM_NUMBERS = /^(arange|full|eye|identity|einsum)$/;
const OF_ARRAYS =
  /^(maximum|minimum|where|matmul|dot|outer|einsum|array_equal|allclose|isclose|arctan2|logical_\w+|hypot|kron|cross|tensordot|searchsorted|lcm|gcd|bitwise_\w+|isin|fmod|logaddexp|greater\w*|less\w*|not_equal|equal|float_power)$/;
const OF_A_LIST = /^(stack|concatenate|[vhd]stack)$/;

/** Methods of arrays that do what the functions of their names do, and tensors' do not. */
const AS_FUNCTIONS = ['max', 'min', 'repeat', 'nonzero', 'cumsum', 'cumprod', 'round', 'ptp', 'take'];

/** `numpy` and the modules below it, made once an extraction; undefined for what is neither. */
export const numpyLibrary: Library = { module: numpyModule, owns: () => false };

function numpyModule(ctx: Context, name: string): PyModule | undefined {
  if (!/^numpy(\.(linalg|fft|random))?$/.test(name)) return undefined;
  const numpy = ctx.slot(SLOT, () => build(ctx));
  const below = numpy.members.get(name.slice('numpy.'.length));
  return below instanceof PyModule ? below : numpy;
}

function build(ctx: Context): PyModule {
  // Arrays are tensors underneath, whose class PyTorch defines.
  ctx.nativeModule('torch');
  extendNumbers(ctx);
  const module = new PyModule('numpy');
  const array = arrayClass(ctx, (dtype) => module.members.get(dtype === 'bool' ? 'bool_' : dtype) ?? null);
  const set = (name: string, value: PyValue): void => {
    module.members.set(name, value);
  };
  const define = definer(set);
  const direct = (name: string, ofNumbers: NativeFunction['ofNumbers']): void => {
    const defined = module.members.get(name);
    if (defined instanceof NativeFunction) defined.ofNumbers = ofNumbers;
  };
  const torch = (name: string): PyValue => ctx.nativeModule('torch')?.members.get(name) ?? null;
  const toArray = (own: Context, value: PyValue): PyValue =>
    sequence(value) !== undefined || (numberOf(value) !== undefined && !(value instanceof PyTensor))
      ? arrayOf(own, value, undefined)
      : tensorIn(own, value);
  const fillArray = (own: Context, type: { dtype: PyDtype['dtype']; shape: readonly number[] }, value: number) => {
    const count = elements(type.shape);
    own.meter.container(count, say('This array'));
    return asArray(array, knownTensor(own, type, new Float64Array(count).fill(value)));
  };

  for (const [name, value] of Object.entries({ pi: Math.PI, e: Math.E, inf: Infinity, nan: Number.NaN }))
    set(name, value);
  set('newaxis', null);
  set('ndarray', array);
  const bases = scalarBases(ctx);
  for (const [name, base] of Object.entries(bases)) set(name, base);
  for (const name of Object.keys(DTYPES) as (keyof typeof DTYPES)[]) {
    const base = isFloating(DTYPES[name]) ? bases.floating : name === 'bool_' ? bases.generic : bases.integer;
    set(name, scalarClass(base, name));
  }
  define('dtype', 'dtype', (own, args) => {
    const dtype = dtypeOf(args.get('dtype'));
    if (!dtype) return own.raise('TypeError', `data type ${own.repr(args.get('dtype'))} not understood`);
    return module.members.get(dtype === 'bool' ? 'bool_' : dtype) ?? null;
  });

  define('array asarray ascontiguousarray', 'object, dtype=None, copy=True, **kwargs', (own, args) => {
    const data = args.get('object');
    return data instanceof Unknown
      ? data
      : asArray(array, arrayOf(own, tensorIn(own, data), dtypeOf(args.get('dtype'))));
  });
  for (const [name, value] of [
    ['zeros', 0],
    ['ones', 1],
    ['empty', 0],
  ] as const) {
    define(name, 'shape, dtype=None, **kwargs', (own, args) =>
      fillArray(own, { dtype: dtypeOf(args.get('dtype')) ?? 'float64', shape: args.ints('shape') }, value),
    );
    define(`${name}_like`, 'a, dtype=None', (own, args) =>
      fillArray(own, arrayOf(own, args.get('a'), dtypeOf(args.get('dtype'))).type, value),
    );
  }
  /** `num` numbers from `start` to `stop`, each in its place given by `at`, a share of the way. */
  const defineSpace = (
    names: string,
    more: string,
    at: (start: number, stop: number, share: number) => number,
  ): void => {
    const signature = `start, stop, num=50, endpoint=True, ${more}dtype=None, axis=0`;
    define(names, signature, (own, args) => {
      const [start, stop, count] = [args.float('start'), args.float('stop'), args.int('num')];
      own.meter.container(count, say('This array'));
      const steps = Math.max(args.bool('endpoint') ? count - 1 : count, 1);
      const values = Array.from({ length: count }, (_, i) => at(start, stop, i / steps));
      const made = knownTensor(own, { dtype: 'float64', shape: [count] }, values);
      const dtype = dtypeOf(args.get('dtype'));
      return asArray(array, dtype ? cast(own, made, dtype) : made);
    });
  };
  defineSpace('linspace', 'retstep=False, ', (start, stop, share) =>
    share === 1 ? stop : start + share * (stop - start),
  );
  defineSpace('logspace', 'base=10.0, ', (start, stop, share) => 10 ** (start + share * (stop - start)));
  defineSpace('geomspace', '', (start, stop, share) => (share === 1 ? stop : start * (stop / start) ** share));

  define('round around rint', 'a, decimals=None', function* (own, args): Eval<PyValue> {
    const [a, decimals] = [args.get('a'), args.get('decimals')];
    const number = a instanceof PyTensor ? undefined : numberOf(a);
    if (number !== undefined) return yield* own.run(own.builtins.get('round') ?? null, [number, decimals]);
    return result(
      own,
      array,
      yield* own.run(torch('round'), [toArray(own, a)], new Map([['decimals', decimals ?? 0n]])),
    );
  });
  for (const [name, scalar] of Object.entries(scalars)) {
    define(name, 'x, /, *, dtype=None', function* (own, args): Eval<PyValue> {
      const x = args.get('x');
      const number = x instanceof PyTensor ? undefined : numberOf(x);
      if (number !== undefined) return scalar(number);
      const data = toArray(own, x);
      return result(own, array, yield* own.run(torch(name), [data instanceof PyTensor ? toFloats(own, data) : data]));
    });
    direct(name, ([x, ...more]) => (x === undefined || more.length > 0 ? undefined : scalar(Number(x))));
  }
  for (const name of [...SAME.split(' '), ...Object.keys(RENAMED)]) {
    const pair = Object.hasOwn(pairs, name) ? pairs[name] : undefined;
    define(name, '*args, **kwargs', function* (own, args): Eval<PyValue> {
      const number = pair && args.keywords('kwargs').size === 0 ? ofPair(pair, args.rest('args')) : undefined;
      if (number !== undefined) return number;
      const keywords = new Map<string, PyValue>();
      for (const [key, value] of args.keywords('kwargs')) {
        const dtype = key === 'dtype' ? dtypeOf(value) : undefined;
        keywords.set(KEYWORDS[key] ?? key, dtype ? new PyDtype(dtype) : tensorIn(own, value));
      }
      const given = args.rest('args').map((value, i) => {
        if (i === 0 && OF_A_LIST.test(name)) {
          return new PyTuple((sequence(value) ?? []).map((each) => toArray(own, each)));
        }
        if (i === 0 ? FROM_NUMBERS.test(name) : !OF_ARRAYS.test(name)) return tensorIn(own, value);
        return typeof value === 'string' ? value : toArray(own, value);
      });
      const [first] = given;
      if (IN_FLOATS.test(name)) {
        for (const [i, each] of given.entries()) if (each instanceof PyTensor) given[i] = toFloats(own, each);
      }
      // What PyTorch makes in float32 where no dtype is given.
      const makes =
        /^(eye|identity)$/.test(name) || (FROM_NUMBERS.test(name) && given.some((each) => typeof each === 'number'));
      if (makes && name !== 'einsum' && !keywords.has('dtype')) keywords.set('dtype', new PyDtype('float64'));
      if (name === 'meshgrid' && !keywords.has('indexing')) keywords.set('indexing', 'xy');
      if (/^(std|var)$/.test(name) && !keywords.has('correction')) keywords.set('correction', 0n);
      if (/^cum/.test(name) && !keywords.has('dim') && given.length === 1) {
        given[0] = yield* own.run(torch('flatten'), [first ?? null]);
        keywords.set('dim', 0n);
      }
      return result(own, array, yield* own.run(torch(RENAMED[name] ?? name), given, keywords));
    });
    if (pair) direct(name, (given) => ofPair(pair, given));
  }
  define('sort', 'a, axis=-1', function* (own, args): Eval<PyValue> {
    const sorted = yield* own.run(torch('sort'), [toArray(own, args.get('a')), args.get('axis')]);
    return result(own, array, sequence(sorted)?.[0] ?? sorted);
  });
  define('split array_split', 'ary, indices_or_sections, axis=0', function* (own, args): Eval<PyValue> {
    const given = ['ary', 'indices_or_sections', 'axis'].map((name) => args.get(name));
    given[0] = toArray(own, given[0] ?? null);
    const parts = yield* own.run(torch('tensor_split'), given);
    return new PyList([...(sequence(result(own, array, parts)) ?? [])]);
  });
  define('flatnonzero', 'a', function* (own, args): Eval<PyValue> {
    const flat = yield* own.run(torch('flatten'), [toArray(own, args.get('a'))]);
    return result(own, array, yield* own.run(torch('flatten'), [yield* own.run(torch('argwhere'), [flat])]));
  });
  define('transpose', 'a, axes=None', (own, args) => {
    const axes = args.get('axes');
    return asArray(array, transposeAxes(own, arrayOf(own, args.get('a'), undefined), sequence(axes) ?? []));
  });
  define('isscalar', 'element', (_, args) => numberOf(args.get('element')) !== undefined);
  for (const name of ['ndim', 'size', 'shape']) {
    define(name, 'a', (own, args) => own.getattr(asArray(array, arrayOf(own, args.get('a'), undefined)), name));
  }
  defineComposed(ctx, array, define, set);
  for (const name of AS_FUNCTIONS) {
    const fn = module.members.get(name) ?? null;
    array.members.set(
      name,
      native('self, *args, **kwargs', (own, args) =>
        own.run(fn, [args.get('self'), ...args.rest('args')], new Map(args.keywords('kwargs'))),
      ),
    );
  }
  const [linalg, fft] = [linalgModule(array), fftModule(array)];
  set('fft', fft);
  set('linalg', linalg);
  set('random', randomModule(ctx, array));
  for (const part of [module, linalg, fft]) {
    part.missing = (name) =>
      name.startsWith('__')
        ? undefined
        : new Unknown(
            say('{0}.{1} is not read; write the value, or compute it with math or torch', part.name, name),
            ctx.range,
          );
  }
  return module;
}
