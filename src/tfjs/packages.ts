/** The fields of a `package.json` that say where a package's code is. */
export interface PackageJson {
  readonly name?: unknown;
  readonly source?: unknown;
  readonly main?: unknown;
  readonly module?: unknown;
  readonly types?: unknown;
  readonly typings?: unknown;
  readonly exports?: unknown;
  readonly imports?: unknown;
  readonly workspaces?: readonly string[] | { readonly packages?: readonly string[] };
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
}

/** Conditions of `exports`, the nearest to the source first. */
const conditions = ['source', 'development', 'types', 'import', 'module', 'browser', 'default', 'node', 'require'];

/**
 * Paths where the source of a package's entry may be, likeliest first: `dist/index.js` was made of `src/index.ts`.
 * @param subpath `.`, or `./layers` of `package/layers`
 */
export function sourceEntries(manifest: PackageJson, subpath: string): string[] {
  const named = exportedPaths(manifest.exports, subpath);
  const fields = [manifest.source, manifest.types ?? manifest.typings, manifest.module, manifest.main];
  const main = subpath === '.' ? fields.filter((each) => typeof each === 'string') : [];
  const given = [...named, ...main];
  const guessed = subpath === '.' ? ['src/index', 'index', 'src/main', 'lib/index'] : [subpath, `src/${subpath}`];
  return Array.from(
    new Set([...given.map(sourceOf), ...(subpath.startsWith('#') ? [] : guessed), ...given.map(codePath)]),
  );
}

/** A declaration's path without its ending: `index.d.ts` stands beside `index.ts` or `index.js`. */
const codePath = (path: string): string => path.replace(/\.d\.([cm]?)ts$/, '.$1js');

function sourceOf(path: string): string {
  return codePath(path)
    .replace(/^(\.\/)?(dist|lib|build|out|esm|cjs|es)(\/(esm|cjs|es|src|types))?\//, 'src/')
    .replace(/\.([cm]?)jsx?$/, '.$1js');
}

/** The paths that `exports` or `imports` give for a subpath. */
function exportedPaths(exports: unknown, subpath: string): string[] {
  if (typeof exports === 'string') return subpath === '.' ? [exports] : [];
  if (typeof exports !== 'object' || exports === null) return [];
  const keys = Object.keys(exports);
  const table = exports as Readonly<Record<string, unknown>>;
  if (keys.every((key) => !/^[.#]/.test(key))) return subpath === '.' ? targets(exports) : [];
  const whole = table[subpath];
  if (whole !== undefined) return targets(whole);
  for (const key of keys) {
    const [before, after] = key.split('*');
    if (before === undefined || after === undefined || !subpath.startsWith(before) || !subpath.endsWith(after))
      continue;
    const middle = subpath.slice(before.length, subpath.length - after.length);
    return targets(table[key]).map((each) => each.replace('*', () => middle));
  }
  return [];
}

function targets(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (Array.isArray(value)) return value.flatMap(targets);
  if (typeof value !== 'object' || value === null) return [];
  const table = value as Readonly<Record<string, unknown>>;
  return conditions.flatMap((each) => (each in table ? targets(table[each]) : []));
}
