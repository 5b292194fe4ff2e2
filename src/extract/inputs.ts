import type { TensorType } from '../graph/types';
import { say } from '../language/say';
import type { Eval } from '../python/natives/context';
import { ExtractionError } from '../python/natives/errors';
import { evaluate } from '../python/run/expressions';
import type { Interpreter } from '../python/run/interpreter';
import type { Expr, Program, Stmt } from '../python/syntax/ast';
import { mainBlock, walk } from '../python/syntax/survey';
import { PyFunction, type Scope } from '../python/values/scope';
import { PyBoundMethod, PyDict, PyInstance, PyList, PyTuple, PythonError, type PyValue } from '../python/values/values';
import type { InputSpec } from './spec';

/** One way to feed a model, tried in order. */
export interface InputGuess {
  readonly inputs: readonly { readonly name: string; readonly type: TensorType }[];
  readonly origin: InputOrigin;
  /** How it was found, for the reader: `from torch.randn at line 70`. */
  readonly detail?: string;
  /** Where the size of an image is a guess: which it is, along how many dimensions, and the same guess at another. */
  readonly scale?: SizeGuess;
}

export interface SizeGuess {
  readonly size: number;
  readonly dimensions: number;
  readonly at: (size: number) => InputGuess;
}

/** Given by the caller, what the model feeds a part of it with, read from a tensor in the file, from the first layer, or by trying sizes until one fits. */
export type InputOrigin = 'given' | 'model' | 'file' | 'first-layer' | 'solved';

/** Image sizes that models are written for, likeliest first. */
const SIZES = [32, 224, 28, 64, 128, 96, 256, 48, 299, 227, 84, 16, 112, 160, 192, 384, 512];
/** Length of a sequence where nothing tells it. */
const LENGTH = 16;
/** Sorts of first layers that are tried. */
const MOST_SORTS = 2;
export const BATCH = 1;

/** Ways to feed the model: as given, as the file does it, else by its first layer. */
export function* guessInputs(
  ctx: Interpreter,
  program: Program,
  model: PyInstance,
  given: readonly InputSpec[] | undefined,
  scope: Scope,
): Eval<InputGuess[]> {
  const names = forwardParameters(ctx, model);
  if (given && given.length > 0) {
    const unnamed = names.filter((name) => !given.some((spec) => spec.name === name));
    const inputs = given.map((spec, index) => ({
      name: spec.name ?? unnamed[index] ?? `input${index}`,
      type: { dtype: spec.dtype, shape: spec.shape },
    }));
    return [{ inputs, origin: 'given' }];
  }
  const wanted = names.length > 0 ? names : ['input'];
  const layers = firstLayers(ctx, model);
  const [first] = layers;
  const guesses: InputGuess[] = [];
  const written = yield* tensorsIn(ctx, program, scope, first?.integer ?? false);
  const fed = written.filter((tensor) => first === undefined || fits(tensor.type, first));
  const [head] = fed;
  if (head) {
    const inputs = wanted.map((name, index) => ({ name, type: (fed[index] ?? head).type }));
    const detail = say('The input is that of {0} at line {1}, with a batch of {2}', head.call, head.line + 1, BATCH);
    guesses.push({ inputs, origin: 'file', detail });
  }
  for (const layer of layers) {
    for (const [tried, { type, detail, scale }] of layer.types().entries()) {
      const guess = (shown: TensorType, origin: InputOrigin, how: string): InputGuess => {
        const inputs = wanted.map((name, index) => ({ name, type: index === 0 ? shown : companion(name, shown) }));
        if (!scale) return { inputs, origin, detail: how };
        const at = (size: number) => {
          const sized = scale.at(size);
          return guess(sized.type, 'solved', say('The input is that of the first layer, {0}', sized.detail));
        };
        return { inputs, origin, detail: how, scale: { ...scale, at } };
      };
      const how =
        layer === first
          ? say('The input is that of the first layer, {0}', detail)
          : say('The input is that of the first {0}', detail);
      guesses.push(guess(type, layer === first && tried === 0 ? 'first-layer' : 'solved', how));
    }
  }
  const image = imageInSettings(ctx, model);
  if (image) {
    const inputs = wanted.map((name, index) => ({ name, type: index === 0 ? image : companion(name, image) }));
    guesses.push({
      inputs,
      origin: 'solved',
      detail: say('The input is what the settings of the model name as its size'),
    });
  }
  return guesses;
}

/** Parameters of `forward` that must be given. */
export function forwardParameters(ctx: Interpreter, model: PyInstance): string[] {
  const forward = ctx.lookup(model, 'forward');
  const callee = forward instanceof PyBoundMethod ? forward.callee : forward;
  if (!(callee instanceof PyFunction)) return [];
  return callee.parameters
    .slice(1)
    .filter((p) => p.default === undefined && (p.kind === 'positional' || p.kind === 'positional-only'))
    .map((p) => p.name);
}

