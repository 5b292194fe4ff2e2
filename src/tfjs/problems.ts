import type { ExtractionProblem } from '../extract/extract';
import type { SourceRange } from '../graph/types';
import { lines, MESSAGE } from '../language/legible';
import { list, say, sentence } from '../language/say';
import { shortName } from '../source/path';
import type { OpenShapes } from './outcome';
import { argumentIn, translatePhrases } from './phrases';
import type { GuestAnswer, GuestFault, GuestProblem } from './request';
import type { SealedError } from './sealed';

/** The arguments that are named in what is not known. */
function argumentsIn(reasons: readonly string[]): string[] {
  return [...new Set(reasons.flatMap((reason) => argumentIn(reason) ?? []))];
}

const placeFields = (source: SourceRange | undefined) => (source ? { source } : {});

/** Where a model comes from that is not in the workspace. */
export const REMOTE = /^(?:https?|indexeddb|localstorage|downloads):/i;

/** What a reading is about, for its messages. */
export interface ProblemContext {
  readonly file: string;
  readonly expression: string;
  /** The call with places for the arguments that nobody gave. */
  readonly draft: string | undefined;
  readonly needed: readonly string[];
  placeOf(at: string | undefined): SourceRange | undefined;
  /** The call that failed, else the statement that it stands in. */
  placeOfFault(fault: GuestFault): SourceRange | undefined;
}

/** A problem of the guest's in words for people. */
export function problemOf(problem: GuestProblem, answer: GuestAnswer, context: ProblemContext): ExtractionProblem {
  const source = context.placeOf(problem.at);
  const reasons = problem.why === undefined ? answer.touched : [problem.why, ...answer.touched];
  const open = argumentsIn(reasons);
  switch (problem.kind) {
    case 'needs-file': {
      const path = problem.what ?? '';
      const message = REMOTE.test(path)
        ? say(
            'The model is loaded from {0}, and nothing here reads the network. Download its model.json with the files beside it into the workspace, and load it from there',
            path,
          )
        : say('There is no {0} in the workspace to load the model from; put its model.json there', path);
      return { kind: 'unsupported', message, ...placeFields(source) };
    }
    case 'no-model': {
      const message = say(
        '{0} gives no TensorFlow.js model; name a function that builds one, a class or a variable that holds one',
        context.expression,
      );
      const [fault] = answer.faults;
      if (!fault) return { kind: 'no-model', message };
      // What stopped the file's own code may be why.
      const told = say(
        '{0}. A statement of the file failed: {1}',
        sentence(message),
        sentence(translatePhrases(fault.message)),
      );
      return { kind: 'no-model', message: told, ...placeFields(context.placeOfFault(fault)) };
    }
    case 'needs-input':
      return {
        kind: 'needs-input',
        message: say(
          'Nothing tells what {0} is given. Write the shapes of its inputs, batch first',
          context.expression,
        ),
      };
    case 'not-known':
    case 'raised':
    case 'value':
    case 'unsupported': {
      const because = reasonOf(problem, context.expression);
      if (open.length > 0) return needsArguments(open, because, source, context);
      const message = wayOut(problem, because);
      return {
        kind: 'unsupported',
        message,
        ...placeFields(source),
        ...(problem.kind === 'raised' && { isRaised: true }),
      };
    }
  }
}

/** What the guest ran into. */
function reasonOf({ kind, message, what, why }: GuestProblem, expression: string): string {
  if (kind === 'not-known')
    return say(
      '{0} is not known: it comes from {1}',
      translatePhrases(what ?? expression),
      translatePhrases(why ?? ''),
    );
  const told = translatePhrases(message);
  if (kind === 'raised' && why !== undefined)
    return say('{0} ({1} is not known)', sentence(told), translatePhrases(why));
  return lines(told, MESSAGE);
}

function wayOut({ kind }: GuestProblem, because: string): string {
  if (kind === 'not-known')
    return say('{0}, which no file tells. Name a call that gives it, such as createModel(10)', sentence(because));
  if (kind === 'value')
    return say(
      '{0}. The model is read without data: what goes by the values of tensors is known only when it runs',
      sentence(because),
    );
  return because;
}

function needsArguments(
  met: readonly string[],
  because: string,
  source: SourceRange | undefined,
  { file, expression, draft, needed }: ProblemContext,
): ExtractionProblem {
  const names = [...new Set([...needed, ...met])];
  const message = say(
    '{0} needs {1}, which nothing in {2} or the files that call it gives ({3}); write the call with values',
    expression,
    list(names),
    shortName(file),
    sentence(because),
  );
  return {
    kind: 'needs-argument',
    message,
    parameters: names,
    ...(draft !== undefined && { draft }),
    ...placeFields(source),
  };
}

/** What is asked where a decision on something unknown makes another model. */
export function undecidedProblem(
  what: { readonly text: string; readonly range: SourceRange; readonly why: string },
  context: ProblemContext,
): ExtractionProblem {
  const open = argumentsIn([what.why]);
  const message = say(
    'What the model is depends on “{0}”, and {1} is not known',
    what.text,
    translatePhrases(what.why),
  );
  if (open.length > 0) return needsArguments(open, message, what.range, context);
  return { kind: 'unsupported', message, source: what.range };
}

/** Sizes that the model leaves open. */
export function openShapesProblem({ inputs }: OpenShapes, expression: string): ExtractionProblem {
  const shapes = inputs.map(({ name, shape }) => `${name} ${shape.map((size) => size ?? '?').join('×')}`);
  return {
    kind: 'needs-input',
    message: say('{0} leaves sizes of its input open: {1}. Write them, batch first', expression, list(shapes)),
  };
}

/** What a limit ended. */
export function sealedProblem({ end }: SealedError, file: string): ExtractionProblem {
  const name = shortName(file);
  const message =
    end === 'time'
      ? say(
          'Reading {0} was ended: its code ran for longer than {1} s. Name the function that builds the model',
          name,
          3,
        )
      : end === 'memory'
        ? say('Reading {0} was ended: its code needs more than {1} MB of memory', name, 128)
        : end === 'depth'
          ? say('Reading {0} was ended: its calls nest too deeply', name)
          : say('Reading {0} was ended: its code broke off', name);
  return { kind: 'budget', message };
}
