/** Members of `torch.Tensor`: operators, properties, methods and their in-place forms. */

import { itemAt } from '../../graph/access';
import type { Comparison, Initialiser } from '../../graph/types';
import { say } from '../../language/say';
import { numberOf } from '../../python/natives/arguments';
import type { Context } from '../../python/natives/context';
import { ExtractionError } from '../../python/natives/errors';
import { type NativeFunction, native, property } from '../../python/natives/native';
import { definer } from '../../python/natives/table';
import { Memory } from '../../python/values/memory';
import {
  PyComplex,
  PyComplexDtype,
  PyDevice,
  PyDict,
  PyDtype,
  PyList,
  PyParameter,
  PyTensor,
  PyTuple,
  type PyValue,
  typeName,
} from '../../python/values/values';
import { isOfFile } from '../checkpoints';
import { equalComplex, operateComplex } from '../complex/arithmetic';
import { defineComplex } from '../complex/complexClass';
import { asPairs, complexDtypeIn, shownBuffer, toComplex } from '../complex/creation';
import { isComplex, refuse } from '../complex/parts';
import { shortTime } from '../fft';
import { detach } from '../gradMode';
import { lacks } from '../names';
import { hint } from '../namespace';
import { activationMethods } from '../nn/functional/activation';
import { acceptNumpyNames } from '../numpyNames';
import { matmul } from '../ops/blas';
import { sizeOfElement } from '../ops/dtype';
import { shared } from '../ops/index';
import { bitwise, shiftLeft, shiftRight } from '../ops/integers';
import { mainDiagonal } from '../ops/layout';
import { arithmetic, choose, comparison, unary } from '../ops/operations';
import { invert } from '../ops/pointwise';
import { bernoulli, drawingMethods } from '../ops/random';
import { refuseValues } from '../unknownValues';
import { getItem, setItem } from './indexing';
import { firstValuesOf, fromInitialiser, initialiserOf, makeParameter, sharedValuesOf } from './initialiser';
import { assign, fill, overwrite, rescale, rescaleInitialiser } from './inplace';
import { legacyConstructor, legacyMethods } from './legacy';
import { literal } from './literal';
import { shapeOf } from './size';
import {
  cast,
  clone,
  elements,
  full,
  isFloating,
  operand,
  refuseScalar,
  sizeOf,
  torchState,
  wrapMemory,
} from './tensor';
import { alias, keepGradient, permute, select, transposeMatrix } from './views';

function self(value: PyValue): PyTensor {
  if (value instanceof PyTensor && !(value instanceof PyParameter && value.complex)) return value;
  throw new ExtractionError(
    'unsupported',
    say('{0} of complex numbers is not read; write it with their real and imaginary parts', typeName(value)),
    undefined,
  );
}

type Operation = (ctx: Context, a: PyValue, b: PyValue) => PyTensor;

/** `factor · x + shift` for the operators that scale or shift by a number; undefined for all others. */
function scaling(name: string, number: number): readonly [factor: number, shift: number] | undefined {
  switch (name) {
    case 'mul':
      return [number, 0];
    case 'truediv':
      return [1 / number, 0];
    case 'add':
      return [1, number];
    case 'sub':
      return [1, -number];
    default:
      return undefined;
  }
}

const operations: Readonly<Record<string, Operation>> = {
  add: (ctx, a, b) => arithmetic(ctx, 'add', a, b),
  sub: (ctx, a, b) => arithmetic(ctx, 'sub', a, b),
  mul: (ctx, a, b) => arithmetic(ctx, 'mul', a, b),
  truediv: (ctx, a, b) => arithmetic(ctx, 'div', a, b),
  floordiv: (ctx, a, b) => arithmetic(ctx, 'floordiv', a, b),
  mod: (ctx, a, b) => arithmetic(ctx, 'mod', a, b),
  pow: (ctx, a, b) => arithmetic(ctx, 'pow', a, b),
  matmul: (ctx, a, b) => matmul(ctx, operand(ctx, a), operand(ctx, b)),
  and: (ctx, a, b) => bitwise(ctx, 'and', a, b),
  or: (ctx, a, b) => bitwise(ctx, 'or', a, b),
  xor: (ctx, a, b) => bitwise(ctx, 'xor', a, b),
  lshift: shiftLeft,
  rshift: shiftRight,
};

