/** Members of `torch.Tensor`: operators, properties, methods and their in-place forms. */
import type { Initialiser } from '../../graph/types';
import { numberOf } from '../arguments';
import { interpreter } from '../builtins/types';
import { type Context, native, property } from '../native';
import { PyDevice, PyDtype, PyList, PyTensor, type PyValue } from '../values';
import { activationMethods } from './activationFunctions';
import { getItem } from './indexing';
import { arithmetic, comparison, shared, transpose } from './methods';
import {
  apply,
  cast,
  elements,
  initialiserOf,
  isFloating,
  known,
  operand,
  reshape,
  select,
  sizeOf,
  torchState,
} from './tensor';

const WAY_OUT = 'export the model to ONNX and compare that file instead, or compare a submodule';

function self(value: PyValue): PyTensor {
  if (value instanceof PyTensor) return value;
  throw new TypeError('a tensor method without its tensor');
}

/** Gives `tensor` the values of `result`: what PyTorch's in-place forms do. */
function overwrite(ctx: Context, tensor: PyTensor, result: PyTensor): PyTensor {
  const parameter = tensor.storage !== undefined && ctx.graph.storageAt(tensor.storage).trainable;
  if (parameter && tensor.storage !== undefined) {
    const initialiser = initialiserOf(ctx, result);
    if (!initialiser) {
      return ctx.error('unsupported', `Overwriting a parameter with computed values is not supported; ${WAY_OUT}`);
    }
    ctx.graph.reinitialise(tensor.storage, initialiser);
    return tensor;
  }
  tensor.value = result.value;
  tensor.type = result.type;
  tensor.data = result.data;
  tensor.storage = result.storage;
  return tensor;
}

/** A parameter or a freshly made random tensor times a number keeps being an initialiser. */
function scaled(ctx: Context, tensor: PyTensor, factor: number): Initialiser | undefined {
  const own = tensor.data ? undefined : initialiserOf(ctx, tensor);
  switch (own?.kind) {
    case 'normal':
      return { kind: 'normal', mean: own.mean * factor, deviation: Math.abs(own.deviation * factor) };
    case 'uniform': {
      const [a, b] = [own.low * factor, own.high * factor];
      return { kind: 'uniform', low: Math.min(a, b), high: Math.max(a, b) };
    }
    case 'constant':
      return { kind: 'constant', value: own.value * factor };
    default:
      return undefined;
  }
}

function multiply(ctx: Context, fn: 'mul' | 'div', a: PyValue, b: PyValue): PyTensor {
  const factor = a instanceof PyTensor && !(b instanceof PyTensor) ? numberOf(b) : undefined;
  if (a instanceof PyTensor && factor !== undefined && a.storage !== undefined) {
    const storage = ctx.graph.storageAt(a.storage);
    const initialiser = storage.trainable ? undefined : scaled(ctx, a, fn === 'mul' ? factor : 1 / factor);
    if (initialiser) {
      const made = ctx.graph.storage(a.type, false, initialiser);
      return new PyTensor(torchState(ctx).tensor, ctx.graph.storageAt(made).value, a.type, { storage: made });
    }
  }
  return arithmetic(ctx, fn, a, b);
}

function floorDivide(ctx: Context, a: PyValue, b: PyValue): PyTensor {
  const integer = ![a, b].some((each) =>
    each instanceof PyTensor ? isFloating(each.type.dtype) : typeof each === 'number',
  );
  const floored = apply(ctx, { kind: 'unary', function: 'floor' }, arithmetic(ctx, 'div', a, b));
  return integer ? cast(ctx, floored, 'int64') : floored;
}

type Operation = (ctx: Context, a: PyValue, b: PyValue) => PyTensor;
const operations: Readonly<Record<string, Operation>> = {
  add: (ctx, a, b) => arithmetic(ctx, 'add', a, b),
  sub: (ctx, a, b) => arithmetic(ctx, 'sub', a, b),
  mul: (ctx, a, b) => multiply(ctx, 'mul', a, b),
  truediv: (ctx, a, b) => multiply(ctx, 'div', a, b),
  floordiv: floorDivide,
  mod: (ctx, a, b) => arithmetic(ctx, 'sub', a, arithmetic(ctx, 'mul', floorDivide(ctx, a, b), b)),
  pow: (ctx, a, b) => arithmetic(ctx, 'pow', a, b),
  matmul: (ctx, a, b) => apply(ctx, { kind: 'matmul' }, operand(ctx, a), operand(ctx, b)),
  and: (ctx, a, b) => arithmetic(ctx, 'and', a, b),
  or: (ctx, a, b) => arithmetic(ctx, 'or', a, b),
};

