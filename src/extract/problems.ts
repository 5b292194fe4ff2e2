import type { SourceRange } from '../graph/types';
import { ShapeError } from '../graph/types';
import { lines, MESSAGE } from '../language/legible';
import { say, sentence } from '../language/say';
import { ExtractionError, type ProblemKind } from '../python/natives/errors';
import type { Program } from '../python/syntax/ast';
import { PyInstance, PyTuple, PythonError, type PyValue } from '../python/values/values';
import { shortName } from '../source/path';
import { NeedsArgument, NoModel, UnusedSetting } from './entry';
import type { Setting } from './given';

export interface ExtractionProblem {
  /** Names the thing, the place and the way out. */
  readonly message: string;
  readonly source?: SourceRange;
  readonly kind: ProblemKind | 'no-model' | 'needs-argument';
  /** Where arguments are needed: the call with places for them, `Net(3, num_classes=)`. */
  readonly draft?: string;
  /** Python's own exception, raised while the model was built or run. */
  readonly isRaised?: true;
  /** What the model was fed with, where that was a guess and may be why it fails. */
  readonly guessed?: string;
  /** Code goes by values that only the run knows: the model may be read for one input (`forInput`). */
  readonly goesByValues?: true;
  /** The arguments that are needed. */
  readonly parameters?: readonly string[];
  /** Sizes that a file leaves open, each with what it might be. */
  readonly sizes?: readonly Setting[];
}

/** Whether another input might do better. */
export function isShapeProblem(error: unknown): boolean {
  if (error instanceof ExtractionError) return error.kind === 'shape';
  if (error instanceof PythonError) {
    return ['RuntimeError', 'ValueError', 'AssertionError', 'IndexError'].includes(error.type);
  }
  return error instanceof ShapeError;
}

/** The module whose absence an exception is about: it names it, or was raised where that was handled. */
function absentBehind(error: PythonError, missing: ReadonlySet<string>): string | undefined {
  const alike = (text: string) => text.toLowerCase().replaceAll('-', '_');
  const named = [...missing].find((name) =>
    alike(error.message)
      .split(/[^\w.]+/)
      .some((word) => word === alike(name) || word.startsWith(`${alike(name)}.`)),
  );
  let at: PyValue | undefined = error.instance ?? null;
  for (let depth = 0; at instanceof PyInstance && depth < 10; depth++) {
    const { fields, cls }: PyInstance = at;
    const [text] = fields.get('args') instanceof PyTuple ? (fields.get('args') as PyTuple).items : [];
    const found = cls.name === 'ModuleNotFoundError' ? /'([^']+)'/.exec(String(text))?.[1] : undefined;
    if (found !== undefined) return found;
    at = fields.get('__cause__') ?? fields.get('__context__');
  }
  return named;
}

/**
 * The problem that an error is, or undefined where it is a mistake of this program.
 * @param missing modules that the code expected to be missing, and that were
 */
export function describe(
  error: unknown,
  file: string,
  program: Program | null,
  missing: ReadonlySet<string> = new Set(),
): ExtractionProblem | undefined {
  const problem = (
    kind: ExtractionProblem['kind'],
    message: string,
    range: SourceRange | undefined,
  ): ExtractionProblem => {
    const where = range ? ` (${shortName(range.file)}:${range.line + 1})` : '';
    const full = lines(`${message}${where}`, MESSAGE);
    return range ? { kind, message: full, source: range } : { kind, message: full };
  };
  if (error instanceof NeedsArgument) {
    const example = error.parameters.map((name) => `${name}=…`).join(', ');
    const several = error.parameters.length > 1;
    const call = `${error.callee}(${example})`;
    const shown = error.needed.map(({ name, annotation }) => (annotation ? `${name}: ${annotation}` : name));
    const message = error.refusal
      ? say(
          'The defaults of {0} are not enough for {1} ({2}); set what is missing, or write it: {3}',
          error.parameters,
          error.callee,
          sentence(error.refusal),
          call,
        )
      : several
        ? say(
            '{0} needs the arguments {1}, which nothing in {2} gives; write them: {3}',
            error.callee,
            shown,
            shortName(file),
            call,
          )
        : say(
            '{0} needs the argument {1}, which nothing in {2} gives; write it: {3}',
            error.callee,
            shown,
            shortName(file),
            call,
          );
    return { ...problem('needs-argument', message, error.range), draft: error.draft, parameters: error.parameters };
  }
  if (error instanceof UnusedSetting) return problem('needs-argument', error.message, undefined);
  if (error instanceof NoModel) {
    const [broken] = program?.errors ?? [];
    if (broken) {
      const message = say('{0}; the text at line {1} is not valid Python', sentence(error.message), broken.line + 1);
      return problem('syntax', message, { file, ...broken });
    }
    const { message, isWhole } = error;
    const told = isWhole ? message : say('{0}; name a class or a builder of the file', sentence(message));
    return problem('no-model', told, undefined);
  }
  const [broken] = program?.errors ?? [];
  const uncertain = (error instanceof ExtractionError && error.kind === 'unsupported') || error instanceof PythonError;
  if (broken && uncertain) {
    // Half-typed code is the likelier cause.
    const message = say(
      'The text at {0}:{1} is not valid Python; complete it ({2})',
      shortName(file),
      broken.line + 1,
      sentence(error.message),
    );
    return { kind: 'syntax', message, source: { file, ...broken } };
  }
  if (error instanceof ExtractionError) {
    return { ...problem(error.kind, error.message, error.range), ...(error.goesByValues && { goesByValues: true }) };
  }
  if (error instanceof PythonError) {
    const absent = absentBehind(error, missing);
    const kind = isShapeProblem(error) && absent === undefined ? 'shape' : 'unsupported';
    const told = `${error.type}: ${error.message}`;
    const message =
      absent === undefined
        ? told
        : say(
            '{0}. {1} is neither in the workspace nor in a library folder that can be read (select the Python that has it, or name the folder)',
            told.replace(/\.$/, ''),
            absent,
          );
    return { ...problem(kind, message, error.range), isRaised: true };
  }
  if (error instanceof ShapeError) return problem('shape', error.message, undefined);
  if (error instanceof RangeError && /call stack/i.test(error.message)) {
    return problem('budget', say('The code is nested too deeply to be read; read a part of it'), undefined);
  }
  return undefined;
}
