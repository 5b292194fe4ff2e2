import { itemAt } from '../graph/access';
import { say, sentence } from '../language/say';
import type { Context } from '../python/natives/context';
import { native, nativeClass } from '../python/natives/native';
import {
  type PyClass,
  PyDict,
  PyInstance,
  PyList,
  PyTuple,
  PythonError,
  type PyValue,
  Unknown,
} from '../python/values/values';

/** A value of the command line that the reader gives; whether a parser took it. */
export interface OptionValue {
  readonly value: PyValue;
  used: boolean;
}

const GIVEN = Symbol('command line');

/** What the reader gives in place of a command line, by the name of the attribute that it sets. */
export function commandLine(ctx: Context): Map<string, OptionValue> {
  return ctx.slot(GIVEN, () => new Map<string, OptionValue>());
}

const OPEN = Symbol('open options');

/** What the command line must give and nobody does: attributes that are left open, and what each may be by its option. */
export function openOptions(ctx: Context): Map<string, readonly string[]> {
  return ctx.slot(OPEN, () => new Map<string, readonly string[]>());
}

/** An option or a positional argument of a parser. */
interface Option {
  readonly names: readonly string[];
  readonly dest: string;
  /** Keywords of `add_argument`. */
  readonly settings: ReadonlyMap<string, PyValue>;
}

/** What a parser was told: its groups and those of its parents tell it, too. */
interface ParserState {
  readonly options: Option[];
  readonly defaults: Map<string, PyValue>;
}

