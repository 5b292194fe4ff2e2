/** What PyTorch itself refuses in a model: its own words, the place, and the shapes that met. */
import type { Fault, FaultBasis, FaultOperand, RunningCall } from '../graph/fault';
import type { SourceRange } from '../graph/types';
import { ExtractionError } from '../python/natives/errors';
import { type TracedTensor, traceOf } from '../python/natives/trace';
import type { Interpreter } from '../python/run/interpreter';
import { type PyInstance, PythonError } from '../python/values/values';
import { framework } from '../torch/framework';
import { suggestAmong } from '../torch/names';
import { decisiveIn, featuresIn, isOfDtype, tellAsPyTorch } from './decisive';

/** An error that may be a fault. */
export interface Suspect extends Omit<Fault, 'basis' | 'call' | 'source'> {
  /** The innermost place in the model's file; absent where it was not entered. */
  readonly source: SourceRange | undefined;
  /** The place, and what of the message decides: the same fault has the same. */
  readonly key: string;
  /** A name is missing that code elsewhere may set. */
  readonly isOpen: boolean;
  /** It is about what a number is, or about what is None: another input may have it otherwise. */
  readonly isOfInput: boolean;
  /** Several inputs meet there, or what does is not known: they may only have been guessed not to fit. */
  readonly mixesInputs: boolean;
}

/** Exceptions over how a model is written; others are about data, files and what stands elsewhere. */
const TOLD: ReadonlySet<string> = new Set([
  'RuntimeError',
  'ValueError',
  'TypeError',
  'AttributeError',
  'IndexError',
  'AssertionError',
  'NotImplementedError',
]);

/**
 * The fault that an error may be.
 * @param file whose model is read
 * @param model as far as it was made
 * @returns undefined where the code raised it itself or may catch it, or it is an obstacle of ours
 */
export function suspectIn(
  error: unknown,
  file: string,
  ctx: Interpreter,
  model: PyInstance | undefined,
): Suspect | undefined {
  const trace = traceOf(error);
  const isTold =
    error instanceof PythonError ? TOLD.has(error.type) : error instanceof ExtractionError && error.kind === 'shape';
  if (!isTold || !trace || trace.isWritten || trace.isGuarded || ctx.absent.size > 0) return undefined;
  const source = trace.frames.find((frame) => frame.file === file);
  const message = tellAsPyTorch((error as Error).message);
  if (!isCertainlyTold(message, trace.choices !== undefined)) return undefined;
  const meant = findMeant(message, trace.choices);
  const multiple = multipleBehind(trace.operands?.[0], ctx);
  return {
    message,
    source,
    ...layersAround(trace.operands ?? [], trace.path, ctx, model),
    ...(meant && { meant }),
    ...(multiple !== undefined && { multiple }),
    key: `${source?.line}:${source?.column} ${decisiveIn(message)}`,
    isOpen: /object has no attribute/.test(message) && !meant,
    isOfInput: /NoneType/.test(message) || isOfDtype(message),
    mixesInputs: !isOfNames(message) && countInputs(trace.operands, ctx) !== 1,
  };
}

/** Conditions of ours that are narrower than PyTorch's, and what its autocast makes right. */
const OWN =
  /^Expected src |^scaled_dot_product_attention: query|^input \d+ is missing|must have the same dtype|should be the same$|^expected scalar type/;

/**
 * Whether a message is about what is known whole: attributes of the user's own objects, and of PyTorch's tensors and
 * namespaces; arguments of functions of the code's own and of layers.
 * @param isListed whether the names are known that would be right
 */
