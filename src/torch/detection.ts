/** torchvision's operators of boxes, where the boxes are known: those of a model that is read for one input. */
import { itemAt, sizeAt } from '../graph/access';
import type { Context } from '../python/natives/context';
import { native } from '../python/natives/native';
import type { PyTensor } from '../python/values/values';
import { apply, concatenate, knownTensor, numbers, sizeOf } from './tensor/tensor';
import { permute, reshape, select } from './tensor/views';
import { requireData } from './unknownValues';

/** Boxes by their scores, without those that overlap a better one by more than a share: where both are known. */
export const nms = native('dets, scores, iou_threshold', (ctx, args) => {
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

/** How a region is cut into bins, along one dimension of an image. */
interface Cut {
  readonly start: number;
  readonly length: number;
  readonly bins: number;
  /** Samples a bin; 0: as many as it has pixels. */
  readonly samples: number;
  readonly size: number;
}

/** What each pixel adds to each bin: the bin's samples lie between two pixels each, by whose distance they are weighed. */
function addWeights(weights: number[], offset: number, { start, length, bins, samples, size }: Cut): void {
  const count = samples > 0 ? samples : Math.ceil(length / bins);
  for (let bin = 0; bin < bins; bin++) {
    for (let i = 0; i < count; i++) {
      const place = start + ((bin + (i + 0.5) / count) * length) / bins;
      if (place < -1 || place > size) continue;
      const inside = Math.min(Math.max(place, 0), size - 1);
      const low = Math.floor(inside);
      const high = Math.min(low + 1, size - 1);
      for (const [at, share] of [
        [low, 1 - (inside - low)],
        [high, inside - low],
      ] as const) {
        const to = offset + bin * size + at;
        weights[to] = itemAt(weights, to) + share / count;
      }
    }
  }
}

/**
 * `roi_align`: a bin is the mean of samples between pixels, which is a product with a matrix for each side of the image:
 * rows · image · columns.
 */
export const roiAlign = native(
  'input, rois, spatial_scale, pooled_height, pooled_width, sampling_ratio=-1, aligned=False',
  (ctx, args) => {
    const [input, rois] = [args.tensor('input'), args.tensor('rois')];
    const boxes = requireData(ctx, rois, 'roi_align');
    const scale = args.float('spatial_scale');
    const [height, width] = [args.int('pooled_height'), args.int('pooled_width')];
    const samples = args.int('sampling_ratio');
    const aligned = args.bool('aligned');
    const count = sizeOf(rois, 0);
    const { shape, dtype } = input.type;
    const channels = sizeAt(shape, 1);
    const at = (box: number, i: number) => itemAt(boxes, box * 5 + i);
    const cut = (box: number, side: 0 | 1): Cut => {
      const [from, to] = [at(box, 2 - side) * scale, at(box, 4 - side) * scale];
      const length = aligned ? to - from : Math.max(to - from, 1);
      const bins = side === 0 ? height : width;
      return { start: from - (aligned ? 0.5 : 0), length, bins, samples, size: sizeAt(shape, 2 + side) };
    };
    const parts: PyTensor[] = [];
    const order: number[] = [];
    for (let image = 0; image < sizeAt(shape, 0); image++) {
      const own = Array.from({ length: count }, (_, box) => box).filter((box) => at(box, 0) === image);
      if (own.length === 0) continue;
      for (const box of own) order.push(box);
      parts.push(
        alignOne(
          ctx,
          select(ctx, input, 0, image),
          own.map((box) => [cut(box, 0), cut(box, 1)] as const),
        ),
      );
    }
    if (parts.length === 0) return knownTensor(ctx, { dtype, shape: [0, channels, height, width] }, []);
    const all = parts.length === 1 ? itemAt(parts, 0) : concatenate(ctx, parts, 0);
    if (order.every((box, i) => box === i)) return all;
    const back = order.map((_, box) => order.indexOf(box));
    return apply(ctx, { kind: 'gather', dim: 0 }, all, knownTensor(ctx, { dtype: 'int64', shape: [count] }, back));
  },
);

/** Regions [K,C,h,w] of one image [C,H,W], at least one. */
function alignOne(ctx: Context, image: PyTensor, cuts: readonly (readonly [rows: Cut, columns: Cut])[]): PyTensor {
  const [channels, rows, columns] = [0, 1, 2].map((dim) => sizeAt(image.type.shape, dim)) as [number, number, number];
  const count = cuts.length;
  const [{ bins: height }, { bins: width }] = itemAt(cuts, 0);
  const { dtype } = image.type;
  const matrices = (side: 0 | 1, bins: number, size: number): PyTensor => {
    const weights = numbers(ctx, count * bins * size, () => 0);
    for (const [i, each] of cuts.entries()) addWeights(weights, i * bins * size, each[side]);
    return knownTensor(ctx, { dtype, shape: [count, bins, size] }, weights);
  };
  const flat = reshape(ctx, matrices(1, width, columns), [count * width, columns]);
  const matmul = (a: PyTensor, b: PyTensor) => apply(ctx, { kind: 'matmul' }, a, b);
  const across = matmul(reshape(ctx, image, [channels * rows, columns]), permute(ctx, flat, [1, 0]));
  const turned = permute(ctx, reshape(ctx, across, [channels, rows, count, width]), [2, 1, 0, 3]);
  const down = matmul(matrices(0, height, rows), reshape(ctx, turned, [count, rows, channels * width]));
  return permute(ctx, reshape(ctx, down, [count, height, channels, width]), [0, 2, 1, 3]);
}
