import { say } from '../../language/say';
import type { Context, Eval } from '../natives/context';
import { native, nativeClass } from '../natives/native';
import { iteratorOf } from '../values/iteration';
import { PyInstance, PyList, type PyValue, Unknown } from '../values/values';

const SLOT = Symbol('files');

/** What is left to read of an open file. */
interface Opened {
  rest: string;
}

/** `open`: a text file of the project, to be read; every other is unknown, and nothing is written. */
export const openFile = native("file, mode='r', *args, **kwargs", function* (ctx, args): Eval<PyValue> {
  const given = args.get('file');
  const file = given instanceof PyInstance && ctx.lookup(given, '__fspath__') !== undefined ? ctx.str(given) : given;
  if (typeof file !== 'string' || typeof args.get('mode') !== 'string' || /[waxb+]/.test(args.string('mode'))) {
    return new Unknown(file instanceof Unknown ? file.reason : say('files are not opened'), ctx.range);
  }
  const text = yield* ctx.readFile(file);
  if (text === undefined) return new Unknown(say('{0} is no text file of the project', ctx.repr(file)), ctx.range);
  const { cls, opened } = fileClass(ctx);
  const made = new PyInstance(cls);
  opened.set(made, { rest: text.replaceAll('\r\n', '\n') });
  return made;
});

function fileClass(ctx: Context) {
  return ctx.slot(SLOT, () => {
    const opened = new WeakMap<PyInstance, Opened>();
    const take = (self: PyValue, until: (rest: string) => number): string => {
      const state = self instanceof PyInstance ? opened.get(self) : undefined;
      if (!state) return '';
      const end = until(state.rest);
      const taken = state.rest.slice(0, end);
      state.rest = state.rest.slice(end);
      return taken;
    };
    const line = (rest: string) => (rest.includes('\n') ? rest.indexOf('\n') + 1 : rest.length);
    const lines = (self: PyValue): string[] => {
      const all = take(self, (rest) => rest.length);
      return all.match(/[^\n]*\n|[^\n]+$/g) ?? [];
    };
    const cls = nativeClass(
      'TextIOWrapper',
      [ctx.classes.object],
      {
        read: native('self, size=-1', (_, args) =>
          take(args.get('self'), (rest) =>
            args.isNone('size') || args.int('size') < 0 ? rest.length : args.int('size'),
          ),
        ),
        readline: native('self', (_, args) => take(args.get('self'), line)),
        readlines: native('self', (_, args) => new PyList(lines(args.get('self')))),
        __iter__: native('self', (_, args) => iteratorOf(lines(args.get('self')))),
        __enter__: native('self', (_, args) => args.get('self')),
        __exit__: native('self, *args', () => false),
        close: native('self', () => null),
      },
      '_io',
    );
    return { cls, opened };
  });
}

/** `pkgutil.get_data`: a text file of the package, as bytes whose text is asked for. */
export const packageData = native('package, resource', function* (ctx, args): Eval<PyValue> {
  const text = yield* ctx.readFile(args.string('resource'));
  if (text === undefined)
    return new Unknown(say('{0} is no text file of the project', ctx.repr(args.get('resource'))), ctx.range);
  const decode = native("self, encoding='utf-8', errors='strict'", () => text);
  return new PyInstance(nativeClass('bytes', [ctx.classes.object], { decode }, 'builtins'));
});
