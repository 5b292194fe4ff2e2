import type { Graph, SourceRange } from '../graph/types';
import { say, sentence } from '../language/say';
import { PreludeSource } from '../prelude/index';
import { defaultBudget } from '../python/natives/budget';
import { ExtractionError } from '../python/natives/errors';
import { Files } from '../python/run/files';
import type { Expr, Program } from '../python/syntax/ast';
import { PythonError } from '../python/values/values';
import { shortName } from '../source/path';
import { Attempt, type ExtractRequest } from './attempt';
import type { ArgumentOrigin } from './caller';
import { readElsewhere } from './elsewhere';
import { NeedsArgument, NoModel } from './entry';
import { type ParsedSetting, parseSettings } from './given';
import type { InputGuess, InputOrigin } from './guess';
import { type ModelCandidate, rankModels } from './models';
import type { ReadablePart } from './obstacles';
import { parseExpression } from './parse';
import { describe, type ExtractionProblem, isShapeProblem } from './problems';
import { specsOf, type TracedModel } from './search';
import { aliasesIn } from './slice';
import { formatInputSpecs, type InputSpec } from './spec';
import { readAsBefore, WholeSearch } from './wholes';
import type { Within } from './within';

export type { ExtractRequest } from './attempt';
export { listModels, type ModelCandidate } from './models';
export type { ReadablePart } from './obstacles';
export type { ExtractionProblem } from './problems';
export { type InputSpec, parseInputSpec } from './spec';

export type Extraction =
  | {
      readonly ok: true;
      readonly graph: Graph;
      /** What was read: `resnet18()`. */
      readonly expression: string;
      /** What the model was read with. */
      readonly inputs: readonly InputSpec[];
      /** How the input's shape was found. */
      readonly inputOrigin: InputOrigin;
      /** Whether the code may do something else in training. */
      readonly hasModes: boolean;
      /** The larger model in which it was found, where it could not be read alone. */
      readonly within?: Within;
      /** Where the model's arguments are from; absent: they were given, or are its defaults. */
      readonly argumentOrigin?: ArgumentOrigin;
      readonly milliseconds: number;
      readonly models: readonly ModelCandidate[];
    }
  | {
      readonly ok: false;
      readonly problem: ExtractionProblem;
      /** What else on the way through the model can't be read. */
      readonly others: readonly ExtractionProblem[];
      /** Submodules that can be read by themselves. */
      readonly parts: readonly ReadablePart[];
      readonly models: readonly ModelCandidate[];
    };

