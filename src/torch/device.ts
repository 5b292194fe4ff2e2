/** `torch.device` and `torch.dtype`: what their objects have. */
import type { Context } from '../python/natives/context';
import { native, nativeClass, property } from '../python/natives/native';
import { type PyClass, PyComplexDtype, PyDevice, PyDtype, type PyValue } from '../python/values/values';

/** Classes of the objects, which the evaluator makes without one. */
export function defineKinds(ctx: Context): { readonly device: PyClass; readonly dtype: PyClass } {
  const device = deviceClass(ctx);
  const dtype = dtypeClass(ctx);
  ctx.kindClasses.set('device', device).set('dtype', dtype);
  return { device, dtype };
}

const devices =
  /^(cpu|cuda|ipu|xpu|mkldnn|opengl|opencl|ideep|hip|ve|fpga|maia|xla|lazy|vulkan|mps|meta|hpu|mtia)(?::(\d+))?$/;

function deviceClass(ctx: Context): PyClass {
  return nativeClass(
    'device',
    [ctx.classes.object],
    {
      __new__: native('cls, type="cpu", index=None', (inner, args) => {
        const given = args.get('type');
        if (given instanceof PyDevice) return given;
        // A number alone is that of an accelerator.
        if (typeof given === 'bigint') return new PyDevice('cuda', Number(given));
        const text = args.string('type');
        const [, type, index] = devices.exec(text) ?? [];
        if (type === undefined) return inner.raise('RuntimeError', `Invalid device string: '${text}'`);
        return new PyDevice(type, args.optionalInt('index') ?? (index === undefined ? null : Number(index)));
      }),
      __init__: native('self, *args, **kwargs', () => null),
      type: property((_, self) => deviceOf(self).type),
      index: property((_, self) => {
        const { index } = deviceOf(self);
        return index === null ? null : BigInt(index);
      }),
      __str__: native('self', (_, args) => {
        const { type, index } = deviceOf(args.get('self'));
        return index === null ? type : `${type}:${index}`;
      }),
      // `with device:` chooses where tensors are made: there is one place here.
      __enter__: native('self', (_, args) => args.get('self')),
      __exit__: native('self, *args', () => false),
    },
    'torch',
  );
}

function deviceOf(value: PyValue): PyDevice {
  if (value instanceof PyDevice) return value;
  throw new TypeError('a member of a device without it');
}

function dtypeClass(ctx: Context): PyClass {
  const of = (value: PyValue): string => {
    if (value instanceof PyDtype) return value.dtype;
    if (value instanceof PyComplexDtype) return value.name;
    throw new TypeError('a member of a dtype without it');
  };
  return nativeClass(
    'dtype',
    [ctx.classes.object],
    {
      is_floating_point: property((_, self) => of(self).includes('float')),
      is_complex: property((_, self) => self instanceof PyComplexDtype),
      is_signed: property((_, self) => !/^(uint|bool)/.test(of(self))),
      itemsize: property((_, self) => (of(self) === 'bool' ? 1n : BigInt(/\d+$/.exec(of(self))?.[0] ?? 8) / 8n)),
    },
    'torch',
  );
}
