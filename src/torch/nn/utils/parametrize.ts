/** `torch.nn.utils.parametrize` and `parametrizations`: a tensor of a module as a module of other parameters. */
import { say } from '../../../language/say';
import { sequence } from '../../../python/natives/arguments';
import type { Context, Eval } from '../../../python/natives/context';
import { wayOut } from '../../../python/natives/errors';
import { native, nativeClass } from '../../../python/natives/native';
import { type NativeTable, table } from '../../../python/natives/table';
import { type PyClass, PyInstance, PyTensor, type PyValue } from '../../../python/values/values';
import { initialiserOf, makeParameter } from '../../tensor/initialiser';
import { children, moduleState, selfOf } from '../module';
import {
  applySpectralNorm,
  applyWeightNorm,
  normParameter,
  parameterAt,
  recomputeBefore,
  singularVectors,
  tensorAt,
  transposedDim,
} from './norms';

const key = Symbol('torch.nn.utils.parametrize');

interface ParametrizeClasses {
  readonly list: PyClass;
  readonly weightNorm: PyClass;
  readonly spectralNorm: PyClass;
}

/** The originals of a parametrised tensor: `original`, or `original0`, `original1`, … */
function originals(list: PyInstance): PyValue[] {
  return [...list.fields].filter(([name]) => /^original\d*$/.test(name)).map(([, value]) => value);
}

function classes(ctx: Context): ParametrizeClasses {
  return ctx.slot(key, () => {
    const { cls: base } = moduleState(ctx);
    const define = (name: string, home: string, forward: PyValue) => nativeClass(name, [base], { forward }, home);
    return {
      list: define(
        'ParametrizationList',
        'torch.nn.utils.parametrize',
        native('self', function* (inner, args): Eval<PyValue> {
          const self = selfOf(args.get('self'));
          const [first, ...others] = children(inner, self);
          let value: PyValue = first ? yield* inner.run(first[1], originals(self)) : null;
          for (const [, child] of others) value = yield* inner.run(child, [value]);
          return value;
        }),
      ),
      weightNorm: define(
        '_WeightNorm',
        'torch.nn.utils.parametrizations',
        native('self, weight_g, weight_v', (inner, args) =>
          applyWeightNorm(inner, args.tensor('weight_g'), args.tensor('weight_v'), axisOf(args.get('self'))),
        ),
      ),
      spectralNorm: define(
        '_SpectralNorm',
        'torch.nn.utils.parametrizations',
        native('self, weight', (inner, args) => {
          const self = selfOf(args.get('self'));
          const [u, v] = [tensorAt(inner, self, '_u'), tensorAt(inner, self, '_v')];
          return applySpectralNorm(inner, args.tensor('weight'), u, v, axisOf(self) ?? 0);
        }),
      ),
    };
  });
}

function axisOf(module: PyValue): number | null {
  const dim = selfOf(module).fields.get('dim');
  return typeof dim === 'bigint' ? Number(dim) : null;
}

/** `module.parametrizations`, made at first use. */
function listsOf(ctx: Context, module: PyInstance): PyInstance {
  const known = module.fields.get('parametrizations');
  if (known instanceof PyInstance) return known;
  const cls = ctx.nativeModule('torch.nn')?.members.get('ModuleDict') ?? null;
  const made = selfOf(ctx.call(cls));
  module.fields.set('parametrizations', made);
  return made;
}

/** Hands a tensor of the module over to a list of parametrisations, which compute it from `parts` from now on. */
function handOver(ctx: Context, module: PyInstance, name: string, first: PyInstance, parts: readonly PyValue[]): void {
  const list = new PyInstance(classes(ctx).list);
  const alone = parts.length === 1;
  parts.forEach((part, i) => {
    list.fields.set(alone ? 'original' : `original${i}`, part);
  });
  list.fields.set('0', first);
  listsOf(ctx, module).fields.set(name, list);
  module.fields.delete(name);
  recomputeBefore(ctx, module, name, (inner, owner) => {
    const lists = owner.fields.get('parametrizations');
    const own = lists instanceof PyInstance ? lists.fields.get(name) : undefined;
    const value = inner.call(own ?? null);
    return value instanceof PyTensor
      ? value
      : inner.error('unsupported', say('A parametrisation of {0} gave no tensor', name));
  });
}

/** `register_parametrization(module, name, parametrization)`. */
function register(ctx: Context, module: PyInstance, name: string, parametrization: PyInstance): void {
  const known = listsOf(ctx, module).fields.get(name);
  if (known instanceof PyInstance) {
    known.fields.set(String(children(ctx, known).length), parametrization);
    return;
  }
  const weight = parameterAt(ctx, module, name);
  const inverse = ctx.lookup(parametrization, 'right_inverse');
  const given = inverse === undefined ? weight : ctx.call(inverse, [weight]);
  const parts = (sequence(given) ?? [given]).map((part): PyValue => {
    if (part === weight || !(part instanceof PyTensor)) return part;
    const initialiser = initialiserOf(ctx, part);
    return initialiser
      ? makeParameter(ctx, part.type, initialiser)
      : ctx.error('unsupported', say('A parametrisation whose right_inverse computes is not supported; {0}', wayOut()));
  });
  handOver(ctx, module, name, parametrization, parts);
}

function weightNorm(ctx: Context, module: PyInstance, name: string, dim: number | null): void {
  const weight = parameterAt(ctx, module, name);
  const own = new PyInstance(classes(ctx).weightNorm);
  own.fields.set('dim', dim === null ? null : BigInt(dim));
  const g = normParameter(ctx, weight, dim);
  handOver(ctx, module, name, own, [g, weight]);
}

function spectralNorm(ctx: Context, module: PyInstance, name: string, given: number | undefined): void {
  const weight = parameterAt(ctx, module, name);
  const own = new PyInstance(classes(ctx).spectralNorm);
  const dim = given ?? transposedDim(module);
  own.fields.set('dim', BigInt(dim));
  singularVectors(ctx, own, weight, dim, '_u', '_v');
  handOver(ctx, module, name, own, [weight]);
}

export const parametrize: NativeTable = table((define) => {
  define('register_parametrization', 'module, tensor_name, parametrization, *, unsafe=False', (ctx, args) => {
    register(ctx, selfOf(args.get('module')), args.string('tensor_name'), selfOf(args.get('parametrization')));
    return args.get('module');
  });
  define('is_parametrized', 'module, tensor_name=None', (_, args) => {
    const lists = selfOf(args.get('module')).fields.get('parametrizations');
    if (!(lists instanceof PyInstance)) return false;
    return args.isNone('tensor_name') || lists.fields.has(args.string('tensor_name'));
  });
});

export const parametrizations: NativeTable = table((define) => {
  define('weight_norm', "module, name='weight', dim=0", (ctx, args) => {
    weightNorm(ctx, selfOf(args.get('module')), args.string('name'), args.optionalInt('dim') ?? null);
    return args.get('module');
  });
  define('spectral_norm', "module, name='weight', n_power_iterations=1, eps=1e-12, dim=None", (ctx, args) => {
    spectralNorm(ctx, selfOf(args.get('module')), args.string('name'), args.optionalInt('dim'));
    return args.get('module');
  });
});
