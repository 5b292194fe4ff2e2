/** `torch.nn.attention`: which kernel computes attention changes no value. */
import type { Context } from '../python/natives/context';
import { nativeClass } from '../python/natives/native';
import type { PyValue } from '../python/values/values';
import { quietContext } from './environment';
import type { Namespaces } from './namespace';

export const attentionNamespaces = (ctx: Context): Namespaces => ({
  'torch.nn.attention': () => [
    ['SDPBackend', backends(ctx)],
    ['sdpa_kernel', quietContext(ctx)],
  ],
});

function backends(ctx: Context): PyValue {
  const kinds = ['MATH', 'FLASH_ATTENTION', 'EFFICIENT_ATTENTION', 'CUDNN_ATTENTION', 'OVERRIDEABLE'];
  return nativeClass(
    'SDPBackend',
    [ctx.classes.object],
    Object.fromEntries(kinds.map((kind, i) => [kind, BigInt(i)])),
    'torch.nn.attention',
  );
}
