/** `nn.MultiheadAttention`. */
import { CLOSED } from '../../graph/compose/attention';
import { say } from '../../language/say';
import type { NativeArguments } from '../../python/natives/arguments';
import type { Context, Eval } from '../../python/natives/context';
import { type PyInstance, PyTensor, PyTuple, type PyValue } from '../../python/values/values';
import { matmul } from '../ops/blas';
import { cat } from '../ops/joining';
import { arithmetic, choose, reduce, unary } from '../ops/operations';
import { fill } from '../tensor/inplace';
import { apply, cast, full, isFloating, sizeOf } from '../tensor/tensor';
import { broadcastTo, reshape, slice, transpose, unsqueeze } from '../tensor/views';
import { activate } from './functional/activation';
import { checkWidth } from './functional/attention';
import { dropRate } from './functional/dropout';
import { linear } from './functional/linear';
import { type Build, FACTORY, field, type Layer, setting, xavier, zeros } from './layer';

function build(layer: Build, linearClass: PyValue): void {
  const { ctx, self, args } = layer;
  const [dim, heads] = [args.int('embed_dim'), args.int('num_heads')];
  if (dim % heads !== 0) ctx.raise('AssertionError', 'embed_dim must be divisible by num_heads');
  const [keys, values] = [args.optionalInt('kdim') ?? dim, args.optionalInt('vdim') ?? dim];
  const together = keys === dim && values === dim;
  const bias = args.bool('bias');
  self.fields.delete('bias');
  self.fields.set('kdim', BigInt(keys));
  self.fields.set('vdim', BigInt(values));
  self.fields.set('head_dim', BigInt(dim / heads));
  self.fields.set('_qkv_same_embed_dim', together);
  if (together) {
    layer.parameter('in_proj_weight', [3 * dim, dim], xavier(3 * dim, dim));
    for (const name of ['q', 'k', 'v']) layer.none(`${name}_proj_weight`);
  } else {
    layer.parameter('q_proj_weight', [dim, dim], xavier(dim, dim));
    layer.parameter('k_proj_weight', [dim, keys], xavier(dim, keys));
    layer.parameter('v_proj_weight', [dim, values], xavier(dim, values));
    layer.none('in_proj_weight');
  }
  layer.optional(bias, 'in_proj_bias', [3 * dim], zeros);
  const projection = layer.module('out_proj', linearClass, [BigInt(dim), BigInt(dim), bias]);
  const offset = ctx.lookup(projection, 'bias');
  if (offset instanceof PyTensor) fill(ctx, offset, zeros);
  // xavier_normal_ of [1, 1, dim]: a fan of dim on either side.
  const normal = { kind: 'normal', mean: 0, deviation: Math.sqrt(2 / (2 * dim)) } as const;
  for (const name of ['bias_k', 'bias_v']) layer.optional(args.bool('add_bias_kv'), name, [1, 1, dim], normal);
}

/** Query, key and value in the model's width, as [batch, length, dim]. */
function project(ctx: Context, self: PyInstance, inputs: readonly PyTensor[]): PyTensor[] {
  const dim = setting(self, 'embed_dim');
  const together = field(ctx, self, 'in_proj_weight');
  const bias = field(ctx, self, 'in_proj_bias');
  return inputs.map((x, part) => {
    const cut = (tensor: PyTensor) => slice(ctx, tensor, 0, part * dim, (part + 1) * dim);
    const weight = together ? cut(together) : field(ctx, self, `${'qkv'[part]}_proj_weight`);
    if (!weight) return ctx.error('unsupported', say('MultiheadAttention has lost its projections'));
    return linear(ctx, x, weight, bias && cut(bias));
  });
}

/** A mask as it is added to the scores; True closes a place. */
function additive(ctx: Context, mask: PyTensor): PyTensor {
  return isFloating(mask.type.dtype) ? mask : choose(ctx, mask, Number.NEGATIVE_INFINITY, 0);
}

/** One mask [batch, heads or 1, queries, keys] of both that may be given. */
function maskOf(ctx: Context, args: NativeArguments, batch: number, heads: number, added: number): PyTensor | null {
  const widened = (mask: PyTensor) => {
    if (added === 0) return mask;
    const open = full(ctx, { dtype: mask.type.dtype, shape: [...mask.type.shape.slice(0, -1), added] }, 0);
    return cat(ctx, [mask, open], mask.type.shape.length - 1);
  };
  const parts: PyTensor[] = [];
  if (!args.isNone('attn_mask')) {
    const mask = widened(args.tensor('attn_mask'));
    const [rows, columns] = [sizeOf(mask, -2), sizeOf(mask, -1)];
    const perHead = mask.type.shape.length === 3;
    parts.push(reshape(ctx, mask, perHead ? [batch, heads, rows, columns] : [1, 1, rows, columns]));
  }
  if (!args.isNone('key_padding_mask')) {
    const mask = widened(args.tensor('key_padding_mask'));
    parts.push(reshape(ctx, mask, [batch, 1, 1, sizeOf(mask, -1)]));
  }
  const [first, second] = parts;
  if (!first) return null;
  const byte = (mask: PyTensor) => (mask.type.dtype === 'uint8' ? cast(ctx, mask, 'bool') : mask);
  if (!second) {
    // A bool mask here says which places are left out; the graph's says which attend.
    const only = byte(first);
    return only.type.dtype === 'bool' ? unary(ctx, 'not', only) : only;
  }
  return arithmetic(ctx, 'add', additive(ctx, byte(first)), additive(ctx, byte(second)));
}

