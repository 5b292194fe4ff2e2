/** Embeddings. */
import { firstElements, itemAt } from '../../graph/access';
import type { NativeArguments } from '../../python/natives/arguments';
import type { Context } from '../../python/natives/context';
import { native } from '../../python/natives/native';
import { PyClassMethod, PyParameter, PyTensor, type PyValue } from '../../python/values/values';
import { firstValuesOf, makeParameter } from '../tensor/initialiser';
import { fill } from '../tensor/inplace';
import { select } from '../tensor/views';
import { layerFunctions } from './functional/index';
import { type Build, callFunctional, FACTORY, type Layer, zeros } from './layer';

/** The table: given, or drawn from N(0, 1) with zeros for the padding index. */
function table(layer: Build): void {
  const { ctx, self, args } = layer;
  const rows = args.int('num_embeddings');
  const padding = args.optionalInt('padding_idx');
  if (padding !== undefined && (padding >= rows || padding < -rows)) {
    ctx.raise('AssertionError', 'Padding_idx must be within num_embeddings');
  }
  const at = padding === undefined || padding >= 0 ? padding : padding + rows;
  self.fields.set('padding_idx', at === undefined ? null : BigInt(at));
  const given = args.get('_weight');
  if (given instanceof PyTensor) {
    const weight = given instanceof PyParameter ? given : makeParameter(ctx, given.type, firstValuesOf(ctx, given));
    self.fields.delete('weight');
    self.fields.set('weight', weight);
    return;
  }
  layer.parameter('weight', [rows, args.int('embedding_dim')], { kind: 'normal', mean: 0, deviation: 1 });
  const weight = self.fields.get('weight');
  if (at !== undefined && weight instanceof PyTensor) fill(ctx, select(ctx, weight, 0, at), zeros);
}

/** `Embedding.from_pretrained(embeddings, freeze=True, …)`. */
function fromPretrained(parameters: readonly string[]): PyValue {
  const signature = ['cls, embeddings, freeze=True', ...parameters].join(', ');
  const names = parameters.map((parameter) => itemAt(parameter.split('='), 0));
  return new PyClassMethod(
    native(signature, (ctx: Context, args: NativeArguments) => {
      const { shape } = args.tensor('embeddings').type;
      if (shape.length !== 2) ctx.raise('AssertionError', 'Embeddings parameter is expected to be 2-dimensional');
      const [rows, width] = firstElements(shape, 2);
      const settings = names.map((name): [string, PyValue] => [name, args.get(name)]);
      const made = ctx.call(
        args.get('cls'),
        [BigInt(rows), BigInt(width)],
        new Map<string, PyValue>([['_weight', args.get('embeddings')], ...settings]),
      );
      const weight = ctx.getattr(made, 'weight');
      if (weight instanceof PyTensor) weight.requiresGrad = !args.bool('freeze');
      return made;
    }),
  );
}

const COMMON = 'max_norm=None, norm_type=2.0, scale_grad_by_freq=False';

export const embeddingLayers: readonly Layer[] = [
  {
    name: 'Embedding',
    signature: `num_embeddings, embedding_dim, padding_idx=None, ${COMMON}, sparse=False, _weight=None, _freeze=False, ${FACTORY}`,
    build: (layer) => {
      table(layer);
      const weight = layer.self.fields.get('weight');
      if (weight instanceof PyTensor && layer.args.bool('_freeze')) weight.requiresGrad = false;
    },
    forward: 'input',
    run: callFunctional('embedding', ['weight', 'padding_idx', 'max_norm']),
    members: {
      from_pretrained: fromPretrained([
        'padding_idx=None',
        'max_norm=None',
        'norm_type=2.0',
        'scale_grad_by_freq=False',
        'sparse=False',
      ]),
    },
  },
  {
    name: 'EmbeddingBag',
    signature: `num_embeddings, embedding_dim, ${COMMON}, mode='mean', sparse=False, _weight=None, include_last_offset=False, padding_idx=None, ${FACTORY}`,
    build: table,
    forward: 'input, offsets=None, per_sample_weights=None',
    run: (ctx, self, args) => {
      const fields = ['max_norm', 'mode', 'include_last_offset', 'padding_idx'];
      const keywords = new Map(fields.map((name): [string, PyValue] => [name, self.fields.get(name) ?? null]));
      keywords.set('per_sample_weights', args.get('per_sample_weights'));
      const given = [args.get('input'), self.fields.get('weight') ?? null, args.get('offsets')];
      return ctx.call(layerFunctions.get('embedding_bag') ?? null, given, keywords);
    },
    members: {
      from_pretrained: fromPretrained([
        'max_norm=None',
        'norm_type=2.0',
        'scale_grad_by_freq=False',
        "mode='mean'",
        'sparse=False',
        'include_last_offset=False',
        'padding_idx=None',
      ]),
    },
  },
];