/** `a op b`; random values times a number are random values still. */
function operate(ctx: Context, name: string, a: PyValue, b: PyValue): PyTensor | PyComplex {
  if (isComplex(a) || isComplex(b)) {
    const made = operateComplex(ctx, name, a, b);
    // Arrays stay arrays.
    const given = [a, b].find((each) => each instanceof PyComplex && each.cls !== made.cls);
    return given instanceof PyComplex ? new PyComplex(given.cls, made.real, made.imaginary) : made;
  }
  const number = b instanceof PyTensor ? undefined : numberOf(b);
  const scale = number === undefined ? undefined : scaling(name, number);
  if (a instanceof PyTensor && scale) {
    const made = rescaleInitialiser(ctx, a, ...scale);
    if (made) return fromInitialiser(ctx, a.type, made);
  }
  const body = operations[name];
  if (!body) throw new RangeError(`no operator ${name}`);
  return body(ctx, a, b);
}

/** `a op= b`. */
function operateOn(ctx: Context, name: string, a: PyTensor, b: PyValue): PyTensor {
  const number = b instanceof PyTensor ? undefined : numberOf(b);
  const scale = number === undefined ? undefined : scaling(name, number);
  if (scale && rescale(ctx, a, ...scale)) return a;
  const result = operate(ctx, name, a, b);
  return result instanceof PyComplex ? refuse(ctx, name) : overwrite(ctx, a, result);
}

/** Complex numbers are equal or not; they have no order. */
function compare(ctx: Context, name: Comparison, a: PyValue, b: PyValue): PyTensor {
  if (!isComplex(a) && !isComplex(b)) return comparison(ctx, name, a, b);
  if (name !== 'eq' && name !== 'ne') return refuse(ctx, name);
  const same = equalComplex(ctx, a, b);
  return name === 'eq' ? same : unary(ctx, 'not', same);
}

function operators(members: Map<string, PyValue>): void {
  for (const name of Object.keys(operations)) {
    members.set(
      `__${name}__`,
      native('self, other', (ctx, args) => operate(ctx, name, args.get('self'), args.get('other')), name),
    );
    members.set(
      `__r${name}__`,
      native('self, other', (ctx, args) => operate(ctx, name, args.get('other'), args.get('self')), name),
    );
    members.set(
      `__i${name}__`,
      native('self, other', (ctx, args) => operateOn(ctx, name, args.tensor('self'), args.get('other')), name),
    );
  }
  for (const name of ['eq', 'ne', 'lt', 'le', 'gt', 'ge'] as const) {
    members.set(
      `__${name}__`,
      native(
        'self, other',
        (ctx, args) => {
          const other = args.get('other');
          // Neither is asked element by element what it is.
          const isElse =
            other === null || typeof other === 'string' || other instanceof PyList || other instanceof PyDict;
          if (isElse && (name === 'eq' || name === 'ne')) return name === 'ne';
          return compare(ctx, name, args.get('self'), other);
        },
        name,
      ),
    );
  }
  for (const fn of ['neg', 'abs'] as const) {
    members.set(
      `__${fn}__`,
      native('self', (ctx, args) => unary(ctx, fn, args.tensor('self'))),
    );
  }
  members.set(
    '__pos__',
    native('self', (_, args) => args.get('self')),
  );
  members.set(
    '__invert__',
    native('self', (ctx, args) => invert(ctx, args.tensor('self'))),
  );
  members.set(
    '__getitem__',
    native('self, index', (ctx, args) => getItem(ctx, args.tensor('self'), args.get('index'))),
  );
  members.set(
    '__setitem__',
    native('self, index, value', (ctx, args) => {
      setItem(ctx, args.tensor('self'), args.get('index'), args.get('value'));
      return null;
    }),
  );
  members.set(
    '__len__',
    native('self', (ctx, args) => {
      const [first] = args.tensor('self').type.shape;
      return first === undefined ? ctx.raise('TypeError', 'len() of a 0-d tensor') : BigInt(first);
    }),
  );
  members.set(
    '__contains__',
    native('self, element', (ctx, args) => {
      const same = ctx.call(ctx.getattr(args.get('self'), 'eq'), [args.get('element')]);
      return ctx.call(ctx.getattr(same, 'any'));
    }),
  );
  members.set(
    '__iter__',
    native('self', (ctx, args) => {
      const tensor = args.tensor('self');
      if (tensor.type.shape.length === 0) ctx.raise('TypeError', 'iteration over a 0-d tensor');
      const count = sizeOf(tensor, 0);
      ctx.spend(count);
      const rows = new PyList(Array.from({ length: count }, (_, i) => select(ctx, tensor, 0, i)));
      return ctx.call(ctx.builtins.get('iter') ?? null, [rows]);
    }),
  );
}

