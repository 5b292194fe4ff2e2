/** Which file of the project an import means: as TypeScript and bundlers find it, through a `Source` alone. */
import { itemOr } from '../graph/access';
import { say } from '../language/say';
import type { Source, SourceText } from '../source/source';
import { type PackageJson, sourceEntries } from './packages';

/** What a module asks for, found or not. */
export type Dependency =
  | { readonly kind: 'module'; readonly file: string }
  /** TensorFlow.js itself. */
  | { readonly kind: 'tensorflow' }
  /** Neither; the reason is for people. */
  | { readonly kind: 'unknown'; readonly reason: string };

/** TF.js's packages that hold layers, ops and backends: by npm, deep inside, from a CDN. Charts and datasets are none. */
const library =
  /(?:^|[/:])@tensorflow\/tfjs(?:-core|-layers|-converter|-node|-node-gpu|-react-native|-backend-[\w-]+)?(?:@[^/]*)?(?:\/.*)?$/;

export const isTensorFlow = (specifier: string): boolean => library.test(specifier);

/** Endings of code in the order in which a specifier without one is looked for. */
const endings = ['.ts', '.tsx', '.mts', '.cts', '.js', '.jsx', '.mjs', '.cjs', '.json', '.vue', '.svelte'];
/** What the code that was compiled to an ending was written in. */
const written: Readonly<Record<string, readonly string[]>> = {
  '.js': ['.ts', '.tsx', '.js', '.jsx'],
  '.jsx': ['.tsx', '.jsx'],
  '.mjs': ['.mts', '.mjs'],
  '.cjs': ['.cts', '.cjs'],
};
/** Folders above a file that are looked at for `package.json` and `tsconfig.json`. */
const MOST_FOLDERS = 24;
/** Configurations that extend each other. */
const MOST_EXTENDS = 8;

interface TsConfig {
  readonly extends?: unknown;
  readonly references?: unknown;
  readonly compilerOptions?: { readonly baseUrl?: unknown; readonly paths?: unknown };
}

/** Where `paths` and `baseUrl` of a configuration lead. */
interface Mapping {
  readonly baseUrl: string | undefined;
  readonly paths: readonly { readonly pattern: string; readonly targets: readonly string[] }[];
}

export class Specifiers {
  private readonly texts = new Map<string, Promise<SourceText | undefined>>();
  private readonly mappings = new Map<string, Promise<Mapping | undefined>>();
  private readonly roots = new Map<string, Promise<string | undefined>>();

  constructor(private readonly source: Source) {}

