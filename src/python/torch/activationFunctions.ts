/** The catalogue's activations as PyTorch's functions: one mechanism for `F.gelu`, `torch.tanh` and `x.relu()`. */
import { catalogue } from '../../activations/catalogue';
import type { Activation } from '../../activations/types';
import type { Scalar } from '../../graph/types';
import type { NativeArguments } from '../arguments';
import { numberOf } from '../arguments';
import { type Context, type NativeFunction, native } from '../native';
import { type PyTensor, type PyValue, typeName, Unknown } from '../values';
import { activate } from './layerOps';
import { apply, cast } from './tensor';

/** How the catalogue's default reads in a Python signature. */
function pythonDefault(value: Scalar): string {
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (typeof value === 'string') return value === 'None' ? 'None' : `'${value}'`;
  return Number.isInteger(value) ? value.toFixed(1) : String(value);
}

/** Parameter list of the module's constructor, or of the function after its input. */
export function signatureOf(entry: Activation): string {
  return entry.parameters.map(({ name, default: value }) => `${name}=${pythonDefault(value)}`).join(', ');
}

/** The given arguments by the catalogue's names. `inplace` changes no value and is left out of the graph. */
export function parametersFrom(ctx: Context, entry: Activation, args: NativeArguments): Record<string, Scalar> {
  const result: Record<string, Scalar> = {};
  for (const { name, default: fallback } of entry.parameters) {
    if (name === 'inplace') continue;
    const value = args.get(name);
    result[name] = scalarOf(ctx, entry, name, value) ?? fallback;
  }
  return result;
}

function scalarOf(ctx: Context, entry: Activation, name: string, value: PyValue): Scalar | undefined {
  if (value === null) return undefined;
  if (typeof value === 'string' || typeof value === 'boolean') return value;
  const number = numberOf(value);
  if (number !== undefined) return number;
  const why = value instanceof Unknown ? `, because ${value.reason}` : `: it is ${typeName(value)}`;
  return ctx.error('unsupported', `${entry.title}'s argument ${name} cannot be read${why}`);
}

function functionFor(entry: Activation, name: string): NativeFunction {
  const inPlace = name.endsWith('_');
  if (entry.id === 'prelu') {
    return native(
      'input, weight',
      (ctx, args) => activate(ctx, 'prelu', {}, args.tensor('input'), args.tensor('weight')),
      name,
    );
  }
  const along = entry.shape === 'along-dimension';
  const own = signatureOf(entry);
  const signature = along ? 'input, dim=None, _stacklevel=3, dtype=None' : own ? `input, ${own}` : 'input';
  return native(
    signature,
    (ctx, args) => {
      const x = args.tensor('input');
      const dtype = along ? args.optionalDtype('dtype') : undefined;
      const result = activate(ctx, entry.id, parametersFrom(ctx, entry, args), dtype ? cast(ctx, x, dtype) : x);
      const inPlaceArgument = entry.parameters.some(({ name: each }) => each === 'inplace') && args.bool('inplace');
      return inPlace || inPlaceArgument ? inPlaceResult(x, result) : result;
    },
    name,
  );
}

function inPlaceResult(x: PyTensor, result: PyTensor): PyTensor {
  x.value = result.value;
  x.type = result.type;
  x.data = undefined;
  x.storage = undefined;
  return x;
}

function table(names: (entry: Activation) => readonly string[] | undefined): Map<string, NativeFunction> {
  const result = new Map<string, NativeFunction>();
  for (const entry of catalogue.values()) {
    for (const name of names(entry) ?? []) if (!name.includes('.')) result.set(name, functionFor(entry, name));
  }
  return result;
}

export const functionalActivations = () => table((entry) => entry.spellings.functional);
export const torchActivations = () => table((entry) => entry.spellings.torch);
/** Methods: those of the catalogue, and every `torch.*` one that PyTorch has as a method too. */
export const activationMethods = () =>
  table((entry) => [...(entry.spellings.methods ?? []), ...(entry.spellings.torch ?? [])]);

/** log-softmax is no entry of the catalogue yet: shifted by the maximum, so that nothing overflows. */
export function logSoftmax(ctx: Context, x: PyTensor, dim: number): PyTensor {
  const dims = [dim < 0 ? dim + x.type.shape.length : dim];
  const largest = apply(ctx, { kind: 'reduce', function: 'max', dims, keepdim: true }, x);
  const shifted = apply(ctx, { kind: 'binary', function: 'sub' }, x, largest);
  const powers = apply(ctx, { kind: 'unary', function: 'exp' }, shifted);
  const total = apply(ctx, { kind: 'reduce', function: 'sum', dims, keepdim: true }, powers);
  return apply(
    ctx,
    { kind: 'binary', function: 'sub' },
    shifted,
    apply(ctx, { kind: 'unary', function: 'log' }, total),
  );
}
