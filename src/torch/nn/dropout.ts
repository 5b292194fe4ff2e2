/** `nn.Dropout` and its relatives. */

import { dropout, dropRate } from './functional/dropout';
import { type Layer, setting } from './layer';

const DROPOUTS = [
  ['Dropout', 'element'],
  ['Dropout1d', 'channel'],
  ['Dropout2d', 'channel'],
  ['Dropout3d', 'channel'],
  ['AlphaDropout', 'alpha'],
  ['FeatureAlphaDropout', 'alpha'],
] as const;

export const dropoutLayers: readonly Layer[] = [
  ...DROPOUTS.map(
    ([name, variant]): Layer => ({
      name,
      bases: ['_DropoutNd'],
      signature: 'p=0.5, inplace=False',
      forward: 'input',
      run: (ctx, self, args) => dropout(ctx, args.tensor('input'), dropRate(ctx, self, setting(self, 'p')), variant),
    }),
  ),
];
