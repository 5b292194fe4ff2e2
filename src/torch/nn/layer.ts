/** What a layer of `torch.nn` is made of: a row of a table, turned into a class. */
import type { DType, Initialiser } from '../../graph/types';
import { say } from '../../language/say';
import { type NativeArguments, numberOf } from '../../python/natives/arguments';
import type { Context, Eval } from '../../python/natives/context';
import { native, nativeClass } from '../../python/natives/native';
import { parseSignature } from '../../python/natives/signature';
import { PyClass, type PyInstance, PyTensor, PyTuple, type PyValue } from '../../python/values/values';
import { makeParameter } from '../tensor/initialiser';
import { fill } from '../tensor/inplace';
import { tensorOf } from '../tensor/tensor';
import { layerFunctions } from './functional/index';
import { moduleState, setAbsent } from './module';
import { fieldsOf, selfOf } from './moduleFields';

/** Numbers of spatial dimensions: `Conv1d`, `Conv2d`, `Conv3d`. */
export const RANKS = [1, 2, 3] as const;

export interface Layer {
  readonly name: string;
  /** PyTorch's own base classes, nearest first, which `isinstance` may be asked about. */
  readonly bases?: readonly string[];
  /** Of `__init__`, without self: every argument becomes a field of its name. */
  readonly signature: string;
  /** What every one has beside its arguments, by the names of PyTorch's attributes. */
  readonly constants?: Readonly<Record<string, PyValue>>;
  /** Registers parameters and buffers, after the fields are set. */
  readonly build?: (layer: Build) => void;
  readonly forward: string;
  readonly run: (ctx: Context, self: PyInstance, args: NativeArguments) => PyValue | Eval<PyValue>;
  /** Other members of the class. */
  readonly members?: Readonly<Record<string, PyValue>>;
}

/** What building a layer needs: its arguments, and a way to register parameters and buffers. */
export class Build {
  constructor(
    readonly ctx: Context,
    readonly self: PyInstance,
    readonly args: NativeArguments,
  ) {}

  parameter(name: string, shape: readonly number[], initialiser: Initialiser): void {
    const dtype = this.args.optionalDtype('dtype') ?? 'float32';
    this.self.fields.delete(name);
    this.self.fields.set(name, makeParameter(this.ctx, { dtype, shape }, initialiser));
    if (this.self.state instanceof Defaults) this.self.state.initialisers.set(name, initialiser);
  }

  /** A parameter, or None where the layer has none. */
  optional(present: boolean, name: string, shape: readonly number[], initialiser: Initialiser): void {
    if (present) this.parameter(name, shape, initialiser);
    else this.none(name);
  }

  none(name: string): void {
    setAbsent(this.self, name, 'parameters');
  }

  buffer(name: string, shape: readonly number[], value: number, dtype: DType = 'float32'): void {
    this.ctx.meter.tensor();
    const initialiser: Initialiser = { kind: 'constant', value };
    const storage = this.ctx.graph.storage({ dtype, shape }, false, initialiser);
    if (this.self.state instanceof Defaults) this.self.state.initialisers.set(name, initialiser);
    fieldsOf(this.self).setBuffer(
      name,
      tensorOf(this.ctx, this.ctx.graph.storageAt(storage).value, undefined, storage),
    );
  }

  /** A buffer that the layer has not. */
  noBuffer(name: string): void {
    fieldsOf(this.self).setBuffer(name, null);
  }

  set(name: string, sizes: readonly number[]): void {
    this.self.fields.set(name, new PyTuple(sizes.map(BigInt)));
  }

  /** A submodule of `torch.nn`, made and registered. */
  module(
    name: string,
    cls: PyValue,
    args: readonly PyValue[],
    keywords: Readonly<Record<string, PyValue>> = {},
  ): PyValue {
    const made = this.ctx.call(cls, args, new Map(Object.entries(keywords)));
    this.ctx.setattr(this.self, name, made);
    return made;
  }
}

/** U(−1/√fan_in, 1/√fan_in): what kaiming_uniform with a = √5 comes to, and PyTorch's default bias. */
export function fanIn(fan: number): Initialiser {
  const bound = fan > 0 ? 1 / Math.sqrt(fan) : 0;
  return { kind: 'uniform', low: -bound, high: bound };
}

/** Xavier's uniform distribution of a matrix [out, in]. */
export function xavier(out: number, into: number): Initialiser {
  const bound = Math.sqrt(6 / (out + into));
  return { kind: 'uniform', low: -bound, high: bound };
}

export const ones: Initialiser = { kind: 'constant', value: 1 };
export const zeros: Initialiser = { kind: 'constant', value: 0 };
export const FACTORY = 'device=None, dtype=None';

/** Calls a function of `torch.nn.functional` with the input and fields of the layer; `as` renames some of them. */
export function callFunctional(
  name: string,
  fields: readonly string[],
  renamed: Readonly<Record<string, string>> = {},
): Layer['run'] {
  return (ctx, self, args) => {
    const keywords = fields.flatMap((field): [string, PyValue][] =>
      self.fields.has(field) ? [[renamed[field] ?? field, self.fields.get(field) ?? null]] : [],
    );
    return ctx.call(layerFunctions.get(name) ?? null, [args.get('input')], new Map(keywords));
  };
}

/** A parameter or buffer of the layer; null where it has none. */
export function field(ctx: Context, self: PyInstance, name: string): PyTensor | null {
  const value = self.fields.get(name);
  if (value instanceof PyTensor) return value;
  return value === null || value === undefined ? null : ctx.error('unsupported', say('{0} is no tensor', name));
}

/** A number that the constructor was given. */
export function setting(self: PyInstance, name: string): number {
  return numberOf(self.fields.get(name) ?? null) ?? Number.NaN;
}

/** The initialisers that a layer was built with, to which `reset_parameters` goes back. */
class Defaults {
  readonly initialisers = new Map<string, Initialiser>();
}

function reset(ctx: Context, self: PyInstance, only?: readonly string[]): void {
  if (!(self.state instanceof Defaults)) return;
  for (const [name, initialiser] of self.state.initialisers) {
    const tensor = only && !only.includes(name) ? undefined : self.fields.get(name);
    if (tensor instanceof PyTensor) fill(ctx, tensor, initialiser);
  }
}

/** A method that sets parameters and buffers to what they were built with: all, or those of these names. */
export const resetMethod = (only?: readonly string[]): PyValue =>
  native('self', (ctx, args) => {
    reset(ctx, selfOf(args.get('self')), only);
    return null;
  });

/** A row of the table as a class; `classes` has its base class. */
export function layerClass(ctx: Context, layer: Layer, classes?: ReadonlyMap<string, PyValue>): PyValue {
  const [above] = layer.bases ?? [];
  const known = above === undefined ? undefined : classes?.get(above);
  const base = known instanceof PyClass ? known : moduleState(ctx).cls;
  const resets = resetMethod();
  return nativeClass(
    layer.name,
    [base],
    {
      reset_parameters: resets,
      _reset_parameters: resets,
      ...layer.members,
      __init__: native(`self, ${layer.signature}`, (inner, args) => {
        const self = selfOf(args.get('self'));
        self.state = new Defaults();
        fieldsOf(self).begin();
        for (const { name } of parseSignature(layer.signature)) self.fields.set(name, args.get(name));
        for (const [name, value] of Object.entries(layer.constants ?? {})) self.fields.set(name, value);
        layer.build?.(new Build(inner, self, args));
        return null;
      }),
      forward: native(`self, ${layer.forward}`, (inner, args) => layer.run(inner, selfOf(args.get('self')), args)),
    },
    'torch.nn',
  );
}
