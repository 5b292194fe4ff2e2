/**
 * Transformer layers, as compositions of the other layers.
 * `nn.Transformer`, `nn.TransformerEncoder`, `nn.TransformerEncoderLayer`, `nn.TransformerDecoder`,
 * `nn.TransformerDecoderLayer`
 */
import { itemAt } from '../../graph/access';
import { say } from '../../language/say';
import type { NativeArguments } from '../../python/natives/arguments';
import type { Context, Eval } from '../../python/natives/context';
import { native } from '../../python/natives/native';
import { PyInstance, PyList, PyStaticMethod, PyTensor, PyTuple, type PyValue } from '../../python/values/values';
import { arithmetic } from '../ops/operations';
import { fill } from '../tensor/inplace';
import { knownTensor, numbers } from '../tensor/tensor';
import { functionalActivations } from './functional/activation';
import { type Build, FACTORY, type Layer, xavier } from './layer';
import { namedParameters } from './module';
import { children } from './moduleFields';

/** Classes that the layers below are built of, by name. */
export type Classes = ReadonlyMap<string, PyValue>;

const LAYER = `d_model, nhead, dim_feedforward=2048, dropout=0.1, activation='relu', layer_norm_eps=1e-05, batch_first=False, norm_first=False, bias=True, ${FACTORY}`;

/** The activation that a layer was given: by name, as a function or as a module. */
function activationOf(ctx: Context, value: PyValue): PyValue {
  if (typeof value !== 'string') return value;
  const found = value === 'relu' || value === 'gelu' ? functionalActivations().get(value) : undefined;
  return found ?? ctx.raise('RuntimeError', `activation should be relu/gelu, not ${value}`);
}

interface Part {
  readonly name: string;
  readonly kind: 'attention' | 'linear1' | 'linear2' | 'norm' | 'dropout';
}

const ENCODER: readonly Part[] = [
  { name: 'self_attn', kind: 'attention' },
  { name: 'linear1', kind: 'linear1' },
  { name: 'dropout', kind: 'dropout' },
  { name: 'linear2', kind: 'linear2' },
  { name: 'norm1', kind: 'norm' },
  { name: 'norm2', kind: 'norm' },
  { name: 'dropout1', kind: 'dropout' },
  { name: 'dropout2', kind: 'dropout' },
];

const DECODER: readonly Part[] = [
  { name: 'self_attn', kind: 'attention' },
  { name: 'multihead_attn', kind: 'attention' },
  ...ENCODER.slice(1, 6),
  { name: 'norm3', kind: 'norm' },
  ...ENCODER.slice(6),
  { name: 'dropout3', kind: 'dropout' },
];

function buildParts(layer: Build, classes: Classes, parts: readonly Part[]): void {
  const { ctx, self, args } = layer;
  const [width, hidden, bias] = [args.get('d_model'), args.get('dim_feedforward'), args.get('bias')];
  const given = args.get('activation');
  const p = args.get('dropout');
  for (const name of ['dropout', 'bias', 'activation']) self.fields.delete(name);
  const cls = (name: string) => classes.get(name) ?? null;
  for (const { name, kind } of parts) {
    if (kind === 'attention') {
      layer.module(name, cls('MultiheadAttention'), [width, args.get('nhead')], {
        dropout: p,
        bias,
        batch_first: args.get('batch_first'),
      });
    } else if (kind === 'norm') {
      layer.module(name, cls('LayerNorm'), [width], { eps: args.get('layer_norm_eps'), bias });
    } else if (kind === 'dropout') layer.module(name, cls('Dropout'), [p]);
    else layer.module(name, cls('Linear'), kind === 'linear1' ? [width, hidden, bias] : [hidden, width, bias]);
  }
  ctx.setattr(self, 'activation', activationOf(ctx, given));
}

/** Calls to a layer's own parts. */
class Parts {
  constructor(
    private readonly ctx: Context,
    private readonly self: PyInstance,
  ) {}

  *call(name: string, x: PyTensor): Eval<PyTensor> {
    return this.tensor(yield* this.ctx.run(this.ctx.getattr(this.self, name), [x]));
  }

  *attend(name: string, query: PyTensor, memory: PyTensor, keywords: ReadonlyMap<string, PyValue>): Eval<PyTensor> {
    const module = this.ctx.getattr(this.self, name);
    const all = new Map<string, PyValue>([...keywords, ['need_weights', false]]);
    const result = yield* this.ctx.run(module, [query, memory, memory], all);
    return this.tensor(result instanceof PyTuple ? (result.items[0] ?? null) : result);
  }

  /** linear2(dropout(activation(linear1(x)))) */
  *feedForward(x: PyTensor): Eval<PyTensor> {
    const hidden = yield* this.call('linear1', x);
    const active = yield* this.call('activation', hidden);
    return yield* this.call('linear2', yield* this.call('dropout', active));
  }

  tensor(value: PyValue): PyTensor {
    return value instanceof PyTensor
      ? value
      : this.ctx.error('unsupported', say('A part of a transformer layer gave no tensor'));
  }
}

