import type { Source, SourceText } from '../source/source';

/** A source outside of whose bounds there is nothing: what may not be read is told as what is not there. */
export class ConfinedSource implements Source {
  /** @param admit the file that is read for a name, links resolved; undefined outside of the bounds */
  constructor(
    private readonly inner: Source,
    private readonly admit: (file: string) => Promise<string | undefined>,
  ) {}

  async read(file: string): Promise<SourceText | undefined> {
    const real = await this.admit(file);
    const found = real === undefined ? undefined : await this.inner.read(real);
    // Who asked knows it by the name that was asked for.
    return found && { ...found, file };
  }

  async bytes(file: string): Promise<Uint8Array | undefined> {
    const real = await this.admit(file);
    return real === undefined ? undefined : this.inner.bytes?.(real);
  }

  async resolve(from: string, module: string, level: number): Promise<string | undefined> {
    return this.keepInside(await this.inner.resolve(from, module, level));
  }

  async locate(from: string, path: string): Promise<string | undefined> {
    return this.keepInside(await this.inner.locate?.(from, path));
  }

  private async keepInside(file: string | undefined): Promise<string | undefined> {
    return file !== undefined && (await this.admit(file)) !== undefined ? file : undefined;
  }
}
