import { basename, isAbsolute, resolve } from 'node:path';
import { notAbsolute, refuseOutside } from '../../agents/refusals';
import { isWithin, resolveLinks } from '../../source/links';

/** What a project's environment calls its libraries may lie outside of the project only in a folder of such a name. */
const LIBRARIES = ['site-packages', 'dist-packages'];

/** The folders that may be read, and what in them may be. */
export class Roots {
  private constructor(
    /** As they were given. */
    readonly named: readonly string[],
    private readonly real: readonly string[],
  ) {}

  static async of(folders: readonly string[]): Promise<Roots> {
    const named = [...new Set(folders.map((folder) => resolve(folder)))];
    const real = await Promise.all(named.map((folder) => resolveLinks(folder)));
    return new Roots(
      named,
      real.filter((folder) => folder !== undefined),
    );
  }

  /**
   * Where a path inside of the roots leads.
   * @throws ToolError, the same whether there is a file or not, where it leads outside
   */
  async admit(path: string): Promise<string> {
    if (!isAbsolute(path)) throw notAbsolute();
    const found = await this.find(path);
    if (found !== undefined) return found;
    throw refuseOutside(
      this.named,
      'Start the server with --root FOLDER, have the client tell its roots, or give the code as text.',
    );
  }

  /** The same; undefined outside. What is outside by its name is not looked at on the disk. */
  async find(path: string): Promise<string | undefined> {
    const whole = resolve(path);
    if (path.includes('\0') || ![...this.named, ...this.real].some((folder) => isWithin(folder, whole)))
      return undefined;
    const real = await resolveLinks(whole);
    return real !== undefined && this.holds(real) ? real : undefined;
  }

  /** Whether a path without links is inside. */
  holds(real: string): boolean {
    return this.real.some((folder) => isWithin(folder, real));
  }

  /** The first of the folders, links resolved. */
  get first(): string | undefined {
    return this.real[0];
  }

  /** The folder that a file without links is in. */
  folderAround(file: string): string | undefined {
    return this.real.find((folder) => isWithin(folder, file));
  }

  /**
   * Those of the folders with libraries that may be read, each with where it leads: a project says itself where its own are.
   * @param own what the user named, not the project
   */
  async libraries(folders: readonly string[], own: readonly string[]): Promise<ReadonlyMap<string, string>> {
    const found = new Map<string, string>();
    for (const folder of folders) {
      const real = await resolveLinks(folder);
      const isAdmitted = (at: string) => own.includes(folder) || this.holds(at) || LIBRARIES.includes(basename(at));
      if (real !== undefined && isAdmitted(real)) found.set(folder, real);
    }
    return found;
  }
}
