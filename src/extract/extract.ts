import type { Fault } from '../graph/fault';
import type { TensorTrace } from '../graph/trace';
import type { Graph, SourceRange } from '../graph/types';
import { say, sentence } from '../language/say';
import { PreludeSource } from '../prelude/index';
import { defaultBudget } from '../python/natives/budget';
import { Files } from '../python/run/files';
import type { Program } from '../python/syntax/ast';
import { shortName } from '../source/path';
import { AroundReader } from './around';
import type { ArgumentOrigin } from './caller';
import { parseSettings } from './given';
import type { InputGuess, InputOrigin } from './guess';
import { type ModelCandidate, rankModels } from './models';
import { lossNotes, namedLosses } from './namedLosses';
import type { NamedNumber } from './namedNumbers';
import type { ReadablePart } from './obstacles';
import { parseExpression } from './parse';
import { describe, type ExtractionProblem } from './problems';
import type { ExtractRequest } from './request';
import { specsOf } from './search';
import { formatInputSpecs, type InputSpec } from './spec';
import { withUsualNames } from './usualNames';
import type { Within } from './within';

export { listModels, type ModelCandidate } from './models';
export type { ReadablePart } from './obstacles';
export type { ExtractionProblem } from './problems';
export type { ExtractRequest } from './request';
export { type InputSpec, parseInputSpec } from './spec';

export type Extraction =
  | {
      readonly ok: true;
      readonly graph: Graph;
      /** What was read: `resnet18()`; with the arguments that were chosen where nothing gives any. */
      readonly expression: string;
      /** What the model was read with. */
      readonly inputs: readonly InputSpec[];
      /** How the input's shape was found. */
      readonly inputOrigin: InputOrigin;
      /** How many samples there are is ours, whatever else the file says of the shapes. */
      readonly ownBatch?: boolean;
      /** What was seen of tensors in the file's code, where it was asked for. */
      readonly trace?: TensorTrace;
      /** With it: the numbers that the model was built with, by name. */
      readonly numbers?: readonly NamedNumber[];
      /** Whether the code may do something else in training. */
      readonly hasModes: boolean;
      /** The larger model in which it was found, where it could not be read alone. */
      readonly within?: Within;
      /** A call of the file that it surely can't be run by. */
      readonly fault?: Fault;
      /** Where the model's arguments are from; absent: they were given, or are its defaults. */
      readonly argumentOrigin?: ArgumentOrigin;
      readonly milliseconds: number;
      readonly models: readonly ModelCandidate[];
    }
  | {
      readonly ok: false;
      readonly problem: ExtractionProblem;
      /** What it surely ends in, whatever it is fed with, or as its file feeds it. */
      readonly fault?: Fault;
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
  let around: AroundReader | undefined;
  try {
    const written = await files.program(request.file);
    program = written && withUsualNames(written);
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
    const budget = { ...defaultBudget, ...request.budget };
    const entry = { kind: 'expression', expression: parsed, text } as const;
    const of = models.find(({ expression }) => expression === text)?.of;
    around = new AroundReader({ request, budget, files, program, entry, source, settings }, of, deadline);
    const { graph, guess, trace, numbers, origin, within, expression = text } = await around.run();
    const milliseconds = performance.now() - started;
    const losses = namedLosses(program);
    const hasModes = await files.some((each) => asksForMode.test(each));
    return {
      ok: true,
      graph: losses.length > 0 ? { ...graph, losses, notes: [...graph.notes, ...lossNotes(losses)] } : graph,
      expression,
      inputs: specsOf(guess),
      inputOrigin: guess.origin,
      ...(guess.ownBatch && { ownBatch: true }),
      ...(trace && { trace, numbers }),
      hasModes,
      ...(origin && { argumentOrigin: origin }),
      ...(within && { within }),
      ...(around.fault?.basis === 'call' && { fault: around.fault }),
      milliseconds,
      models,
    };
  } catch (error) {
    const attempt = around?.attempt;
    const told = describe(error, request.file, program, attempt?.absent);
    if (!told) throw error;
    const problem = withGuess(told, attempt?.failedGuess);
    const others = (await attempt?.obstacles(error)) ?? [];
    const described = others.flatMap((other) => describe(other, request.file, program) ?? []);
    const isSame = (other: ExtractionProblem) => other.message === problem.message;
    const parts = (await attempt?.parts()) ?? [];
    const others_ = described.filter((other) => !isSame(other));
    const fault = around?.fault;
    return { ok: false, problem, others: others_, parts, models, ...(fault && { fault }) };
  }
}

/** The problem with what was guessed, where another input may be the way out. */
function withGuess(problem: ExtractionProblem, guess: InputGuess | undefined): ExtractionProblem {
  if (!guess || !(problem.kind === 'shape' || problem.isRaised)) return problem;
  const input = formatInputSpecs(specsOf(guess));
  const how = guess.call ?? guess.detail;
  const message =
    guess.call !== undefined
      ? say(
          '{0}. The input is that of {1}: {2}; give another if that is not how the model is run',
          sentence(problem.message),
          how ?? '',
          input,
        )
      : say('{0}. The input was a guess; give yours in place of {1}', sentence(problem.message), input);
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
    'There is no class derived from nn.Module and no function that returns one in {0}; open the file that defines the model, or name it: Net()',
    shortName(file),
  );
  return failure('no-model', message, undefined, []);
}
