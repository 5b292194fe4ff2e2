/** Files of settings that name what they are for, and change the defaults that the project's code gives it: `NAME: ResNet`. */
import type { Eval } from '../python/natives/context';
import type { Files } from '../python/run/files';
import type { Interpreter } from '../python/run/interpreter';
import type { Program } from '../python/syntax/ast';
import { PyClass, PyDict, PyInstance, type PyValue } from '../python/values/values';
import { type Callee, nameOf } from './callee';
import { documentOf, isSettingsFile, MOST_SETTINGS, mappingsIn, moduleOf, type SettingsText } from './configFiles';
import { isTolerable } from './configs';
import type { ExtractRequest } from './request';
import { type ClassStatement, lastName, topLevelStatements } from './slice';

/** Keys under which settings name a part of the code. */
const NAMING =
  /(^|_)(name|type|arch|architecture|model|class|cls|net|network|backbone|encoder|decoder|generator|discriminator|head|target)_*$/i;

/** Names of modules that say nothing of what is in them. */
const GENERAL =
  /^(__init__|models?|net|nets|network|networks|modules?|main|build|builder|layers?|common|utils?|base)$/i;

/** The key of a settings file that says on what it is based. */
const BASE = '_BASE_';

/** What settings may call something: its own name, and those under which it is registered. */
export function registeredNames(program: Program, name: string): string[] {
  const cls = [...topLevelStatements(program.body)].find(
    (each): each is ClassStatement => each.kind === 'class' && each.name === name,
  );
  const keys = (cls?.decorators ?? []).flatMap((each) => {
    if (each.kind !== 'call' || !/register/i.test(lastName(each.callee) ?? '')) return [];
    return each.args.flatMap(({ value }) =>
      value.kind === 'constant' && typeof value.value === 'string' ? [value.value] : [],
    );
  });
  return [name, ...keys];
}

/** Files of settings that mention something by one of its names, or its module. */
export async function overlayFiles(
  callers: NonNullable<ExtractRequest['callers']>,
  files: Files,
  name: string,
  definedIn: string,
): Promise<string[]> {
  const program = await files.program(definedIn).catch(() => null);
  const stem = stemOf(definedIn);
  const names = [...(program ? registeredNames(program, name) : [name]), ...(stem === undefined ? [] : [stem])];
  const found = new Set<string>();
  for (const each of names)
    for (const file of await callers(each, definedIn)) if (isSettingsFile(file)) found.add(file);
  return [...found].slice(0, MOST_SETTINGS);
}

/** The name of a file's module, where it says something. */
function stemOf(file: string): string | undefined {
  const stem = /([^\\/]*)\.py$/.exec(file)?.[1] ?? '';
  return stem === '' || GENERAL.test(stem) ? undefined : stem;
}

export interface Overlaid {
  readonly value: PyValue;
  /** The file of settings. */
  readonly file: string;
}

/** Default settings, changed by the `nth` file that names what they are for and fits them; undefined where none does. */
export function* overlay(
  ctx: Interpreter,
  callee: Callee,
  names: readonly string[],
  value: PyValue,
  documents: readonly SettingsText[],
  nth: number,
): Eval<Overlaid | undefined> {
  const parsed: { readonly file: string; readonly settings: PyDict; readonly score: number }[] = [];
  for (const { file, text } of documents) {
    const settings = yield* documentOf(ctx, text, 'pyyaml');
    if (settings instanceof PyDict) parsed.push({ file, settings, score: scoreOf(settings, callee, names) });
  }
  const best = parsed.filter(({ score }) => score > 0).sort((a, b) => b.score - a.score);
  const isByName = best.some(({ score }) => score >= BY_NAME);
  let left = nth;
  for (const { file, settings } of best.filter(({ score }) => !isByName || score >= BY_NAME)) {
    const merged = yield* merge(ctx, value, settings, parsed);
    if (merged !== undefined && left-- === 0) return { value: merged, file };
  }
  return undefined;
}

const BY_NAME = 100;
const BY_MODULE = 50;

