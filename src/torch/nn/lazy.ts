/**
 * Layers that learn the size of their input from the first one that they are given.
 * `nn.LazyLinear`, `nn.LazyConv1d`, `nn.LazyConv2d`, `nn.LazyConv3d`, `nn.LazyConvTranspose1d`,
 * `nn.LazyConvTranspose2d`, `nn.LazyConvTranspose3d`, `nn.LazyBatchNorm1d`, `nn.LazyBatchNorm2d`,
 * `nn.LazyBatchNorm3d`, `nn.LazyInstanceNorm1d`, `nn.LazyInstanceNorm2d`, `nn.LazyInstanceNorm3d`
 */
import { itemAt } from '../../graph/access';
import type { NativeArguments } from '../../python/natives/arguments';
import type { Context, Eval } from '../../python/natives/context';
import { native, nativeClass } from '../../python/natives/native';
import { parseSignature } from '../../python/natives/signature';
import { PyClass, type PyInstance, type PyTensor, type PyValue } from '../../python/values/values';
import { sizeOf } from '../tensor/tensor';
import type { Layer } from './layer';
import { moduleState } from './module';
import { selfOf } from './moduleFields';

/** The layers that have a lazy form: those whose first argument is the size of dimension 1, or of the last for Linear. */
const LAZY = /^(Linear|Conv(Transpose)?[123]d|(Batch|Instance)Norm[123]d)$/;

/** What the constructor was given, until the layer is built. */
class Waiting {
  constructor(readonly settings: ReadonlyMap<string, PyValue>) {}
}

/** Builds the layer and makes it what it stands for. */
function build(ctx: Context, self: PyInstance, cls: PyClass, layer: Layer, x: PyTensor): void {
  if (!(self.state instanceof Waiting)) return;
  const { shape } = x.type;
  const first = itemAt(parseSignature(layer.signature), 0).name;
  const spatial = Number(/(\d)d$/.exec(layer.name)?.[1] ?? 0);
  // Convolutions take an input without a batch, too.
  const unbatched = layer.name.startsWith('Conv') && shape.length === spatial + 1;
  const size = sizeOf(x, layer.name === 'Linear' ? -1 : unbatched ? 0 : 1);
  const settings = new Map<string, PyValue>([...self.state.settings, [first, BigInt(size)]]);
  const before = [...self.fields];
  ctx.call(ctx.getattr(cls, '__init__'), [self], settings);
  // Its mode and its hooks stay.
  for (const [name, value] of before) if (name === 'training' || name.startsWith('_')) self.fields.set(name, value);
  Object.assign(self, { cls });
  moduleState(ctx).grew = true;
}

/** Whether a layer has a lazy form. */
export const isLazy = (layer: Layer): boolean => LAZY.test(layer.name);

/** `LazyLinear` and the like: a class beside the one that its layers turn into. */
export function lazyClass(layer: Layer, cls: PyValue): PyValue {
  if (!(cls instanceof PyClass)) return null;
  // PyTorch's lazy instance norms have parameters and running statistics by default.
  const signature = layer.signature
    .slice(layer.signature.indexOf(',') + 2)
    .replace('affine=False, track_running_stats=False', 'affine=True, track_running_stats=True');
  const names = parseSignature(signature).map(({ name }) => name);
  return nativeClass(
    `Lazy${layer.name}`,
    [cls],
    {
      __init__: native(`self, ${signature}`, (_, args: NativeArguments) => {
        selfOf(args.get('self')).state = new Waiting(new Map(names.map((name) => [name, args.get(name)])));
        return null;
      }),
      forward: native(`self, ${layer.forward}`, function* (inner, args): Eval<PyValue> {
        const self = selfOf(args.get('self'));
        build(inner, self, cls, layer, args.tensor('input'));
        return yield* inner.run(inner.getattr(self, 'forward'), [args.get('input')]);
      }),
    },
    'torch.nn',
  );
}