/** `argparse`: what a script gets when it is started without arguments, but for those that the reader gives. */
export function argparseModule(ctx: Context): Record<string, PyValue> {
  const { object } = ctx.classes;
  const pairs = (own: Context, self: PyValue) => {
    const fields = own.lookup(self, '__dict__');
    return fields instanceof PyDict ? fields.entries() : [];
  };
  const Namespace = nativeClass(
    'Namespace',
    [object],
    {
      __init__: native('self, **kwargs', (own, args) => {
        for (const [name, value] of args.keywords('kwargs')) own.setattr(args.get('self'), name, value);
        return null;
      }),
      __contains__: native('self, key', (own, args) => own.lookup(args.get('self'), args.string('key')) !== undefined),
      __repr__: native('self', (own, args) => {
        const shown = pairs(own, args.get('self')).map(([name, value]) => `${own.str(name)}=${own.repr(value)}`);
        return `Namespace(${shown.join(', ')})`;
      }),
    },
    'argparse',
  );
  const actionClass = nativeClass('Action', [object], {}, 'argparse');
  const states = new WeakMap<PyInstance, ParserState>();
  const stateOf = (self: PyValue): ParserState => {
    if (!(self instanceof PyInstance)) throw new TypeError('a parser without its object');
    const parent = self.fields.get('parent');
    if (parent instanceof PyInstance) return stateOf(parent);
    let state = states.get(self);
    if (!state) {
      state = { options: [], defaults: new Map() };
      states.set(self, state);
    }
    return state;
  };
  const group = native('self, *args, **kwargs', (_, args) => {
    const made = new PyInstance(Parser);
    made.fields.set('parent', args.get('self'));
    return made;
  });
  const subparsers = nativeClass(
    '_SubParsersAction',
    [object],
    { add_parser: native('self, *args, **kwargs', () => new PyInstance(Parser)) },
    'argparse',
  );
  const parse = (own: Context, self: PyValue, given: PyValue, into: PyValue): { made: PyInstance; rest: PyValue[] } => {
    const state = stateOf(self);
    const made = into instanceof PyInstance ? into : new PyInstance(Namespace);
    const words = given === null ? [] : own.list(given).map((word) => own.str(word));
    const { values, rest } = read(own, state.options, words);
    for (const option of state.options) {
      const { dest } = option;
      const line = commandLine(own).get(dest);
      if (line) line.used = true;
      const value = values.get(dest) ?? (line ? convertGiven(own, option, line.value) : undefined);
      if (value !== undefined) made.fields.set(dest, value);
      else if (!made.fields.has(dest)) {
        const standard = defaultOf(own, option, state.defaults);
        if (standard !== SUPPRESS) made.fields.set(dest, standard);
      }
    }
    for (const [name, value] of state.defaults) if (!made.fields.has(name)) made.fields.set(name, value);
    return { made, rest };
  };
  const Parser: PyClass = nativeClass(
    'ArgumentParser',
    [object],
    {
      __init__: native('self, *args, **kwargs', (own, args) => {
        const parents = args.keywords('kwargs').get('parents');
        const state = stateOf(args.get('self'));
        for (const parent of parents === undefined || parents === null ? [] : own.list(parents)) {
          if (parent instanceof Unknown) own.refuseUnknown(parent, say('a parent of this parser'));
          const { options, defaults } = stateOf(parent);
          for (const option of options) state.options.push(option);
          for (const [name, value] of defaults) state.defaults.set(name, value);
        }
        return null;
      }),
      add_argument: native('self, *names, **options', (own, args) => {
        const names = args.rest('names').map((name) => own.str(name));
        const settings = args.keywords('options');
        const option = { names, dest: destination(own, names, settings), settings };
        const { options } = stateOf(args.get('self'));
        const before = options.findIndex(
          ({ dest, names: other }) => dest === option.dest && other.join() === names.join(),
        );
        if (before < 0) options.push(option);
        else options[before] = option;
        const action = new PyInstance(actionClass);
        for (const [name, value] of settings) action.fields.set(name, value);
        action.fields.set('dest', option.dest);
        return action;
      }),
      set_defaults: native('self, **kwargs', (own, args) => {
        const { defaults } = stateOf(args.get('self'));
        for (const [name, value] of args.keywords('kwargs')) defaults.set(own.str(name), value);
        return null;
      }),
      get_default: native('self, dest', (own, args) => {
        const { options, defaults } = stateOf(args.get('self'));
        const dest = args.string('dest');
        const option = options.find((each) => each.dest === dest);
        return option ? defaultOf(own, option, defaults) : (defaults.get(dest) ?? null);
      }),
      add_argument_group: group,
      add_mutually_exclusive_group: group,
      add_subparsers: native('self, **kwargs', (own, args) => {
        const dest = args.keywords('kwargs').get('dest');
        if (dest !== undefined && dest !== null) {
          const names = [own.str(dest)];
          stateOf(args.get('self')).options.push({ names, dest: own.str(dest), settings: new Map() });
        }
        return new PyInstance(subparsers);
      }),
      parse_args: native('self, args=None, namespace=None', (own, args) => {
        const { made, rest } = parse(own, args.get('self'), args.get('args'), args.get('namespace'));
        if (rest.length > 0) own.raise('SystemExit', '2');
        return made;
      }),
      parse_known_args: native('self, args=None, namespace=None', (own, args) => {
        const { made, rest } = parse(own, args.get('self'), args.get('args'), args.get('namespace'));
        return new PyTuple([made, new PyList(rest)]);
      }),
      print_help: native('self, *args', () => null),
      print_usage: native('self, *args', () => null),
      format_help: native('self', () => ''),
      error: native('self, message', (own, args) => own.raise('SystemExit', args.string('message'))),
    },
    'argparse',
  );
  const members = Parser.members;
  members.set('parse_intermixed_args', members.get('parse_args') ?? null);
  const formatter = () => nativeClass('HelpFormatter', [object], {}, 'argparse');
  return {
    ArgumentParser: Parser,
    Namespace,
    Action: actionClass,
    HelpFormatter: formatter(),
    ArgumentDefaultsHelpFormatter: formatter(),
    RawTextHelpFormatter: formatter(),
    RawDescriptionHelpFormatter: formatter(),
    MetavarTypeHelpFormatter: formatter(),
    ArgumentTypeError: nativeClass(
      'ArgumentTypeError',
      [ctx.classes.exceptions.get('Exception') ?? object],
      {},
      'argparse',
    ),
    ArgumentError: nativeClass('ArgumentError', [ctx.classes.exceptions.get('Exception') ?? object], {}, 'argparse'),
    FileType: nativeClass('FileType', [object], { __init__: native('self, *args, **kwargs', () => null) }, 'argparse'),
    BooleanOptionalAction: BOOLEAN,
    SUPPRESS,
    REMAINDER: '...',
    OPTIONAL: '?',
    ZERO_OR_MORE: '*',
    ONE_OR_MORE: '+',
  };
}

const BOOLEAN = 'boolean_optional';
const SUPPRESS = '==SUPPRESS==';

/** The attribute that an option sets: `dest`, else its first long name. */
function destination(ctx: Context, names: readonly string[], options: ReadonlyMap<string, PyValue>): string {
  const dest = options.get('dest');
  if (dest !== undefined && dest !== null) return ctx.str(dest);
  if (names.length === 0) ctx.raise('TypeError', "add_argument() missing 1 required positional argument: 'dest'");
  const name = names.find((each) => each.startsWith('--')) ?? itemAt(names, 0);
  return isFlag(name) ? name.replace(/^-+/, '').replaceAll('-', '_') : name;
}

const isFlag = (name: string) => name.startsWith('-');

/** Actions that take no word of the command line, and what they set. */
function constantOf(ctx: Context, { settings }: Option): PyValue | undefined {
  switch (settings.get('action')) {
    case 'store_true':
    case BOOLEAN:
      return true;
    case 'store_false':
      return false;
    case 'store_const':
      return settings.get('const') ?? null;
    case 'count':
      return 1n;
    case 'help':
    case 'version':
      return ctx.raise('SystemExit', '0');
    default:
      return undefined;
  }
}

