/** The catalogue's activations as PyTorch's functions: one mechanism for `F.gelu`, `torch.tanh` and `x.relu()`. */

import { dimension } from '../../../activations/along';
import { type ActivationId, catalogue, defaultParameters, entryOf } from '../../../activations/catalogue';
import { operationOf } from '../../../activations/operation';
import type { Activation, ParameterSpec, Spellings } from '../../../activations/types';
import { sizeAt } from '../../../graph/access';
import { sizes } from '../../../graph/ops/rule';
import { type ActivationParameters, type Scalar, ShapeError, type SourceRange } from '../../../graph/types';
import { say, sentence } from '../../../language/say';
import type { NativeArguments } from '../../../python/natives/arguments';
import { numberOf } from '../../../python/natives/arguments';
import type { Context } from '../../../python/natives/context';
import { type NativeFunction, native } from '../../../python/natives/native';
import type { NativeTable } from '../../../python/natives/table';
import { type PyTensor, type PyValue, typeName, Unknown } from '../../../python/values/values';
import { arithmetic, comparison, reduce, toFloating } from '../../ops/operations';
import { gumbel } from '../../ops/random';
import { overwrite } from '../../tensor/inplace';
import { cast, elements, noteUses, tensorOf } from '../../tensor/tensor';
import { applyAlongDim } from '../../tensor/views';

/** How the catalogue's default reads in a Python signature. */
function pythonDefault({ default: value, integer }: ParameterSpec): string {
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (typeof value === 'string') return value === 'None' ? 'None' : `'${value}'`;
  return Number.isInteger(value) && !integer ? value.toFixed(1) : String(value);
}

/** Parameter list of the module's constructor, or of the function after its input. */
export function signatureOf(entry: Activation): string {
  return entry.parameters.map((spec) => (spec.required ? spec.name : `${spec.name}=${pythonDefault(spec)}`)).join(', ');
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
  return ctx.error(
    'unsupported',
    value instanceof Unknown
      ? say("{0}'s argument {1} cannot be read, because {2}", entry.title, name, sentence(value.reason))
      : say("{0}'s argument {1} cannot be read: it is {2}", entry.title, name, typeName(value)),
    value instanceof Unknown ? value : undefined,
  );
}

/** Where a function's spelling stands; their signatures differ. */
type Namespace = 'functional' | 'torch';

/** The function's parameters behind its input, where they are not the module's. */
function functionSignature(entry: Activation, namespace: Namespace): string {
  if (entry.shape === 'along-dimension')
    return namespace === 'functional' ? 'dim=None, _stacklevel=3, dtype=None' : 'dim=None, dtype=None';
  const own = signatureOf(entry);
  return entry.randomInTraining ? own.replace('inplace', 'training=False, inplace') : own;
}

function functionFor(entry: Activation, name: string, namespace: Namespace): NativeFunction {
  const inPlace = name.endsWith('_');
  if (entry.random) return gumbelSoftmax(entry, name);
  if (entry.learned) {
    const names = entry.learned.map((weight) => weight.name);
    return native(
      ['input', ...names].join(', '),
      (ctx, args) => {
        const weights = names.map((each) => args.tensor(each));
        return activate(ctx, entry, {}, args.tensor('input'), weights);
      },
      name,
    );
  }
  const along = entry.shape === 'along-dimension';
  const own = functionSignature(entry, namespace);
  return native(
    own ? `input, ${own}` : 'input',
    (ctx, args) => {
      const x = args.tensor('input');
      if (entry.randomInTraining && args.bool('training'))
        ctx.error('unsupported', say('{0}(training=True) draws random slopes; pass training=self.training', name));
      const dtype = along ? args.optionalDtype('dtype') : undefined;
      const result = activate(ctx, entry, parametersFrom(ctx, entry, args), dtype ? cast(ctx, x, dtype) : x);
      const inPlaceArgument = entry.parameters.some(({ name: each }) => each === 'inplace') && args.bool('inplace');
      return inPlace || inPlaceArgument ? overwrite(ctx, x, result) : result;
    },
    name,
  );
}

