import type { Context } from '../python/natives/context';
import { native, nativeClass } from '../python/natives/native';
import type { PyClass } from '../python/values/values';
import { PyDevice } from '../python/values/values';

/** `torch.Generator`: what it draws is drawn here by seeds of ours. */
export function generatorClass(ctx: Context): PyClass {
  const itself = native('self, *args', (_, args) => args.get('self'));
  return nativeClass(
    'Generator',
    [ctx.classes.object],
    {
      __init__: native('self, device="cpu"', (inner, args) => {
        const device = args.get('device');
        inner.setattr(
          args.get('self'),
          'device',
          device instanceof PyDevice ? device : new PyDevice(args.string('device')),
        );
        return null;
      }),
      manual_seed: itself,
      set_state: itself,
      clone_state: itself,
      seed: native('self', () => 0n),
      initial_seed: native('self', () => 0n),
      get_state: native('self', () => null),
    },
    'torch',
  );
}