/** x + block(norm(x)), or norm(x + block(x)): the blocks are methods, which a class of the user's may write anew. */
function* residual(
  ctx: Context,
  self: PyInstance,
  x: PyTensor,
  index: number,
  block: string,
  more: readonly PyValue[] = [],
  keywords?: ReadonlyMap<string, PyValue>,
): Eval<PyTensor> {
  const parts = new Parts(ctx, self);
  const norm = `norm${index}`;
  const run = function* (of: PyTensor): Eval<PyTensor> {
    return parts.tensor(yield* ctx.run(ctx.getattr(self, block), [of, ...more], keywords));
  };
  if (self.fields.get('norm_first') === true) return arithmetic(ctx, 'add', x, yield* run(yield* parts.call(norm, x)));
  return yield* parts.call(norm, arithmetic(ctx, 'add', x, yield* run(x)));
}

/** What a block of attention takes behind its inputs. A causal mask is a hint: the mask itself says so. */
function masks(
  args: NativeArguments,
  attention: string,
  padding: string,
  causal: string,
): [PyValue[], Map<string, PyValue>] {
  const isCausal = args.get(attention) === null && args.get(causal) === true;
  return [[args.get(attention), args.get(padding)], new Map([['is_causal', isCausal]])];
}

function* runEncoderLayer(ctx: Context, self: PyInstance, args: NativeArguments): Eval<PyValue> {
  const own = masks(args, 'src_mask', 'src_key_padding_mask', 'is_causal');
  const attended = yield* residual(ctx, self, args.tensor('src'), 1, '_sa_block', ...own);
  return yield* residual(ctx, self, attended, 2, '_ff_block');
}

function* runDecoderLayer(ctx: Context, self: PyInstance, args: NativeArguments): Eval<PyValue> {
  const own = masks(args, 'tgt_mask', 'tgt_key_padding_mask', 'tgt_is_causal');
  const [given, keywords] = masks(args, 'memory_mask', 'memory_key_padding_mask', 'memory_is_causal');
  const first = yield* residual(ctx, self, args.tensor('tgt'), 1, '_sa_block', ...own);
  const second = yield* residual(ctx, self, first, 2, '_mha_block', [args.get('memory'), ...given], keywords);
  return yield* residual(ctx, self, second, 3, '_ff_block');
}

/** The layers' own blocks, each with its dropout. */
function blocks(attending: Readonly<Record<string, string>>, last: string): Readonly<Record<string, PyValue>> {
  const members: Record<string, PyValue> = {
    _ff_block: native('self, x', function* (ctx, args): Eval<PyValue> {
      const parts = new Parts(ctx, args.get('self') as PyInstance);
      return yield* parts.call(last, yield* parts.feedForward(args.tensor('x')));
    }),
  };
  for (const [name, dropout] of Object.entries(attending)) {
    const isCross = name === '_mha_block';
    const signature = `self, x, ${isCross ? 'mem, ' : ''}attn_mask, key_padding_mask, is_causal=False`;
    members[name] = native(signature, function* (ctx, args): Eval<PyValue> {
      const parts = new Parts(ctx, args.get('self') as PyInstance);
      const x = args.tensor('x');
      const memory = isCross ? args.tensor('mem') : x;
      const given = ['attn_mask', 'key_padding_mask', 'is_causal'].map((each) => [each, args.get(each)] as const);
      const attended = yield* parts.attend(isCross ? 'multihead_attn' : 'self_attn', x, memory, new Map(given));
      return yield* parts.call(dropout, attended);
    });
  }
  return members;
}

const ENCODER_CALL = 'src, src_mask=None, src_key_padding_mask=None, is_causal=False';
const DECODER_CALL =
  'tgt, memory, tgt_mask=None, memory_mask=None, tgt_key_padding_mask=None, memory_key_padding_mask=None, tgt_is_causal=False, memory_is_causal=False';

/** A stack of copies of one layer, and a norm behind it. */
function stack(classes: Classes, kind: 'Encoder' | 'Decoder'): Layer {
  const encoder = kind === 'Encoder';
  return {
    name: `Transformer${kind}`,
    signature: encoder
      ? 'encoder_layer, num_layers, norm=None, enable_nested_tensor=True, mask_check=True'
      : 'decoder_layer, num_layers, norm=None',
    build: (layer) => {
      const { ctx, self, args } = layer;
      const one = args.get(encoder ? 'encoder_layer' : 'decoder_layer');
      for (const name of ['encoder_layer', 'decoder_layer', 'norm']) self.fields.delete(name);
      const copy = ctx.nativeModule('copy')?.members.get('deepcopy') ?? null;
      const copies = Array.from({ length: args.int('num_layers') }, () => ctx.call(copy, [one]));
      layer.module('layers', classes.get('ModuleList') ?? null, [new PyList(copies)]);
      ctx.setattr(self, 'norm', args.get('norm'));
    },
    forward: encoder ? ENCODER_CALL.replaceAll('src_mask', 'mask') : DECODER_CALL,
    run: function* (ctx, self, args): Eval<PyValue> {
      const list = ctx.getattr(self, 'layers');
      let x = args.get(encoder ? 'src' : 'tgt');
      const names = (encoder ? ENCODER_CALL.replaceAll('src_mask', 'mask') : DECODER_CALL)
        .split(', ')
        .slice(encoder ? 1 : 2)
        .map((each) => itemAt(each.split('='), 0));
      const keywords = new Map(
        names.map((name): [string, PyValue] => [name === 'mask' ? 'src_mask' : name, args.get(name)]),
      );
      for (const [, layer] of list instanceof PyInstance ? children(list) : []) {
        x = yield* ctx.run(layer, encoder ? [x] : [x, args.get('memory')], keywords);
      }
      const norm = ctx.getattr(self, 'norm');
      return norm === null ? x : yield* ctx.run(norm, [x]);
    },
  };
}

