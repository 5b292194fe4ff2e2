// Stands for the editor's API where browser tests use the pure parts of src/panel: `html()` joins paths and no more.
import { posix } from 'node:path';

export class Uri {
  private constructor(readonly path: string) {}

  static file(path: string): Uri {
    return new Uri(path);
  }

  static joinPath(base: Uri, ...segments: string[]): Uri {
    return new Uri(posix.join(base.path, ...segments));
  }
}
