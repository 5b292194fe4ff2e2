/**
 * Functions of `torch.*` that make tensors, and what else the namespace has that is the same for every extraction.
 * `torch.zeros_like`, `torch.ones_like`, `torch.empty_like`, `torch.randn_like`, `torch.rand_like`,
 * `torch.tril_indices`, `torch.triu_indices`, `torch.hann_window`, `torch.hamming_window`, `torch.blackman_window`,
 * `torch.bartlett_window`, `torch.kaiser_window`
 */

import { firstElements } from '../../graph/access';
import { broadcast, promote } from '../../graph/ops/rule';
import type { DType, Initialiser } from '../../graph/types';
import { say } from '../../language/say';
import { askNumber, requireNumber } from '../../python/natives/arguments';
import { definer } from '../../python/natives/table';
import {
  PyComplex,
  PyDevice,
  PyDtype,
  PyTensor,
  PyTuple,
  type PyValue,
  plainOf,
  Unknown,
} from '../../python/values/values';
import { loadWeights } from '../checkpoints';
import { complexDtype } from '../complex/complexClass';
import { complexDtypeIn, complexLiteral, makeFilled } from '../complex/creation';
import { complexDtypes, complexOf } from '../complex/parts';
import { passingDecorator, settings } from '../environment';
import { shortTime } from '../fft';
import { mapping } from '../func';
import { lacks } from '../names';
import { torchActivations } from '../nn/functional/activation';
import { torchLayerFunctions } from '../nn/functional/index';
import { acceptNumpyNames } from '../numpyNames';
import { put } from '../tensor/indexing';
import { fromInitialiser } from '../tensor/initialiser';
import { literal } from '../tensor/literal';
import { sizeClass } from '../tensor/size';
import { cast, clone, full, isFloating, knownTensor, numbers, operand, scalarType, sizeOf } from '../tensor/tensor';
import { alias, broadcastTo, select } from '../tensor/views';
import { requireData } from '../unknownValues';
import { shared } from './index';
import { arithmetic } from './operations';
import { bernoulli } from './random';

const DTYPES: Readonly<Record<string, DType>> = {
  float16: 'float16',
  half: 'float16',
  bfloat16: 'bfloat16',
  float32: 'float32',
  float: 'float32',
  float64: 'float64',
  double: 'float64',
  int8: 'int8',
  uint8: 'uint8',
  int16: 'int16',
  short: 'int16',
  int32: 'int32',
  int: 'int32',
  int64: 'int64',
  long: 'int64',
  bool: 'bool',
};

const OPTIONS =
  'out=None, dtype=None, layout=None, device=None, requires_grad=False, pin_memory=False, generator=None, memory_format=None';

const filled: Readonly<Record<string, Initialiser>> = {
  zeros: { kind: 'constant', value: 0 },
  ones: { kind: 'constant', value: 1 },
  // What `empty` holds is nobody's business; zeros are as good as any.
  empty: { kind: 'constant', value: 0 },
  randn: { kind: 'normal', mean: 0, deviation: 1 },
  rand: { kind: 'uniform', low: 0, high: 1 },
};

/** Window functions at an angle from 0 to 2π. */
const windows: Readonly<Record<string, (angle: number, alpha: number, beta: number) => number>> = {
  hann: (angle) => 0.5 - 0.5 * Math.cos(angle),
  hamming: (angle, alpha, beta) => alpha - beta * Math.cos(angle),
  blackman: (angle) => 0.42 - 0.5 * Math.cos(angle) + 0.08 * Math.cos(2 * angle),
  bartlett: (angle) => 1 - Math.abs(angle / Math.PI - 1),
  kaiser: (angle, _, beta) => bessel0(beta * Math.sqrt(Math.max(1 - (angle / Math.PI - 1) ** 2, 0))) / bessel0(beta),
};

/** The modified Bessel function I₀, by its series. */
function bessel0(x: number): number {
  let [sum, term] = [1, 1];
  for (let k = 1; term > sum * 1e-17; k++) {
    term *= (x / (2 * k)) ** 2;
    sum += term;
  }
  return sum;
}

