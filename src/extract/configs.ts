/** SettingsObject that a model takes as one object: the class, the instance or the function of the file that makes it. */
import { itemAt } from '../graph/access';
import { say } from '../language/say';
import type { Eval } from '../python/natives/context';
import { ExtractionError } from '../python/natives/errors';
import type { Interpreter } from '../python/run/interpreter';
import { settle } from '../python/run/late';
import type { FunctionCode } from '../python/syntax/ast';
import { PyFunction } from '../python/values/scope';
import {
  PyClass,
  PyDict,
  PyInstance,
  PyLate,
  type PyModule,
  PyStaticMethod,
  PythonError,
  type PyValue,
  Unknown,
} from '../python/values/values';
import { framework } from '../torch/framework';
import { pathsRead, pathsUsed } from './settingPaths';

/** A parameter that nothing gives. */
export interface OpenParameter {
  readonly name: string;
  readonly annotation: string | undefined;
  /** The code that takes it. */
  readonly code: FunctionCode;
  /** Name of the class or function that takes it. */
  readonly taker: string;
  /** What is read of it there and in what it is handed to. */
  readonly paths?: ReadonlySet<string>;
}

/** A value, and what it is in the file: `GPTConfig()`. */
export interface SettingsObject {
  readonly value: PyValue;
  readonly from: string;
}

/** How settings that come as one object are called. */
export const ONE_OBJECT =
  /^(.*_)?(config|configs|configuration|cfg|conf|args|arguments|opts?|options|hparams|hps?|h|params|hyper_?params|settings|flags)$/i;
/** The same of a class. */
export const CLASS =
  /(config|configuration|cfg|args|arguments|options|opts?|params|hparams|hyperparameters|settings)$/i;
/** A word of the name of a function that makes them, where another file is looked at for them. */
export const MAKING_WORD =
  /(^|_)(configs?|cfg|conf|args|arguments|parser|opts?|options|hparams|hps|params|settings|flags)(_|$)/i;
/** Functions that make them. */
const MAKER =
  /^(get|make|create|build|load|default|parse|init|base|read|setup|add)?_?(default|base|model|all|main)?_?(config|cfg|conf|args|arguments|argparser|args_parser|arg_parser|parser|opts?|options|hparams|params)(_parser)?$/i;

/** What an expression that failed says of the text, not of this program. */
export function isTolerable(error: unknown): error is PythonError | ExtractionError {
  return (
    error instanceof PythonError ||
    (error instanceof ExtractionError && ['unsupported', 'syntax', 'shape'].includes(error.kind))
  );
}

/** The settings that a parameter stands for, with their defaults; undefined where the module has none that fit. */
export function* settingsFor(
  ctx: Interpreter,
  module: PyModule,
  wanted: OpenParameter,
): Eval<SettingsObject | undefined> {
  const named = yield* fromAnnotation(ctx, module, wanted);
  if (named) return named;
  if (!ONE_OBJECT.test(wanted.name)) return undefined;
  const uses = usesOf(wanted);
  const { paths = new Set<string>() } = wanted;
  if (uses.size === 0 && paths.size === 0) return undefined;
  // What is only handed on is read in branches, too, which need not be come to.
  const fits = (value: PyValue) => (uses.size > 0 ? offers(ctx, value, uses) : covers(ctx, value, paths));
  const members = [...module.members.keys()];
  const spelled = [
    wanted.name,
    wanted.name.toUpperCase(),
    `default_${wanted.name}`,
    'args',
    'config',
    'cfg',
    'opt',
    'hparams',
  ];
  const instances = [...new Set(spelled)].filter((name) => module.members.has(name));
  const close = (name: string): number => (name.toLowerCase().startsWith(wanted.taker.toLowerCase()) ? 0 : 1);
  const classes = members.filter((name) => CLASS.test(name)).sort((a, b) => close(a) - close(b));
  const makers = members.filter((name) => MAKER.test(name));
  for (const name of new Set([...instances, ...classes, ...makers])) {
    const value = yield* memberOf(ctx, module, name);
    const made = value === undefined ? undefined : yield* settingsOf(ctx, value, name);
    if (made && fits(made.value)) return made;
  }
  return undefined;
}

/** An instance with its defaults of the class that an annotation names. */
function* fromAnnotation(ctx: Interpreter, module: PyModule, wanted: OpenParameter): Eval<SettingsObject | undefined> {
  for (const [dotted] of (wanted.annotation ?? '').matchAll(/[\p{L}_][\p{L}\p{N}_.]*/gu)) {
    const parts = dotted.split('.');
    const first = itemAt(parts, 0);
    const rest = parts.slice(1);
    let value = yield* memberOf(ctx, module, first);
    for (const name of rest) value = value === undefined ? undefined : ctx.lookup(value, name);
    if (!(value instanceof PyClass) || value.native || framework.isClass(ctx, value)) continue;
    const made = yield* settingsOf(ctx, value, dotted);
    // A kind of tree says nothing of what is in it: `config: CfgNode`.
    const isBare = made?.value instanceof PyDict && made.value.size === 0;
    if (made && !(isBare && isUsed(wanted))) return made;
  }
  return undefined;
}

