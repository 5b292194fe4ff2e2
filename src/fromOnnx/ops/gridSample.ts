/** Sampling an image at places that another tensor holds, as `torch.nn.functional.grid_sample` does. */
import { sizeAt } from '../../graph/access';
import { say } from '../../language/say';
import type { OperatorReader, OperatorTable } from '../call';
import type { OnnxOperand } from '../operand';
import type { Trace } from '../trace';

/** Places along one axis of the image, in elements. */
interface Along {
  readonly places: OnnxOperand;
  readonly size: number;
}

/** From −1 … 1 to elements; what lies outside is left there, moved to the border, or mirrored. */
function placesAlong(t: Trace, grid: OnnxOperand, size: number, corners: boolean, padding: string): Along {
  const half = t.with('div', t.with('add', grid, 1), 2);
  const places = corners ? t.with('mul', half, size - 1) : t.with('sub', t.with('mul', half, size), 0.5);
  if (padding === 'zeros') return { places, size };
  const inside = padding === 'reflection' ? mirror(t, places, size, corners) : places;
  return { places: t.with('min', t.with('max', inside, 0), size - 1), size };
}

/** Mirrored at the first and last element, or at their outer edges, as often as it takes. */
function mirror(t: Trace, places: OnnxOperand, size: number, corners: boolean): OnnxOperand {
  const low = corners ? 0 : -0.5;
  const span = corners ? size - 1 : size;
  if (span <= 0) return t.with('mul', places, 0);
  const within = t.with('mod', t.with('sub', places, low), 2 * span);
  const folded = t.binary('min', within, t.sub(t.scalar(2 * span, within), within));
  return t.with('add', folded, low);
}

/** 1 where a place lies on the image. */
function isInside(t: Trace, { places, size }: Along): OnnxOperand {
  const after = t.compare('ge', places, t.scalar(0, places));
  return t.cast(t.binary('and', after, t.compare('le', places, t.scalar(size - 1, places))), places.type.dtype);
}

const gridSample: OperatorReader = (call) => {
  const { t, attributes } = call;
  const [x, grid] = [call.input(0), call.input(1)];
  const mode = attributes.text('mode', call.opset < 20 ? 'bilinear' : 'linear');
  const isNearest = mode === 'nearest';
  if (x.type.shape.length !== 4) throw call.refuse(say('its image has {0} axes', x.type.shape.length));
  if (!isNearest && mode !== 'bilinear' && mode !== 'linear') throw call.refuse(say('its mode is {0}', mode));
  const padding = attributes.text('padding_mode', 'zeros');
  const corners = attributes.int('align_corners', 0) !== 0;
  const [n, c, height, width] = x.type.shape as [number, number, number, number];
  const [rows, columns] = [sizeAt(grid.type.shape, 1), sizeAt(grid.type.shape, 2)];
  const along = (index: number, size: number) =>
    placesAlong(t, t.reshape(t.slice(grid, 3, index, index + 1), [n, rows * columns]), size, corners, padding);
  const [across, down] = [along(0, width), along(1, height)];
  const flat = t.reshape(x, [n, c, height * width]);

  /** The elements at whole places, times a weight; nothing where they lie outside. */
  const taken = (ys: OnnxOperand, xs: OnnxOperand, weight: OnnxOperand | undefined): OnnxOperand => {
    const [y, z] = [
      { ...down, places: ys },
      { ...across, places: xs },
    ];
    const clamped = ({ places, size }: Along) => t.with('min', t.with('max', places, 0), size - 1);
    const at = t.cast(t.add(t.with('mul', clamped(y), width), clamped(z)), 'int64');
    const wide = (each: OnnxOperand) => t.expand(t.reshape(each, [n, 1, rows * columns]), [n, c, rows * columns]);
    const found = t.op({ kind: 'gather_elements', dim: 2 }, flat, wide(at));
    const inside = t.mul(isInside(t, y), isInside(t, z));
    return t.mul(found, wide(weight ? t.mul(inside, weight) : inside));
  };

  if (isNearest) {
    const nearest = taken(t.unary('round', down.places), t.unary('round', across.places), undefined);
    return t.reshape(nearest, [n, c, rows, columns]);
  }
  const ends = ({ places }: Along) => {
    const first = t.unary('floor', places);
    const share = t.sub(places, first);
    return [
      { place: first, weight: t.sub(t.scalar(1, share), share) },
      { place: t.with('add', first, 1), weight: share },
    ];
  };
  const parts = ends(down).flatMap((y) => ends(across).map((z) => taken(y.place, z.place, t.mul(y.weight, z.weight))));
  return t.reshape(
    parts.reduce((sum, each) => t.add(sum, each)),
    [n, c, rows, columns],
  );
};

export const grids: OperatorTable = { GridSample: gridSample };
