/** `nn.CosineSimilarity` and `nn.PairwiseDistance`. */

import type { PyValue } from '../../python/values/values';
import { layerFunctions } from './functional/index';
import type { Layer } from './layer';

export const distanceLayers: readonly Layer[] = [
  ...(
    [
      ['CosineSimilarity', 'dim=1, eps=1e-08', 'cosine_similarity', ['dim', 'eps']],
      ['PairwiseDistance', 'p=2.0, eps=1e-06, keepdim=False', 'pairwise_distance', ['p', 'eps', 'keepdim']],
    ] as const
  ).map(
    ([name, signature, fn, fields]): Layer => ({
      name,
      signature,
      forward: 'x1, x2',
      run: (ctx, self, args) => {
        const settings = fields.map((field): [string, PyValue] => [field, self.fields.get(field) ?? null]);
        return ctx.call(layerFunctions.get(fn) ?? null, [args.get('x1'), args.get('x2')], new Map(settings));
      },
    }),
  ),
];