const asksForMode = /\btraining\b|\bdef (?:train|eval)\b|\.(?:train|eval)\(/;

/** Reads a model from its source text as a graph, without running it. Never rejects for what the text says. */
export async function extractModel(request: ExtractRequest): Promise<Extraction> {
  const first = await extractOne(request);
  if (request.expression !== undefined) return first;
  // A variable may turn out to hold something else.
  for (const { expression } of first.models.slice(1, 1 + MORE)) {
    if (first.ok || first.problem.kind !== 'no-model') break;
    const next = await extractOne({ ...request, expression });
    if (next.ok || next.problem.kind !== 'no-model') return next;
  }
  return first;
}

/** Candidates that are tried after the likeliest, where that is no model. */
const MORE = 3;

async function extractOne(request: ExtractRequest): Promise<Extraction> {
  const started = performance.now();
  const files = new Files(request.syntax, new PreludeSource(request.source));
  let models: readonly ModelCandidate[] = [];
  let program: Program | null = null;
  let attempt: Attempt | undefined;
  /** Where a variable's model is made with what is not known: what its class needs. */
  const unknownArguments = async (text: string, error: unknown): Promise<NeedsArgument | undefined> => {
    const of = models.find(({ expression }) => expression === text)?.of;
    const isUnknown = error instanceof ExtractionError && error.because !== undefined;
    const parsed = of !== undefined && isUnknown ? await parseExpression(request.syntax, of) : undefined;
    if (!parsed || of === undefined || !program) return undefined;
    const alone = new Attempt(request, files, program, { kind: 'expression', expression: parsed, text: of }, '');
    const refusal: unknown = await alone.run().then(
      () => undefined,
      (reason: unknown) => reason,
    );
    return refusal instanceof NeedsArgument ? refusal : undefined;
  };
  try {
    program = await files.program(request.file);
    if (!program) return failure('no-model', say('{0} cannot be read', shortName(request.file)), undefined, models);
    models = rankModels(program);
    const [example] = models;
    const text = request.expression?.trim() || example?.expression;
    if (!text) return noModel(request.file, program);
    const parsed = await parseExpression(request.syntax, text);
    if (!parsed) {
      const message = say(
        '"{0}" is not an expression; write a class, a builder or a call, such as {1}(num_classes=10)',
        text,
        example?.name ?? 'Net',
      );
      return failure('syntax', message, undefined, models);
    }
    const settings = await parseSettings(request.syntax, request.settings ?? []);
    const deadline = started + (request.budget?.milliseconds ?? defaultBudget.milliseconds);
    const source = (await files.text(request.file)) ?? '';
    const one = new Attempt(
      request,
      files,
      program,
      { kind: 'expression', expression: parsed, text },
      source,
      settings,
    );
    attempt = one;
    const readAround = async (): Promise<Found> => {
      try {
        return { ...(await one.run()), origin: one.origin };
      } catch (error) {
        const needs = error instanceof NeedsArgument ? error : await unknownArguments(text, error);
        const name = nameAlone(parsed);
        const open = needs?.callee ?? one.refused;
        const asked = open ?? (isInputProblem(error, one, request) ? name : undefined);
        let refusal: unknown = needs ?? error;
        if (asked !== undefined) {
          const names = aliasesIn(program?.body ?? [], asked);
          const read = await readElsewhere(request, files, [...names], needs?.mention, settings, deadline).catch(
            (reason: unknown) => {
              refusal = reason;
            },
          );
          if (read) return read;
        }
        if (name === undefined || asked === undefined) throw refusal;
        const part = { name, file: request.file };
        const result = await new WholeSearch(request, files, part, settings, deadline).run();
        if (result?.read) return { ...result.read, origin: result.attempt.origin, within: result.place };
        attempt = result?.attempt ?? one;
        refusal = result?.error ?? refusal;
        if (!needsInput(refusal)) throw refusal;
        attempt.anyShape = true;
        const read = await attempt.run().catch(() => {
          throw refusal;
        });
        return { ...read, origin: attempt.origin, within: result?.place };
      }
    };
    const { graph, guess, origin, within } = request.within
      ? await readAgain(request, request.within, files, settings, deadline)
      : await readAround();
    const milliseconds = performance.now() - started;
    const hasModes = await files.some((each) => asksForMode.test(each));
    return {
      ok: true,
      graph,
      expression: text,
      inputs: specsOf(guess),
      inputOrigin: guess.origin,
      hasModes,
      ...(origin && { argumentOrigin: origin }),
      ...(within && { within }),
      milliseconds,
      models,
    };
  } catch (error) {
    const told = describe(error, request.file, program);
    if (!told) throw error;
    const problem = withGuess(told, attempt?.failedGuess);
    const others = (await attempt?.obstacles(error)) ?? [];
    const described = others.flatMap((other) => describe(other, request.file, program) ?? []);
    const isSame = (other: ExtractionProblem) => other.message === problem.message;
    const parts = (await attempt?.parts()) ?? [];
    return { ok: false, problem, others: described.filter((other) => !isSame(other)), parts, models };
  }
}

interface Found extends TracedModel {
  readonly origin: ArgumentOrigin | undefined;
  readonly within?: Within | undefined;
}

/** A part of a larger model, as an earlier extraction found it. */
async function readAgain(
  request: ExtractRequest,
  within: Within,
  files: Files,
  settings: readonly ParsedSetting[],
  deadline: number,
): Promise<Found> {
  const result = await readAsBefore(request, files, within, settings, deadline);
  if (!result?.read) throw new NoModel(say('There is no {0} in this file', within.part.name));
  return { ...result.read, origin: result.attempt.origin, within };
}

/** The class or builder that an expression names, without arguments. */
function nameAlone(expression: Expr): string | undefined {
  const named = expression.kind === 'call' && expression.args.length === 0 ? expression.callee : expression;
  return named.kind === 'name' ? named.name : undefined;
}

const needsInput = (error: unknown) => error instanceof ExtractionError && error.kind === 'needs-input';

/** Whether a model failed by what it was fed with, which nobody gave. */
function isInputProblem(error: unknown, attempt: Attempt, { inputs, part }: ExtractRequest): boolean {
  if (inputs?.length || part !== undefined) return false;
  if (needsInput(error)) return true;
  return attempt.failedGuess !== undefined && (isShapeProblem(error) || error instanceof PythonError);
}

/** The problem with what was guessed, where another input may be the way out. */
function withGuess(problem: ExtractionProblem, guess: InputGuess | undefined): ExtractionProblem {
  if (!guess || !(problem.kind === 'shape' || problem.isRaised)) return problem;
  const input = formatInputSpecs(specsOf(guess));
  const how = guess.call ?? guess.detail;
  const message =
    guess.call !== undefined
      ? say(
          '{0}. The input is that of {1}: --input {2}; give another if that is not how the model is run',
          sentence(problem.message),
          how ?? '',
          input,
        )
      : say('{0}. The input was a guess; give yours in place of --input {1}', sentence(problem.message), input);
  return { ...problem, message, guessed: input };
}

function failure(
  kind: ExtractionProblem['kind'],
  message: string,
  source: SourceRange | undefined,
  models: readonly ModelCandidate[],
): Extraction {
  return { ok: false, problem: source ? { kind, message, source } : { kind, message }, others: [], parts: [], models };
}

function noModel(file: string, program: Program): Extraction {
  const [error] = program.errors;
  if (error) {
    const message = say(
      'No model was found in {0}, and the text at line {1} is not valid Python; complete it and try again',
      shortName(file),
      error.line + 1,
    );
    return failure('syntax', message, { file, ...error }, []);
  }
  const message = say(
    'There is no class derived from nn.Module and no function that returns one in {0}; open the file that defines the model, or name it: compare {1}:Net()',
    shortName(file),
    shortName(file),
  );
  return failure('no-model', message, undefined, []);
}
