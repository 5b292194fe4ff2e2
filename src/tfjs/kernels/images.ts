/** Images in other sizes, at TensorFlow's sample places. */
import { firstElements, itemAt, itemOr } from '../../graph/access';
import type { Emit } from '../../graph/emit';
import type { ValueId } from '../../graph/types';
import { say } from '../../language/say';
import { channelsFirst } from '../layout';
import type { StepView } from '../translation';
import type { RuleTable, StepRule } from './table';

interface Places {
  readonly size: number;
  readonly output: number;
  readonly corners: boolean;
  readonly centres: boolean;
}

/** How far apart samples stand. */
const scaleOf = ({ size, output, corners }: Places): number =>
  corners && output > 1 ? (size - 1) / (output - 1) : size / output;

/** The nearest element of each place. */
function nearestElements(places: Places): number[] {
  const scale = scaleOf(places);
  return Array.from({ length: places.output }, (_, i) => {
    const at = scale * (places.centres ? i + 0.5 : i);
    const found = places.corners ? Math.round(at) : Math.floor(at);
    return Math.min(places.size - 1, Math.max(0, found));
  });
}

/** The weights of the two elements around each place: [output, size]. What lies before the first is drawn on, as there. */
function linearWeights(places: Places): number[] {
  const scale = scaleOf(places);
  const matrix = new Array<number>(places.output * places.size).fill(0);
  for (let row = 0; row < places.output; row++) {
    const at = places.centres ? scale * (row + 0.5) - 0.5 : scale * row;
    const low = Math.max(0, Math.floor(at));
    const high = Math.min(places.size - 1, Math.ceil(at));
    const share = at - low;
    const add = (column: number, weight: number) => {
      const place = row * places.size + column;
      matrix[place] = itemAt(matrix, place) + weight;
    };
    add(low, 1 - share);
    add(high, share);
  }
  return matrix;
}

function placesOf(step: StepView): Places[] {
  const [, height, width] = firstElements(step.shape('images'), 3);
  const sizes = step.counts('size', 2);
  const [corners, centres] = [step.flag('alignCorners'), step.flag('halfPixelCenters')];
  return [height, width].map((size, i) => {
    const output = itemAt(sizes, i);
    step.boundedCount(output * size);
    return { size, output, corners, centres };
  });
}

const toNearest: StepRule = (step) => {
  const { e } = step;
  const order = step.orderOf('images');
  const made = placesOf(step).reduce(
    (x, places, i) => {
      const picked = nearestElements(places);
      if (picked.length === places.size && picked.every((at, place) => at === place)) return x;
      return e.op({ kind: 'gather', dim: order.indexOf(i + 1) }, x, e.constant(picked, [picked.length], 'int64'));
    },
    step.in('images', order),
  );
  step.give(made, order);
};

/** A product along rows and one along columns. */
function resizeByMatrices(e: Emit, x: ValueId, [rows, columns]: readonly Places[]): ValueId {
  if (!rows || !columns) return x;
  const along = e.matmul(x, e.transposeLast(e.constant(linearWeights(columns), [columns.output, columns.size])));
  return e.matmul(e.constant(linearWeights(rows), [rows.output, rows.size]), along);
}

const toLinear: StepRule = (step) => {
  const { e } = step;
  const order = channelsFirst(4);
  const places = placesOf(step);
  const x = e.cast(step.in('images', order), 'float32');
  const sizes = places.map(({ output }) => output);
  const { corners, centres } = itemAt(places, 0);
  const single = corners && places.some(({ output }) => output === 1);
  if (centres || single) return step.give(resizeByMatrices(e, x, places), order);
  const op = { kind: 'resize', mode: 'linear', sizes, factors: null, corners } as const;
  return step.give(e.op(corners ? op : { ...op, edges: true }, x), order);
};

/** Where samples of a crop stand along one dimension, in pixels. */
function cropPlaces(low: number, high: number, size: number, output: number): number[] {
  if (output === 1) return [0.5 * (low + high) * (size - 1)];
  const scale = ((high - low) * (size - 1)) / (output - 1);
  return Array.from({ length: output }, (_, i) => low * (size - 1) + i * scale);
}

/** The same part of every image, at its own pixels or between them. */
const crop: StepRule = (step) => {
  const { e } = step;
  const boxes = step.attribute('boxes');
  const [batch, height, width] = firstElements(step.shape('image'), 3);
  const list = Array.isArray(boxes) ? boxes.map(Number) : [];
  const [top, left, bottom, right] = [0, 1, 2, 3].map((at) => itemOr(list, at, Number.NaN)) as [
    number,
    number,
    number,
    number,
  ];
  const alike = list.length === 4 * batch && list.every((each, i) => each === itemAt(list, i % 4));
  const inTurn = step.numbers('boxInd').every((image, i) => image === i);
  if (!alike || !inTurn) step.refuse(say('it cuts out parts that the model computes, or other ones of each image'));
  const sizes = step.numbers('cropSize');
  const order = step.orderOf('image');
  const nearby = step.text('method') === 'nearest';
  let x = e.cast(step.in('image', order), 'float32');
  for (const [dim, size, places] of [
    [1, height, cropPlaces(top, bottom, height, itemAt(sizes, 0))],
    [2, width, cropPlaces(left, right, width, itemAt(sizes, 1))],
  ] as const) {
    if (places.some((at) => at < 0 || at > size - 1)) step.refuse(say('it cuts out what lies outside of the images'));
    const at = order.indexOf(dim);
    const take = (picked: readonly number[]) =>
      e.op({ kind: 'gather', dim: at }, x, e.constant(picked, [picked.length], 'int64'));
    if (nearby) x = take(places.map(Math.round));
    else {
      const [low, high] = [take(places.map(Math.floor)), take(places.map(Math.ceil))];
      const share = e.constant(
        places.map((place) => place - Math.floor(place)),
        order.map((each) => (each === dim ? places.length : 1)),
      );
      x = e.add(low, e.mul(e.sub(high, low), share));
    }
  }
  step.give(x, order);
};

export const images: RuleTable = { CropAndResize: crop, ResizeNearestNeighbor: toNearest, ResizeBilinear: toLinear };
