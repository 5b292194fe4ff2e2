import { say } from '../language/say';
import type { Context, Eval } from '../python/natives/context';
import { native, nativeClass } from '../python/natives/native';
import { PyDict, PyInstance, PyModule, type PyValue, Unknown } from '../python/values/values';

/** `importlib`: modules by names that are computed. */
export function importlibModule(ctx: Context): Record<string, PyValue> {
  return {
    import_module: native('name, package=None', (own, args) => {
      const name = args.string('name');
      const [dots = ''] = /^\.*/.exec(name) ?? [];
      const below = name.slice(dots.length);
      const from = args.get('package');
      if (typeof from !== 'string' || dots === '') return own.importModule(below, dots.length);
      // A dot is the package itself, each more one above it.
      const parts = from.split('.');
      return own.importModule([...parts.slice(0, parts.length + 1 - dots.length), below].filter(Boolean).join('.'), 0);
    }),
    util: ctx.nativeModule('importlib.util') ?? null,
    metadata: ctx.nativeModule('importlib.metadata') ?? null,
  };
}

export function importlibUtil(ctx: Context): Record<string, PyValue> {
  const spec = nativeClass('ModuleSpec', [ctx.classes.object], {}, 'importlib');
  return {
    find_spec: native('name, package=None', function* (own, args): Eval<PyValue> {
      return (yield* own.hasModule(args.string('name'))) ? new PyInstance(spec) : null;
    }),
  };
}

export function importlibMetadata(ctx: Context): Record<string, PyValue> {
  const unknownMember = (name: string): PyValue =>
    new Unknown(say('importlib.metadata.{0} asks the machine that runs the program', name), ctx.range);
  const missing = ctx.classes.exceptions.get('ModuleNotFoundError') ?? ctx.classes.object;
  return {
    packages_distributions: native('', () => new PyDict()),
    version: native('distribution_name', function* (own, args): Eval<PyValue> {
      const name = args.string('distribution_name');
      const module = name.replaceAll('-', '_');
      if (!(yield* own.hasModule(module))) {
        // A distribution may be called otherwise than what it holds.
        return name === module
          ? own.raise('ModuleNotFoundError', `No package metadata was found for ${name}`)
          : unknownMember('version');
      }
      const loaded = yield* own.importModule(module, 0);
      const version = loaded instanceof PyModule ? own.lookup(loaded, '__version__') : undefined;
      return typeof version === 'string' ? version : unknownMember('version');
    }),
    metadata: unknownMember('metadata'),
    PackageNotFoundError: missing,
  };
}