  /** What a module means by a specifier. */
  async resolve(from: string, specifier: string): Promise<Dependency> {
    if (isTensorFlow(specifier)) return { kind: 'tensorflow' };
    const path = specifier.replace(/[?#].*$/s, (query) => (specifier.startsWith('#') ? query : ''));
    const file = await this.find(from, path);
    if (file === undefined) return { kind: 'unknown', reason: say('import {0}', specifier) };
    return { kind: 'module', file };
  }

  private async find(from: string, path: string): Promise<string | undefined> {
    const folder = folderOf(from);
    if (/^\.{0,2}(\/|$)/.test(path)) {
      const file = path.startsWith('/') ? undefined : join(folder, path);
      // A page's `/src/model.js` begins at its project's root.
      const root = await this.root(folder);
      if (file === undefined) return root === undefined ? undefined : this.file(join(root, path));
      return root !== undefined && !isBelow(root, file) ? undefined : this.file(file);
    }
    if (/^[a-z][\w+.-]*:/i.test(path)) return undefined;
    return (
      (await this.findMapped(folder, path)) ??
      (await this.ofPackage(folder, path)) ??
      (await this.findAlias(folder, path))
    );
  }

  /** The text of a file; each is read once. */
  read(file: string): Promise<SourceText | undefined> {
    let text = this.texts.get(file);
    if (!text) {
      text = this.source.read(file);
      this.texts.set(file, text);
    }
    return text;
  }

  private async exists(file: string): Promise<boolean> {
    // What is too long to read is there, too: whoever reads it says so.
    return this.read(file).then(
      (text) => text !== undefined,
      () => true,
    );
  }

  private async first(files: Iterable<string>): Promise<string | undefined> {
    for (const file of files) if (await this.exists(file)) return file;
    return undefined;
  }

  /** The file that a path means, whatever of it was left out. */
  private async file(path: string): Promise<string | undefined> {
    const ending = /\.[cm]?[jt]sx?$|\.(?:json|vue|svelte)$/.exec(path)?.[0];
    if (ending) {
      const stem = path.slice(0, -ending.length);
      const found = await this.first((written[ending] ?? [ending]).map((each) => stem + each));
      if (found !== undefined) return found;
    }
    const plain = path.replace(/\/+$/, '');
    const named = plain === path ? endings.map((each) => plain + each) : [];
    const found = await this.first([...named, ...endings.slice(0, 8).map((each) => join(plain, `index${each}`))]);
    if (found !== undefined || ending) return found;
    const manifest = await this.json<PackageJson>(join(plain, 'package.json'));
    return manifest && this.entry(plain, manifest, '.');
  }

  private async json<T>(file: string): Promise<T | undefined> {
    const text = await this.read(file).catch(() => undefined);
    return text && (parseJson(text.text) as T | undefined);
  }

  /** What reads as true of the folders above a file, the nearest first. */
  private async findAbove<T>(folder: string, find: (folder: string) => Promise<T | undefined>): Promise<T | undefined> {
    for (const each of foldersAbove(folder)) {
      const found = await find(each);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  /** The project's folder: that of its repository, else the outermost that has a `package.json`. */
  private root(folder: string): Promise<string | undefined> {
    let found = this.roots.get(folder);
    if (!found) {
      found = this.findRoot(folder);
      this.roots.set(folder, found);
    }
    return found;
  }

  private async findRoot(folder: string): Promise<string | undefined> {
    let outermost: string | undefined;
    for (const each of foldersAbove(folder)) {
      if (await this.exists(join(each, '.git/HEAD'))) return each;
      if (await this.exists(join(each, 'package.json'))) outermost = each;
    }
    return outermost;
  }

  // --- tsconfig.json

  private async findMapped(folder: string, path: string): Promise<string | undefined> {
    const mapping = await this.findAbove(folder, (each) => this.mapping(each));
    if (!mapping) return undefined;
    for (const { pattern, targets } of mapping.paths) {
      const [before, after] = splitAt(pattern, '*');
      const isExact = after === undefined;
      const matches = isExact ? path === pattern : path.startsWith(before) && path.endsWith(after);
      if (!matches || path.length < before.length + (after?.length ?? 0)) continue;
      const middle = isExact ? '' : path.slice(before.length, path.length - after.length);
      for (const target of targets) {
        const found = await this.file(target.replace('*', () => middle));
        if (found !== undefined) return found;
      }
    }
    return mapping.baseUrl === undefined ? undefined : this.file(join(mapping.baseUrl, path));
  }

  private mapping(folder: string): Promise<Mapping | undefined> {
    let found = this.mappings.get(folder);
    if (!found) {
      found = this.readMapping(join(folder, 'tsconfig.json'), 0).then(
        async (mapping) => mapping ?? (await this.readMapping(join(folder, 'jsconfig.json'), 0)),
      );
      this.mappings.set(folder, found);
    }
    return found;
  }

  private async readMapping(file: string, depth: number): Promise<Mapping | undefined> {
    const config = depth < MOST_EXTENDS ? await this.json<TsConfig>(file) : undefined;
    if (typeof config !== 'object' || config === null) return undefined;
    const folder = folderOf(file);
    const options = config.compilerOptions ?? {};
    const bases: Mapping[] = [];
    for (const each of [config.extends].flat()) {
      if (typeof each !== 'string') continue;
      const base = await this.readMapping(configFile(folder, each), depth + 1);
      if (base) bases.push(base);
    }
    // A file that only lists others: those say where code is.
    if (
      options.paths === undefined &&
      bases.every(({ paths }) => paths.length === 0) &&
      Array.isArray(config.references)
    )
      for (const each of config.references.slice(0, 10)) {
        const path = (each as { path?: unknown } | null)?.path;
        const base = typeof path === 'string' ? await this.readMapping(configFile(folder, path), depth + 1) : undefined;
        if (base) bases.push(base);
      }
    const inherited = bases.at(-1);
    const baseUrl = typeof options.baseUrl === 'string' ? join(folder, options.baseUrl) : inherited?.baseUrl;
    const paths = readPaths(options.paths, typeof options.baseUrl === 'string' ? (baseUrl ?? folder) : folder);
    return { baseUrl, paths: paths ?? bases.find(({ paths }) => paths.length > 0)?.paths ?? [] };
  }

  // --- package.json

  /** A package of the workspace, the package itself, or what its `imports` name. */
  private async ofPackage(folder: string, path: string): Promise<string | undefined> {
    const parts = /^(@[^/]+\/[^/]+|[^/]+)(?:\/(.*))?$/s.exec(path);
    const [name, rest] = [parts?.[1] ?? path, parts?.[2]];
    const subpath = rest === undefined ? '.' : `./${rest}`;
    for (const each of foldersAbove(folder)) {
      const manifest = await this.json<PackageJson>(join(each, 'package.json'));
      if (!manifest) continue;
      if (path.startsWith('#')) return this.entry(each, { exports: manifest.imports }, path);
      if (manifest.name === name) return this.entry(each, manifest, subpath);
      for (const inside of await this.packageFolders(each, manifest, name)) {
        const other = await this.json<PackageJson>(join(inside, 'package.json'));
        if (other?.name === name) return this.entry(inside, other, subpath);
      }
    }
    return undefined;
  }

  /** Folders that may hold a package: sources can't be listed, so its name must be the folder's. */
  private async packageFolders(root: string, manifest: PackageJson, name: string): Promise<string[]> {
    const linked = [manifest.dependencies, manifest.devDependencies, manifest.peerDependencies]
      .map((each) => each?.[name])
      .filter((each) => typeof each === 'string');
    const paths = linked.flatMap((each) => /^(?:file|link|portal):(.*)$/.exec(each)?.[1] ?? []);
    const { workspaces } = manifest;
    const listed = workspaces && 'packages' in workspaces ? workspaces.packages : workspaces;
    const globs: unknown[] = Array.isArray(listed) ? [...listed] : [];
    const pnpm = await this.read(join(root, 'pnpm-workspace.yaml')).catch(() => undefined);
    for (const line of pnpm?.text.slice(0, 10_000).matchAll(/^\s*-\s*['"]?([^'"\n#]+?)['"]?\s*$/gm) ?? [])
      globs.push(line[1]);
    const lerna = await this.json<{ packages?: unknown }>(join(root, 'lerna.json'));
    if (Array.isArray(lerna?.packages)) globs.push(...lerna.packages.filter((each) => typeof each === 'string'));
    const short = name.replace(/^@[^/]*\//, '');
    const names = new Set([short, name, name.replace('@', '').replace('/', '-'), short.replace(/^[^-]*-/, '')]);
    for (const glob of globs) {
      if (typeof glob !== 'string' || glob.startsWith('!')) continue;
      if (!glob.includes('*')) paths.push(glob);
      else for (const each of names) paths.push(glob.replace(/\*\*?(\/\*+)?/, () => each));
    }
    return paths.slice(0, 100).map((each) => join(root, each));
  }

  private async entry(folder: string, manifest: PackageJson, subpath: string): Promise<string | undefined> {
    for (const path of sourceEntries(manifest, subpath)) {
      const found = await this.file(join(folder, path));
      if (found !== undefined) return found;
    }
    return undefined;
  }

  /** What bundlers take `@/…`, `~/…` and `$lib/…` for where no configuration says so. */
  private async findAlias(folder: string, path: string): Promise<string | undefined> {
    const [, alias, rest] = /^(@|~|\$lib)\/(.+)$/s.exec(path) ?? [];
    if (alias === undefined || rest === undefined) return undefined;
    const inside = alias === '$lib' ? ['src/lib'] : ['src', '.', 'app'];
    return this.findAbove(folder, async (each) => {
      if (!(await this.exists(join(each, 'package.json')))) return undefined;
      for (const base of inside) {
        const found = await this.file(join(each, `${base}/${rest}`));
        if (found !== undefined) return found;
      }
      return undefined;
    });
  }
}

/** JSON, with comments and commas that end nothing; undefined where it is none. */
export function parseJson(text: string): unknown {
  const plain = text.replace(
    /("(?:[^"\\\n]|\\.)*")|\/\/[^\n]*|\/\*[\s\S]*?\*\/|,(?=\s*(?:\/\/[^\n]*\s*)*[}\]])/g,
    (_, string: string | undefined) => string ?? '',
  );
  try {
    return JSON.parse(plain);
  } catch {
    return undefined;
  }
}

function readPaths(paths: unknown, base: string): Mapping['paths'] | undefined {
  if (typeof paths !== 'object' || paths === null) return undefined;
  const found = Object.entries(paths).map(([pattern, targets]) => ({
    pattern,
    targets: [targets].flat().flatMap((each) => (typeof each === 'string' ? join(base, each) : [])),
  }));
  // Whole names first, then the longest beginning.
  const weight = ({ pattern }: { pattern: string }) => (pattern.includes('*') ? pattern.indexOf('*') : 10_000);
  return found.sort((a, b) => weight(b) - weight(a));
}

function configFile(folder: string, path: string): string {
  const file = join(folder, path);
  return file.endsWith('.json')
    ? file
    : /[/\\]tsconfig[^/\\]*$/.test(file)
      ? `${file}.json`
      : join(file, 'tsconfig.json');
}

function splitAt(text: string, mark: string): [string, string | undefined] {
  const at = text.indexOf(mark);
  return at < 0 ? [text, undefined] : [text.slice(0, at), text.slice(at + mark.length)];
}

const isBelow = (folder: string, file: string): boolean =>
  /^[/\\]/.test(file.slice(folder.length)) && file.startsWith(folder);

/** The folder of a file, by slashes of either kind; without the last one. */
export function folderOf(file: string): string {
  return file.slice(0, Math.max(0, Math.max(file.lastIndexOf('/'), file.lastIndexOf('\\'))));
}

function foldersAbove(folder: string): string[] {
  const found: string[] = [];
  for (let at = folder; found.length < MOST_FOLDERS; at = folderOf(at)) {
    found.push(at);
    // The end of a path, or of a URI's.
    if (at === '' || /^[\w+.-]+:\/{0,3}[^/\\]*$/.test(at)) break;
  }
  return found;
}

/** A path below a folder; `..` goes up, not above the first folder. */
export function join(folder: string, path: string): string {
  const separator = folder.includes('\\') && !folder.includes('/') ? '\\' : '/';
  const parts = folder.split(/[/\\]/);
  for (const part of path.split('/')) {
    if (part === '' || part === '.') continue;
    if (part !== '..') parts.push(part);
    else if (parts.length > 0 && itemOr(parts, parts.length - 1, '') !== '..') parts.pop();
    else parts.push(part);
  }
  return parts.join(separator);
}
