/** Weights of cubic convolution with a = −0.75, of the four samples around a place. */
import { itemAt } from '../access';

function cubicWeights(t: number): number[] {
  const a = -0.75;
  const near = (x: number) => ((a + 2) * x - (a + 3)) * x * x + 1;
  const far = (x: number) => ((a * x - 5 * a) * x + 8 * a) * x - 4 * a;
  return [far(t + 1), near(t), near(1 - t), far(2 - t)];
}

/** Interpolation along one dimension as a matrix [output, size], at PyTorch's sample places. */
export function samples(
  size: number,
  output: number,
  mode: 'linear' | 'cubic',
  corners: boolean,
  edges: boolean,
  factor: number | undefined,
): number[] {
  const matrix = new Array<number>(output * size).fill(0);
  const step = corners ? (output > 1 ? (size - 1) / (output - 1) : 0) : factor ? 1 / factor : size / output;
  const add = (row: number, column: number, weight: number): void => {
    const at = row * size + Math.min(Math.max(column, 0), size - 1);
    matrix[at] = itemAt(matrix, at) + weight;
  };
  for (let row = 0; row < output; row++) {
    const place = corners || edges ? row * step : (row + 0.5) * step - 0.5;
    const from = mode === 'linear' ? Math.max(place, 0) : place;
    const left = Math.floor(from);
    if (mode === 'linear') {
      add(row, left, 1 - (from - left));
      add(row, left + 1, from - left);
    } else for (const [i, weight] of cubicWeights(from - left).entries()) add(row, left - 1 + i, weight);
  }
  return matrix;
}
