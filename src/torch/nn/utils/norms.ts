/** `weight_norm` and `spectral_norm`: a weight as a function of parameters, computed anew before each `forward`. */
import type { Context } from '../../../python/natives/context';
import { NativeFunction, native } from '../../../python/natives/native';
import { PyDict, type PyInstance, PyParameter, PyTensor, PyTuple, type PyValue } from '../../../python/values/values';
import { matmul } from '../../ops/blas';
import { arithmetic } from '../../ops/operations';
import { vectorNorm } from '../../ops/reduction';
import { firstValuesOf, fromInitialiser, makeParameter } from '../../tensor/initialiser';
import { elements, sizeOf } from '../../tensor/tensor';
import { permute, reshape } from '../../tensor/views';
import { addHook } from '../hooks';
import { selfOf } from '../moduleFields';

export function parameterAt(ctx: Context, module: PyInstance, name: string): PyParameter {
  const found = module.fields.get(name);
  return found instanceof PyParameter
    ? found
    : ctx.raise('ValueError', `Module '${module.cls.name}' has no parameter '${name}'`);
}

/** Recomputes `module.name` before each call, and gives it now. */
export function recomputeBefore(
  ctx: Context,
  module: PyInstance,
  name: string,
  compute: (ctx: Context, module: PyInstance) => PyTensor,
): void {
  const set = (inner: Context, owner: PyInstance): void => {
    owner.fields.set(name, compute(inner, owner));
  };
  set(ctx, module);
  const hook = native('module, inputs', (inner, args) => {
    set(inner, selfOf(args.get('module')));
    return null;
  });
  computing.set(hook, name);
  addHook(ctx, module, '_forward_pre_hooks', hook);
}

/** The hooks that compute a tensor, with its name. */
const computing = new WeakMap<NativeFunction, string>();

/** Ends the computing of a tensor: what it is by now becomes a parameter, in the place of those that it is made of. */
export function stopComputing(ctx: Context, module: PyInstance, name: string, parts: readonly string[]): void {
  const hooks = module.fields.get('_forward_pre_hooks');
  const found = (hooks instanceof PyDict ? hooks.entries() : []).flatMap(([id, each]) => {
    const hook = each instanceof PyTuple ? each.items[0] : undefined;
    return hook instanceof NativeFunction && computing.get(hook) === name ? [{ id, hook }] : [];
  });
  const [entry] = found;
  if (!entry) {
    ctx.raise('ValueError', `weight_norm of '${name}' not found in ${module.cls.name}`);
    return;
  }
  ctx.call(entry.hook, [module, null]);
  const value = tensorAt(ctx, module, name);
  for (const each of [name, ...parts]) module.fields.delete(each);
  module.fields.set(name, makeParameter(ctx, value.type, firstValuesOf(ctx, value)));
  if (hooks instanceof PyDict) hooks.delete(entry.id);
}

/** All dimensions but one (all of them for null), over which a norm is taken. */
export function otherDims(rank: number, dim: number | null): number[] {
  const all = Array.from({ length: rank }, (_, i) => i);
  if (dim === null) return all;
  const axis = dim < 0 ? dim + rank : dim;
  return all.filter((i) => i !== axis);
}

/** g · v / ‖v‖, the norm over all dimensions but one. */
export function applyWeightNorm(ctx: Context, g: PyTensor, v: PyTensor, dim: number | null): PyTensor {
  const norm = vectorNorm(ctx, v, 2, otherDims(v.type.shape.length, dim), dim !== null);
  return arithmetic(ctx, 'mul', v, arithmetic(ctx, 'div', g, norm));
}

/** The parameter `g` of a weight: its norms over all dimensions but one. */
export function normParameter(ctx: Context, weight: PyParameter, dim: number | null): PyParameter {
  const norms = vectorNorm(ctx, weight, 2, otherDims(weight.type.shape.length, dim), dim !== null);
  return makeParameter(ctx, norms.type, firstValuesOf(ctx, norms));
}

/** `nn.utils.weight_norm(module, name='weight', dim=0)`. */
export function weightNorm(ctx: Context, module: PyInstance, name: string, dim: number | null): void {
  const weight = parameterAt(ctx, module, name);
  const g = normParameter(ctx, weight, dim);
  module.fields.delete(name);
  module.fields.set(`${name}_g`, g);
  module.fields.set(`${name}_v`, weight);
  recomputeBefore(ctx, module, name, (inner, owner) =>
    applyWeightNorm(inner, tensorAt(inner, owner, `${name}_g`), tensorAt(inner, owner, `${name}_v`), dim),
  );
}

export function tensorAt(ctx: Context, module: PyInstance, name: string): PyTensor {
  const found = module.fields.get(name);
  return found instanceof PyTensor
    ? found
    : ctx.raise('AttributeError', `'${module.cls.name}' object has no attribute '${name}'`);
}

/** The weight as a matrix with rows for `dim`. */
function matrixOf(ctx: Context, weight: PyTensor, dim: number): PyTensor {
  const order = [dim, ...otherDims(weight.type.shape.length, dim)];
  return reshape(ctx, permute(ctx, weight, order), [sizeOf(weight, dim), -1]);
}

/** weight / σ with σ = uᵀ·W·v, the largest singular value as the buffers know it. */
export function applySpectralNorm(ctx: Context, weight: PyTensor, u: PyTensor, v: PyTensor, dim: number): PyTensor {
  const sigma = matmul(ctx, u, matmul(ctx, matrixOf(ctx, weight, dim), v));
  return arithmetic(ctx, 'div', weight, sigma);
}

/** Registers u and v: in PyTorch random vectors of length one. */
export function singularVectors(
  ctx: Context,
  module: PyInstance,
  weight: PyTensor,
  dim: number,
  u: string,
  v: string,
): void {
  const rows = sizeOf(weight, dim);
  const columns = elements(weight.type.shape) / rows;
  for (const [name, size] of [
    [u, rows],
    [v, columns],
  ] as const) {
    const drawn = { kind: 'normal', mean: 0, deviation: 1 / Math.sqrt(size) } as const;
    const vector: PyValue = fromInitialiser(ctx, { dtype: 'float32', shape: [size] }, drawn);
    ctx.call(ctx.getattr(module, 'register_buffer'), [name, vector]);
  }
}

/** `nn.utils.spectral_norm(module, name='weight', …)`. */
export function spectralNorm(ctx: Context, module: PyInstance, name: string, given: number | undefined): void {
  const weight = parameterAt(ctx, module, name);
  const dim = given ?? transposedDim(module);
  module.fields.delete(name);
  module.fields.set(`${name}_orig`, weight);
  singularVectors(ctx, module, weight, dim, `${name}_u`, `${name}_v`);
  recomputeBefore(ctx, module, name, (inner, owner) => {
    const at = (suffix: string) => tensorAt(inner, owner, `${name}_${suffix}`);
    return applySpectralNorm(inner, at('orig'), at('u'), at('v'), dim);
  });
}

/** Transposed convolutions have their outputs in the second dimension. */
export function transposedDim(module: PyInstance): number {
  return module.cls.mro.some((cls) => /^ConvTranspose\dd$/.test(cls.name)) ? 1 : 0;
}
