/** Functions of `torch.*` that make tensors, and the rest of the namespace. */
import type { DType, Initialiser } from '../../graph/types';
import { numberOf, sequence } from '../arguments';
import { interpreter } from '../builtins/types';
import { type Context, type NativeBody, native, nativeClass } from '../native';
import { PyDevice, PyDtype, PyTensor, PyTuple, type PyValue } from '../values';
import { torchActivations } from './activationFunctions';
import { shared } from './methods';
import { elements, initialised, known, operand, torchState } from './tensor';

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

/** Members of `torch` besides the functions that are methods too. */
export function torchMembers(ctx: Context): Map<string, PyValue> {
  const members = new Map<string, PyValue>([...shared, ...torchActivations()]);
  const define = (names: string, signature: string, body: NativeBody): void => {
    for (const name of names.split(' ')) members.set(name, native(signature, body, name));
  };
  for (const [name, dtype] of Object.entries(DTYPES)) members.set(name, new PyDtype(dtype));
  for (const [name, initialiser] of Object.entries(filled)) {
    define(name, `*size, ${OPTIONS}`, (inner, args) => {
      const type = { dtype: args.optionalDtype('dtype') ?? 'float32', shape: args.variadicInts('size') };
      return initialised(inner, type, initialiser);
    });
    define(`${name}_like`, `input, *, ${OPTIONS}`, (inner, args) => {
      const { dtype, shape } = args.tensor('input').type;
      return initialised(inner, { dtype: args.optionalDtype('dtype') ?? dtype, shape }, initialiser);
    });
  }
  define('full', `size, fill_value, *, ${OPTIONS}`, (inner, args) => {
    const value = args.get('fill_value');
    const dtype = args.optionalDtype('dtype') ?? (typeof value === 'bigint' ? 'int64' : 'float32');
    return initialised(
      inner,
      { dtype, shape: args.ints('size') },
      { kind: 'constant', value: args.float('fill_value') },
    );
  });
  define('full_like', `input, fill_value, *, ${OPTIONS}`, (inner, args) => {
    const { dtype, shape } = args.tensor('input').type;
    const type = { dtype: args.optionalDtype('dtype') ?? dtype, shape };
    return initialised(inner, type, { kind: 'constant', value: args.float('fill_value') });
  });
  define('tensor as_tensor from_numpy', `data, ${OPTIONS}`, (inner, args) =>
    literal(inner, args.get('data'), args.optionalDtype('dtype')),
  );
  define('arange', `start, end=None, step=1, *, ${OPTIONS}`, (inner, args) => {
    const given = args.isNone('end') ? [0n, args.get('start')] : [args.get('start'), args.get('end')];
    const [start = 0, end = 0] = given.map((each) => numberOf(each) ?? Number.NaN);
    const step = args.float('step');
    if (Number.isNaN(start) || Number.isNaN(end)) inner.raise('TypeError', 'arange(): start and end must be numbers');
    const count = Math.max(Math.ceil((end - start) / step), 0);
    inner.spend(count);
    const whole = [...given, args.get('step')].every((each) => typeof each === 'bigint' || each instanceof PyTensor);
    const dtype = args.optionalDtype('dtype') ?? (whole ? 'int64' : 'float32');
    return known(
      inner,
      { dtype, shape: [count] },
      Array.from({ length: count }, (_, i) => start + i * step),
    );
  });
  define('linspace', `start, end, steps, *, ${OPTIONS}`, (inner, args) => {
    const [start, end, count] = [args.float('start'), args.float('end'), args.int('steps')];
    inner.spend(count);
    const step = count > 1 ? (end - start) / (count - 1) : 0;
    const data = Array.from({ length: count }, (_, i) => Math.fround(start + i * step));
    return known(inner, { dtype: args.optionalDtype('dtype') ?? 'float32', shape: [count] }, data);
  });
  define('eye', `n, m=None, *, ${OPTIONS}`, (inner, args) => {
    const n = args.int('n');
    const m = args.optionalInt('m') ?? n;
    inner.spend(n * m);
    const data = Array.from({ length: n * m }, (_, i) => Number(Math.floor(i / m) === i % m));
    return known(inner, { dtype: args.optionalDtype('dtype') ?? 'float32', shape: [n, m] }, data);
  });
  define('is_tensor', 'obj', (_, args) => args.get('obj') instanceof PyTensor);
  define('manual_seed set_float32_matmul_precision set_default_dtype seed', '*args, **kwargs', () => null);
  define('compile', 'model=None, *args, **kwargs', (_, args) => args.get('model'));
  define('device', 'type="cpu", index=None', (_, args) => new PyDevice(args.string('type').split(':')[0] ?? 'cpu'));
  define('Size', 'sizes', (_, args) => new PyTuple(sequence(args.get('sizes')) ?? []));
  const switchedOff = context(ctx);
  for (const name of ['no_grad', 'enable_grad', 'inference_mode', 'set_grad_enabled', 'autocast']) {
    members.set(name, switchedOff);
  }
  members.set('Tensor', torchState(ctx).tensor);
  members.set('FloatTensor', torchState(ctx).tensor);
  members.set('LongTensor', torchState(ctx).tensor);
  members.set('pi', Math.PI);
  members.set('inf', Number.POSITIVE_INFINITY);
  members.set('nan', Number.NaN);
  members.set('__version__', '2.0.0');
  return members;
}

/** `with torch.no_grad():` and `@torch.no_grad()`: nothing of it reaches the graph. */
function context(ctx: Context): PyValue {
  return nativeClass(
    'no_grad',
    [interpreter(ctx).classes.object],
    {
      __init__: native('self, *args, **kwargs', () => null),
      __enter__: native('self', (_, args) => args.get('self')),
      __exit__: native('self, *args', () => false),
      __call__: native('self, fn', (_, args) => args.get('fn')),
    },
    'torch',
  );
}

/** `torch.tensor(data)`: nested lists of numbers, or a number. */
function literal(ctx: Context, data: PyValue, dtype: DType | undefined): PyTensor {
  if (data instanceof PyTensor) return data;
  const shape: number[] = [];
  for (let level: PyValue = data; ; ) {
    const items: readonly PyValue[] | undefined = sequence(level);
    if (!items) break;
    shape.push(items.length);
    level = items[0] ?? null;
    if (items.length === 0) break;
  }
  const flat: PyValue[] = [];
  const visit = (value: PyValue): void => {
    const items = sequence(value);
    if (items) items.forEach(visit);
    else flat.push(value);
  };
  visit(data);
  ctx.spend(flat.length);
  if (flat.length !== elements(shape)) ctx.raise('ValueError', 'expected sequences of equal length');
  const numbers = flat.map((each) => numberOf(each) ?? numberOf(operand(ctx, each)) ?? Number.NaN);
  const whole = flat.every((each) => typeof each === 'bigint' || typeof each === 'boolean');
  const bool = flat.length > 0 && flat.every((each) => typeof each === 'boolean');
  return known(ctx, { dtype: dtype ?? (bool ? 'bool' : whole ? 'int64' : 'float32'), shape }, numbers);
}
