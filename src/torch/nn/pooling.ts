/**
 * Pooling layers.
 * `nn.MaxPool1d`, `nn.MaxPool2d`, `nn.MaxPool3d`, `nn.MaxUnpool1d`, `nn.MaxUnpool2d`, `nn.MaxUnpool3d`,
 * `nn.AvgPool1d`, `nn.AvgPool2d`, `nn.AvgPool3d`, `nn.LPPool1d`, `nn.LPPool2d`, `nn.LPPool3d`,
 * `nn.AdaptiveAvgPool1d`, `nn.AdaptiveAvgPool2d`, `nn.AdaptiveAvgPool3d`, `nn.AdaptiveMaxPool1d`,
 * `nn.AdaptiveMaxPool2d`, `nn.AdaptiveMaxPool3d`
 */
import { layerFunctions } from './functional/index';
import { callFunctional, type Layer, RANKS } from './layer';

const WINDOW = 'kernel_size, stride=None, padding=0';

function pools(rank: number): Layer[] {
  const adaptive = (['avg', 'max'] as const).map(
    (kind): Layer => ({
      name: `Adaptive${kind === 'avg' ? 'Avg' : 'Max'}Pool${rank}d`,
      bases: [`_Adaptive${kind === 'avg' ? 'Avg' : 'Max'}PoolNd`],
      signature: kind === 'avg' ? 'output_size' : 'output_size, return_indices=False',
      forward: 'input',
      run: callFunctional(`adaptive_${kind}_pool${rank}d`, ['output_size', 'return_indices']),
    }),
  );
  return [
    {
      name: `MaxPool${rank}d`,
      bases: ['_MaxPoolNd'],
      signature: `${WINDOW}, dilation=1, return_indices=False, ceil_mode=False`,
      forward: 'input',
      run: callFunctional(`max_pool${rank}d`, [
        'kernel_size',
        'stride',
        'padding',
        'dilation',
        'return_indices',
        'ceil_mode',
      ]),
    },
    {
      name: `MaxUnpool${rank}d`,
      signature: WINDOW,
      forward: 'input, indices, output_size=None',
      run: (ctx, self, args) => {
        const names = ['kernel_size', 'stride', 'padding'];
        const fields = names.map((name) => self.fields.get(name) ?? null);
        const given = [args.get('input'), args.get('indices'), ...fields, args.get('output_size')];
        return ctx.call(layerFunctions.get(`max_unpool${rank}d`) ?? null, given);
      },
    },
    {
      name: `AvgPool${rank}d`,
      bases: ['_AvgPoolNd'],
      signature: `${WINDOW}, ceil_mode=False, count_include_pad=True${rank === 1 ? '' : ', divisor_override=None'}`,
      forward: 'input',
      run: callFunctional(`avg_pool${rank}d`, [
        'kernel_size',
        'stride',
        'padding',
        'ceil_mode',
        'count_include_pad',
        'divisor_override',
      ]),
    },
    {
      name: `LPPool${rank}d`,
      signature: 'norm_type, kernel_size, stride=None, ceil_mode=False',
      forward: 'input',
      run: callFunctional(`lp_pool${rank}d`, ['norm_type', 'kernel_size', 'stride', 'ceil_mode']),
    },
    ...adaptive,
  ];
}

export const poolingLayers: readonly Layer[] = RANKS.flatMap(pools);
