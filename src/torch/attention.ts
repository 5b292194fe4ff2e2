/** `torch.nn.attention`: which kernel computes attention changes no value. */
import type { Context } from '../python/natives/context';
import { nativeClass } from '../python/natives/native';
import type { PyModule } from '../python/values/values';
import { quietContext } from './environment';
import { moduleOf } from './namespace';

export function attentionNamespaces(ctx: Context): readonly PyModule[] {
  const kinds = ['MATH', 'FLASH_ATTENTION', 'EFFICIENT_ATTENTION', 'CUDNN_ATTENTION', 'OVERRIDEABLE'];
  const backends = nativeClass(
    'SDPBackend',
    [ctx.classes.object],
    Object.fromEntries(kinds.map((kind, i) => [kind, BigInt(i)])),
    'torch.nn.attention',
  );
  return [
    moduleOf('torch.nn.attention', [
      ['SDPBackend', backends],
      ['sdpa_kernel', quietContext(ctx)],
    ]),
  ];
}
