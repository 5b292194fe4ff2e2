/** einops, by operators of the graph: `rearrange`, `repeat`, `reduce`, `einsum`, `pack`, and their layers. */
import { firstElements, sizeAt } from '../graph/access';
import { say } from '../language/say';
import { type NativeArguments, requireNumber, sequence } from '../python/natives/arguments';
import type { Context, Library } from '../python/natives/context';
import { type NativeBody, native } from '../python/natives/native';
import { PyDict, PyList, PyModule, PyTensor, PyTuple, type PyValue } from '../python/values/values';
import { type Layer, layerClass } from '../torch/nn/layer';
import { einsum } from '../torch/ops/einsum';
import { cat, stack } from '../torch/ops/joining';
import { reduce } from '../torch/ops/operations';
import { cast, elements } from '../torch/tensor/tensor';
import { reshape, slice } from '../torch/tensor/views';
import { ELLIPSIS, PatternError, parseSide } from './pattern';
import { type EinopsOperation, type Reducer, transform } from './transform';

const REDUCTIONS = ['min', 'max', 'sum', 'mean', 'prod', 'any', 'all'];

function shapeText(tensor: PyTensor): string {
  return `torch.Size([${tensor.type.shape.join(', ')}])`;
}

/** Raises what a pattern is wrong about as einops does. */
function raisePatternErrors<T>(ctx: Context, pattern: string, operation: string, about: string, body: () => T): T {
  try {
    return body();
  } catch (error) {
    if (!(error instanceof PatternError)) throw error;
    return ctx.raise(
      'RuntimeError',
      `Error while processing ${operation}-reduction pattern "${pattern}". ${about}. ${error.message}`,
    );
  }
}

function sizesIn(ctx: Context, keywords: ReadonlyMap<string, PyValue>): ReadonlyMap<string, number> {
  const entries = [...keywords].map(([name, value]): [string, number] => {
    if (typeof value === 'bigint') return [name, Number(value)];
    const only = value instanceof PyTensor ? value.askOne() : undefined;
    if (only !== undefined) return [name, only];
    return ctx.raise('TypeError', `the length of the axis ${name} must be an int, not ${ctx.repr(value)}`);
  });
  return new Map(entries);
}

/** A list of tensors is one tensor with a first dimension more. */
function tensorOf(ctx: Context, value: PyValue): PyTensor {
  if (value instanceof PyTensor) return value;
  const items = sequence(value) ?? [];
  const tensors = items.filter((item): item is PyTensor => item instanceof PyTensor);
  if (tensors.length === 0 || tensors.length < items.length) {
    return ctx.raise('RuntimeError', `Tensor type unknown to einops ${ctx.repr(value)}`);
  }
  return stack(ctx, tensors, 0);
}

function reducerOf(reduction: PyValue): Reducer {
  if (typeof reduction !== 'string') {
    return (inner, x, dims) => {
      const reduced = inner.call(reduction, [x, new PyTuple(dims.map(BigInt))]);
      return reduced instanceof PyTensor ? reduced : inner.raise('TypeError', 'the reduction returned no tensor');
    };
  }
  if (!REDUCTIONS.includes(reduction)) {
    throw new PatternError(
      `Unknown reduction ${reduction}. Expect one of (${REDUCTIONS.map((name) => `'${name}'`).join(', ')}).`,
    );
  }
  if (reduction === 'any' || reduction === 'all') {
    return (inner, x, dims) => reduce(inner, reduction === 'any' ? 'max' : 'min', cast(inner, x, 'bool'), dims);
  }
  return (inner, x, dims) => reduce(inner, reduction as 'sum', x, dims);
}

/** Applies a pattern; `sizes` are those of the axes that are given by keyword. */
function applyPattern(
  ctx: Context,
  operation: EinopsOperation,
  value: PyValue,
  pattern: string,
  sizes: ReadonlyMap<string, PyValue>,
  reduction: PyValue = null,
): PyTensor {
  const x = tensorOf(ctx, value);
  const about = `Input tensor shape: ${shapeText(x)}`;
  const name = operation === 'reduce' && typeof reduction === 'string' ? reduction : operation;
  return raisePatternErrors(ctx, pattern, name, about, () =>
    transform(
      ctx,
      x,
      pattern,
      operation,
      sizesIn(ctx, sizes),
      operation === 'reduce' ? reducerOf(reduction) : undefined,
    ),
  );
}

