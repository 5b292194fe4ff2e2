/** `module.double()`, `.half()`, `.to(dtype)`: parameters and buffers in another dtype. */
import type { DType } from '../../graph/types';
import { say } from '../../language/say';
import type { NativeArguments } from '../../python/natives/arguments';
import type { Context } from '../../python/natives/context';
import type { Define } from '../../python/natives/table';
import { PyDtype, type PyInstance, PyTensor, type PyValue } from '../../python/values/values';
import { shownBuffer } from '../complex/creation';
import { firstValuesOf, fromInitialiser, initialiserOf, makeParameter } from '../tensor/initialiser';
import { cast, isFloating, torchState } from '../tensor/tensor';
import { fieldsOf, namedModules, ownBuffers, ownParameters, selfOf } from './moduleFields';

/** Gives parameters and buffers a dtype: those of floating dtypes, or all. Parameters stay the same objects. */
function castModule(ctx: Context, root: PyInstance, dtype: DType, all = false): void {
  const changes = (tensor: PyTensor) =>
    tensor.type.dtype !== dtype && (all || isFloating(tensor.type.dtype)) && shownBuffer(tensor) === tensor;
  for (const [, module] of namedModules(ctx, root)) {
    for (const [, parameter] of ownParameters(module)) {
      if (!changes(parameter)) continue;
      refuseWhileRunning(ctx);
      const type = { ...parameter.type, dtype };
      parameter.memory = makeParameter(ctx, type, firstValuesOf(ctx, parameter), parameter.requiresGrad).memory;
    }
    const { buffers } = fieldsOf(module);
    for (const [name, buffer] of buffers.entries()) {
      if (!(buffer instanceof PyTensor) || !changes(buffer)) continue;
      refuseWhileRunning(ctx);
      const own = buffer.storage === undefined ? undefined : initialiserOf(ctx, buffer);
      buffers.set(name, own ? fromInitialiser(ctx, { ...buffer.type, dtype }, own) : cast(ctx, buffer, dtype));
    }
  }
}

function refuseWhileRunning(ctx: Context): void {
  if (torchState(ctx).running)
    ctx.error(
      'unsupported',
      say('Changing the dtype of a module while the model runs is not read; change it where the model is built'),
    );
}

/** The dtype among the arguments of `to`. */
function dtypeIn(args: NativeArguments): DType | undefined {
  for (const each of [...args.rest('args'), ...args.keywords('kwargs').values()]) {
    if (each instanceof PyDtype) return each.dtype;
    if (each instanceof PyTensor) return each.type.dtype;
  }
  return undefined;
}

const CASTS: Readonly<Record<string, DType>> = {
  float: 'float32',
  double: 'float64',
  half: 'float16',
  bfloat16: 'bfloat16',
};

/** Defines them among the members of `nn.Module`. */
export function defineCasts(define: Define): void {
  for (const [name, dtype] of Object.entries(CASTS))
    define(name, 'self', (ctx, args): PyValue => {
      castModule(ctx, selfOf(args.get('self')), dtype);
      return args.get('self');
    });
  define('to', 'self, *args, **kwargs', (ctx, args): PyValue => {
    const dtype = dtypeIn(args);
    if (dtype === undefined) return args.get('self');
    if (!isFloating(dtype))
      ctx.raise(
        'TypeError',
        `nn.Module.to only accepts floating point or complex dtypes, but got desired dtype=torch.${dtype}`,
      );
    for (const [, module] of namedModules(ctx, selfOf(args.get('self'))))
      for (const [name, buffer] of ownBuffers(module))
        if (shownBuffer(buffer) !== buffer)
          ctx.error(
            'unsupported',
            say('to({0}) drops the imaginary part of the buffer {1}; move the module without a dtype', dtype, name),
          );
    castModule(ctx, selfOf(args.get('self')), dtype);
    return args.get('self');
  });
  define('type', 'self, dst_type', (ctx, args): PyValue => {
    const dtype = args.optionalDtype('dst_type');
    if (dtype) castModule(ctx, selfOf(args.get('self')), dtype, true);
    return args.get('self');
  });
}
