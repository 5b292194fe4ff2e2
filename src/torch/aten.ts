/** `torch.ops.aten.relu.default`: the same functions by another way; of torchvision's operators, those of boxes. */
import type { Context } from '../python/natives/context';
import { NativeFunction, native, nativeClass } from '../python/natives/native';
import { PyModule } from '../python/values/values';
import { nms, roiAlign } from './detection';
import { type Namespaces, refuseMissing } from './namespace';
import { torchState } from './tensor/tensor';

/** Where a function of this name stands, in this order. */
const PLACES = ['torch', 'torch.nn.functional', 'torch.special', 'torch.linalg'];

/** `torch.ops`; other operators of libraries are not read. */
export const operatorNamespaces = (ctx: Context): Namespaces => ({
  'torch.ops': () => [],
  'torch.ops.aten': () => aten(ctx),
  'torch.ops.torchvision': () => [
    ['nms', nms],
    ['roi_align', roiAlign],
  ],
});

function aten(ctx: Context): PyModule {
  const aten = refuseMissing(new PyModule('torch.ops.aten'));
  const refused = aten.missing;
  aten.missing = (name) => {
    const found = [
      ...PLACES.map((place) => ctx.nativeModule(place)?.members.get(name)),
      torchState(ctx).tensor.members.get(name),
    ].find((each) => each instanceof NativeFunction);
    return found instanceof NativeFunction ? packet(ctx, found) : refused?.(name);
  };
  return aten;
}

/** A function whose overloads, `.default` or `.Tensor`, are itself. */
function packet(ctx: Context, fn: NativeFunction): NativeFunction {
  const operator = new NativeFunction(fn.name, fn.signature, fn.body);
  operator.cls = nativeClass('OpOverloadPacket', [ctx.classes.object], {
    __getattr__: native('self, name', (inner, args) => {
      const name = args.string('name');
      return name.startsWith('__')
        ? inner.raise('AttributeError', `aten.${fn.name} has no attribute '${name}'`)
        : operator;
    }),
  });
  return operator;
}
