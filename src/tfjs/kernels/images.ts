/** Images in other sizes, at TensorFlow's sample places. */
import { itemAt } from '../../graph/access';
import type { Emit } from '../../graph/emit';
import type { ValueId } from '../../graph/types';
import { channelsFirst } from '../layout';
import type { StepView } from '../translation';
import type { Rule, RuleTable } from './table';

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
function nearest(places: Places): number[] {
  const scale = scaleOf(places);
  return Array.from({ length: places.output }, (_, i) => {
    const at = scale * (places.centres ? i + 0.5 : i);
    const found = places.corners ? Math.round(at) : Math.floor(at);
    return Math.min(places.size - 1, Math.max(0, found));
  });
}

/** The weights of the two elements around each place: [output, size]. What lies before the first is drawn on, as there. */
function between(places: Places): number[] {
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
  const [height, width] = step.shape('images').slice(1, 3);
  const size = step.numbers('size');
  return [height, width].map((length, i) => ({
    size: length ?? 0,
    output: itemAt(size, i),
    corners: step.flag('alignCorners'),
    centres: step.flag('halfPixelCenters'),
  }));
}

const toNearest: Rule = (step) => {
  const { e } = step;
  const order = step.orderOf('images');
  const made = placesOf(step).reduce(
    (x, places, i) => {
      const picked = nearest(places);
      if (picked.length === places.size && picked.every((at, place) => at === place)) return x;
      return e.op({ kind: 'gather', dim: order.indexOf(i + 1) }, x, e.constant(picked, [picked.length], 'int64'));
    },
    step.in('images', order),
  );
  step.give(made, order);
};

/** A product along rows and one along columns. */
function byMatrices(e: Emit, x: ValueId, [rows, columns]: readonly Places[]): ValueId {
  if (!rows || !columns) return x;
  const along = e.matmul(x, e.transposeLast(e.constant(between(columns), [columns.output, columns.size])));
  return e.matmul(e.constant(between(rows), [rows.output, rows.size]), along);
}

const toLinear: Rule = (step) => {
  const { e } = step;
  const order = channelsFirst(4);
  const places = placesOf(step);
  const x = e.cast(step.in('images', order), 'float32');
  const sizes = places.map(({ output }) => output);
  const { corners, centres } = itemAt(places, 0);
  const single = corners && places.some(({ output }) => output === 1);
  if (centres || single) return step.give(byMatrices(e, x, places), order);
  const op = { kind: 'resize', mode: 'linear', sizes, factors: null, corners } as const;
  return step.give(e.op(corners ? op : { ...op, edges: true }, x), order);
};

export const images: RuleTable = { ResizeNearestNeighbor: toNearest, ResizeBilinear: toLinear };
