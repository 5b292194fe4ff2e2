import { itemAt } from '../graph/access';
import { say } from '../language/say';
import type { Context } from '../python/natives/context';
import { native, nativeClass } from '../python/natives/native';
import { PyInstance, PyList, type PyValue, Unknown } from '../python/values/values';

/** `argparse`: what a script gets when it is started without arguments. */
export function argparseModule(ctx: Context): Record<string, PyValue> {
  const { object } = ctx.classes;
  const Namespace = nativeClass(
    'Namespace',
    [object],
    {
      __init__: native('self, **kwargs', (own, args) => {
        for (const [name, value] of args.keywords('kwargs')) own.setattr(args.get('self'), name, value);
        return null;
      }),
      __contains__: native('self, key', (own, args) => own.lookup(args.get('self'), args.string('key')) !== undefined),
    },
    'argparse',
  );
  const values = (own: Context, self: PyValue): Map<string, PyValue> => {
    const root = self instanceof PyInstance ? (self.fields.get('parent') ?? self) : self;
    return own.slot(Symbol.for(`argparse ${identity(root)}`), () => new Map<string, PyValue>());
  };
  const group = native('self, *args, **kwargs', (_, args) => {
    const self = args.get('self');
    const made = new PyInstance(Parser);
    made.fields.set('parent', self instanceof PyInstance ? (self.fields.get('parent') ?? self) : self);
    return made;
  });
  const parseInto = (own: Context, self: PyValue, into: PyValue): PyValue => {
    const made = into instanceof PyInstance ? into : new PyInstance(Namespace);
    for (const [name, value] of values(own, self)) {
      if (!made.fields.has(name)) made.fields.set(name, value);
    }
    return made;
  };
  const Parser = nativeClass(
    'ArgumentParser',
    [object],
    {
      __init__: native('self, *args, **kwargs', () => null),
      add_argument: native('self, *names, **options', (own, args) => {
        const names = args.rest('names').map((name) => own.str(name));
        const options = args.keywords('options');
        values(own, args.get('self')).set(destination(own, names, options), defaultOf(own, names, options));
        return null;
      }),
      set_defaults: native('self, **kwargs', (own, args) => {
        for (const [name, value] of args.keywords('kwargs')) values(own, args.get('self')).set(name, value);
        return null;
      }),
      add_argument_group: group,
      add_mutually_exclusive_group: group,
      parse_args: native('self, args=None, namespace=None', (own, args) =>
        parseInto(own, args.get('self'), args.get('namespace')),
      ),
      parse_known_args: native(
        'self, args=None, namespace=None',
        (own, args) => new PyList([parseInto(own, args.get('self'), args.get('namespace')), new PyList([])]),
      ),
      print_help: native('self', () => null),
    },
    'argparse',
  );
  return {
    ArgumentParser: Parser,
    Namespace,
    ArgumentDefaultsHelpFormatter: object,
    RawTextHelpFormatter: object,
    RawDescriptionHelpFormatter: object,
    BooleanOptionalAction: 'boolean_optional',
    SUPPRESS: '==SUPPRESS==',
  };
}

const identities = new WeakMap<object, number>();
let last = 0;

function identity(value: PyValue): number {
  if (typeof value !== 'object' || value === null) return 0;
  const known = identities.get(value) ?? ++last;
  identities.set(value, known);
  return known;
}

/** The attribute that an option sets: `dest`, else its first long name. */
function destination(ctx: Context, names: readonly string[], options: ReadonlyMap<string, PyValue>): string {
  const dest = options.get('dest');
  if (dest !== undefined) return ctx.str(dest);
  if (names.length === 0) ctx.raise('TypeError', "add_argument() missing 1 required positional argument: 'dest'");
  const name = names.find((each) => each.startsWith('--')) ?? itemAt(names, 0);
  return name.replace(/^-+/, '').replaceAll('-', '_');
}

function defaultOf(ctx: Context, names: readonly string[], options: ReadonlyMap<string, PyValue>): PyValue {
  const given = options.get('default');
  if (given !== undefined) {
    // A default that is text goes through `type` as the command line's text does.
    const type = options.get('type');
    return typeof given === 'string' && type !== undefined && type !== null ? ctx.call(type, [given]) : given;
  }
  const action = options.get('action');
  if (action === 'store_true') return false;
  if (action === 'store_false') return true;
  const required = options.get('required') === true || !names.some((name) => name.startsWith('-'));
  return required ? new Unknown(say('the command line gives {0}', names[0]), ctx.range) : null;
}