/** A value that is written as text, through `type`. */
function convertText(ctx: Context, { settings, names }: Option, value: PyValue): PyValue {
  const type = settings.get('type');
  const many = value instanceof PyList || value instanceof PyTuple ? value.items : undefined;
  const one = (item: PyValue): PyValue =>
    type === undefined || type === null || item === null || typeof item === 'boolean'
      ? item
      : ctx.call(type, [ctx.str(item)]);
  const made = many ? new PyList(many.map(one)) : one(value);
  const choices = settings.get('choices');
  if (choices !== undefined && choices !== null && !many) {
    const offered = ctx.list(choices);
    if (!offered.some((choice) => ctx.equal(choice, made))) {
      const list = offered.map((choice) => ctx.repr(choice)).join(', ');
      ctx.raise('SystemExit', `argument ${names.join('/')}: invalid choice: ${ctx.repr(made)} (choose from ${list})`);
    }
  }
  return made;
}

/** A value that the reader gives. @throws ExtractionError where the option does not take it */
function convertGiven(ctx: Context, option: Option, value: PyValue): PyValue {
  try {
    return convertText(ctx, option, value);
  } catch (error) {
    if (!(error instanceof PythonError)) throw error;
    return ctx.error(
      'needs-input',
      say('{0} can not be {1}: {2}', option.dest, ctx.repr(value), sentence(error.message)),
    );
  }
}

function defaultOf(ctx: Context, option: Option, defaults: ReadonlyMap<string, PyValue>): PyValue {
  const { settings, names, dest } = option;
  const given = defaults.get(dest) ?? settings.get('default');
  if (given !== undefined) {
    // A default that is text goes through `type` as the command line's text does.
    const type = settings.get('type');
    return typeof given === 'string' && given !== SUPPRESS && type !== undefined && type !== null
      ? ctx.call(type, [given])
      : given;
  }
  const action = settings.get('action');
  if (action === 'store_true') return false;
  if (action === 'store_false') return true;
  if (action === 'help' || action === 'version') return SUPPRESS;
  const count = settings.get('nargs');
  const isPositional = names.length > 0 && !names.some(isFlag);
  if (isPositional && count === '*') return new PyList([]);
  const isRequired = settings.get('required') === true || (isPositional && count !== '?');
  return isRequired ? requiredValue(ctx, option) : null;
}

/** What must be given is not known: one of its choices, where it has some. */
function requiredValue(ctx: Context, { dest, names, settings }: Option): Unknown {
  const choices = settings.get('choices') ?? null;
  const isOne = (settings.get('nargs') ?? null) === null;
  if (isOne) openOptions(ctx).set(dest, choices === null ? [] : ctx.list(choices).map((each) => ctx.str(each)));
  return new Unknown(say('the command line gives {0}', names[0]), ctx.range);
}

/** Reads words of a command line that the code itself gives, as `parse_args(['--depth', '2'])`. */
function read(
  ctx: Context,
  options: readonly Option[],
  words: readonly string[],
): { values: Map<string, PyValue>; rest: PyValue[] } {
  const values = new Map<string, PyValue>();
  const rest: PyValue[] = [];
  const positional = options.filter(({ names }) => names.length > 0 && !names.some(isFlag));
  const left = [...words];
  const isOption = (word: string | undefined) => word !== undefined && /^-{1,2}[^\d\s-]/.test(word);
  const take = (option: Option): PyValue => {
    const count = option.settings.get('nargs') ?? null;
    const least = typeof count === 'bigint' ? Number(count) : 1;
    const many = count === '*' || count === '+' || count === '...';
    if (count === null || count === '?') {
      const word = isOption(left[0]) ? undefined : left.shift();
      if (word !== undefined) return convertText(ctx, option, word);
      if (count === '?') return option.settings.get('const') ?? null;
      return ctx.raise('SystemExit', `argument ${option.names.join('/')}: expected one argument`);
    }
    const taken: PyValue[] = [];
    while (left.length > 0 && !isOption(left[0]) && (many || taken.length < least))
      taken.push(convertText(ctx, option, left.shift() ?? ''));
    return new PyList(taken);
  };
  while (left.length > 0) {
    const word = left.shift() ?? '';
    const at = word.indexOf('=');
    const name = at > 0 && isOption(word) ? word.slice(0, at) : word;
    const option = isOption(word) ? options.find(({ names }) => names.includes(name)) : positional.shift();
    if (!option) {
      rest.push(word);
      continue;
    }
    if (!isOption(word) || name !== word) left.unshift(name === word ? word : word.slice(at + 1));
    const value = constantOf(ctx, option) ?? take(option);
    const before = values.get(option.dest);
    const isAppended = option.settings.get('action') === 'append';
    values.set(
      option.dest,
      isAppended ? new PyList([...(before instanceof PyList ? before.items : []), value]) : value,
    );
  }
  return { values, rest };
}
