/** `nn.DataParallel` and `nn.parallel.DistributedDataParallel`: a model on several devices, which is the model itself. */
import type { Context, Eval } from '../../python/natives/context';
import { native, nativeClass } from '../../python/natives/native';
import { LazyMap } from '../../python/values/lazy';
import type { PyValue } from '../../python/values/values';
import { moduleState } from './module';
import { selfOf } from './moduleFields';

/** The wrappers' classes, by name. */
export function parallelClasses(ctx: Context): LazyMap {
  const wrapper = (name: string): PyValue =>
    nativeClass(
      name,
      [moduleState(ctx).cls],
      {
        __init__: native('self, module, *args, **kwargs', (inner, args) => {
          inner.setattr(args.get('self'), 'module', args.get('module'));
          return null;
        }),
        forward: native('self, *inputs, **kwargs', function* (inner, args): Eval<PyValue> {
          const module = inner.getattr(selfOf(args.get('self')), 'module');
          return yield* inner.run(module, args.rest('inputs'), args.keywords('kwargs'));
        }),
      },
      'torch.nn.parallel',
    );
  const classes = new LazyMap();
  for (const name of ['DataParallel', 'DistributedDataParallel']) classes.define(name, () => wrapper(name));
  return classes;
}
