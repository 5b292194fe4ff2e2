/** The programs of one reading. A script of an HTML page, which imports nothing and has the others' names, is its page's. */
import { ignoreSlow } from '../syntax/syntax';
import type { TfjsHost } from './host';
import { TfjsProgram } from './program';

/** Pages that are looked at for one that runs a script. */
const MOST_PAGES = 4;

/** Programs by their entries: every way to have a model is a run of one of them. */
export class Programs {
  private readonly known = new Map<string, Promise<TfjsProgram | undefined>>();

  constructor(private readonly host: TfjsHost) {}

  /** @throws as `TfjsProgram.read` */
  of(entry: string): Promise<TfjsProgram | undefined> {
    const program = this.known.get(entry) ?? this.read(entry);
    this.known.set(entry, program);
    return program;
  }

  private async read(file: string): Promise<TfjsProgram | undefined> {
    const { host } = this;
    const program = await TfjsProgram.read(file, host);
    if (!program?.isScript) return program;
    const users = (await host.callers?.(file.replace(/^.*[/\\]/, ''), file)) ?? [];
    for (const page of users.filter((each) => /\.html?$/i.test(each)).slice(0, MOST_PAGES)) {
      const found = await TfjsProgram.read(page, host).catch(ignoreSlow);
      if (found?.nameOf(file) !== undefined) return found;
    }
    return program;
  }
}
