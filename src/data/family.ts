/** Which kind of data suits an input. */

import type { Random } from '../compare/random';
import { sizeAt } from '../graph/access';
import { elements } from '../graph/ops/rule';
import type { Graph, TensorType } from '../graph/types';
import { drawImage } from './channels';
import { isInteger, rowsOf } from './columns';
import type { Dataset } from './dataset';
import { motifs } from './motifs';
import { prototypes } from './prototypes';
import { drawShape, shapeKinds } from './shapes';
import { drawBand, drawSpiral, plane } from './spirals';
import { drawWave, waveKinds } from './waves';

/** What one family of data fills in for a sample. */
export interface Family {
  readonly name: Dataset['name'];
  /** How many classes it can tell apart. */
  readonly kinds: number;
  /** Fills one sample from `at`; a class is given where the task has any. */
  readonly draw: (label: number, random: Random, into: Float32Array | Int32Array, at: number) => void;
}

const most = 10;

/** Images as bytes: 0–255, as cameras give them. */
function bytes(shape: readonly number[]): Family {
  const image = new Float32Array(elements(shape));
  return {
    name: 'shapes',
    kinds: shapeKinds,
    draw: (label, random, into, at) => {
      drawShape(label, shape, random, image, 0);
      image.forEach((value, i) => {
        into[at + i] = Math.max(0, Math.min(255, 128 + 50 * value));
      });
    },
  };
}

/** The family that suits the model's first input, for at most `classes` classes. */
export function familyOf(graph: Graph, type: TensorType, classes: number, seed: number): Family {
  const shape = type.shape.slice(1);
  const floats = (into: Float32Array | Int32Array) => into as Float32Array;
  if (isInteger(type)) {
    const rows = rowsOf(graph, 0);
    if (shape.length === 3 && !Number.isFinite(rows) && type.dtype !== 'bool' && type.dtype !== 'int8')
      return bytes(shape);
    return {
      name: 'motifs',
      kinds: most,
      draw: motifs(elements(shape), Number.isFinite(rows) ? rows : 2, classes, seed),
    };
  }
  if (shape.length === 3)
    return {
      name: 'shapes',
      kinds: shapeKinds,
      draw: (label, random, into, at) =>
        drawImage(
          graph,
          shape,
          (image, pixels, from) => drawShape(label, image, random, pixels, from),
          floats(into),
          at,
        ),
    };
  if (shape.length === 2)
    return {
      name: 'waves',
      kinds: waveKinds,
      draw: (label, random, into, at) => drawWave(label, shape, random, floats(into), at),
    };
  if (elements(shape) === 1)
    return {
      name: 'spirals',
      kinds: most,
      draw: (label, random, into, at) => {
        into[at] = drawBand(label, classes, random);
      },
    };
  if (shape.length === 1) {
    const directions = plane(sizeAt(shape, 0), seed);
    return {
      name: 'spirals',
      kinds: most,
      draw: (label, random, into, at) => drawSpiral(label, classes, directions, random, floats(into), at),
    };
  }
  const draw = prototypes(shape, classes, seed);
  return { name: 'prototypes', kinds: most, draw: (label, random, into, at) => draw(label, random, floats(into), at) };
}
