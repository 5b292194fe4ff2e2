/** `torch.ops.aten.relu.default`: the same functions by another way; of torchvision's operators, what chooses boxes. */
import { itemAt } from '../graph/access';
import type { Context } from '../python/natives/context';
import { NativeFunction, native, nativeClass } from '../python/natives/native';
import { PyModule } from '../python/values/values';
import { type Namespaces, refuseMissing } from './namespace';
import { knownTensor, sizeOf, torchState } from './tensor/tensor';
import { requireData } from './unknownValues';

/** Where a function of this name stands, in this order. */
const PLACES = ['torch', 'torch.nn.functional', 'torch.special', 'torch.linalg'];

/** `torch.ops`; other operators of libraries are not read. */
export const operatorNamespaces = (ctx: Context): Namespaces => ({
  'torch.ops': () => [],
  'torch.ops.aten': () => aten(ctx),
  'torch.ops.torchvision': () => [['nms', nms]],
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

/** Boxes by their scores, without those that overlap a better one by more than a share: where both are known. */
const nms = native('dets, scores, iou_threshold', (ctx, args) => {
  const [boxes, scores] = [args.tensor('dets'), args.tensor('scores')];
  const corners = requireData(ctx, boxes, 'nms');
  const score = requireData(ctx, scores, 'nms');
  const threshold = args.float('iou_threshold');
  const count = sizeOf(scores, 0);
  ctx.meter.elements(count);
  const at = (box: number, corner: number) => itemAt(corners, box * 4 + corner);
  const area = (box: number) => (at(box, 2) - at(box, 0)) * (at(box, 3) - at(box, 1));
  const overlap = (a: number, b: number): number => {
    const width = Math.min(at(a, 2), at(b, 2)) - Math.max(at(a, 0), at(b, 0));
    const height = Math.min(at(a, 3), at(b, 3)) - Math.max(at(a, 1), at(b, 1));
    const common = Math.max(width, 0) * Math.max(height, 0);
    return common / (area(a) + area(b) - common);
  };
  const order = Array.from({ length: count }, (_, i) => i).sort((a, b) => itemAt(score, b) - itemAt(score, a) || a - b);
  const kept: number[] = [];
  for (const box of order) {
    ctx.spend(kept.length >> 4);
    if (!kept.some((better) => overlap(better, box) > threshold)) kept.push(box);
  }
  return knownTensor(ctx, { dtype: 'int64', shape: [kept.length] }, kept);
});

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
