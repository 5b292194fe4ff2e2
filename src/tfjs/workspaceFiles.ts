/** Files of the workspace that the user's code asks for while it runs: saved models. */
import type { Source, SourceText } from '../source/source';
import { REMOTE } from './problems';

/** Folders whose files servers hand out as if they lay at the top. */
const served = ['public', 'src', 'static', 'assets', 'dist', 'www'];

export class WorkspaceFiles {
  /** @param from the file whose code asks */
  constructor(
    private readonly source: Source,
    private readonly from: string,
  ) {}

  /** The file that a path of the code's means; undefined where the workspace has none. */
  async read(path: string): Promise<SourceText | undefined> {
    const plain = path.replace(/^file:\/\/(?:\.\/)?/, '');
    // What a server hands out from its top lies in a folder of the project.
    const inside = plain.replace(/^[./]*\//, '');
    for (const each of new Set([plain, inside, ...served.map((folder) => `${folder}/${inside}`)])) {
      const file = REMOTE.test(each) ? undefined : await this.source.locate?.(this.from, each);
      if (file !== undefined) return this.source.read(file);
    }
    return undefined;
  }

  /** The bytes of a file beside another. */
  async bytesBeside(path: string, name: string): Promise<Uint8Array | undefined> {
    const file = (await this.read(path))?.file;
    return file === undefined ? undefined : this.source.bytes?.(file.replace(/[^/\\]*$/, name));
  }
}
