/** Files of settings that name a class, `type: RCAN`, or hold all that one reads of its settings. */
import type { SourceRange } from '../graph/types';
import { say } from '../language/say';
import type { Eval } from '../python/natives/context';
import type { Interpreter } from '../python/run/interpreter';
import { PyFunction } from '../python/values/scope';
import { PyBoundMethod, PyClass, PyDict, PyList, type PyValue } from '../python/values/values';
import { shortName } from '../source/path';
import { type Dialect, parseYaml } from '../yaml/parse';
import { type Callee, codeOf, nameOf, requiredParameters } from './callee';
import type { CallValues } from './caller';
import { covers, isTolerable, ONE_OBJECT } from './configs';
import { settingParameters } from './keyed';
import { pathsTaken } from './settingsTaken';

/** Keys under which a file of settings names what it configures; those that name it with its module. */
const NAMED = ['type', 'name', 'arch', 'model', 'class', 'cls', 'class_name', 'model_name', 'model_type'];
const DOTTED = ['_target_', 'target', 'class_path'];
/** Keys that hold its arguments; where none is there, they stand beside the name. */
const ARGUMENTS = ['params', 'init_args', 'kwargs', 'args', 'arguments', 'config'];

/** Mappings of a file that are looked at. */
const MOST = 2000;

/** Whether a file's name is one of settings. */
export function isSettingsFile(file: string): boolean {
  return /\.(ya?ml|json)$/i.test(file);
}

/** A file of settings. */
export interface SettingsText {
  readonly file: string;
  readonly text: string;
}

/** Files of settings that are looked at for one callee. */
export const MOST_SETTINGS = 200;

/**
 * What a class or a builder is called with as one of some files of settings has it; undefined where none has all.
 * @param nth which of those that fit, where those that hold values of the same kinds count once
 */
export function* configuredArguments(
  ctx: Interpreter,
  callee: PyClass | PyFunction,
  documents: readonly SettingsText[],
  nth = 0,
): Eval<CallValues | undefined> {
  const kinds = new Set<string>();
  const parsed: [SettingsText, PyValue][] = [];
  for (const document of documents) {
    const whole = yield* documentOf(ctx, document.text);
    if (whole !== undefined) parsed.push([document, whole]);
  }
  // Settings that hold more than a callee takes are its only where none are its own.
  for (const isStrict of [true, false]) {
    for (const [document, whole] of parsed) {
      const found = yield* argumentsIn(ctx, callee, whole, document, isStrict);
      const kind = found && kindOf(PyDict.from(found.keywords ?? new Map()));
      if (kind === undefined || kinds.has(kind)) continue;
      kinds.add(kind);
      if (kinds.size > nth) return found;
    }
  }
  return undefined;
}

/** What values are, by their keys: `{layers: [int], width: int}`. */
function kindOf(value: PyValue): string {
  if (value instanceof PyDict) {
    const entries = value.entries().map(([key, each]) => `${String(key)}: ${kindOf(each)}`);
    return `{${entries.sort().join(', ')}}`;
  }
  if (value instanceof PyList) return `[${[...new Set(value.items.map(kindOf))].join(' | ')}]`;
  return typeof value;
}

function* argumentsIn(
  ctx: Interpreter,
  callee: PyClass | PyFunction,
  whole: PyValue,
  { text, file }: SettingsText,
  isStrict: boolean,
): Eval<CallValues | undefined> {
  const name = nameOf(callee);
  const required = requiredParameters(callee);
  const code = codeOf(callee);
  const [only] = required;
  if (!code) return undefined;
  const origin = {
    message: say('{0} is built with the settings of {1}', name, shortName(file)),
    source: placeIn(text, file, name),
  };
  const parameters = code.parameters.slice(callee instanceof PyClass ? 1 : 0);
  const takesAny = parameters.some(({ kind }) => kind === 'varkeywords');
  const known = new Set(parameters.map((parameter) => parameter.name));
  const at = moduleOf(callee);
  for (const settings of mappingsIn(whole)) {
    const keywords = keywordsIn(settings, name, at);
    if (!keywords || !required.every((each) => keywords.has(each))) continue;
    if (takesAny || [...keywords.keys()].every((each) => known.has(each))) return { args: [], keywords, origin };
  }
  if (required.length >= FEWEST_NAMES) {
    // Several arguments by their own names are these, whatever stands above them.
    for (const settings of mappingsIn(whole)) {
      if (!required.every((each) => settings.has(each)) || DOTTED.some((each) => settings.has(each))) continue;
      const keywords = new Map<string, PyValue>();
      for (const [each, value] of settings.entries()) {
        if (typeof each === 'string' && ((takesAny && isStrict) || known.has(each))) keywords.set(each, value);
      }
      const isAll = keywords.size === settings.size;
      if (isAll || (!isStrict && keywords.size >= settings.size / 2))
        return { args: [], keywords, origin: { ...origin, isGuess: true } };
    }
  }
  if (only === undefined || required.length > 1 || !ONE_OBJECT.test(only)) return undefined;
  const paths = yield* pathsTaken(ctx, callee, only);
  for (const settings of mappingsIn(whole)) {
    if (covers(ctx, settings, paths)) {
      const object = yield* withAttributes(ctx, settings);
      return { args: [], keywords: new Map([[only, object]]), origin: { ...origin, isGuess: true } };
    }
  }
  return undefined;
}

