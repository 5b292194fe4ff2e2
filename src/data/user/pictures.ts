/** A folder of images, in which each class has a folder of its own. */
import { itemAt } from '../../graph/access';
import type { Graph, TensorType } from '../../graph/types';
import { say, sentence } from '../../language/say';
import { drawImage } from '../channels';
import { DataError } from '../dataset';
import type { Task } from '../task';
import { isJpeg, readJpeg } from './jpeg';
import { labelsOf } from './labels';
import { splitPath, type UserFile } from './limits';
import { isPng, readPng } from './png';
import { fitPicture, imageChannels, type Picture } from './resize';
import type { UserSamples } from './samples';

const extension = /\.(png|jpe?g)$/i;

/** Whether a file is an image by its name; files that systems hide there are none. */
export const isPicture = (path: string): boolean =>
  extension.test(path) && !splitPath(path).name.startsWith('.') && !/(^|[/\\])__MACOSX[/\\]/.test(path);

export const isPictureFile = ({ path }: UserFile) => isPicture(path);

/** @throws DataError naming the file */
function readPicture({ path, bytes }: UserFile): Picture {
  if (!isPng(bytes) && !isJpeg(bytes))
    throw new DataError(say('{0} is neither PNG nor JPEG, whatever its name says; save it as one of them', path));
  try {
    return isPng(bytes) ? readPng(bytes) : readJpeg(bytes);
  } catch (error) {
    throw new DataError(
      say("{0} can't be read: {1}", path, sentence(error instanceof Error ? error.message : String(error))),
    );
  }
}

/**
 * @param input what the model takes, [N, C, H, W], or [N, H, W, C] by TensorFlow's conventions
 * @throws DataError where the task needs answers that folders don't tell, or the folders don't suit it
 */
export function pictureSamples(
  files: readonly UserFile[],
  graph: Pick<Graph, 'conventions'>,
  input: TensorType,
  task: Task,
): UserSamples {
  const images = files.filter(isPictureFile).sort((a, b) => (a.path < b.path ? -1 : 1));
  const channels = input.shape[graph.conventions === 'tensorflow' ? 3 : 1];
  if (input.shape.length !== 4 || !imageChannels.some((each) => each === channels))
    throw new DataError(
      say('The model takes [{0}], which are no images of 1 to 4 channels; give arrays as .npz', input.shape),
    );
  const notes: string[] = [];
  if (images.length < files.length)
    notes.push(say('{0} files that are no PNG or JPEG are left out.', files.length - images.length));
  const scale = input.dtype === 'uint8' || input.dtype.startsWith('int') ? 255 : 1;
  const read = (n: number, into: Float32Array | Int32Array, at: number) => {
    const file = images[n];
    if (!file) return;
    const picture = readPicture(file);
    drawImage(
      graph,
      input.shape.slice(1),
      (shape, pixels, from) => fitPicture(picture, shape, pixels, from, scale),
      into,
      at,
    );
  };
  const source = { count: images.length, inputs: [read], notes };
  if (task.kind === 'reconstruction') return source;
  if (task.kind !== 'classes' && task.kind !== 'binary')
    throw new DataError(
      say('Folders tell classes, and this model is to learn something else; give an .npz with the arrays x and y'),
    );
  const folders = images.map(({ path }) => splitPath(path).folder);
  if (new Set(folders).size < 2)
    throw new DataError(
      say('All {0} images are in one folder; put those of each class into a folder named after it', images.length),
    );
  const outputs = task.kind === 'classes' ? task.classes : 2;
  const labels = labelsOf(folders, outputs, say('The folder'), (n) => itemAt(images, n).path);
  return { ...source, ...labels, notes: [...notes, ...labels.notes] };
}