function isCertainlyTold(message: string, isListed: boolean): boolean {
  const attribute = /^(.*) has no attribute '(.*?)'/.exec(message);
  if (attribute) {
    const [, owner = '', name = ''] = attribute;
    return !name.startsWith('_') && (isListed || /^module 'torch\b/.test(owner) || owner === "'Tensor' object");
  }
  if (/\(\) (?:got|takes|missing) /.test(message)) return /\.\w+\(\) /.test(message);
  return !OWN.test(message);
}

/** Whether an error is about names and arguments: no input has to do with it. */
const isOfNames = (message: string): boolean => /has no attribute|\(\) (?:got|takes|missing) /.test(message);

/** How many of the model's inputs are behind the tensors that met. */
function countInputs(operands: readonly TracedTensor[] = [], { graph }: Interpreter): number {
  return new Set(operands.flatMap(({ value }) => (value === undefined ? [] : graph.inputsBehind(value)))).size;
}

/** What is told of a suspect; undefined where nothing of the file has to do with it. */
export function faultFrom(suspect: Suspect, basis: FaultBasis, call?: RunningCall): Fault | undefined {
  const { key: _, isOpen: __, isOfInput: ___, mixesInputs: ____, source: own, multiple, ...fault } = suspect;
  const source = own ?? call?.source;
  const isOfAll = basis === 'every-input' && multiple !== undefined;
  return source && { ...fault, source, basis, ...(call && { call }), ...(isOfAll && { multiple }) };
}

/** Whether another input ends in the same fault; features that are a multiple of some number never fit what is none. */
export function isSameFault(fault: Suspect, other: Suspect | undefined): boolean {
  if (!other) return false;
  if (fault.key === other.key) return true;
  const [features, others] = [featuresIn(fault.message), featuresIn(other.message)];
  const { multiple, source } = fault;
  if (!features || multiple === undefined || other.multiple !== multiple) return false;
  const isAtSamePlace = source && other.source && isSamePlace(source, other.source);
  return isAtSamePlace === true && features.wanted === others?.wanted && features.wanted % multiple !== 0;
}

/** The tensors that met and the layer in which, with where each is from. */
function layersAround(
  operands: readonly TracedTensor[],
  path: string | undefined,
  ctx: Interpreter,
  model: PyInstance | undefined,
): Pick<Suspect, 'operands' | 'layer'> {
  const places = model ? framework.places(ctx, model) : new Map<string, never>();
  const parameters = model ? framework.state(ctx, model) : [];
  const site = (name: string) => places.get(name.slice(0, Math.max(0, name.lastIndexOf('.'))))?.place;
  const described = operands.map(({ type: { shape }, value }): FaultOperand => {
    if (value === undefined) return { shape, from: 'value' };
    const storage = ctx.graph.storageOf(value);
    const name = parameters.find((each) => each.storage === storage)?.name;
    if (storage !== undefined && name !== undefined)
      return { shape, from: 'parameter', name, ...(site(name) && { source: site(name) }) };
    const maker = ctx.graph.producerOf(value);
    const [input] = maker ? [] : ctx.graph.inputsBehind(value);
    if (input !== undefined) return { shape, from: 'input', name: input };
    const isOfLayer = isWidthOfLayer(value, ctx);
    return { shape, from: 'value', ...(maker?.source && { source: maker.source }), ...(isOfLayer && { isOfLayer }) };
  });
  const placed = path === undefined ? undefined : places.get(path);
  if (path === undefined || !placed || !model || !moduleAt(model, path)?.cls.native) return { operands: described };
  const count = [...places.values()].filter(({ place }) => isSamePlace(place, placed.place)).length;
  return { operands: described, layer: { path, name: placed.name, site: placed.place, count } };
}

function moduleAt(model: PyInstance, path: string): PyInstance | undefined {
  let at = model;
  for (const name of path === '' ? [] : path.split('.')) {
    const below = at.fields.get(name) ?? null;
    if (typeof below !== 'object' || below === null || !('fields' in below)) return undefined;
    at = below as PyInstance;
  }
  return at;
}

const isSamePlace = (a: SourceRange, b: SourceRange): boolean =>
  a.file === b.file && a.line === b.line && a.column === b.column;

/** What was meant by a name that an error says isn't there. */
function findMeant(message: string, choices: (() => Iterable<string>) | undefined): Fault['meant'] {
  const written = /(?:has no attribute|unexpected keyword argument) '([^']+)'/.exec(message)?.[1];
  if (written === undefined) return undefined;
  const told = /Did you mean: '([^']+)'/.exec(message)?.[1];
  const name = told ?? (choices && suggestAmong(choices(), written));
  return name === undefined ? undefined : { written, name };
}

/** Operations that leave as many features as they find. */
const KEEPING = /^(?:activation|dropout|unary|cast)$/;
/** Those that leave as many channels. */
const SCALING =
  /^(?:activation|dropout|unary|cast|batch_norm|group_norm|layer_norm|max_pool|avg_pool|adaptive_pool|resize)$/;

/** Whether it is the number of a layer's outputs that does not fit: as well as the next layer it may be at fault. */
function isWidthOfLayer(value: number, { graph }: Interpreter): boolean {
  for (let at = value, depth = 0; depth < 20; depth++) {
    const node = graph.producerOf(at);
    const [input] = node?.inputs ?? [];
    if (node && /^(?:linear|conv|conv_transpose|embedding|recurrent)$/.test(node.op.kind)) return true;
    if (!node || input === undefined || input === null || !SCALING.test(node.op.kind)) return false;
    at = input;
  }
  return false;
}

/** What the number of a tensor's features is a multiple of, where they are channels and what lies behind them, flattened. */
function multipleBehind(operand: TracedTensor | undefined, { graph }: Interpreter): number | undefined {
  for (let value = operand?.value, depth = 0; value !== undefined && depth < 10; depth++) {
    const node = graph.producerOf(value);
    const [input] = node?.inputs ?? [];
    if (!node || input === undefined || input === null) return undefined;
    const { shape } = graph.type(input);
    if (node.op.kind === 'reshape') {
      const [batch, channels, ...rest] = shape;
      const out = graph.type(value).shape;
      const isFlat = out.length === 2 && out[0] === batch && rest.length > 0 && rest.some((size) => size > 1);
      return isFlat ? channels : undefined;
    }
    if (!KEEPING.test(node.op.kind)) return undefined;
    value = input;
  }
  return undefined;
}