/** How settings are written that Hydra and its kin read, which resolve what refers to others. */
const TARGET = /^\s*(?:-\s+)?(?:_target_|target)\s*:/m;

/** Names by which files that hold the settings of a callee are found: the longest of what its code reads of them, or takes. */
export function* settingNames(ctx: Interpreter, callee: Callee): Eval<string[]> {
  const required = settingParameters(callee);
  const [only] = required;
  if (only === undefined) return [];
  const isObject = required.length === 1 && ONE_OBJECT.test(only);
  if (!isObject && required.length < FEWEST_NAMES) return [];
  const paths = isObject ? [...(yield* pathsTaken(ctx, callee, only))] : [];
  const uses = isObject ? [...new Set(paths.flatMap((path) => path.split('.')))] : [...required];
  return uses.sort((a, b) => b.length - a.length).slice(0, MOST_NAMES);
}

/** Fewer names than these are had by other things, too. */
const FEWEST_NAMES = 3;

/** Some may be read in a branch alone, and be in no file. */
const MOST_NAMES = 3;

/** What a text of settings holds; undefined where it is none. */
export function* documentOf(ctx: Interpreter, text: string, dialect: Dialect = 'omegaconf'): Eval<PyValue | undefined> {
  try {
    const parsed = parseYaml(ctx, text, dialect);
    return dialect === 'omegaconf' && parsed instanceof PyDict && TARGET.test(text)
      ? yield* withAttributes(ctx, parsed)
      : parsed;
  } catch (error) {
    // No YAML, or one with tags of its own.
    if (error instanceof Error && !isTolerable(error) && error.name !== 'YAMLException') throw error;
    return undefined;
  }
}

/** Settings whose values are attributes as well, and whose references to others are resolved. */
function* withAttributes(ctx: Interpreter, settings: PyDict): Eval<PyValue> {
  const cls = ctx.nativeModule('omegaconf')?.members.get('OmegaConf');
  const create = cls instanceof PyClass ? cls.lookup('create') : undefined;
  return create === undefined ? settings : yield* ctx.run(create, [settings]);
}

/** The mappings of a document, the outer first. */
export function* mappingsIn(root: PyValue): Generator<PyDict> {
  const open: PyValue[] = [root];
  let left = MOST;
  for (let value = open.shift(); value !== undefined && left > 0; value = open.shift(), left--) {
    if (value instanceof PyDict) {
      yield value;
      for (const each of value.values()) if (each instanceof PyDict || each instanceof PyList) open.push(each);
    } else if (value instanceof PyList) for (const each of value.items) open.push(each);
  }
}

/**
 * What a mapping that names a callee gives it.
 * @param at the callee's module, by its path: `models.unet`
 * @returns undefined where the mapping names another
 */
function keywordsIn(settings: PyDict, name: string, at: string): Map<string, PyValue> | undefined {
  const isNamed = (key: string): boolean => {
    const value = settings.get(key);
    if (typeof value !== 'string') return false;
    const dot = value.lastIndexOf('.');
    return value.slice(dot + 1) === name && (dot < 0 || `.${at}.`.includes(`.${value.slice(0, dot)}.`));
  };
  const key = [...DOTTED, ...NAMED].find(isNamed);
  if (key === undefined) return undefined;
  const inner = ARGUMENTS.map((each) => settings.get(each)).find((each) => each instanceof PyDict);
  const keywords = new Map<string, PyValue>();
  for (const [each, value] of (inner instanceof PyDict ? inner : settings).entries()) {
    if (typeof each === 'string' && each !== key && !each.startsWith('_')) keywords.set(each, value);
  }
  return keywords;
}

/** `pkg.models.unet` of a file's path, as far as its folders go. */
export function moduleOf(callee: Callee): string {
  const made = callee instanceof PyBoundMethod ? callee.callee : callee;
  const file =
    (made instanceof PyClass ? made.range?.file : made instanceof PyFunction ? made.scope.module.file : undefined) ??
    '';
  return file
    .replace(/(?:[\\/]__init__)?\.py$/, '')
    .split(/[\\/]/)
    .join('.');
}

/** The first line of a text that names something. */
function placeIn(text: string, file: string, name: string): SourceRange | undefined {
  const line = text.split('\n').findIndex((each) => new RegExp(`\\b${name}\\b`).test(each));
  return line < 0
    ? { file, line: 0, column: 0, endLine: 0, endColumn: 0 }
    : { file, line, column: 0, endLine: line, endColumn: 0 };
}
