/**
 * What `torch` itself holds: functions and values that all extractions share, and classes of their own.
 * `torch.FloatTensor`, `torch.DoubleTensor`, `torch.HalfTensor`, `torch.LongTensor`, `torch.IntTensor`,
 * `torch.BoolTensor`, `torch.ByteTensor`, `torch.CharTensor`, `torch.ShortTensor`, `torch.BFloat16Tensor`
 */
import type { Context } from '../python/natives/context';
import { NativeFunction, native, nativeClass } from '../python/natives/native';
import { PyInstance, type PyValue } from '../python/values/values';
import { defineKinds } from './device';
import { autocastClass, gradientModes } from './gradMode';
import { namesOf } from './names';
import { commonMembers } from './ops/creation';
import { limits } from './ops/dtype';
import { LEGACY, legacyConstructor } from './tensor/legacy';
import { sizeClass } from './tensor/size';
import { torchState } from './tensor/tensor';

/** Members that are the same for every extraction. */
let common: ReadonlyMap<string, PyValue> | undefined;

/** Members of `torch`: functions, values, and the classes of this extraction. */
export function torchMembers(ctx: Context): Map<string, PyValue> {
  common ??= commonMembers();
  const members = new Map(common);
  for (const [name, cls] of Object.entries(defineKinds(ctx))) members.set(name, cls);
  members.set('Size', sizeClass(ctx));
  for (const name of ['finfo', 'iinfo'] as const) members.set(name, limitsFunction(ctx, name));
  for (const [name, value] of gradientModes(ctx)) members.set(name, value);
  members.set('autocast', autocastClass(ctx));
  members.set('Tensor', torchState(ctx).tensor);
  for (const [name, dtype] of Object.entries(LEGACY)) {
    const cls = nativeClass(`${name}Tensor`, [torchState(ctx).tensor], { __new__: legacyConstructor(dtype) }, 'torch');
    members.set(`${name}Tensor`, cls);
  }
  // Methods that write in place are functions, too: `torch.exp_(x)`.
  for (const name of namesOf('torch') ?? []) {
    const method = !name.endsWith('_') || members.has(name) ? undefined : torchState(ctx).tensor.members.get(name);
    if (method instanceof NativeFunction) members.set(name, method);
  }
  return members;
}

/** `torch.finfo`, `torch.iinfo`: what a dtype holds, as fields of an object. */
function limitsFunction(ctx: Context, name: 'finfo' | 'iinfo'): PyValue {
  const cls = nativeClass(name, [ctx.classes.object], {}, 'torch');
  return native(
    'type=None',
    (inner, args) => {
      const info = new PyInstance(cls);
      const dtype = args.optionalDtype('type') ?? 'float32';
      for (const [field, value] of limits(inner, dtype, name === 'finfo')) info.fields.set(field, value);
      return info;
    },
    name,
  );
}