/** What no tensor here is. */
const PLAIN =
  'is_sparse is_sparse_csr is_quantized is_meta is_mkldnn is_mps is_xpu is_xla is_mtia is_ipu is_maia is_vulkan is_nested retains_grad'.split(
    ' ',
  );

function properties(members: Map<string, PyValue>): void {
  const get = (name: string, body: (ctx: Context, tensor: PyTensor) => PyValue): void => {
    members.set(
      name,
      property((ctx, value) => body(ctx, self(value))),
    );
  };
  get('shape', (ctx, tensor) => shapeOf(ctx, tensor));
  get('ndim', (_, tensor) => BigInt(tensor.type.shape.length));
  get('dtype', (_, tensor) => new PyDtype(tensor.type.dtype));
  get('device', () => new PyDevice('cpu'));
  get('is_cuda', () => false);
  members.set(
    'requires_grad',
    property(
      (_, value) => self(value).requiresGrad,
      (ctx, value, given) => {
        self(value).requiresGrad = ctx.truth(given);
      },
    ),
  );
  get('grad', () => null);
  for (const name of ['is_leaf', 'is_cpu']) get(name, () => true);
  for (const name of PLAIN) get(name, () => false);
  get('nbytes', (_, tensor) => BigInt(elements(tensor.type.shape) * sizeOfElement(tensor.type.dtype)));
  get('grad_fn', () => null);
  get('itemsize', (_, tensor) => BigInt(sizeOfElement(tensor.type.dtype)));
  get('layout', () => 'torch.strided');
  get('real', (_, tensor) => tensor);
  get('T', (ctx, tensor) => permute(ctx, tensor, tensor.type.shape.map((_, i) => i).reverse()));
  get('mT', (ctx, tensor) => transposeMatrix(ctx, tensor, 'mT'));
  for (const name of ['H', 'mH']) get(name, (ctx, tensor) => transposeMatrix(ctx, tensor, name));
  members.set(
    'data',
    property(
      (ctx, value) => {
        const tensor = self(value);
        const seen = detach(ctx, tensor);
        if (seen.memory !== tensor.memory) seen.memory.unnoticed = true;
        return seen;
      },
      (ctx, value, given) => {
        setData(ctx, self(value), given);
      },
    ),
  );
}

function knownData(
  ctx: Context,
  tensor: PyTensor,
  what: string,
  way = say('go on computing with the tensor itself, or give the number as an argument'),
): readonly number[] {
  const known = tensor.ask();
  return known ? Array.from(known) : refuseValues(ctx, tensor, what, way);
}

/** The only element. @throws ValueError in PyTorch's words where there are none or several */
function knownElement(ctx: Context, tensor: PyTensor, what: string): number {
  if (elements(tensor.type.shape) !== 1)
    ctx.raise('ValueError', 'only one element tensors can be converted to Python scalars');
  return itemAt(knownData(ctx, tensor, what), 0);
}

/** `bool(x)`. */
/** What to do about a branch that values choose. */
const sides = () => say('write it with torch.where, or keep the side that you mean to compare');

function knownTruth(ctx: Context, tensor: PyTensor): boolean {
  const count = elements(tensor.type.shape);
  if (count !== 1)
    ctx.raise(
      'RuntimeError',
      `Boolean value of Tensor with ${count ? 'more than one value' : 'no values'} is ambiguous`,
    );
  return itemAt(knownData(ctx, tensor, say('This branch'), sides()), 0) !== 0;
}

function element(tensor: PyTensor, value: number): PyValue {
  if (tensor.type.dtype === 'bool') return value !== 0;
  return isFloating(tensor.type.dtype) ? value : BigInt(value);
}