/** Softmax of logits with Gumbel noise that is drawn anew each time; `hard` gives its largest 1, with the soft one's slope. */
function gumbelSoftmax(entry: Activation, name: string): NativeFunction {
  return native(
    `logits, ${signatureOf(entry)}`,
    (ctx, args) => {
      const logits = toFloating(ctx, args.tensor('logits'));
      const dim = args.dim('dim', logits.type.shape.length);
      const noisy = arithmetic(ctx, 'add', logits, gumbel(ctx, logits.type));
      const soft = activate(ctx, 'softmax', { dim }, arithmetic(ctx, 'div', noisy, args.float('tau')));
      if (!args.bool('hard')) return soft;
      const largest = comparison(ctx, 'eq', soft, reduce(ctx, 'max', soft, [dim], true));
      const kept = ctx.call(ctx.getattr(soft, 'detach'));
      return arithmetic(ctx, 'add', arithmetic(ctx, 'sub', cast(ctx, largest, soft.type.dtype), kept), soft);
    },
    name,
  );
}

function table(
  names: (spellings: Spellings) => readonly string[] | undefined,
  namespace: Namespace = 'torch',
  prefix = '',
): Map<string, NativeFunction> {
  const result = new Map<string, NativeFunction>();
  for (const entry of catalogue.values()) {
    for (const spelling of names(entry.spellings) ?? []) {
      const name = spelling.slice(prefix.length);
      if (spelling.startsWith(prefix) && !name.includes('.')) result.set(name, functionFor(entry, name, namespace));
    }
  }
  return result;
}

let functional: NativeTable | undefined;

/** Activations of `torch.nn.functional`. */
export function functionalActivations(): NativeTable {
  functional ??= table((spellings) => spellings.functional, 'functional');
  return functional;
}

export const torchActivations = () => table(({ torch }) => torch);
/** Members of `torch.special`. */
export const specialActivations = () => table(({ torch }) => torch, 'torch', 'special.');
export const activationMethods = () => table(({ methods }) => methods);

/** What an activation of PyTorch refuses, in its words. */
function refuse({ title, ranks }: Activation, shape: readonly number[], weights: readonly PyTensor[]): void {
  if (ranks && !ranks.includes(shape.length)) {
    const wanted = ranks.map((rank) => `${rank}D`).join(' or ');
    throw new ShapeError(`${title} requires a ${wanted} tensor as input, but it is ${sizes(shape)}`);
  }
  const channels = shape.length > 1 ? sizeAt(shape, 1) : 1;
  for (const weight of weights) {
    const count = elements(weight.type.shape);
    if (count !== 1 && count !== channels) {
      throw new ShapeError(
        `Mismatch of parameter numbers and input channel size. Found parameter numbers = ${count} and channel size = ${channels}.`,
      );
    }
  }
}

/** An activation's node. `parameters` are those of the catalogue that were given; `site` is its module's constructor. */
export function activate(
  ctx: Context,
  which: ActivationId | Activation,
  parameters: ActivationParameters,
  x: PyTensor,
  weights: readonly PyTensor[] = [],
  site?: SourceRange,
): PyTensor {
  const entry = typeof which === 'string' ? entryOf(which) : which;
  const { shape } = x.type;
  const all: Record<string, Scalar> = { ...defaultParameters(entry), ...parameters };
  if ('dim' in all && shape.length === 0)
    return applyAlongDim(ctx, x, (vector) => activate(ctx, entry, parameters, vector, weights, site));
  if (all.dim === 'None') all.dim = dimension(shape.length, all.dim);
  const op = operationOf(entry, all);
  try {
    refuse(entry, shape, weights);
    const inputs = [x.value, ...weights.map(({ value }) => value)];
    const made = tensorOf(ctx, ctx.emit1(op, inputs, site ? { site } : {}));
    noteUses(made, [x, ...weights]);
    return made;
  } catch (error) {
    if (error instanceof ShapeError) return ctx.error('shape', error.message);
    throw error;
  }
}