function operators(members: Map<string, PyValue>): void {
  for (const [name, body] of Object.entries(operations)) {
    members.set(
      `__${name}__`,
      native('self, other', (ctx, args) => body(ctx, args.get('self'), args.get('other')), name),
    );
    members.set(
      `__r${name}__`,
      native('self, other', (ctx, args) => body(ctx, args.get('other'), args.get('self')), name),
    );
    members.set(
      `__i${name}__`,
      native(
        'self, other',
        (ctx, args) => overwrite(ctx, args.tensor('self'), body(ctx, args.get('self'), args.get('other'))),
        name,
      ),
    );
  }
  for (const name of ['eq', 'ne', 'lt', 'le', 'gt', 'ge'] as const) {
    members.set(
      `__${name}__`,
      native('self, other', (ctx, args) => comparison(ctx, name, args.get('self'), args.get('other')), name),
    );
  }
  members.set(
    '__neg__',
    native('self', (ctx, args) => apply(ctx, { kind: 'unary', function: 'neg' }, args.tensor('self'))),
  );
  members.set(
    '__invert__',
    native('self', (ctx, args) =>
      apply(ctx, { kind: 'unary', function: 'not' }, cast(ctx, args.tensor('self'), 'bool')),
    ),
  );
  members.set(
    '__getitem__',
    native('self, index', (ctx, args) => getItem(ctx, args.tensor('self'), args.get('index'))),
  );
  members.set(
    '__setitem__',
    native('self, index, value', (ctx) =>
      ctx.error('unsupported', `Writing into part of a tensor is not supported yet; ${WAY_OUT}`),
    ),
  );
  members.set(
    '__len__',
    native('self', (ctx, args) => {
      const [first] = args.tensor('self').type.shape;
      return first === undefined ? ctx.raise('TypeError', 'len() of a 0-d tensor') : BigInt(first);
    }),
  );
  members.set(
    '__iter__',
    native('self', (ctx, args) => {
      const tensor = args.tensor('self');
      const count = tensor.type.shape[0] ?? 0;
      ctx.spend(count);
      const rows = new PyList(Array.from({ length: count }, (_, i) => select(ctx, tensor, 0, i)));
      return ctx.call(interpreter(ctx).builtins.get('iter') ?? null, [rows]);
    }),
  );
}

function properties(members: Map<string, PyValue>): void {
  const get = (name: string, body: (ctx: Context, tensor: PyTensor) => PyValue): void => {
    members.set(
      name,
      property((ctx, value) => body(ctx, self(value))),
    );
  };
  get('shape', (_, tensor) => sizeOf(tensor));
  get('ndim', (_, tensor) => BigInt(tensor.type.shape.length));
  get('dtype', (_, tensor) => new PyDtype(tensor.type.dtype));
  get('device', () => new PyDevice('cpu'));
  get('is_cuda', () => false);
  get('requires_grad', (_, tensor) => tensor.requiresGrad);
  get('grad', () => null);
  get('T', (ctx, tensor) =>
    apply(ctx, { kind: 'permute', dims: tensor.type.shape.map((_, i) => tensor.type.shape.length - 1 - i) }, tensor),
  );
  get('mT', (ctx, tensor) => transpose(ctx, tensor, tensor.type.shape.length - 2, tensor.type.shape.length - 1));
  members.set(
    'data',
    property(
      (_, value) => value,
      (ctx, value, given) => {
        overwrite(ctx, self(value), operand(ctx, given));
      },
    ),
  );
}

function knownData(ctx: Context, tensor: PyTensor, what: string): readonly number[] {
  if (tensor.data) return Array.from(tensor.data);
  return ctx.error(
    'unsupported',
    `${what} depends on the tensor's values, which are not known before the model runs; ${WAY_OUT}`,
  );
}

function element(tensor: PyTensor, value: number): PyValue {
  if (tensor.type.dtype === 'bool') return value !== 0;
  return isFloating(tensor.type.dtype) ? value : BigInt(value);
}

