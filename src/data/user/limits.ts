/** What is read of a user's files at most; a file that claims more is refused before it is unpacked. */
import { itemOr } from '../../graph/access';
import { say } from '../../language/say';
import { DataError } from '../dataset';

/** A file that the user chose. */
export interface UserFile {
  readonly path: string;
  readonly bytes: Uint8Array;
}

export const limits = {
  samples: 20_000,
  /** Bytes of what is unpacked from one file, and of all samples together. */
  decoded: 512 * 2 ** 20,
  /** Of one image. */
  pixels: 64 * 10 ** 6,
  /** Bytes of a text or a table: both are held as strings. */
  text: 128 * 2 ** 20,
} as const;

export const mebibytes = (bytes: number) => `${Math.ceil(bytes / 2 ** 20)} MiB`;

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** @throws DataError where the file is too large or no UTF-8 */
export function textOf({ path, bytes }: UserFile): string {
  if (bytes.length > limits.text)
    throw new DataError(
      say(
        '{0} has {1}; up to {2} of text are read: save a part of it, or arrays as .npz',
        path,
        mebibytes(bytes.length),
        mebibytes(limits.text),
      ),
    );
  try {
    return utf8.decode(bytes);
  } catch {
    throw new DataError(say('{0} is no UTF-8 text; save it in that encoding', path));
  }
}

/** The last part of a path, and the folder that it lies in ('' for none). */
export function splitPath(path: string): { readonly name: string; readonly folder: string } {
  const parts = path.split(/[/\\]/);
  return { name: parts.at(-1) ?? path, folder: itemOr(parts, parts.length - 2, '') };
}