function methods(members: Map<string, PyValue>): void {
  const define = definer((name, fn) => members.set(name, fn));
  define('size', 'self, dim=None', (ctx, args) => {
    const tensor = args.tensor('self');
    if (args.isNone('dim')) return shapeOf(ctx, tensor);
    refuseScalar(ctx, tensor, args.int('dim'));
    return BigInt(sizeOf(tensor, args.dim('dim', tensor.type.shape.length)));
  });
  define('dim ndimension', 'self', (_, args) => BigInt(args.tensor('self').type.shape.length));
  define('nelement', 'self', (_, args) => BigInt(elements(args.tensor('self').type.shape)));
  define('element_size', 'self', (_, args) => BigInt(sizeOfElement(args.tensor('self').type.dtype)));
  define('data_ptr', 'self', (_, args) => BigInt(args.tensor('self').memory.root.contents.value));
  define('get_device', 'self', () => -1n);
  define('where', 'self, condition, other', (ctx, args) =>
    choose(ctx, args.tensor('condition'), args.get('self'), args.get('other')),
  );
  define('numpy', 'self, *, force=False', (_, args) => args.get('self'));
  define('requires_grad_', 'self, requires_grad=True', (_, args) => {
    args.tensor('self').requiresGrad = args.bool('requires_grad');
    return args.get('self');
  });
  define('cpu cuda xpu pin_memory share_memory_ retain_grad', 'self, *args, **kwargs', (_, args) => args.get('self'));
  define('to', 'self, *args, **kwargs', (ctx, args) => {
    const all = [...args.rest('args'), ...args.keywords('kwargs').values()];
    const complex = all.map(complexDtypeIn).find((each) => each !== undefined);
    if (complex) return toComplex(ctx, args.tensor('self'), complex);
    const dtype = all.find((each) => each instanceof PyDtype);
    const like = all.find((each) => each instanceof PyTensor);
    const target = dtype instanceof PyDtype ? dtype.dtype : like instanceof PyTensor ? like.type.dtype : undefined;
    if (!target) return args.get('self');
    const tensor = args.tensor('self');
    const copy = args.keywords('kwargs').get('copy') === true && target === tensor.type.dtype;
    return copy ? clone(ctx, tensor) : cast(ctx, tensor, target);
  });
  define('item', 'self', (ctx, args) => {
    const tensor = args.tensor('self');
    return element(tensor, knownElement(ctx, tensor, '.item()'));
  });
  define('tolist', 'self', (ctx, args) => {
    const tensor = args.tensor('self');
    const data = knownData(ctx, tensor, '.tolist()');
    const nest = (dim: number, start: number): PyValue => {
      const size = tensor.type.shape[dim];
      if (size === undefined) return element(tensor, itemAt(data, start));
      const inner = elements(tensor.type.shape.slice(dim + 1));
      return new PyList(Array.from({ length: size }, (_, i) => nest(dim + 1, start + i * inner)));
    };
    return nest(0, 0);
  });
  define('__bool__ __int__ __index__ __float__', 'self', (ctx, args) => {
    const tensor = args.tensor('self');
    return element(tensor, knownElement(ctx, tensor, say('This')));
  });
  members.set(
    '__bool__',
    native('self', (ctx, args) => knownTruth(ctx, args.tensor('self'))),
  );
  members.set(
    '__float__',
    native('self', (ctx, args) => knownElement(ctx, args.tensor('self'), 'float()')),
  );
  members.set(
    '__int__',
    native('self', (ctx, args) => BigInt(Math.trunc(knownElement(ctx, args.tensor('self'), 'int()')))),
  );
  const OPTIONS = 'dtype=None, device=None, requires_grad=False, layout=None, pin_memory=False';
  for (const [name, value] of [
    ['new_zeros', 0],
    ['new_ones', 1],
    ['new_empty', 0],
  ] as const) {
    define(name, `self, *size, ${OPTIONS}`, (ctx, args) => {
      const dtype = args.optionalDtype('dtype') ?? args.tensor('self').type.dtype;
      return fromInitialiser(ctx, { dtype, shape: args.variadicInts('size') }, { kind: 'constant', value });
    });
  }
  define('new_full', `self, size, fill_value, *, ${OPTIONS}`, (ctx, args) => {
    const dtype = args.optionalDtype('dtype') ?? args.tensor('self').type.dtype;
    return full(ctx, { dtype, shape: args.ints('size') }, args.float('fill_value'));
  });
  define('new_empty_strided', `self, size, stride, ${OPTIONS}`, (ctx, args) => {
    const dtype = args.optionalDtype('dtype') ?? args.tensor('self').type.dtype;
    return fromInitialiser(ctx, { dtype, shape: args.ints('size') }, { kind: 'constant', value: 0 });
  });
  // What is sparse is held as all of its elements: the values are the same.
  define('to_sparse to_sparse_coo coalesce to_dense', 'self, *args, **kwargs', (_, args) => args.get('self'));
  define('is_signed', 'self', (_, args) => !/^(uint|bool)/.test(args.tensor('self').type.dtype));
  define('is_shared is_pinned is_distributed', 'self, *args', () => false);
  define('dim_order', 'self', (_, args) => new PyTuple(args.tensor('self').type.shape.map((_each, i) => BigInt(i))));
  define('new_tensor', `self, data, *, ${OPTIONS}`, (ctx, args) =>
    literal(ctx, args.get('data'), args.optionalDtype('dtype') ?? undefined, args.tensor('self').type.dtype),
  );
  define('cfloat', 'self, memory_format=None', (ctx, args) =>
    toComplex(ctx, args.tensor('self'), new PyComplexDtype('complex64')),
  );
  define('__deepcopy__', 'self, memo', (ctx, args) => deepcopy(ctx, args.tensor('self')));
  define('__copy__', 'self', (ctx, args) => alias(ctx, args.tensor('self')));
  writingForms(members);
}