/** Names of axes as the letters that `torch.einsum` takes. */
function toLetters(ctx: Context, pattern: string): string {
  const letters = new Map<string, string>();
  const name = (text: string): string => {
    const side = parseSide(text, 'anonymous ');
    if (side.dimensions.some((names) => names.length !== 1))
      throw new PatternError('Singleton () axes and shape rearrangement are not supported in einsum.');
    return side.names
      .map((each) => {
        if (each === ELLIPSIS) return '...';
        const known = letters.get(each);
        if (known) return known;
        const index = letters.size;
        const letter = String.fromCharCode(index < 26 ? 97 + index : 65 + index - 26);
        letters.set(each, letter);
        return letter;
      })
      .join('');
  };
  return raisePatternErrors(ctx, pattern, 'einsum', 'Names of axes are words', () => {
    const [left, right] = firstElements(pattern.split('->'), 1);
    if (right === undefined) throw new PatternError('Einsum pattern must contain right-hand side');
    return `${left.split(',').map(name).join(',')}->${name(right)}`;
  });
}

/** How many dimensions stand before and after the `*` of a packing pattern. */
function packing(ctx: Context, pattern: string): { readonly before: number; readonly after: number } {
  const names = pattern.trim().split(/\s+/);
  const at = names.indexOf('*');
  if (at < 0) return ctx.raise('RuntimeError', `No *-axis in the pattern: "${pattern}"`);
  return { before: at, after: names.length - at - 1 };
}

function pack(ctx: Context, args: NativeArguments): PyValue {
  const { before, after } = packing(ctx, args.string('pattern'));
  const shapes: PyValue[] = [];
  const parts = ctx.list(args.get('tensors')).map((each) => {
    const x = tensorOf(ctx, each);
    const { shape } = x.type;
    if (shape.length < before + after) {
      return ctx.raise(
        'RuntimeError',
        `packed tensor has shape ${shapeText(x)}, while pattern "${args.string('pattern')}" assumes at least ${before + after} axes`,
      );
    }
    const middle = shape.slice(before, shape.length - after);
    shapes.push(new PyTuple(middle.map(BigInt)));
    const joined = [...shape.slice(0, before), elements(middle), ...shape.slice(shape.length - after)];
    return reshape(ctx, x, joined);
  });
  return new PyTuple([cat(ctx, parts, before), new PyList(shapes)]);
}

function unpack(ctx: Context, args: NativeArguments): PyValue {
  const x = args.tensor('tensor');
  const { before, after } = packing(ctx, args.string('pattern'));
  const { shape } = x.type;
  if (shape.length !== before + after + 1) {
    ctx.raise(
      'RuntimeError',
      `unpack(..., ${args.string('pattern')}) received input of wrong dim with shape ${shapeText(x)}`,
    );
  }
  const total = sizeAt(shape, before);
  const parts = ctx
    .list(args.get('packed_shapes'))
    .map((each) => ctx.list(each).map((size) => requireNumber(ctx, size)));
  const counts = parts.map((sizes) => (sizes.includes(-1) ? undefined : elements(sizes)));
  const known = counts.reduce<number>((sum, count) => sum + (count ?? 0), 0);
  const open = counts.filter((count) => count === undefined).length;
  if (open > 1) ctx.raise('RuntimeError', 'unpack(...) received more than one -1 and can’t infer dimensions');
  if (open === 0 ? known !== total : known > total) {
    ctx.raise('RuntimeError', `unpack(...) could not infer sizes: the axis has ${total}, the packed shapes ${known}`);
  }
  let start = 0;
  return new PyList(
    parts.map((sizes, i) => {
      const count = counts[i] ?? total - known;
      const part = slice(ctx, x, before, start, start + count);
      start += count;
      const rest = sizes.filter((size) => size !== -1);
      const filled = sizes.map((size) => (size === -1 ? count / elements(rest) : size));
      return reshape(ctx, part, [...shape.slice(0, before), ...filled, ...shape.slice(before + 1)]);
    }),
  );
}

