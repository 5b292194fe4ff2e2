/** Members of complex tensors: what they have of their own; functions come from `torch.Tensor`'s and look at both parts. */
import type { Context } from '../../python/natives/context';
import { native, property } from '../../python/natives/native';
import { definer } from '../../python/natives/table';
import { type PyComplex, PyComplexDtype, PyDevice, PyList, PyTensor, type PyValue } from '../../python/values/values';
import { getItem, setItem } from '../tensor/indexing';
import { overwrite } from '../tensor/inplace';
import { shapeOf } from '../tensor/size';
import { cast, sizeOf, torchState } from '../tensor/tensor';
import { permute, select, transpose } from '../tensor/views';
import { conjugate, magnitude, operateComplex } from './arithmetic';
import { complexDtypes, complexOf, makeComplex, partDtype, partsOf, refuse } from './parts';

function self(value: PyValue): PyComplex {
  const found = complexOf(value);
  if (!found) throw new TypeError('a method of a complex tensor without it');
  return found;
}

/** The dtype whose parts these are. */
export function complexDtype({ real }: PyComplex): PyComplexDtype {
  const { dtype } = real.type;
  const name = dtype === 'float64' ? 'complex128' : dtype === 'float16' ? 'complex32' : 'complex64';
  return complexDtypes[name] ?? new PyComplexDtype(name);
}

const mapParts = (ctx: Context, z: PyComplex, change: (part: PyTensor) => PyTensor) =>
  makeComplex(ctx, change(z.real), change(z.imaginary));

/** Fills the class of complex tensors, once an extraction. */
export function defineComplex(ctx: Context): void {
  const { members } = torchState(ctx).complex;
  const get = (name: string, body: (inner: Context, z: PyComplex) => PyValue): void => {
    members.set(
      name,
      property((inner, value) => body(inner, self(value))),
    );
  };
  const rank = (z: PyComplex) => z.real.type.shape.length;
  get('shape', (inner, z) => shapeOf(inner, z.real));
  get('ndim', (_, z) => BigInt(rank(z)));
  get('dtype', (_, z) => complexDtype(z));
  get('device', () => new PyDevice('cpu'));
  get('real', (_, z) => z.real);
  get('imag', (_, z) => z.imaginary);
  get('requires_grad', (_, z) => z.real.requiresGrad);
  get('data', (_, z) => z);
  for (const name of ['grad', 'grad_fn']) get(name, () => null);
  get('is_leaf', () => true);
  for (const name of ['is_cuda', 'is_sparse', 'is_quantized', 'is_meta']) get(name, () => false);
  const reversed = (z: PyComplex) => z.real.type.shape.map((_, i) => i).reverse();
  const swapped = (inner: Context, z: PyComplex) =>
    mapParts(inner, z, (part) => transpose(inner, part, rank(z) - 2, rank(z) - 1));
  get('T', (inner, z) => mapParts(inner, z, (part) => permute(inner, part, reversed(z))));
  get('mT', swapped);
  for (const name of ['H', 'mH']) get(name, (inner, z) => conjugate(inner, swapped(inner, z)));

  const define = definer((name, fn) => members.set(name, fn));
  define('size', 'self, dim=None', (inner, args) => {
    const { real } = self(args.get('self'));
    return args.isNone('dim') ? shapeOf(inner, real) : BigInt(sizeOf(real, args.dim('dim', real.type.shape.length)));
  });
  define('dim ndimension', 'self', (_, args) => BigInt(rank(self(args.get('self')))));
  define('nelement', 'self', (inner, args) => inner.call(inner.getattr(self(args.get('self')).real, 'numel')));
  define('cpu cuda requires_grad_ pin_memory', 'self, *args, **kwargs', (_, args) => args.get('self'));
  define('cfloat cdouble', 'self', (_, args) => args.get('self'));
  define('to type', 'self, *args, **kwargs', (inner, args) => {
    const z = self(args.get('self'));
    const all = [...args.rest('args'), ...args.keywords('kwargs').values()];
    const dtype = all.find((value) => value instanceof PyComplexDtype);
    if (dtype instanceof PyComplexDtype) return mapParts(inner, z, (part) => cast(inner, part, partDtype(dtype)));
    const other = all.some(
      (value) => !(value instanceof PyDevice) && typeof value !== 'string' && typeof value !== 'boolean',
    );
    return other ? refuse(inner, 'to') : z;
  });
  define('angle', 'self', (inner, args) => {
    const z = self(args.get('self'));
    return inner.call(inner.getattr(z.imaginary, 'atan2'), [z.real]);
  });
  members.set(
    '__neg__',
    native('self', (inner, args) => operateComplex(inner, 'mul', args.get('self'), -1)),
  );
  members.set(
    '__abs__',
    native('self', (inner, args) => magnitude(inner, self(args.get('self')))),
  );
  members.set(
    '__len__',
    native('self', (_, args) => BigInt(sizeOf(self(args.get('self')).real, 0))),
  );
  members.set(
    '__iter__',
    native('self', (inner, args) => {
      const z = self(args.get('self'));
      const rows = Array.from({ length: sizeOf(z.real, 0) }, (_, i) =>
        mapParts(inner, z, (part) => select(inner, part, 0, i)),
      );
      return inner.call(inner.builtins.get('iter') ?? null, [new PyList(rows)]);
    }),
  );
  members.set(
    '__getitem__',
    native('self, index', (inner, args) =>
      mapParts(inner, self(args.get('self')), (part) => getItem(inner, part, args.get('index'))),
    ),
  );
  members.set(
    '__setitem__',
    native('self, index, value', (inner, args) => {
      const z = self(args.get('self'));
      const value = args.get('value');
      const parts = value instanceof PyTensor || complexOf(value) ? partsOf(inner, value) : ([value, null] as const);
      setItem(inner, z.real, args.get('index'), parts[0]);
      setItem(inner, z.imaginary, args.get('index'), parts[1] ?? 0);
      return null;
    }),
  );
  for (const name of ['add', 'sub', 'mul', 'truediv']) {
    members.set(
      `__i${name}__`,
      native('self, other', (inner, args) => {
        const z = self(args.get('self'));
        const result = operateComplex(inner, name, z, args.get('other'));
        overwrite(inner, z.real, result.real);
        overwrite(inner, z.imaginary, result.imaginary);
        return z;
      }),
    );
  }
  members.set(
    '__getattr__',
    native('self, name', (inner, args) => {
      const name = args.string('name');
      return name.startsWith('__')
        ? inner.raise('AttributeError', `'Tensor' object has no attribute '${name}'`)
        : refuse(inner, name);
    }),
  );
}