/** `copy.deepcopy(parameter)`: bytes of its own with the same first values. */
function deepcopy(ctx: Context, tensor: PyTensor): PyTensor {
  const initialiser = tensor instanceof PyParameter ? sharedValuesOf(ctx, tensor) : undefined;
  if (initialiser) return makeParameter(ctx, tensor.type, initialiser, tensor.requiresGrad);
  const drawn = tensor.storage === undefined ? undefined : initialiserOf(ctx, tensor);
  const copy = drawn ? fromInitialiser(ctx, tensor.type, drawn) : clone(ctx, tensor);
  return shownBuffer(tensor) === tensor ? copy : asPairs(ctx, copy);
}

/** `x.data = y`: the tensor looks at the other's memory from now on; what looks at its own goes on doing so. */
function setData(ctx: Context, tensor: PyTensor, given: PyValue): void {
  if (isOfFile(given)) return;
  if (!(given instanceof PyTensor)) {
    ctx.raise('TypeError', `Variable data has to be a tensor, but got ${typeName(given)}`);
    return;
  }
  const { root } = given.memory;
  if (!(tensor instanceof PyParameter)) {
    const kept = torchState(ctx).running
      ? keepGradient(ctx, tensor.type, tensor.memory.contents, given.memory.contents)
      : undefined;
    const isSame =
      kept === undefined || kept === given.memory.contents || tensor.type.shape.join() !== given.type.shape.join();
    tensor.memory = isSame ? given.memory : wrapMemory(ctx, new Memory(given.type, kept)).memory;
  } else if (torchState(ctx).running) assign(ctx, tensor, given);
  else if (root.home !== undefined && root === given.memory) tensor.memory = root;
  else {
    tensor.memory = makeParameter(ctx, given.type, firstValuesOf(ctx, given), tensor.requiresGrad).memory;
    // The other goes on sharing the parameter's bytes; one that is known stays known.
    if (root === given.memory && given.data) root.twin = tensor.memory.home;
    else if (root === given.memory) given.memory = tensor.memory;
  }
}

