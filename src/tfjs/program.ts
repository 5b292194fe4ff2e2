/** A file with all that it imports, as the interpreter is given it. */
import type { SourceRange } from '../graph/types';
import { say } from '../language/say';
import type { Decision } from './decisions';
import type { SealedProgram } from './guestSession';
import { type ModuleRequestOptions, readModules, type TfjsModule } from './modules';
import type { GuestDependency, GuestFault } from './request';
import { isPage } from './scripts';
import { moduleName, StackPlaces } from './stackPlaces';
import type { Stripped } from './strip';

export class TfjsProgram {
  readonly places: StackPlaces;
  readonly sealed: SealedProgram;
  /** Whether the entry's own text may run in a page with other scripts. */
  readonly isScript: boolean;
  private readonly names: ReadonlyMap<string, string>;
  private readonly stripped: ReadonlyMap<string, Stripped>;

  /** @param modules the entry first */
  private constructor(readonly modules: readonly TfjsModule[]) {
    this.names = new Map(modules.map(({ file }, index) => [file, moduleName(index)]));
    this.stripped = new Map(
      modules.flatMap(({ stripped }, index) => (stripped ? [[moduleName(index), stripped] as const] : [])),
    );
    const [entry] = modules;
    this.isScript = entry?.stripped?.isScript === true && !isPage(entry.file);
    this.places = new StackPlaces(this.stripped);
    this.sealed = {
      entry: moduleName(0),
      texts: new Map(modules.map(({ code }, index) => [moduleName(index), code])),
      dependencies: Object.fromEntries(
        modules.map(({ dependencies }, index) => [moduleName(index), this.dependenciesOf(dependencies)]),
      ),
      scripts: entry && isPage(entry.file) ? this.scriptsOf(entry, modules) : [],
      usual: Object.fromEntries([...this.stripped].map(([name, { decisions }]) => [name, lettersOf(decisions)])),
    };
  }

  /** @throws Error where the file can't be had or parsed */
  static async read(file: string, options: ModuleRequestOptions): Promise<TfjsProgram | undefined> {
    const modules = await readModules(file, options);
    return modules.length > 0 ? new TfjsProgram(modules) : undefined;
  }

  /** The name of a file's module; undefined where the program does not reach it. */
  nameOf(file: string): string | undefined {
    return this.names.get(file);
  }

  /** A decision by its id, `lens:0:12`. */
  decision(id: string): Decision | undefined {
    const at = id.lastIndexOf(':');
    return this.stripped.get(id.slice(0, at))?.decisions[Number(id.slice(at + 1))];
  }

  /** A statement of a module's own level. */
  statement({ module, statement }: Pick<GuestFault, 'module' | 'statement'>): SourceRange | undefined {
    return statement === undefined ? undefined : this.stripped.get(module)?.statements[statement];
  }

  /** A page, and the scripts that it runs. */
  private scriptsOf(page: TfjsModule, modules: readonly TfjsModule[]): string[] {
    const files = [...page.dependencies.values()].flatMap((each) => (each.kind === 'module' ? [each.file] : []));
    const scripts = modules.filter(({ file, stripped }) => stripped?.isScript && files.includes(file));
    return [page, ...scripts].flatMap(({ file }) => this.names.get(file) ?? []);
  }

  private dependenciesOf(dependencies: TfjsModule['dependencies']): Record<string, GuestDependency> {
    return Object.fromEntries(
      [...dependencies].map(([specifier, dependency]): [string, GuestDependency] => {
        if (dependency.kind === 'tensorflow') return [specifier, { kind: 'tensorflow' }];
        if (dependency.kind === 'unknown') return [specifier, { kind: 'unknown', why: dependency.reason }];
        const name = this.names.get(dependency.file);
        return [
          specifier,
          name === undefined ? { kind: 'unknown', why: say('import {0}', specifier) } : { kind: 'module', name },
        ];
      }),
    );
  }
}

/** What is decided where nobody knows, a letter a decision: `GuestRequest.usual`. */
function lettersOf(decisions: readonly Decision[]): string {
  return decisions.map(({ kind, usual }) => (kind === 'loop' ? 'l' : usual ? 'y' : 'n')).join('');
}
