/** Lists as long as the file says: never longer than a machine should make on its word. */
import { say } from '../language/say';
import { OnnxError } from './errors';

/** Numbers that are made while a file is read. */
export const MOST_MADE = 2 ** 22;

/** The numbers 0 … length − 1, or what `at` makes of them. @throws OnnxError where there would be too many */
export function table(length: number, at: (index: number) => number = (index) => index): number[] {
  if (!(length >= 0 && length <= MOST_MADE))
    throw new OnnxError('too-large', say('A list of {0} numbers would be made; export a smaller model.', length));
  return Array.from({ length }, (_, index) => at(index));
}