/** A second input by its name: masks, indices and time steps are not images. */
function companion(name: string, first: TensorType): TensorType {
  if (/mask/i.test(name)) return { dtype: 'bool', shape: first.shape.slice(0, 2) };
  if (/^(t|time|timesteps?|y|labels?|class_ids?)$/i.test(name))
    return { dtype: 'int64', shape: first.shape.slice(0, 1) };
  if (/ids?$|index|indices|token/i.test(name)) return { dtype: 'int64', shape: first.shape.slice(0, 2) };
  return first;
}

interface FirstLayer {
  readonly integer: boolean;
  readonly channels: number | undefined;
  readonly rank: number;
  /** Types to try, likeliest first; few of a model's layers are asked. */
  types(): readonly TypeGuess[];
}

interface TypeGuess {
  readonly type: TensorType;
  readonly detail: string;
  readonly scale?: Omit<SizeGuess, 'at'> & { readonly at: (size: number) => TypeGuess };
}

function fits(type: TensorType, first: FirstLayer): boolean {
  if (first.integer) return type.dtype.startsWith('int');
  return first.channels === undefined || first.rank !== type.shape.length || type.shape[1] === first.channels;
}

/**
 * What the first layer with weights takes; then the first one that takes something else: what a model registers first need
 * not run first.
 */
function firstLayers(ctx: Interpreter, model: PyInstance): readonly FirstLayer[] {
  const method = ctx.lookup(model, 'modules');
  if (method === undefined) return [];
  const found = new Map<string, FirstLayer>();
  for (const layer of ctx.list(ctx.call(method))) {
    if (!(layer instanceof PyInstance)) continue;
    const taken = inputOf(ctx, model, layer);
    const sort = taken && `${taken.integer} ${taken.rank}`;
    if (sort !== undefined && !found.has(sort)) found.set(sort, taken as FirstLayer);
    if (found.size === MOST_SORTS) break;
  }
  return [...found.values()];
}

function inputOf(ctx: Interpreter, model: PyInstance, layer: PyInstance): FirstLayer | undefined {
  const kind = layer.cls.mro.find((cls) => cls.native)?.name ?? '';
  const number = (name: string): number | undefined => {
    const value = ctx.lookup(layer, name);
    return typeof value === 'bigint' ? Number(value) : undefined;
  };
  const type = (shape: readonly number[], dtype: TensorType['dtype'] = 'float32'): TensorType => ({ dtype, shape });
  const convolution = /^(Lazy)?Conv(Transpose)?([123])d$/.exec(kind);
  if (convolution) {
    const spatial = Number(convolution[3]);
    const channels = number('in_channels') ?? 3;
    const guessOfSize = (size: number): TypeGuess => ({
      type: type([BATCH, channels, ...new Array<number>(spatial).fill(size)]),
      detail: say('{0} with {1} input channels, at size {2}', kind, channels, size),
      scale: { size, dimensions: spatial, at: guessOfSize },
    });
    return {
      integer: false,
      channels,
      rank: spatial + 2,
      types: () => sizesFor(ctx, model, layer, channels, spatial).map(guessOfSize),
    };
  }
  if (kind === 'Linear' || kind === 'Bilinear') {
    const features = number('in_features') ?? number('in1_features') ?? 1;
    const detail = say('Linear with {0} input features', features);
    const side = Math.sqrt(features);
    const image = Number.isInteger(side) && side > 4 ? [{ type: type([BATCH, 1, side, side]), detail }] : [];
    return {
      integer: false,
      channels: undefined,
      rank: 2,
      types: () => [
        { type: type([BATCH, features]), detail },
        { type: type([BATCH, LENGTH, features]), detail },
        ...image,
      ],
    };
  }
  if (kind === 'Embedding' || kind === 'EmbeddingBag') {
    const detail = say('Embedding, which takes indices');
    const lengths = [LENGTH, 8, 32, 64, 128, 256, 512, 1];
    return {
      integer: true,
      channels: undefined,
      rank: 2,
      types: () => lengths.map((length) => ({ type: type([BATCH, length], 'int64'), detail })),
    };
  }
  if (kind === 'LSTM' || kind === 'GRU' || kind === 'RNN') {
    const features = number('input_size') ?? 1;
    const detail = say('{0} with {1} input features', kind, features);
    return {
      integer: false,
      channels: undefined,
      rank: 3,
      types: () => [{ type: type([BATCH, LENGTH, features]), detail }],
    };
  }
  const norm = /^BatchNorm([123])d$/.exec(kind);
  if (norm) {
    const features = number('num_features') ?? 1;
    const detail = say('{0} over {1} channels', kind, features);
    const spatial = norm[1] === '1' ? [] : new Array<number>(Number(norm[1])).fill(32);
    return {
      integer: false,
      channels: features,
      rank: 2 + spatial.length,
      types: () => [{ type: type([BATCH, features, ...spatial]), detail }],
    };
  }
  return undefined;
}

/** Under what names a model says the size of its images, and under what it keeps its settings. */
const SIZE_NAMES = ['image_size', 'img_size', 'input_size', 'input_resolution', 'resolution', 'size'];
const SETTINGS = ['config', 'cfg', 'default_cfg', 'pretrained_cfg', 'hparams', 'args'];

