/** What was under way when an error was raised: kept on the error, for whoever tells what it is about. */
import type { SourceRange, TensorType, ValueId } from '../../graph/types';
import { PyList, PyTensor, PyTuple, PythonError, type PyValue } from '../values/values';
import { ExtractionError } from './errors';

/** A tensor that an operation was given which refused it. */
export interface TracedTensor {
  readonly type: TensorType;
  /** Absent where its elements are known: nothing in the graph makes it. */
  readonly value?: ValueId;
}

export interface ErrorTrace {
  /** Where Python's code stood, innermost first. */
  readonly frames: SourceRange[];
  /** Of the innermost operation of a library. */
  operands?: readonly TracedTensor[];
  /** The module that was run, innermost. */
  path?: string;
  /** The code raised it itself, by `raise` or `assert`. */
  isWritten?: true;
  /** It went through a `try` that has handlers: Python may catch what we don't. */
  isGuarded?: true;
  /** Names that would have been right in place of one that isn't. */
  choices?: () => Iterable<string>;
}

const traces = new WeakMap<object, ErrorTrace>();

/** What is kept of an error; undefined where it is none of the evaluated code's. */
export const traceOf = (error: unknown): ErrorTrace | undefined =>
  typeof error === 'object' && error !== null ? traces.get(error) : undefined;

function traceFor(error: unknown): ErrorTrace | undefined {
  if (!(error instanceof PythonError || error instanceof ExtractionError)) return undefined;
  let trace = traces.get(error);
  if (!trace) {
    trace = { frames: [] };
    traces.set(error, trace);
  }
  return trace;
}

/** More than anyone looks at. */
const MOST_FRAMES = 64;

/** Notes where a body of code stood that an error ended. */
export function traceFrame(error: unknown, range: SourceRange | undefined): void {
  const trace = range && traceFor(error);
  if (range && trace && trace.frames.length < MOST_FRAMES) trace.frames.push(range);
}

/** Notes the module whose run an error ended; the innermost stays. */
export function tracePath(error: unknown, path: string): void {
  const trace = traceFor(error);
  if (trace) trace.path ??= path;
}

/** Notes the tensors that an operation refused; those of the innermost stay. */
export function traceOperands(error: unknown, operands: () => readonly TracedTensor[]): void {
  const trace = traceFor(error);
  if (trace) trace.operands ??= operands();
}

/** Notes that the code itself raised an error. */
export function traceWritten<E>(error: E): E {
  const trace = traceFor(error);
  if (trace) trace.isWritten = true;
  return error;
}

/** Notes that handlers stood around what an error ended. */
export function traceGuarded<E>(error: E): E {
  const trace = traceFor(error);
  if (trace) trace.isGuarded = true;
  return error;
}

/** Notes which names there are where one was not found. */
export function traceChoices<E>(error: E, choices: () => Iterable<string>): E {
  const trace = traceFor(error);
  if (trace) trace.choices ??= choices;
  return error;
}

/** The tensors among arguments, and those in lists of them: one list deep, since a list may hold itself. */
export function tensorsAmong(args: readonly PyValue[]): TracedTensor[] {
  const told = args.flatMap((arg) =>
    arg instanceof PyList || arg instanceof PyTuple ? arg.items.slice(0, MOST_FRAMES) : [arg],
  );
  return told.flatMap((arg) =>
    arg instanceof PyTensor ? [arg.data ? { type: arg.type } : { type: arg.type, value: arg.value }] : [],
  );
}