/** Members of `torch` that are the same for every extraction. */
export function commonMembers(): ReadonlyMap<string, PyValue> {
  const members = new Map<string, PyValue>([
    ...torchLayerFunctions,
    ...shared,
    ...shortTime,
    ...mapping,
    ...acceptNumpyNames(torchActivations()),
  ]);
  // What is a method alone, `x.view` say, is no function.
  for (const name of members.keys()) if (lacks('torch', name)) members.delete(name);
  const define = definer((name, fn) => members.set(name, fn));
  for (const [name, dtype] of Object.entries(DTYPES)) members.set(name, new PyDtype(dtype));
  for (const [name, dtype] of Object.entries(complexDtypes)) members.set(name, dtype);
  for (const [name, initialiser] of Object.entries(filled)) {
    define(name, `*size, ${OPTIONS}`, (inner, args) => {
      const complex = complexDtypeIn(args.get('dtype'));
      if (complex) return makeFilled(inner, args.variadicInts('size'), complex, initialiser);
      const type = { dtype: args.optionalDtype('dtype') ?? 'float32', shape: args.variadicInts('size') };
      return fromInitialiser(inner, type, initialiser);
    });
    define(`${name}_like`, `input, *, ${OPTIONS}`, (inner, args) => {
      const like = complexOf(args.get('input'));
      const complex =
        complexDtypeIn(args.get('dtype')) ?? (like && args.isNone('dtype') ? complexDtype(like) : undefined);
      if (complex)
        return makeFilled(inner, like ? like.real.type.shape : args.tensor('input').type.shape, complex, initialiser);
      const { dtype, shape } = args.tensor('input').type;
      return fromInitialiser(inner, { dtype: args.optionalDtype('dtype') ?? dtype, shape }, initialiser);
    });
  }
  define('full', `size, fill_value, *, ${OPTIONS}`, (inner, args) => {
    const dtype = args.optionalDtype('dtype') ?? scalarType(args.get('fill_value'));
    const type = { dtype, shape: args.ints('size') };
    return fromInitialiser(inner, type, { kind: 'constant', value: args.float('fill_value') });
  });
  define('full_like', `input, fill_value, *, ${OPTIONS}`, (inner, args) => {
    const { dtype, shape } = args.tensor('input').type;
    const type = { dtype: args.optionalDtype('dtype') ?? dtype, shape };
    return fromInitialiser(inner, type, { kind: 'constant', value: args.float('fill_value') });
  });
  define(
    'tensor',
    `data, ${OPTIONS}`,
    (inner, args) =>
      complexLiteral(inner, args.get('data'), args.get('dtype')) ??
      literal(inner, args.get('data'), args.optionalDtype('dtype')),
  );
  define('as_tensor asarray from_numpy', `data, ${OPTIONS}`, (inner, args) => {
    const data = args.get('data');
    const numbers = complexLiteral(inner, data, args.get('dtype'));
    if (numbers) return numbers;
    const dtype = args.optionalDtype('dtype');
    const same = data instanceof PyTensor && (!dtype || dtype === data.type.dtype);
    return same ? alias(inner, data) : literal(inner, data, dtype);
  });
  define('empty_strided empty_permuted', `size, stride, *, ${OPTIONS}`, (inner, args) => {
    const type = { dtype: args.optionalDtype('dtype') ?? 'float32', shape: args.ints('size') };
    return fromInitialiser(inner, type, { kind: 'constant', value: 0 });
  });
  // What is sparse is held as all of its elements; those that have one place add up.
  define(
    'sparse_coo_tensor',
    `indices, values, size=None, *, is_coalesced=None, check_invariants=None, ${OPTIONS}`,
    (inner, args) => {
      const values = literal(inner, args.get('values'), args.optionalDtype('dtype'));
      const indices = literal(inner, args.get('indices'), 'int64');
      const rows = Array.from({ length: sizeOf(indices, 0) }, (_, i) => select(inner, indices, 0, i));
      const most = (row: PyTensor) =>
        Array.from(requireData(inner, row, 'sparse_coo_tensor')).reduce((a, b) => Math.max(a, b), -1);
      const shape = args.optionalInts('size') ?? [...rows.map((row) => most(row) + 1), ...values.type.shape.slice(1)];
      const result = full(inner, { dtype: values.type.dtype, shape }, 0);
      put(inner, result, [...rows, ...shape.slice(rows.length).map(() => null)], values, 'add');
      return result;
    },
  );
  define('fill', 'input, value', (inner, args) => {
    const { dtype, shape } = args.tensor('input').type;
    return clone(inner, broadcastTo(inner, cast(inner, operand(inner, args.get('value')), dtype), shape));
  });
  define('scalar_tensor', `s, *, ${OPTIONS}`, (inner, args) =>
    full(inner, { dtype: args.optionalDtype('dtype') ?? 'float32', shape: [] }, args.float('s')),
  );
  define('normal', `mean, std=1.0, size=None, *, ${OPTIONS}`, (inner, args) => {
    const given = ['mean', 'std'].flatMap((name) => (args.get(name) instanceof PyTensor ? [args.tensor(name)] : []));
    const [first] = given;
    if (first) {
      const shape = given.reduce<readonly number[]>((all, { type }) => broadcast(all, type.shape), []);
      const dtype = isFloating(first.type.dtype) ? first.type.dtype : 'float32';
      const drawn = fromInitialiser(inner, { dtype, shape }, { kind: 'normal', mean: 0, deviation: 1 });
      return arithmetic(inner, 'add', arithmetic(inner, 'mul', drawn, args.get('std')), args.get('mean'));
    }
    const shape = args.optionalInts('size') ?? [];
    const value = args.float('mean');
    return fromInitialiser(
      inner,
      { dtype: 'float32', shape },
      { kind: 'normal', mean: value, deviation: args.float('std') },
    );
  });
  define('bernoulli', 'input, p=None, *, generator=None, out=None', (inner, args) =>
    bernoulli(inner, args.tensor('input').type, args.isNone('p') ? args.get('input') : args.get('p')),
  );
  define('randint', `low, high=None, size=None, *, ${OPTIONS}`, (inner, args) => {
    // `randint(high, size)` or `randint(low, high, size)`.
    const brief = args.isNone('size');
    const shape = args.ints(brief ? 'high' : 'size');
    const low = brief ? 0 : args.int('low');
    inner.note(say('torch.randint is read as its lowest value: the integers are random in PyTorch'));
    return full(inner, { dtype: args.optionalDtype('dtype') ?? 'int64', shape }, low);
  });
  define('randint_like', `input, low, high=None, *, ${OPTIONS}`, (inner, args) => {
    const { dtype, shape } = args.tensor('input').type;
    inner.note(say('torch.randint is read as its lowest value: the integers are random in PyTorch'));
    return full(
      inner,
      { dtype: args.optionalDtype('dtype') ?? dtype, shape },
      args.isNone('high') ? 0 : args.int('low'),
    );
  });
  define('randperm', `n, *, ${OPTIONS}`, (inner, args) => {
    inner.note(say('torch.randperm is read as the identity: the order is random in PyTorch'));
    const count = args.int('n');
    return knownTensor(
      inner,
      { dtype: 'int64', shape: [count] },
      numbers(inner, count, (i) => i),
    );
  });
  define('arange', `start, end=None, step=1, *, ${OPTIONS}`, (inner, args) => {
    const given = args.isNone('end') ? [0n, args.get('start')] : [args.get('start'), args.get('end')];
    const [start, end] = firstElements(
      given.map((each) => askNumber(each) ?? Number.NaN),
      2,
    );
    const step = args.float('step');
    const open = given.find((each) => each instanceof PyTensor && askNumber(each) === undefined);
    if (open !== undefined) args.refuseType('end', 'float', open);
    if (Number.isNaN(start) || Number.isNaN(end)) inner.raise('TypeError', 'arange(): start and end must be numbers');
    const count = Math.max(Math.ceil((end - start) / step), 0);
    const whole = [...given, args.get('step')].every(
      (each) => typeof plainOf(each) === 'bigint' || each instanceof PyTensor,
    );
    const dtype = args.optionalDtype('dtype') ?? (whole ? 'int64' : 'float32');
    return knownTensor(
      inner,
      { dtype, shape: [count] },
      numbers(inner, count, (i) => start + i * step),
    );
  });
  define('linspace', `start, end, steps, *, ${OPTIONS}`, (inner, args) => {
    const [start, end, count] = [args.float('start'), args.float('end'), args.int('steps')];
    const step = count > 1 ? (end - start) / (count - 1) : 0;
    // From both ends, as PyTorch does: the last one is exact.
    const data = numbers(inner, count, (i) => (i < count / 2 ? start + i * step : end - (count - 1 - i) * step));
    return knownTensor(inner, { dtype: args.optionalDtype('dtype') ?? 'float32', shape: [count] }, data);
  });
  define('logspace', `start, end, steps, base=10.0, *, ${OPTIONS}`, (inner, args) => {
    const [start, end, count, base] = [args.float('start'), args.float('end'), args.int('steps'), args.float('base')];
    const step = count > 1 ? (end - start) / (count - 1) : 0;
    const data = numbers(inner, count, (i) => base ** (start + i * step));
    return knownTensor(inner, { dtype: args.optionalDtype('dtype') ?? 'float32', shape: [count] }, data);
  });
  for (const name of ['tril', 'triu'] as const) {
    define(`${name}_indices`, `row, col, offset=0, *, ${OPTIONS}`, (inner, args) => {
      const [rows, columns, offset] = [args.int('row'), args.int('col'), args.int('offset')];
      const kept = numbers(inner, rows * columns, (i) => i).filter((i) => {
        const distance = (i % columns) - Math.floor(i / columns);
        return name === 'tril' ? distance <= offset : distance >= offset;
      });
      const data = [...kept.map((i) => Math.floor(i / columns)), ...kept.map((i) => i % columns)];
      return knownTensor(inner, { dtype: args.optionalDtype('dtype') ?? 'int64', shape: [2, kept.length] }, data);
    });
  }
  for (const [name, formula] of Object.entries(windows)) {
    const own = name === 'kaiser' ? 'beta=12.0, ' : name === 'hamming' ? 'alpha=0.54, beta=0.46, ' : '';
    define(`${name}_window`, `window_length, periodic=True, ${own}*, ${OPTIONS}`, (inner, args) => {
      const count = args.int('window_length');
      const beta = own === '' ? 0 : args.float('beta');
      const alpha = name === 'hamming' ? args.float('alpha') : 0;
      const length = Math.max(args.bool('periodic') ? count : count - 1, 1);
      const data = numbers(inner, count, (i) => (count === 1 ? 1 : formula((2 * Math.PI * i) / length, alpha, beta)));
      return knownTensor(inner, { dtype: args.optionalDtype('dtype') ?? 'float32', shape: [count] }, data);
    });
  }
  define('eye', `n, m=None, *, ${OPTIONS}`, (inner, args) => {
    const n = args.int('n');
    const m = args.optionalInt('m') ?? n;
    const data = numbers(inner, n * m, (i) => Number(Math.floor(i / m) === i % m));
    return knownTensor(inner, { dtype: args.optionalDtype('dtype') ?? 'float32', shape: [n, m] }, data);
  });
  define('is_tensor', 'obj', (_, args) => args.get('obj') instanceof PyTensor || args.get('obj') instanceof PyComplex);
  define('manual_seed set_float32_matmul_precision seed', '*args, **kwargs', () => null);
  members.set('compile', passingDecorator('compile'));
  define('promote_types', 'type1, type2', (_, args) => new PyDtype(promote(args.dtype('type1'), args.dtype('type2'))));
  define('can_cast', 'from_, to', (_, args) => {
    const [from, to] = [args.dtype('from_'), args.dtype('to')];
    const kind = (dtype: DType) => (dtype === 'bool' ? 0 : dtype.includes('float') ? 2 : 1);
    return kind(from) <= kind(to);
  });
  for (const [name, value] of settings) members.set(name, value);
  define('set_default_dtype', 'd', (inner, args) => {
    const dtype = args.optionalDtype('d') ?? 'float32';
    if (dtype !== 'float32')
      inner.note(say('torch.set_default_dtype({0}) is passed over: what names no dtype is float32', dtype));
    return null;
  });
  define('get_default_device', '', () => new PyDevice('cpu'));
  define('get_default_dtype', '', () => new PyDtype('float32'));
  define('broadcast_shapes', '*shapes', (inner, args) => {
    const shapes = args.rest('shapes').map((shape) => inner.list(shape).map((size) => requireNumber(inner, size)));
    return new PyTuple(shapes.reduce(broadcast, []).map(BigInt), sizeClass(inner));
  });
  define('_assert', 'condition, message', (inner, args) => {
    const condition = args.get('condition');
    if (condition instanceof Unknown || inner.truth(condition)) return null;
    return inner.raise('AssertionError', inner.str(args.get('message')));
  });
  // On a device it ends the program some time later; what is computed does not depend on it.
  define('_assert_async', 'condition, message=None', () => null);
  members.set('pi', Math.PI);
  members.set('e', Math.E);
  members.set('newaxis', null);
  members.set('inf', Number.POSITIVE_INFINITY);
  members.set('nan', Number.NaN);
  members.set('load', loadWeights);
  members.set('__version__', '2.13.0');
  return members;
}
