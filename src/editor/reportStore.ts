import { pack } from '../protocol/numbers';
import { parse } from '../protocol/parse';
import { type StoredComparison, storedComparison } from '../protocol/stored';

/** A folder of files, as the editor has it. */
export interface ReportFiles {
  /** Empty where there is no folder yet. `written`: milliseconds since 1970. */
  list(): Promise<readonly { readonly name: string; readonly size: number; readonly written: number }[]>;
  /** @throws Error where there is none */
  read(name: string): Promise<Uint8Array>;
  write(name: string, bytes: Uint8Array): Promise<void>;
  remove(name: string): Promise<void>;
}

/** A report that is larger than all of them may be together. */
export class NoRoomError extends Error {
  override name = 'NoRoomError';

  /** Both in bytes. */
  constructor(
    readonly size: number,
    readonly room: number,
  ) {
    super();
  }
}

/** Reports of comparisons by their keys, a file each; the oldest go where there are too many. */
export class ReportStore {
  /** One after the other: what is kept is there when it is looked for. */
  private last: Promise<unknown> = Promise.resolve();

  /**
   * @param most reports
   * @param room bytes of all together
   */
  constructor(
    private readonly files: ReportFiles,
    private readonly most = 20,
    private readonly room = 5 * 2 ** 20,
  ) {}

  /** What was kept under a key; undefined where nothing was, or it can't be read any more. Never rejects. */
  find(key: string): Promise<StoredComparison | undefined> {
    return this.next(() => this.read(nameOf(key)));
  }

  /** All that can be read, the latest first. */
  all(): Promise<StoredComparison[]> {
    return this.next(async () => {
      const found = await Promise.all((await this.newestFirst()).map(({ name }) => this.read(name)));
      return found.filter((each) => each !== undefined);
    });
  }

  /** How many there are, of which none is read. */
  count(): Promise<number> {
    return this.next(async () => (await this.newestFirst()).length);
  }

  /** Keeps one, in place of what was kept under its key. @throws NoRoomError; Error where the disk refuses it */
  keep(comparison: StoredComparison): Promise<void> {
    return this.next(async () => {
      const bytes = new TextEncoder().encode(JSON.stringify(pack(comparison)));
      if (bytes.length > this.room) throw new NoRoomError(bytes.length, this.room);
      await this.files.write(nameOf(comparison.key), bytes);
      let left = this.room - bytes.length;
      const others = (await this.newestFirst()).filter(({ name }) => name !== nameOf(comparison.key));
      for (const [index, { name, size }] of others.entries()) {
        left -= size;
        if (left < 0 || index + 1 >= this.most) await this.files.remove(name);
      }
    });
  }

  /** Forgets what was kept under a key, where something was. */
  remove(key: string): Promise<void> {
    return this.next(async () => {
      const { files } = this;
      if ((await files.list()).some(({ name }) => name === nameOf(key))) await files.remove(nameOf(key));
    });
  }

  private async newestFirst() {
    const files = (await this.files.list()).filter(({ name }) => name.endsWith('.json'));
    return files.sort((a, b) => b.written - a.written);
  }

  private async read(name: string): Promise<StoredComparison | undefined> {
    try {
      const found = parse(storedComparison, JSON.parse(new TextDecoder().decode(await this.files.read(name))));
      return found && nameOf(found.key) === name ? found : undefined;
    } catch {
      return undefined;
    }
  }

  private next<T>(work: () => Promise<T>): Promise<T> {
    const done = this.last.then(work);
    this.last = done.catch(() => undefined);
    return done;
  }
}

/** Keys are digits; nothing else becomes a path. */
const nameOf = (key: string) => `${key.replace(/[^0-9a-f]/g, '')}.json`;
