import { GraphBuilder } from '../../src/graph/builder';
import { PreludeSource } from '../../src/prelude/index';
import { makeBuiltins } from '../../src/python/builtins/index';
import { type Budget, defaultBudget, Meter } from '../../src/python/natives/budget';
import type { Eval, Library } from '../../src/python/natives/context';
import { native } from '../../src/python/natives/native';
import { drive } from '../../src/python/run/driver';
import { Files } from '../../src/python/run/files';
import { loadModule } from '../../src/python/run/imports';
import { Interpreter } from '../../src/python/run/interpreter';
import type { Source, SourceText } from '../../src/source/source';
import { standardLibrary } from '../../src/stdlib/index';
import { testSyntax } from './syntax';

/** Files held in memory, with Python's rules for where a module's file is. */
export class MemorySource implements Source {
  constructor(private readonly files: Readonly<Record<string, string>>) {}

  async read(file: string): Promise<SourceText | undefined> {
    const text = this.files[file];
    return text === undefined ? undefined : { file, text, version: 1 };
  }

  async resolve(from: string, module: string, level: number): Promise<string | undefined> {
    const folder = from.split('/').slice(0, -1);
    const start = level === 0 ? [] : folder.slice(0, folder.length - level + 1);
    const base = [...start, ...module.split('.').filter((part) => part)].join('/');
    return [`${base}.py`, `${base}/__init__.py`].find((file) => file in this.files);
  }

  async locate(from: string, path: string): Promise<string | undefined> {
    const folder = from.split('/').slice(0, -1);
    return [...folder.keys(), folder.length]
      .map((length) => [...folder.slice(0, length), path].join('/'))
      .find((file) => file in this.files);
  }
}

/** Runs a file and returns the lines it printed. A statement that fails is printed as `!message`. */
export async function printed(
  files: Readonly<Record<string, string>>,
  file: string,
  budget: Partial<Budget> = {},
  libraries: readonly Library[] = [standardLibrary],
  /** `__name__` of the file. */
  name = 'snippet',
): Promise<string[]> {
  const sources = new Files(testSyntax(), new PreludeSource(new MemorySource(files)));
  const program = await sources.program(file);
  if (!program) throw new Error(`${file} is not there`);
  let output = '';
  await drive(function* (): Eval<null> {
    output = '';
    const meter = new Meter({ ...defaultBudget, ...budget }, () => performance.now(), undefined);
    const ctx = new Interpreter(new GraphBuilder(), meter, libraries, makeBuiltins(), file);
    ctx.sources = sources.programs;
    ctx.texts = sources.texts;
    ctx.builtins.set(
      'print',
      native("*args, sep=' ', end=None", (own, args) => {
        const text = args
          .rest('args')
          .map((value) => own.str(value))
          .join(args.string('sep'));
        output += text + (args.isNone('end') ? '\n' : args.string('end'));
        return null;
      }),
    );
    yield* loadModule(ctx, program, name, (message) => {
      output += `!${message}\n`;
    });
    return null;
  }, sources);
  const lines = output.split('\n');
  if (lines.at(-1) === '') lines.pop();
  return lines;
}
