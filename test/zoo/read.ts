import type { Extraction } from '../../src/extract/extract';
import { formatInputSpecs } from '../../src/extract/spec';
import { countParameters } from '../../src/graph/swap';
import type { Graph, NamedValue } from '../../src/graph/types';
import type { Reader } from '../../src/reader/reader';
import type { Source } from '../../src/source/source';
import type { ZooModel } from './find';
import type { Question, ReadQuestion, Verdict } from './judge';

/** What came of reading a model alone. */
export interface Outcome extends ZooModel {
  /** A graph; a question that a person can answer; a refusal; or an end from outside. */
  readonly outcome: 'read' | 'question' | 'refused' | 'timeout' | 'crash';
  readonly problem?: string;
  readonly message?: string;
  readonly milliseconds: number;
  readonly parameters?: number;
  readonly origin?: string;
  /** As `--input` takes them. */
  readonly inputs?: string;
  readonly outputs?: ReadQuestion['outputs'];
  readonly notes?: readonly string[];
  /** The larger model in which it was found. */
  readonly within?: string;
  /** The call with sizes that were chosen, where nothing builds the model. */
  readonly chosen?: string;
  /** Of what goes by values: what came of reading it for one input, 'read' or why it was not. */
  readonly forInput?: string;
  verdict?: Verdict;
}

/** Problems whose way out is something to say: an argument, an input, another name. */
const QUESTIONS = new Set<string>(['needs-argument', 'needs-input', 'no-model']);

/** Reads `FILE:NAME` and nothing else, within a time. */
export async function readAlone(
  reader: Reader,
  source: Source,
  model: ZooModel,
  milliseconds: number,
  /** Files of the checkout that may call a name, as the terminal looks for them. */
  callers: (name: string, file: string) => Promise<readonly string[]>,
): Promise<{ outcome: Outcome; question?: Question }> {
  const started = performance.now();
  const end = new AbortController();
  const timer = setTimeout(() => end.abort(), milliseconds);
  const spent = () => Math.round(performance.now() - started);
  try {
    const request = { file: model.file, expression: model.name, choosesSizes: true };
    const { extraction } = await reader.read(request, { source, signal: end.signal, callers });
    if (end.signal.aborted)
      return { outcome: { ...model, outcome: 'timeout', message: 'the time limit', milliseconds: spent() } };
    const found = describe(model, extraction, spent());
    if (extraction.ok || !extraction.problem.goesByValues) return found;
    const again = await reader.read({ ...request, forInput: true }, { source, signal: end.signal, callers });
    const forInput = again.extraction.ok ? 'read' : again.extraction.problem.message;
    return { ...found, outcome: { ...found.outcome, forInput } };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return { outcome: { ...model, outcome: 'crash', message, milliseconds: spent() } };
  } finally {
    clearTimeout(timer);
  }
}

function describe(
  model: ZooModel,
  extraction: Extraction,
  milliseconds: number,
): { outcome: Outcome; question?: Question } {
  if (!extraction.ok) {
    const { kind, message, guessed } = extraction.problem;
    // Where the input was a guess, another is the way out.
    const outcome = QUESTIONS.has(kind) || guessed !== undefined ? 'question' : 'refused';
    const question: Question = { file: model.file, expression: model.name, refused: true };
    return {
      outcome: { ...model, outcome, problem: kind, message, milliseconds },
      ...(outcome === 'refused' && { question }),
    };
  }
  const { graph, inputOrigin } = extraction;
  const built = graph.notes.find(({ message, source }) => source && /is built with/.test(message))?.source;
  const question: ReadQuestion = {
    file: model.file,
    expression: extraction.expression,
    ...(built && { line: built.line + 1, lineFile: built.file }),
    // Settings are told in words alone.
    ...(!built && extraction.argumentOrigin && extraction.expression === model.name && { settings: true }),
    ...(extraction.within && { within: extraction.within }),
    parameters: countParameters(graph).all,
    tensors: graph.state
      .filter(({ persistent }) => persistent)
      .map(({ name, storage }) => ({ name, shape: graph.storages[storage]?.type.shape ?? [] })),
    inputs: extraction.inputs,
    outputs: typesOf(graph, graph.outputs).map(({ shape }) => shape),
  };
  const { parameters, inputs, outputs } = question;
  const notes = graph.notes.map(({ message }) => message);
  const outcome = {
    ...model,
    outcome: 'read' as const,
    milliseconds,
    parameters,
    origin: inputOrigin,
    inputs: formatInputSpecs(inputs),
    outputs,
    notes,
    // Settings are told in words alone.
    ...(!built && extraction.argumentOrigin && extraction.expression === model.name && { settings: true }),
    ...(extraction.within && { within: extraction.within.text }),
    ...(extraction.expression !== model.name && { chosen: extraction.expression }),
  };
  return { outcome, question };
}

function typesOf(graph: Graph, values: readonly NamedValue[]) {
  return values.flatMap(({ name, value }) => {
    const type = graph.values[value]?.type;
    return type ? [{ name, dtype: type.dtype, shape: type.shape }] : [];
  });
}