function methods(members: Map<string, PyValue>): void {
  const define = (names: string, signature: string, body: Parameters<typeof native>[1]): void => {
    for (const name of names.split(' ')) members.set(name, native(signature, body, name));
  };
  define('size', 'self, dim=None', (_, args) => {
    const tensor = args.tensor('self');
    if (args.isNone('dim')) return sizeOf(tensor);
    return BigInt(tensor.type.shape[args.dim('dim', tensor.type.shape.length)] ?? 1);
  });
  define('dim ndimension', 'self', (_, args) => BigInt(args.tensor('self').type.shape.length));
  define('nelement', 'self', (_, args) => BigInt(elements(args.tensor('self').type.shape)));
  define('cpu cuda xpu mps requires_grad_ pin_memory share_memory_ retain_grad', 'self, *args, **kwargs', (_, args) =>
    args.get('self'),
  );
  define('to type', 'self, *args, **kwargs', (ctx, args) => {
    const all = [...args.rest('args'), ...args.keywords('kwargs').values()];
    const dtype = all.find((each) => each instanceof PyDtype);
    const like = all.find((each) => each instanceof PyTensor);
    const target = dtype instanceof PyDtype ? dtype.dtype : like instanceof PyTensor ? like.type.dtype : undefined;
    return target ? cast(ctx, args.tensor('self'), target) : args.get('self');
  });
  define('item', 'self', (ctx, args) => {
    const tensor = args.tensor('self');
    return element(tensor, knownData(ctx, tensor, '.item()')[0] ?? 0);
  });
  define('tolist', 'self', (ctx, args) => {
    const tensor = args.tensor('self');
    const data = knownData(ctx, tensor, '.tolist()');
    const nest = (dim: number, start: number): PyValue => {
      const size = tensor.type.shape[dim];
      if (size === undefined) return element(tensor, data[start] ?? 0);
      const inner = elements(tensor.type.shape.slice(dim + 1));
      return new PyList(Array.from({ length: size }, (_, i) => nest(dim + 1, start + i * inner)));
    };
    return nest(0, 0);
  });
  define('__bool__ __int__ __index__ __float__', 'self', (ctx, args) => {
    const tensor = args.tensor('self');
    return element(tensor, knownData(ctx, tensor, 'This')[0] ?? 0);
  });
  members.set(
    '__bool__',
    native('self', (ctx, args) => (knownData(ctx, args.tensor('self'), 'A branch')[0] ?? 0) !== 0),
  );
  members.set(
    '__float__',
    native('self', (ctx, args) => knownData(ctx, args.tensor('self'), 'float()')[0] ?? 0),
  );
  members.set(
    '__int__',
    native('self', (ctx, args) => BigInt(Math.trunc(knownData(ctx, args.tensor('self'), 'int()')[0] ?? 0))),
  );
  for (const [name, value] of [
    ['new_zeros', 0],
    ['new_ones', 1],
  ] as const) {
    define(name, 'self, *size, dtype=None, device=None', (ctx, args) => {
      const shape = args.variadicInts('size');
      const dtype = args.optionalDtype('dtype') ?? args.tensor('self').type.dtype;
      return known(ctx, { dtype, shape }, new Array<number>(elements(shape)).fill(value));
    });
  }
  // In-place initialisation.
  const fill = (names: string, signature: string, body: (value: (name: string) => number) => Initialiser): void =>
    define(names, signature, (ctx, args) => {
      const tensor = args.tensor('self');
      return overwrite(
        ctx,
        tensor,
        initialise(
          ctx,
          tensor,
          body((name) => args.float(name)),
        ),
      );
    });
  fill('zero_', 'self', () => ({ kind: 'constant', value: 0 }));
  fill('fill_', 'self, value', (value) => ({ kind: 'constant', value: value('value') }));
  fill('normal_', 'self, mean=0.0, std=1.0', (value) => ({
    kind: 'normal',
    mean: value('mean'),
    deviation: value('std'),
  }));
  fill('uniform_', 'self, a=0.0, b=1.0', (value) => ({ kind: 'uniform', low: value('a'), high: value('b') }));
  define('copy_', 'self, src', (ctx, args) => {
    const tensor = args.tensor('self');
    return overwrite(
      ctx,
      tensor,
      cast(ctx, reshape(ctx, operand(ctx, args.get('src')), tensor.type.shape), tensor.type.dtype),
    );
  });
  for (const fn of ['mul', 'div'] as const) {
    define(`${fn}_`, 'self, other', (ctx, args) => {
      const tensor = args.tensor('self');
      const factor = numberOf(args.get('other'));
      const initialiser = factor === undefined ? undefined : scaled(ctx, tensor, fn === 'mul' ? factor : 1 / factor);
      const result = initialiser
        ? initialise(ctx, tensor, initialiser)
        : arithmetic(ctx, fn, tensor, args.get('other'));
      return overwrite(ctx, tensor, result);
    });
  }
}

function initialise(ctx: Context, like: PyTensor, initialiser: Initialiser): PyTensor {
  const storage = ctx.graph.storage(like.type, false, initialiser);
  return new PyTensor(torchState(ctx).tensor, ctx.graph.storageAt(storage).value, like.type, { storage });
}

/** Fills the class once an extraction. */
export function defineTensor(ctx: Context): void {
  const { members } = torchState(ctx).tensor;
  for (const table of [shared, activationMethods()]) {
    for (const [name, fn] of table) {
      members.set(name, fn);
      if (name.endsWith('_') || members.has(`${name}_`)) continue;
      // `x.add_(y)`: the same function, whose result overwrites the tensor.
      members.set(
        `${name}_`,
        native(
          'self, *args, **kwargs',
          (inner, args) => {
            const tensor = args.tensor('self');
            const result = inner.call(fn, [tensor, ...args.rest('args')], args.keywords('kwargs'));
            return result instanceof PyTensor ? overwrite(inner, tensor, result) : result;
          },
          `${name}_`,
        ),
      );
    }
  }
  operators(members);
  properties(members);
  methods(members);
  members.set(
    '__hash__',
    native('self', (_, args) => BigInt(self(args.get('self')).value)),
  );
  const missing = native('self, name', (inner, args) => {
    const name = args.string('name');
    if (name.startsWith('__')) return inner.raise('AttributeError', `'Tensor' object has no attribute '${name}'`);
    return inner.error('unsupported', `Tensor.${name} is not supported; ${WAY_OUT}`);
  });
  members.set('__getattr__', missing);
}
