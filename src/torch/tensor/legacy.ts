/**
 * How tensors were made and named before dtypes, which code still does: `torch.FloatTensor(2, 3)`, `x.type()`, `x.new(3)`.
 */
import type { DType } from '../../graph/types';
import { type NativeFunction, native } from '../../python/natives/native';
import { table } from '../../python/natives/table';
import { PyClass, PyDtype, PyTensor, PyTuple, type PyValue, plainOf } from '../../python/values/values';
import { fromInitialiser } from './initialiser';
import { literal } from './literal';
import { sizeClass } from './size';
import { cast } from './tensor';

/** Dtypes by the names of the classes that stood for them, without "Tensor". */
export const LEGACY: Readonly<Record<string, DType>> = {
  Float: 'float32',
  Double: 'float64',
  Half: 'float16',
  BFloat16: 'bfloat16',
  Long: 'int64',
  Int: 'int32',
  Short: 'int16',
  Char: 'int8',
  Byte: 'uint8',
  Bool: 'bool',
};

/** `torch.Tensor(2, 3)`, `torch.FloatTensor([1, 2])`: sizes of an empty tensor, or its data. */
export function legacyConstructor(dtype: DType): NativeFunction {
  return native(
    'cls, *args',
    (ctx, args) => {
      const given = args.rest('args');
      const [only = null] = given;
      if (given.length === 1 && typeof plainOf(only) !== 'bigint') return literal(ctx, only, dtype);
      return fromInitialiser(ctx, { dtype, shape: args.variadicInts('args') }, { kind: 'constant', value: 0 });
    },
    'Tensor',
  );
}

/** The dtype of such a class, or of its name. */
function dtypeOf(value: PyValue): DType | undefined {
  if (value instanceof PyDtype) return value.dtype;
  const name = value instanceof PyClass ? value.name : typeof value === 'string' ? value : '';
  const [, kind = ''] = /(\w+)Tensor$/.exec(name) ?? [];
  return LEGACY[kind];
}

export const legacyMethods = table((define) => {
  define('type', 'self, dtype=None, non_blocking=False', (ctx, args) => {
    const tensor = args.tensor('self');
    const given = args.get('dtype');
    if (given === null) {
      const kind = Object.keys(LEGACY).find((name) => LEGACY[name] === tensor.type.dtype);
      return `torch.${kind ?? tensor.type.dtype}Tensor`;
    }
    const dtype = dtypeOf(given);
    return dtype ? cast(ctx, tensor, dtype) : ctx.raise('ValueError', `invalid type: ${ctx.repr(given)}`);
  });
  // Sizes of a tensor that holds anything, or its values.
  define('new', 'self, *args, device=None', (ctx, args) => {
    const { dtype } = args.tensor('self').type;
    const given = args.rest('args');
    const [only = null] = given;
    const isSize = only instanceof PyTuple && only.cls === sizeClass(ctx);
    if (!isSize && !given.every((each) => typeof plainOf(each) === 'bigint')) {
      return only instanceof PyTensor ? cast(ctx, only, dtype) : literal(ctx, only, dtype);
    }
    const shape = given.length === 0 ? [0] : args.variadicInts('args');
    return fromInitialiser(ctx, { dtype, shape }, { kind: 'constant', value: 0 });
  });
});
