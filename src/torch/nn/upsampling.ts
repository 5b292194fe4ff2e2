/** `nn.Upsample`, `nn.UpsamplingNearest2d`, `nn.UpsamplingBilinear2d`. */
import { callFunctional, type Layer } from './layer';

export const upsamplingLayers: readonly Layer[] = [
  {
    name: 'Upsample',
    constants: { name: 'Upsample' },
    signature: "size=None, scale_factor=None, mode='nearest', align_corners=None, recompute_scale_factor=None",
    forward: 'input',
    run: callFunctional('interpolate', ['size', 'scale_factor', 'mode', 'align_corners', 'recompute_scale_factor']),
  },
  ...(['nearest', 'bilinear'] as const).map(
    (mode): Layer => ({
      name: `Upsampling${mode === 'nearest' ? 'Nearest' : 'Bilinear'}2d`,
      constants: { mode, align_corners: mode === 'nearest' ? null : true, recompute_scale_factor: null },
      signature: 'size=None, scale_factor=None',
      forward: 'input',
      run: callFunctional(`upsample_${mode}`, ['size', 'scale_factor']),
    }),
  ),
];