/** How surely settings are those of something: they have its name, or that of its module, and of the folders of it. */
function scoreOf(settings: PyDict, callee: Callee, names: readonly string[]): number {
  const named = new Set<string>();
  for (const mapping of mappingsIn(settings))
    for (const [key, value] of mapping.entries())
      if (typeof key === 'string' && typeof value === 'string' && NAMING.test(key)) named.add(normalise(value));
  const [stem, ...folders] = moduleOf(callee).split('.').reverse();
  const isByName = [nameOf(callee), ...names].some((each) => named.has(normalise(each)));
  const isByModule = stem !== undefined && !GENERAL.test(stem) && named.has(normalise(stem));
  if (!isByName && !isByModule) return 0;
  return (isByName ? BY_NAME : BY_MODULE) + folders.filter((each) => named.has(normalise(each))).length;
}

/** `ResNet` of `models.ResNet`, without what only its spelling differs in. */
const normalise = (name: string): string =>
  name
    .slice(name.lastIndexOf('.') + 1)
    .replaceAll('-', '_')
    .toLowerCase();

/** A copy of default settings with those of a file in them; undefined where it has others. */
function* merge(
  ctx: Interpreter,
  value: PyValue,
  settings: PyDict,
  others: readonly { readonly file: string; readonly settings: PyDict }[],
): Eval<PyValue | undefined> {
  const base = settings.get(BASE);
  const below = typeof base === 'string' ? others.find((each) => each.file.endsWith(`/${plainPath(base)}`)) : undefined;
  if (settings.has(BASE) && (!below || below.settings === settings)) return undefined;
  const start = below ? yield* merge(ctx, value, below.settings, []) : value;
  if (start === undefined) return undefined;
  const own = PyDict.from(settings.entries().filter(([key]) => key !== BASE));
  try {
    // A tree of yacs has rules of its own.
    if (ctx.lookup(start, 'merge_from_other_cfg') !== undefined) return yield* mergeTree(ctx, start, own);
    if (!(start instanceof PyDict) || !fits(start, own)) return undefined;
    const copy = yield* copyOf(ctx, start);
    if (!(copy instanceof PyDict)) return undefined;
    yield* store(ctx, copy, own);
    return copy;
  } catch (error) {
    if (!isTolerable(error)) throw error;
    return undefined;
  }
}

const plainPath = (path: string): string => path.replace(/^(?:\.{1,2}\/)+/, '');

function* mergeTree(ctx: Interpreter, start: PyValue, own: PyDict): Eval<PyValue> {
  const cls = start instanceof PyInstance || start instanceof PyDict ? start.cls : undefined;
  const copy = yield* copyOf(ctx, start);
  if (ctx.lookup(copy, 'defrost') !== undefined) yield* ctx.run(yield* ctx.attribute(copy, 'defrost'));
  const other = cls instanceof PyClass ? yield* ctx.run(cls, [own]) : own;
  yield* ctx.run(yield* ctx.attribute(copy, 'merge_from_other_cfg'), [other]);
  return copy;
}

function* copyOf(ctx: Interpreter, value: PyValue): Eval<PyValue> {
  if (ctx.lookup(value, 'clone') !== undefined) return yield* ctx.run(yield* ctx.attribute(value, 'clone'));
  return yield* ctx.run(ctx.nativeModule('copy')?.members.get('deepcopy') ?? null, [value]);
}

/** Whether defaults have all of the names that a file has. */
function fits(defaults: PyDict, own: PyDict): boolean {
  return own.entries().every(([key, value]) => {
    const known = defaults.has(key) ? defaults.get(key) : undefined;
    if (known === undefined) return false;
    return known instanceof PyDict && known.size > 0 && value instanceof PyDict ? fits(known, value) : true;
  });
}

function* store(ctx: Interpreter, into: PyDict, own: PyDict): Eval<void> {
  for (const [key, value] of own.entries()) {
    const known = into.get(key);
    if (known instanceof PyDict && value instanceof PyDict) yield* store(ctx, known, value);
    else yield* ctx.run(yield* ctx.attribute(into, '__setitem__'), [key, value]);
  }
}
