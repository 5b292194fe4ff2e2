/** `torch.nn.utils`. */
import { type NativeTable, table } from '../../../python/natives/table';
import { moduleArgument } from '../module';
import { spectralNorm, stopComputing, weightNorm } from './norms';

export const utils: NativeTable = table((define) => {
  define('weight_norm', "module, name='weight', dim=0", (ctx, args) => {
    weightNorm(ctx, moduleArgument(ctx, args), args.string('name'), args.optionalInt('dim') ?? null);
    return args.get('module');
  });
  define('spectral_norm', "module, name='weight', n_power_iterations=1, eps=1e-12, dim=None", (ctx, args) => {
    spectralNorm(ctx, moduleArgument(ctx, args), args.string('name'), args.optionalInt('dim'));
    return args.get('module');
  });
  define('remove_weight_norm', "module, name='weight'", (ctx, args) => {
    const name = args.string('name');
    stopComputing(ctx, moduleArgument(ctx, args), name, [`${name}_g`, `${name}_v`]);
    return args.get('module');
  });
  define('remove_spectral_norm', "module, name='weight'", (ctx, args) => {
    const name = args.string('name');
    stopComputing(ctx, moduleArgument(ctx, args), name, [`${name}_orig`, `${name}_u`, `${name}_v`]);
    return args.get('module');
  });
  define('skip_init', 'module_cls, *args, **kwargs', (ctx, args) =>
    ctx.call(args.get('module_cls'), args.rest('args'), args.keywords('kwargs')),
  );
  // They act on gradients only.
  define('clip_grad_norm_ clip_grad_value_', '*args, **kwargs', () => null);
});