function* memberOf(ctx: Interpreter, module: PyModule, name: string): Eval<PyValue | undefined> {
  const found = module.members.get(name);
  return found instanceof PyLate ? yield* settle(ctx, found) : found;
}

/** What a member of a module gives: an object as it is, a class or a function called without arguments. */
export function* settingsOf(ctx: Interpreter, value: PyValue, name: string): Eval<SettingsObject | undefined> {
  try {
    if (value instanceof PyClass) {
      if (value.native || framework.isClass(ctx, value)) return undefined;
      return { value: yield* ctx.run(value), from: `${name}()` };
    }
    if (value instanceof PyFunction) {
      let made = yield* ctx.run(value);
      if (made instanceof PyInstance && made.cls.name === 'ArgumentParser')
        made = yield* ctx.run(yield* ctx.attribute(made, 'parse_args'));
      return made instanceof PyInstance || made instanceof PyDict ? { value: made, from: `${name}()` } : undefined;
    }
  } catch (error) {
    if (!isTolerable(error)) throw error;
    return undefined;
  }
  const isObject = (value instanceof PyInstance && !framework.isModule(ctx, value)) || value instanceof PyDict;
  return isObject ? { value, from: name } : undefined;
}

/** `config_class = BertConfig`: the settings that a class names as its own, or one that it derives from. */
export function* declaredSettings(
  ctx: Interpreter,
  cls: PyClass,
  { name }: OpenParameter,
): Eval<SettingsObject | undefined> {
  const declared = ONE_OBJECT.test(name) ? cls.lookup('config_class') : undefined;
  return declared instanceof PyClass ? yield* settingsOf(ctx, declared, declared.name) : undefined;
}

/** `GPT.get_default_config()`: the settings that a class itself offers. */
export function* ownSettings(ctx: Interpreter, cls: PyClass, wanted: OpenParameter): Eval<SettingsObject | undefined> {
  if (!ONE_OBJECT.test(wanted.name)) return undefined;
  for (const [name, member] of cls.members) {
    if (!(member instanceof PyStaticMethod) || !MAKER.test(name) || !(member.callee instanceof PyFunction)) continue;
    const made = yield* settingsOf(ctx, member.callee, `${cls.name}.${name}`);
    if (made && offers(ctx, made.value, usesOf(wanted))) return made;
  }
  return undefined;
}

/** What the code reads of a parameter by itself: `hidden` of `config.hidden`, `config['hidden']`. */
export function usesOf({ name, code }: OpenParameter): Set<string> {
  return new Set(Array.from(pathsRead([code], name), (path) => itemAt(path.split('.'), 0)));
}

function offers(ctx: Interpreter, value: PyValue, uses: ReadonlySet<string>): boolean {
  return [...uses].every((name) => findHeld(ctx, value, name) !== undefined);
}

/** Whether code reads something of a parameter, or hands it on. */
function isUsed({ name, code }: OpenParameter): boolean {
  const { read, handed } = pathsUsed([code], name);
  return read.size > 0 || handed.length > 0;
}

/**
 * Whether settings are those that code reads: they have most of the paths, and no few. What is only read in a branch may be
 * missing: where it is not, building fails.
 */
export function covers(ctx: Interpreter, value: PyValue, paths: ReadonlySet<string>): boolean {
  const isHeld = (path: string): boolean => {
    let at: PyValue | undefined = value;
    for (const name of path.split('.')) at = at === undefined ? undefined : findHeld(ctx, at, name);
    return at !== undefined;
  };
  const found = [...paths].filter(isHeld).length;
  const isWhole = found > 0 && found === paths.size && [...paths].some((path) => path.includes('.'));
  return (found >= FEWEST || isWhole) && found >= MOST_OF * paths.size;
}

/** Names that settings may have by chance, below this many. */
const FEWEST = 3;
const MOST_OF = 0.6;

/** What settings hold under a name, as a key or as an attribute. */
function findHeld(ctx: Interpreter, value: PyValue, name: string): PyValue | undefined {
  if (value instanceof PyDict && value.has(name)) return value.get(name);
  try {
    const found = ctx.lookup(value, name);
    // Some dictionaries make what they are asked for.
    const isMade = found instanceof PyDict && found.size === 0 && value instanceof PyDict && value.delete(name);
    return isMade ? undefined : found;
  } catch (error) {
    if (!isTolerable(error)) throw error;
    return undefined;
  }
}

/** What stands for an argument that nobody gives. */
export function unknownArgument(ctx: Interpreter, name: string, taker: string): Unknown {
  return new Unknown(say('the argument {0} of {1} is given where it is called', name, taker), ctx.range);
}