/** −∞ above the diagonal. */
function subsequentMask(ctx: Context, size: number): PyTensor {
  const data = numbers(ctx, size * size, (i) => (i % size > Math.floor(i / size) ? -Infinity : 0));
  return knownTensor(ctx, { dtype: 'float32', shape: [size, size] }, data);
}

function transformer(classes: Classes): Layer {
  return {
    name: 'Transformer',
    signature: `d_model=512, nhead=8, num_encoder_layers=6, num_decoder_layers=6, dim_feedforward=2048, dropout=0.1, activation='relu', custom_encoder=None, custom_decoder=None, layer_norm_eps=1e-05, batch_first=False, norm_first=False, bias=True, ${FACTORY}`,
    build: (layer) => {
      const { ctx, self, args } = layer;
      const [width, heads] = [args.get('d_model'), args.get('nhead')];
      const names = ['dim_feedforward', 'dropout', 'activation', 'layer_norm_eps', 'batch_first', 'norm_first', 'bias'];
      const settings = Object.fromEntries(names.map((name) => [name, args.get(name)]));
      for (const name of [...names, 'custom_encoder', 'custom_decoder'].filter((each) => each !== 'batch_first')) {
        self.fields.delete(name);
      }
      for (const kind of ['Encoder', 'Decoder'] as const) {
        const name = kind.toLowerCase();
        const custom = args.get(`custom_${name}`);
        if (custom !== null) {
          ctx.setattr(self, name, custom);
          continue;
        }
        const one = ctx.call(
          classes.get(`Transformer${kind}Layer`) ?? null,
          [width, heads],
          new Map(Object.entries(settings)),
        );
        const norm = ctx.call(
          classes.get('LayerNorm') ?? null,
          [width],
          new Map([
            ['eps', args.get('layer_norm_eps')],
            ['bias', args.get('bias')],
          ]),
        );
        layer.module(name, classes.get(`Transformer${kind}`) ?? null, [one, args.get(`num_${name}_layers`), norm]);
      }
      for (const [, parameter] of namedParameters(ctx, self)) {
        const [out, into] = parameter.type.shape;
        if (parameter.type.shape.length === 2) fill(ctx, parameter, xavier(out ?? 1, into ?? 1));
      }
    },
    forward:
      'src, tgt, src_mask=None, tgt_mask=None, memory_mask=None, src_key_padding_mask=None, tgt_key_padding_mask=None, memory_key_padding_mask=None, src_is_causal=None, tgt_is_causal=None, memory_is_causal=False',
    run: function* (ctx, self, args): Eval<PyValue> {
      const passed = (pairs: Readonly<Record<string, string>>) =>
        new Map(Object.entries(pairs).map(([name, from]): [string, PyValue] => [name, args.get(from)]));
      const memory = yield* ctx.run(
        ctx.getattr(self, 'encoder'),
        [args.get('src')],
        passed({ mask: 'src_mask', src_key_padding_mask: 'src_key_padding_mask' }),
      );
      return yield* ctx.run(
        ctx.getattr(self, 'decoder'),
        [args.get('tgt'), memory],
        passed({
          tgt_mask: 'tgt_mask',
          memory_mask: 'memory_mask',
          tgt_key_padding_mask: 'tgt_key_padding_mask',
          memory_key_padding_mask: 'memory_key_padding_mask',
        }),
      );
    },
    members: {
      generate_square_subsequent_mask: new PyStaticMethod(
        native(`sz, ${FACTORY}`, (ctx, args) => subsequentMask(ctx, args.int('sz'))),
      ),
    },
  };
}

/** Each is made with the classes that its layers are built of. */
export const transformerLayers: readonly ((classes: Classes) => Layer)[] = [
  (classes) => ({
    name: 'TransformerEncoderLayer',
    signature: LAYER,
    build: (layer) => buildParts(layer, classes, ENCODER),
    forward: ENCODER_CALL,
    run: runEncoderLayer,
    members: blocks({ _sa_block: 'dropout1' }, 'dropout2'),
  }),
  (classes) => ({
    name: 'TransformerDecoderLayer',
    signature: LAYER,
    build: (layer) => buildParts(layer, classes, DECODER),
    forward: DECODER_CALL,
    run: runDecoderLayer,
    members: blocks({ _sa_block: 'dropout1', _mha_block: 'dropout2' }, 'dropout3'),
  }),
  (classes) => stack(classes, 'Encoder'),
  (classes) => stack(classes, 'Decoder'),
  transformer,
];
