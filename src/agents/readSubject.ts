/** Reads the model that a call names. */
import type { Extraction, ExtractionProblem } from '../extract/extract';
import { relocate, relocateGraph } from '../extract/relocate';
import { parseSetting, type Setting } from '../extract/settingText';
import { type InputSpec, parseInputSpec } from '../extract/spec';
import { parseSize } from '../fromOnnx/sizes';
import type { Graph } from '../graph/types';
import { formOf } from '../reader/forms';
import { MOST_PAGE, quote } from './bounded';
import type { ArgumentFields, ArgumentsOf } from './fields';
import type { AgentHost } from './host';
import { missing } from './refusals';
import type { Subject } from './subject';
import { ToolError } from './toolError';

export const modelFields = {
  model: {
    kind: 'text',
    longest: 2000,
    description:
      'Which model of the file: a class, a builder or a call, such as "ResNet", "resnet18()" or "Net(hidden=64)". By default the likeliest one.',
  },
  inputs: {
    kind: 'texts',
    longest: 2000,
    most: 32,
    description: 'Inputs of the model where the file does not tell them: "1x3x32x32", "2x16:int64", "mask=1x16:bool".',
  },
  settings: {
    kind: 'texts',
    longest: 2000,
    most: 64,
    description: 'Arguments that nothing in the project gives, such as "hidden=64" or "config.depth=2".',
  },
  part: {
    kind: 'text',
    longest: 1000,
    description: 'Path of a submodule to read instead of the whole model, such as "encoder.layers.0".',
  },
  for_input: {
    kind: 'flag',
    description: 'Read a model that goes by values (branches, masks, sizes) for one input.',
  },
  run_typescript: {
    kind: 'flag',
    description:
      'Must be true for TypeScript and JavaScript: such a model is read by running its code in a sealed interpreter (no files, no network). Python is never run.',
  },
} as const satisfies ArgumentFields;
export type ModelArguments = ArgumentsOf<typeof modelFields>;

export interface ModelRead {
  readonly extraction: Extract<Extraction, { ok: true }>;
  readonly batched?: Graph;
  readonly training?: Graph;
}

/**
 * @param compared for a comparison: also with a larger batch, and as it trains
 * @throws ToolError with what stands in the way, as data, and what to do about it
 */
export async function readSubject(
  host: AgentHost,
  subject: Subject,
  asked: ModelArguments,
  signal: AbortSignal,
  compared = false,
): Promise<ModelRead> {
  const { file, source, callers, cells, notebooks } = subject;
  const form = formOf(file);
  await admitCode(host, file, asked);
  // The reader tells a file that is not there as a model that is not there.
  const isThere = form === 'onnx' ? await hasBytes(subject) : await source.read(file).catch(() => true);
  if (!isThere) throw missing();
  const request = {
    file,
    expression: asked.model,
    part: asked.part,
    ...(asked.for_input && { forInput: true }),
    ...(asked.inputs && { inputs: asked.inputs.map(inputOf) }),
    ...(asked.settings && { settings: asked.settings.map((text) => settingIn(text, form === 'onnx')) }),
    choosesSizes: true,
    compared,
  };
  const read = await host.reader.read(request, {
    source,
    signal,
    callers: (...name) => callers(...name),
    urgent: true,
  });
  signal.throwIfAborted();
  const extraction = relocate(read.extraction, cells, notebooks());
  const [batched, training] = [read.batched, read.training].map(
    (graph) => graph && relocateGraph(graph, cells, notebooks()),
  );
  if (!extraction.ok) throw unreadError(subject, extraction);
  return { extraction, ...(batched && { batched }), ...(training && { training }) };
}

/** @throws ToolError where reading the model runs code that the caller, or the user, did not let be run */
export async function admitCode(
  host: AgentHost,
  file: string,
  { run_typescript }: Pick<ModelArguments, 'run_typescript'>,
): Promise<void> {
  if (formOf(file) !== 'tfjs') return;
  if (!run_typescript)
    throw new ToolError(
      'wrong-argument',
      'Reading this model runs its code, in a sealed interpreter.',
      'Where the user wants that, call again with run_typescript: true.',
    );
  if (!(await host.mayRun(file)))
    throw new ToolError('unavailable', 'The user did not let its code be run.', 'Go on without this model.');
}

/** An ONNX file is not read twice to see whether it is there: a source without bytes can't have any. */
const hasBytes = async ({ source, file }: Subject): Promise<boolean> =>
  (await source.bytes?.(file).catch(() => new Uint8Array(1))) !== undefined;

function inputOf(text: string): InputSpec {
  try {
    return parseInputSpec(text);
  } catch (error) {
    throw unfit('inputs', text, error, 'Write a shape such as 1x3x32x32 or 2x16:int64.');
  }
}

function settingIn(text: string, isSize: boolean): Setting {
  try {
    const size = isSize ? parseSize(text) : parseSetting(text);
    if (!size) throw new Error('no size');
    return size;
  } catch (error) {
    throw unfit('settings', text, error, 'Write a name and a value, such as hidden=64.');
  }
}

const unfit = (argument: string, given: string, error: unknown, next: string) =>
  new ToolError('wrong-argument', `An entry of ${argument} can not be read.`, next, {
    given: quote(given),
    reason: quote(error instanceof Error ? error.message : String(error)),
  });

function unreadError(
  subject: Subject,
  { problem, others, parts, models }: Extract<Extraction, { ok: false }>,
): ToolError {
  const problems = [problem, ...others].slice(0, 5).map(({ message, source }) => ({
    message: quote(message),
    ...(source && { place: subject.place(source) }),
  }));
  return new ToolError('unreadable', 'The model can not be read as it is.', nextFor(problem), {
    kind: problem.kind,
    problems,
    ...(problem.draft !== undefined && { draft: quote(problem.draft) }),
    ...(problem.parameters && { parameters: problem.parameters.slice(0, MOST_PAGE).map((name) => quote(name, 200)) }),
    ...(problem.sizes && {
      sizes: problem.sizes.slice(0, MOST_PAGE).map(({ name, text }) => quote(`${name}=${text}`)),
    }),
    ...(problem.guessed !== undefined && { guessedInput: quote(problem.guessed) }),
    ...(parts.length > 0 && { parts: parts.slice(0, 10).map(({ path }) => quote(path)) }),
    ...(models.length > 0 && { models: models.slice(0, 10).map(({ expression }) => quote(expression)) }),
  });
}

function nextFor({ kind, parameters, sizes, goesByValues, guessed }: ExtractionProblem): string {
  if (goesByValues) return 'Call again with for_input: true, or name one of `parts` in part.';
  if (sizes?.length) return 'Give the open sizes in settings, each as `sizes` has it.';
  if (parameters?.length)
    return 'Write the call that builds it in model, as in `draft`, or give `parameters` in settings.';
  if (kind === 'needs-input') return 'Give the shape of each input in inputs.';
  if (guessed !== undefined) return 'The input was a guess, see `guessedInput`: give the shapes in inputs.';
  if (kind === 'no-model') return 'Name one of `models` in model, or give a file that defines a model.';
  if (kind === 'syntax') return 'Complete the code at the place of the first problem.';
  return 'Mend the code at the place of the first problem, name one of `parts` in part, or export the model to ONNX and give that file.';
}