/** What may say the size of the stem's input: the model, its settings, and the modules that hold the stem. */
function holdersOf(ctx: Interpreter, model: PyInstance, stem: PyInstance): PyValue[] {
  const modules = ctx.lookup(model, 'modules');
  const all = modules === undefined ? [] : ctx.list(ctx.call(modules));
  const around = all.filter((each) => each instanceof PyInstance && [...each.fields.values()].includes(stem));
  return [model, ...around].flatMap((each) => [each, ...SETTINGS.flatMap((name) => ctx.lookup(each, name) ?? [])]);
}

/** The image that `input_size = (3, 224, 224)` among a model's settings means. */
function imageInSettings(ctx: Interpreter, model: PyInstance): TensorType | undefined {
  for (const holder of SETTINGS.flatMap((name) => ctx.lookup(model, name) ?? [])) {
    const size = holder instanceof PyDict ? holder.get('input_size') : ctx.lookup(holder, 'input_size');
    const sizes = size instanceof PyTuple || size instanceof PyList ? size.items : [];
    if (sizes.length === 3 && sizes.every((each) => typeof each === 'bigint' && each > 0n && each <= 4096n)) {
      return { dtype: 'float32', shape: [BATCH, ...sizes.map(Number)] };
    }
  }
  return undefined;
}

/** Sizes to try, likeliest first: what the model says of itself, then what its stem is made for. */
function sizesFor(ctx: Interpreter, model: PyInstance, stem: PyInstance, channels: number, spatial: number): number[] {
  const result: number[] = [];
  const add = (value: PyValue | undefined): void => {
    const items = value instanceof PyTuple || value instanceof PyList ? value.items : [value];
    // Channels may come first.
    const item = items[items.length === spatial + 1 && spatial > 0 ? 1 : 0];
    if (typeof item === 'bigint' && item > 0n && item <= 4096n) result.push(Number(item));
  };
  const initialise = model.cls.lookup('__init__');
  const holders = holdersOf(ctx, model, stem);
  for (const name of SIZE_NAMES) {
    for (const holder of holders) add(holder instanceof PyDict ? holder.get(name) : ctx.lookup(holder, name));
    if (initialise instanceof PyFunction) add(initialise.parameters.find((p) => p.name === name)?.default);
  }
  const first = (name: string): number => {
    const value = ctx.lookup(stem, name);
    const item = value instanceof PyTuple ? value.items[0] : value;
    return typeof item === 'bigint' ? Number(item) : 1;
  };
  if (channels === 1 && spatial === 2) result.push(28);
  if (first('stride') >= 4 || first('kernel_size') >= 7) result.push(224);
  return [...new Set([...result, ...(spatial === 3 ? [16, 32, 64] : SIZES)])];
}

interface WrittenTensor {
  readonly type: TensorType;
  readonly call: string;
  readonly line: number;
}

/** Tensors that the file makes outside its models: `torch.randn(8, 3, 32, 32)`, in `__main__` first. */
function* tensorsIn(ctx: Interpreter, program: Program, scope: Scope, integer: boolean): Eval<WrittenTensor[]> {
  const found: WrittenTensor[] = [];
  const outside: Stmt[] = program.body.filter((statement) => statement.kind !== 'class');
  const seen = new Set<Expr>();
  for (const node of [...walk(mainBlock(program.body)), ...walk(outside)]) {
    if (node.kind !== 'call' || node.callee.kind !== 'attribute' || seen.has(node)) continue;
    const { object, name } = node.callee;
    if (object.kind !== 'name' || object.name !== 'torch') continue;
    const wanted = integer ? ['randint', 'zeros', 'ones', 'arange'] : ['randn', 'rand', 'zeros', 'ones', 'empty'];
    if (!wanted.includes(name)) continue;
    seen.add(node);
    const shape = yield* shapeOf(ctx, node, name, scope);
    if (!shape || shape.length < 2) continue;
    const type: TensorType = { dtype: integer ? 'int64' : 'float32', shape: [BATCH, ...shape.slice(1)] };
    found.push({ type, call: `torch.${name}`, line: node.span.line });
  }
  return found;
}

function* shapeOf(
  ctx: Interpreter,
  call: Extract<Expr, { kind: 'call' }>,
  name: string,
  scope: Scope,
): Eval<number[] | undefined> {
  const values: PyValue[] = [];
  try {
    for (const argument of call.args) {
      const size = argument.form === 'keyword' && argument.name === 'size';
      if (argument.form === 'plain' || size) values.push(yield* evaluate(ctx, argument.value, scope));
    }
  } catch (error) {
    if (error instanceof PythonError || error instanceof ExtractionError) return undefined;
    throw error;
  }
  const sequences = values.filter((value) => value instanceof PyTuple || value instanceof PyList);
  const [sequence] = sequences;
  const sizes =
    sequence instanceof PyTuple || sequence instanceof PyList ? sequence.items : name === 'randint' ? [] : values;
  if (!sizes.every((size) => typeof size === 'bigint' && size > 0n)) return undefined;
  return sizes.map(Number);
}
