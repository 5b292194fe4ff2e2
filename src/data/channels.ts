/** Images are drawn with their channels first; TensorFlow's have them last. */
import { firstElements, itemAt } from '../graph/access';
import type { Graph } from '../graph/types';

/** Fills one image of the shape [C, H, W] from `at`. */
type DrawImage<Pixels> = (shape: readonly number[], into: Pixels, at: number) => void;

/**
 * Draws an image in the order that the model's conventions ask for.
 * @param shape of the image in the model's input
 */
export function drawImage<Pixels extends Float32Array | Int32Array>(
  { conventions }: Pick<Graph, 'conventions'>,
  shape: readonly number[],
  draw: DrawImage<Pixels>,
  into: Pixels,
  at: number,
): void {
  if (conventions !== 'tensorflow') {
    draw(shape, into, at);
    return;
  }
  const [height, width, channels] = firstElements(shape, 3);
  const pixels = height * width;
  const drawn = into.slice(at, at + pixels * channels) as Pixels;
  draw([channels, height, width], drawn, 0);
  for (let channel = 0; channel < channels; channel++)
    for (let pixel = 0; pixel < pixels; pixel++)
      into[at + pixel * channels + channel] = itemAt(drawn, channel * pixels + pixel);
}