function parseShape(ctx: Context, args: NativeArguments): PyValue {
  const x = args.tensor('x');
  const names = args.string('pattern').trim().split(/\s+/);
  if (names.length !== x.type.shape.length) {
    return ctx.raise(
      'RuntimeError',
      `Can't parse shape with different number of dimensions: pattern "${args.string('pattern')}", shape ${shapeText(x)}`,
    );
  }
  const found = new PyDict();
  names.forEach((name, i) => {
    if (name !== '_') found.set(name, BigInt(sizeAt(x.type.shape, i)));
  });
  return found;
}

const layers: readonly Layer[] = [
  {
    name: 'Rearrange',
    signature: 'pattern, **axes_lengths',
    forward: 'input',
    run: (ctx, self, args) => {
      const { pattern, sizes } = settings(self.fields);
      return applyPattern(ctx, 'rearrange', args.get('input'), pattern, sizes);
    },
  },
  {
    name: 'Reduce',
    signature: 'pattern, reduction, **axes_lengths',
    forward: 'input',
    run: (ctx, self, args) => {
      const { pattern, sizes } = settings(self.fields);
      return applyPattern(ctx, 'reduce', args.get('input'), pattern, sizes, self.fields.get('reduction') ?? null);
    },
  },
];

function settings(fields: ReadonlyMap<string, PyValue>) {
  const lengths = fields.get('axes_lengths');
  const sizes = new Map<string, PyValue>();
  if (lengths instanceof PyDict) for (const [name, value] of lengths.entries()) sizes.set(String(name), value);
  return { pattern: String(fields.get('pattern')), sizes };
}

const SLOT = Symbol('einops');

/** `einops` and its layers. */
export const einopsLibrary: Library = {
  module: (ctx, name) => (/^einops(\.|$)/.test(name) ? ctx.slot(SLOT, () => build(ctx)).get(name) : undefined),
  owns: () => false,
};

function build(ctx: Context): ReadonlyMap<string, PyModule> {
  // Layers are modules, whose class PyTorch defines.
  ctx.nativeModule('torch');
  const einops = new PyModule('einops');
  const define = (name: string, signature: string, body: NativeBody): void => {
    einops.members.set(name, native(signature, body, name));
  };
  define('rearrange', 'tensor, pattern, **axes_lengths', (own, args) =>
    applyPattern(own, 'rearrange', args.get('tensor'), args.string('pattern'), args.keywords('axes_lengths')),
  );
  define('repeat', 'tensor, pattern, **axes_lengths', (own, args) =>
    applyPattern(own, 'repeat', args.get('tensor'), args.string('pattern'), args.keywords('axes_lengths')),
  );
  define('reduce', 'tensor, pattern, reduction, **axes_lengths', (own, args) => {
    const sizes = args.keywords('axes_lengths');
    return applyPattern(own, 'reduce', args.get('tensor'), args.string('pattern'), sizes, args.get('reduction'));
  });
  define('einsum', '*tensors_and_pattern', (own, args) => {
    const given = args.rest('tensors_and_pattern');
    const pattern = given.at(-1);
    if (typeof pattern !== 'string') {
      return own.raise(
        'ValueError',
        'The last argument passed to `einops.einsum` must be a string, representing the einsum pattern.',
      );
    }
    const tensors = given.slice(0, -1).map((each) => tensorOf(own, each));
    return einsum(own, toLetters(own, pattern), tensors);
  });
  define('pack', 'tensors, pattern', pack);
  define('unpack', 'tensor, packed_shapes, pattern', unpack);
  define('parse_shape', 'x, pattern', parseShape);
  define('asnumpy', 'tensor', (_, args) => args.get('tensor'));
  const torch = new PyModule('einops.layers.torch');
  for (const layer of layers) torch.members.set(layer.name, layerClass(ctx, layer));
  const folder = new PyModule('einops.layers');
  folder.members.set('torch', torch);
  einops.members.set('layers', folder);
  const inner = new PyModule('einops.einops');
  for (const [key, value] of einops.members) inner.members.set(key, value);
  for (const module of [einops, torch]) {
    module.missing = (key) =>
      key.startsWith('__')
        ? undefined
        : native('*args, **kwargs', (own) =>
            own.error(
              'unsupported',
              say('{0}.{1} is not supported; write it with rearrange or einsum', module.name, key),
            ),
          );
  }
  return new Map([einops, torch, folder, inner].map((module) => [module.name, module]));
}
