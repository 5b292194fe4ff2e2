import type { Source, SourceText } from './source';

/** A source in which one file has another text. */
export class OverlaidSource implements Source {
  constructor(
    private readonly inner: Source,
    private readonly text: SourceText,
  ) {}

  async read(file: string): Promise<SourceText | undefined> {
    return file === this.text.file ? this.text : this.inner.read(file);
  }

  resolve(from: string, module: string, level: number): Promise<string | undefined> {
    return this.inner.resolve(from, module, level);
  }

  async bytes(file: string): Promise<Uint8Array | undefined> {
    return this.inner.bytes?.(file);
  }

  async locate(from: string, path: string): Promise<string | undefined> {
    return this.inner.locate?.(from, path);
  }
}
