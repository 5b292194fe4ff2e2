/** Dtypes of tensors, copies of them, and questions about them. */
import { firstElements, itemAt } from '../../graph/access';
import { broadcast, promoteTypes } from '../../graph/ops/rule';
import type { DType } from '../../graph/types';
import { say } from '../../language/say';
import type { Context } from '../../python/natives/context';
import { type NativeTable, table } from '../../python/natives/table';
import { PyDtype, PyTensor, type PyValue, plainOf } from '../../python/values/values';
import { detach } from '../gradMode';
import { cast, clone, elements, isFloating } from '../tensor/tensor';
import { broadcastTo } from '../tensor/views';
import { refuseValues } from '../unknownValues';

const CASTS: Readonly<Record<string, DType>> = {
  float: 'float32',
  double: 'float64',
  half: 'float16',
  bfloat16: 'bfloat16',
  long: 'int64',
  int: 'int32',
  short: 'int16',
  char: 'int8',
  byte: 'uint8',
  bool: 'bool',
};

/** Bytes of one element. */
export function sizeOfElement(dtype: DType): number {
  const bits = /\d+$/.exec(dtype)?.[0];
  return bits === undefined ? 1 : Number(bits) / 8;
}

/** What both tensors hold, where that is known. */
function data(ctx: Context, x: PyTensor, what: string): ArrayLike<number> {
  return x.ask() ?? refuseValues(ctx, x, what, say('leave the check out, or make it where the model is built'));
}

const typeOf = (given: PyValue): DType => {
  const value = plainOf(given);
  if (value instanceof PyTensor) return value.type.dtype;
  if (value instanceof PyDtype) return value.dtype;
  return typeof value === 'number' ? 'float32' : typeof value === 'boolean' ? 'bool' : 'int64';
};

export const kinds: NativeTable = table((define) => {
  for (const [name, dtype] of Object.entries(CASTS)) {
    define(name, 'input, memory_format=None', (ctx, args) => cast(ctx, args.tensor('input'), dtype));
  }
  define('type_as', 'input, other', (ctx, args) => cast(ctx, args.tensor('input'), args.tensor('other').type.dtype));
  define('clone', 'input, *, memory_format=None', (ctx, args) => clone(ctx, args.tensor('input')));
  define('detach', 'input', (ctx, args) => detach(ctx, args.tensor('input')));
  define('detach_', 'input', (ctx, args) => {
    const tensor = args.tensor('input');
    tensor.memory = detach(ctx, tensor).memory;
    return tensor;
  });
  define('numel', 'input', (_, args) => BigInt(elements(args.tensor('input').type.shape)));
  define('is_floating_point', 'input', (_, args) => isFloating(args.tensor('input').type.dtype));
  define('is_complex is_inference is_neg is_conj', 'input', () => false);
  define('is_nonzero', 'input', (ctx, args) => data(ctx, args.tensor('input'), 'is_nonzero')[0] !== 0);
  define('is_same_size', 'input, other', (_, args) => sameShape(args.tensor('input'), args.tensor('other')));
  define('conj resolve_conj resolve_neg positive', 'input', (_, args) => args.get('input'));
  define('equal', 'input, other', (ctx, args) => {
    const [a, b] = [args.tensor('input'), args.tensor('other')];
    if (!sameShape(a, b)) return false;
    const [x, y] = [data(ctx, a, 'torch.equal'), data(ctx, b, 'torch.equal')];
    return Array.from(x).every((each, i) => each === y[i]);
  });
  define('allclose', 'input, other, rtol=1e-05, atol=1e-08, equal_nan=False', (ctx, args) => {
    const tensors = [args.tensor('input'), args.tensor('other')] as const;
    const shape = broadcast(tensors[0].type.shape, tensors[1].type.shape);
    const [x, y] = firstElements(
      tensors.map((each) => data(ctx, broadcastTo(ctx, each, shape), 'torch.allclose')),
      2,
    );
    const [relative, absolute] = [args.float('rtol'), args.float('atol')];
    return Array.from(x).every(
      (each, i) => Math.abs(each - itemAt(y, i)) <= absolute + relative * Math.abs(itemAt(y, i)),
    );
  });
  define('result_type', 'tensor1, tensor2', (_, args) => {
    const [a, b] = [args.get('tensor1'), args.get('tensor2')];
    const numbers = [a, b].filter((each) => !(each instanceof PyTensor));
    const tensor = [a, b].find((each) => each instanceof PyTensor);
    if (numbers.length !== 1 || !(tensor instanceof PyTensor)) {
      const [x, y] = [a, b].map((each) => (each instanceof PyTensor ? each.type : { dtype: typeOf(each), shape: [] }));
      return new PyDtype(x && y ? promoteTypes(x, y) : 'float32');
    }
    // A number decides across kinds alone, beside a tensor without dimensions, too.
    const number = { dtype: typeOf(numbers[0] ?? null), shape: [] };
    return new PyDtype(promoteTypes({ dtype: tensor.type.dtype, shape: [1] }, number));
  });
});

function sameShape(a: PyTensor, b: PyTensor): boolean {
  return a.type.shape.join() === b.type.shape.join();
}

/** Largest, smallest and next-to-one numbers of each floating dtype. */
const FLOATS: Readonly<Partial<Record<DType, readonly [max: number, tiny: number, eps: number]>>> = {
  float16: [65504, 2 ** -14, 2 ** -10],
  bfloat16: [3.3895313892515355e38, 2 ** -126, 2 ** -7],
  float32: [3.4028234663852886e38, 2 ** -126, 2 ** -23],
  float64: [Number.MAX_VALUE, 2 ** -1022, Number.EPSILON],
};

/** Fields of `torch.finfo` and `torch.iinfo`. */
export function limits(ctx: Context, dtype: DType, floating: boolean): Map<string, PyValue> {
  const found = FLOATS[dtype];
  if (floating !== (found !== undefined) || dtype === 'bool') {
    ctx.raise(
      'TypeError',
      floating
        ? `torch.finfo() requires a floating point input type. Use torch.iinfo to handle '${dtype}'`
        : `torch.iinfo() requires an integer input type. Use torch.finfo to handle '${dtype}'`,
    );
  }
  const bits = sizeOfElement(dtype) * 8;
  if (found) {
    const [max, tiny, eps] = found;
    return new Map<string, PyValue>([
      ['max', max],
      ['min', -max],
      ['tiny', tiny],
      ['smallest_normal', tiny],
      ['eps', eps],
      ['resolution', 10 ** Math.ceil(Math.log10(eps))],
      ['bits', BigInt(bits)],
      ['dtype', dtype],
    ]);
  }
  const unsigned = dtype === 'uint8';
  return new Map<string, PyValue>([
    ['max', 2n ** BigInt(unsigned ? bits : bits - 1) - 1n],
    ['min', unsigned ? 0n : -(2n ** BigInt(bits - 1))],
    ['bits', BigInt(bits)],
    ['dtype', dtype],
  ]);
}
