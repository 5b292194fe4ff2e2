import vm from 'node:vm';
import { transformSync } from 'esbuild';
import { type LensHost, makeLens } from '../../src/tfjs/guest/runtime';
import { type Stripped, strip } from '../../src/tfjs/strip';
import { testSyntax } from './syntax';

/** Modules by their names: `./a.ts`; a specifier leaves the ending out. */
export type Modules = Readonly<Record<string, string>>;

/** An unknown value of the tests: a function with a reason. */
const reasons = new WeakMap<object, string>();

export function unknown(reason: string): unknown {
  const made = new Proxy(() => {}, {
    get: (_, name) =>
      typeof name === 'symbol' ? undefined : name === 'then' ? undefined : unknown(`${reason}.${name}`),
    apply: () => unknown(`${reason}()`),
  });
  reasons.set(made, reason);
  return made;
}

export const reasonOf = (value: unknown): string | undefined =>
  typeof value === 'function' ? reasons.get(value) : undefined;

export interface Run {
  readonly exports: Record<string, unknown>;
  readonly failures: string[];
  readonly asked: { readonly id: number; readonly file: string; readonly value: unknown }[];
  readonly stripped: ReadonlyMap<string, Stripped>;
  /** Evaluates an expression among the names of the first module. */
  evaluate(text: string): unknown;
}

export interface RunOptions {
  readonly globals?: Readonly<Record<string, unknown>>;
  readonly decide?: (text: string, kind: string) => boolean;
  /** What else is unknown. */
  readonly isUnknown?: (value: unknown) => boolean;
}

/** Runs the first of some modules as stripped, in a realm of its own. */
export async function runStripped(
  modules: Modules,
  { globals = {}, decide = () => false, isUnknown = () => false }: RunOptions = {},
): Promise<Run> {
  const stripped = new Map<string, Stripped>();
  for (const [file, text] of Object.entries(modules)) stripped.set(file, await strip(testSyntax(), file, text));
  const context = vm.createContext({ ...globals });
  const loaded = new Map<string, { exports: Record<string, unknown> }>();
  const failures: string[] = [];
  const asked: Run['asked'] = [];
  const pending: unknown[] = [];
  let evaluate: (text: string) => unknown = () => undefined;
  const load = (file: string): Record<string, unknown> => {
    const known = loaded.get(file);
    if (known) return known.exports;
    const module = { exports: vm.runInContext('({})', context) as Record<string, unknown> };
    loaded.set(file, module);
    const found = stripped.get(file);
    if (!found) throw new Error(`no ${file}`);
    const require = (specifier: string): unknown => {
      const name = fileFor(specifier, modules);
      return name ? load(name) : unknown(`import ${specifier}`);
    };
    const host: LensHost = {
      isUnknown: (value) => reasonOf(value) !== undefined || isUnknown(value),
      decide: (id, value) => {
        asked.push({ id, file, value });
        const decision = found.decisions[id];
        return decide(decision?.text ?? '', decision?.kind ?? '');
      },
      unknown,
      shown: () => undefined,
      require,
      meta: { url: file },
      scope: (made) => {
        if (file === Object.keys(modules)[0]) evaluate = made;
      },
      failed: (_, error) => void failures.push(String((error as Error)?.message ?? error)),
    };
    const run = vm.runInContext(found.code, context, { filename: file });
    pending.push(run.call(module.exports, makeLens(host), module.exports, module, require));
    return module.exports;
  };
  const exports = load(Object.keys(modules)[0] ?? '');
  await Promise.all(pending);
  const first = loaded.get(Object.keys(modules)[0] ?? '');
  return { exports: first?.exports ?? exports, failures, asked, stripped, evaluate: (text) => evaluate(text) };
}

/** Runs the first of some modules as esbuild compiles it. */
export function runCompiled(
  modules: Modules,
  globals: Readonly<Record<string, unknown>> = {},
): Record<string, unknown> {
  const context = vm.createContext({ ...globals });
  const loaded = new Map<string, { exports: Record<string, unknown> }>();
  const load = (file: string): Record<string, unknown> => {
    const known = loaded.get(file);
    if (known) return known.exports;
    const module = { exports: {} as Record<string, unknown> };
    loaded.set(file, module);
    const { code } = transformSync(modules[file] ?? '', {
      loader: /\.tsx$/.test(file) ? 'tsx' : /ts$/.test(file) ? 'ts' : 'jsx',
      format: 'cjs',
      target: 'es2022',
      tsconfigRaw: { compilerOptions: { useDefineForClassFields: false, experimentalDecorators: true } },
    });
    const require = (specifier: string): unknown => load(fileFor(specifier, modules) ?? specifier);
    vm.runInContext(`(function(exports,module,require){${code}\n})`, context).call(
      module.exports,
      module.exports,
      module,
      require,
    );
    return module.exports;
  };
  return load(Object.keys(modules)[0] ?? '');
}

function fileFor(specifier: string, modules: Modules): string | undefined {
  return Object.keys(modules).find((file) => file === specifier || file.replace(/\.[cm]?[jt]sx?$/, '') === specifier);
}

/** What an exported value is, as far as two realms can be compared. */
export function plain(value: unknown): unknown {
  return JSON.parse(
    JSON.stringify(value, (_, each) => {
      // What has no name is called by its export, and by esbuild after its file.
      if (typeof each === 'function') return `function ${each.name.replace('stdin_', '')}`;
      if (typeof each === 'bigint') return `${each}n`;
      return each === undefined ? 'undefined' : each;
    }) ?? '"undefined"',
  );
}
