import { say } from '../language/say';
import { type Eval, native, nativeClass } from '../python/natives/native';
import { importModule } from '../python/run/imports';
import { type Interpreter, moduleKey } from '../python/run/interpreter';
import { Scope } from '../python/values/scope';
import { PyInstance, PyModule, type PyValue, Unknown } from '../python/values/values';
import { standardModule } from './index';

/** The scope of an import that code makes where it runs. */
function here(ctx: Interpreter): Scope {
  return new Scope('function', undefined, new PyModule(ctx.file, ctx.file));
}

/** `importlib`: modules by names that are computed. */
export function importlibModule(ctx: Interpreter): Record<string, PyValue> {
  return {
    import_module: native('name, package=None', function* (_, args): Eval<PyValue> {
      const name = args.string('name');
      const [dots = ''] = /^\.*/.exec(name) ?? [];
      return yield* importModule(ctx, name.slice(dots.length), dots.length, here(ctx));
    }),
    util: moduleOf(ctx, 'importlib.util'),
    metadata: moduleOf(ctx, 'importlib.metadata'),
  };
}

function moduleOf(ctx: Interpreter, name: string): PyValue {
  return standardModule(ctx, name) ?? null;
}

export function importlibUtil(ctx: Interpreter): Record<string, PyValue> {
  const spec = nativeClass('ModuleSpec', [ctx.classes.object], {}, 'importlib');
  return {
    find_spec: native('name, package=None', function* (_, args): Eval<PyValue> {
      const module = args.string('name');
      const isBuiltIn = ctx.libraryModule(module) ?? standardModule(ctx, module) ?? ctx.library.owns(module);
      if (isBuiltIn) return new PyInstance(spec);
      const from = ctx.file;
      const key = moduleKey(from, module, 0);
      if (!ctx.texts.has(key)) yield { kind: 'text', from, module, level: 0 };
      return typeof ctx.texts.get(key) === 'string' ? new PyInstance(spec) : null;
    }),
  };
}

export function importlibMetadata(ctx: Interpreter): Record<string, PyValue> {
  const unknown = (name: string): PyValue =>
    new Unknown(say('importlib.metadata.{0} asks the machine that runs the program', name), ctx.range);
  return { version: unknown('version'), metadata: unknown('metadata'), PackageNotFoundError: unknown('error') };
}