/** In-place forms that have no counterpart without the underscore, and those that keep initialisers. */
function writingForms(members: Map<string, PyValue>): void {
  const define = definer((name, fn) => members.set(name, fn));
  const drawn = (name: string, signature: string, body: (value: (name: string) => number) => Initialiser): void =>
    define(name, `self${signature}, *, generator=None`, (ctx, args) =>
      fill(
        ctx,
        args.tensor('self'),
        body((argument) => args.float(argument)),
      ),
    );
  drawn('zero_', '', () => ({ kind: 'constant', value: 0 }));
  drawn('normal_', ', mean=0.0, std=1.0', (value) => ({
    kind: 'normal',
    mean: value('mean'),
    deviation: value('std'),
  }));
  drawn('uniform_', ', a=0.0, b=1.0', (value) => ({ kind: 'uniform', low: value('a'), high: value('b') }));
  define('uniform_', 'self, from=0.0, to=1.0, *, generator=None', (ctx, args) =>
    fill(ctx, args.tensor('self'), { kind: 'uniform', low: args.float('from'), high: args.float('to') }),
  );
  define('bernoulli_', 'self, p=0.5, *, generator=None', (ctx, args) =>
    assign(ctx, args.tensor('self'), bernoulli(ctx, args.tensor('self').type, args.get('p'))),
  );
  define('bernoulli', 'self, p=None, *, generator=None', (ctx, args) =>
    bernoulli(ctx, args.tensor('self').type, args.isNone('p') ? args.get('self') : args.get('p')),
  );
  define('fill_diagonal_', 'self, fill_value, wrap=False', (ctx, args) => {
    assign(ctx, mainDiagonal(ctx, args.tensor('self'), args.bool('wrap')), args.get('fill_value'));
    return args.get('self');
  });
  define('fill_', 'self, value', (ctx, args) => {
    const value = numberOf(args.get('value'));
    if (value === undefined) return assign(ctx, args.tensor('self'), args.get('value'));
    return fill(ctx, args.tensor('self'), { kind: 'constant', value });
  });
  define('copy_', 'self, src, non_blocking=False', (ctx, args) => assign(ctx, args.tensor('self'), args.get('src')));
  for (const [method, operator] of [
    ['mul_', 'mul'],
    ['div_', 'truediv'],
  ] as const) {
    define(method, 'self, other', (ctx, args) => operateOn(ctx, operator, args.tensor('self'), args.get('other')));
  }
  for (const table of [drawingMethods, legacyMethods, shortTime]) for (const [name, fn] of table) members.set(name, fn);
  for (const operator of ['add', 'sub'] as const) {
    define(`${operator}_`, 'self, other, *, alpha=1', (ctx, args) => {
      const scale = args.get('alpha');
      const other: PyValue =
        numberOf(scale) === 1 ? args.get('other') : operate(ctx, 'mul', operand(ctx, args.get('other')), scale);
      return operateOn(ctx, operator, args.tensor('self'), other);
    });
  }
  // Those that change the shape make the tensor another view of its memory.
  for (const name of ['squeeze', 'unsqueeze', 'transpose', 'swapaxes', 't'] as const) {
    const fn = shared.get(name);
    if (!fn) continue;
    define(`${name}_`, 'self, *args, **kwargs', (ctx, args) => {
      const tensor = args.tensor('self');
      const result = ctx.call(fn, [tensor, ...args.rest('args')], args.keywords('kwargs'));
      if (result instanceof PyTensor) tensor.memory = result.memory;
      return tensor;
    });
  }
}

/** Members that are the same for every extraction. */
let common: ReadonlyMap<string, PyValue> | undefined;

/** Fills the class once an extraction. */
export function defineTensor(ctx: Context): void {
  common ??= allMembers();
  for (const [name, member] of common) torchState(ctx).tensor.members.set(name, member);
  defineComplex(ctx);
}

/** `x.add_(y)`: the same function, whose result overwrites the tensor. */
function makeInPlace(name: string, fn: NativeFunction): NativeFunction {
  return native(
    'self, *args, **kwargs',
    (ctx, args) => {
      const tensor = args.tensor('self');
      const result = ctx.call(fn, [tensor, ...args.rest('args')], args.keywords('kwargs'));
      return result instanceof PyTensor ? overwrite(ctx, tensor, result) : result;
    },
    name,
  );
}

/** What PyTorch's own tensors have under private names: any other is an attribute of the user's, present or not. */
const PRIVATE = new Set(
  '_backward_hooks _base _cdata _conj _grad _grad_fn _indices _is_view _is_zerotensor _make_subclass _make_wrapper_subclass _nnz _post_accumulate_grad_hooks _to_dense _to_sparse _typed_storage _values _version'.split(
    ' ',
  ),
);

function allMembers(): ReadonlyMap<string, PyValue> {
  const members = new Map<string, PyValue>();
  members.set('__new__', legacyConstructor('float32'));
  members.set(
    '__init__',
    native('self, *args, **kwargs', () => null),
  );
  for (const table of [shared, acceptNumpyNames(activationMethods())]) {
    for (const [name, fn] of table) {
      members.set(name, fn);
      if (!name.endsWith('_') && !members.has(`${name}_`)) members.set(`${name}_`, makeInPlace(`${name}_`, fn));
    }
  }
  // What only stands in `torch`, `torch.cat` say, is no method.
  for (const name of members.keys()) if (lacks('torch.Tensor', name)) members.delete(name);
  operators(members);
  properties(members);
  methods(members);
  members.set(
    '__hash__',
    native('self', (_, args) => BigInt(self(args.get('self')).value)),
  );
  members.set(
    '__getattr__',
    native('self, name', (ctx, args) => {
      const name = args.string('name');
      if (name.startsWith('__') || (name.startsWith('_') && !PRIVATE.has(name)) || lacks('torch.Tensor', name)) {
        const meant = name.startsWith('_') ? '' : hint('torch.Tensor', name);
        return ctx.raise('AttributeError', `'Tensor' object has no attribute '${name}'${meant}`);
      }
      return ctx.error(
        'unsupported',
        say('Tensor.{0} is not read yet; leave it out to compare the rest of the model', name),
      );
    }),
  );
  return members;
}