/** The attention weights themselves: dead code unless somebody reads them. */
function weightsOf(ctx: Context, query: PyTensor, key: PyTensor, mask: PyTensor | null, scale: number): PyTensor {
  const rank = key.type.shape.length;
  let scores = arithmetic(ctx, 'mul', matmul(ctx, query, transpose(ctx, key, rank - 2, rank - 1)), scale);
  if (mask?.type.dtype === 'bool') scores = choose(ctx, mask, scores, CLOSED);
  else if (mask) scores = arithmetic(ctx, 'max', arithmetic(ctx, 'add', scores, mask), CLOSED);
  return activate(ctx, 'softmax', { dim: -1 }, scores);
}

/** @throws PythonError AssertionError where query, key and value are not all of samples, or all of one */
function checkRanks(ctx: Context, args: NativeArguments): void {
  const [query, key, value] = ['query', 'key', 'value'].map((name) => args.tensor(name).type.shape.length);
  if (query !== 2 && query !== 3)
    ctx.raise(
      'AssertionError',
      `query should be unbatched 2D or batched 3D tensor but received ${query}-D query tensor`,
    );
  if (key === query && value === query) return;
  const what = query === 3 ? 'batched' : 'unbatched';
  ctx.raise(
    'AssertionError',
    `For ${what} (${query}-D) \`query\`, expected \`key\` and \`value\` to be ${query}-D but found ${key}-D and ${value}-D tensors respectively`,
  );
}

function* run(ctx: Context, self: PyInstance, args: NativeArguments): Eval<PyValue> {
  checkRanks(ctx, args);
  const [heads, dim] = [setting(self, 'num_heads'), setting(self, 'embed_dim')];
  checkWidth(ctx, args, dim);
  const isBatched = args.tensor('query').type.shape.length === 3;
  const batchFirst = self.fields.get('batch_first') === true;
  const swap = (x: PyTensor) => (batchFirst ? x : transpose(ctx, x, 0, 1));
  const rows = ['query', 'key', 'value'].map((name) => {
    const x = args.tensor(name);
    return isBatched ? swap(x) : unsqueeze(ctx, x, 0);
  });
  let [query, key, value] = project(ctx, self, rows) as [PyTensor, PyTensor, PyTensor];
  const batch = sizeOf(query, 0);
  const more = (x: PyTensor, row: PyTensor) => cat(ctx, [x, broadcastTo(ctx, row, [batch, 1, dim])], 1);
  const [extraKey, extraValue] = [field(ctx, self, 'bias_k'), field(ctx, self, 'bias_v')];
  let added = 0;
  if (extraKey && extraValue) {
    [key, value] = [more(key, extraKey), more(value, extraValue)];
    added += 1;
  }
  if (self.fields.get('add_zero_attn') === true) {
    const zero = full(ctx, { dtype: 'float32', shape: [1, 1, dim] }, 0);
    [key, value] = [more(key, zero), more(value, zero)];
    added += 1;
  }
  const split = (x: PyTensor) => transpose(ctx, reshape(ctx, x, [batch, sizeOf(x, 1), heads, dim / heads]), 1, 2);
  [query, key, value] = [split(query), split(key), split(value)];
  const given = maskOf(ctx, args, batch, heads, added);
  const scale = 1 / Math.sqrt(dim / heads);
  const causal = args.bool('is_causal') && !given;
  const op = { kind: 'attention', causal, scale, dropout: dropRate(ctx, self, setting(self, 'dropout')) } as const;
  const attended = apply(ctx, op, query, key, value, given);
  const length = sizeOf(query, 2);
  const joined = reshape(ctx, transpose(ctx, attended, 1, 2), [batch, length, dim]);
  const output = yield* ctx.run(ctx.getattr(self, 'out_proj'), [joined]);
  if (!(output instanceof PyTensor))
    return ctx.error('unsupported', say('out_proj of MultiheadAttention gave no tensor'));
  const restored = isBatched ? swap(output) : reshape(ctx, output, [length, dim]);
  if (!args.bool('need_weights')) return new PyTuple([restored, null]);
  const each = weightsOf(ctx, query, key, given, scale);
  const mean = args.bool('average_attn_weights') ? reduce(ctx, 'mean', each, [1]) : each;
  const weights = isBatched ? mean : reshape(ctx, mean, mean.type.shape.slice(1));
  return new PyTuple([restored, weights]);
}

/** Parameters by PyTorch's names: the projection of q, k and v in one matrix where they are alike. */
export function attentionLayer(linearClass: () => PyValue): Layer {
  return {
    name: 'MultiheadAttention',
    signature: `embed_dim, num_heads, dropout=0.0, bias=True, add_bias_kv=False, add_zero_attn=False, kdim=None, vdim=None, batch_first=False, ${FACTORY}`,
    build: (layer) => build(layer, linearClass()),
    forward:
      'query, key, value, key_padding_mask=None, need_weights=True, attn_mask=None, average_attn_weights=True, is_causal=False',
    run,
  };
}
