/** `torch.nn.utils.parametrize` and `parametrizations`: a tensor of a module as a module of other parameters. */
import { say } from '../../../language/say';
import { sequence } from '../../../python/natives/arguments';
import type { Context, Eval } from '../../../python/natives/context';
import { native, nativeClass } from '../../../python/natives/native';
import { type NativeTable, table } from '../../../python/natives/table';
import { PyClass, PyInstance, PyTensor, type PyValue } from '../../../python/values/values';
import { firstValuesOf, initialiserOf, makeParameter } from '../../tensor/initialiser';
import { assign } from '../../tensor/inplace';
import { moduleArgument, moduleState } from '../module';
import { children, fieldsOf, selfOf } from '../moduleFields';
import {
  applySpectralNorm,
  applyWeightNorm,
  normParameter,
  parameterAt,
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
    const define = (name: string, home: string, forward: PyValue, more: Readonly<Record<string, PyValue>> = {}) =>
      nativeClass(name, [base], { forward, ...more }, home);
    return {
      list: define(
        'ParametrizationList',
        'torch.nn.utils.parametrize',
        native('self', function* (inner, args): Eval<PyValue> {
          const self = selfOf(args.get('self'));
          const [first, ...others] = children(self);
          let value: PyValue = first ? yield* inner.run(first[1], originals(self)) : null;
          for (const [, child] of others) value = yield* inner.run(child, [value]);
          return value;
        }),
        {
          right_inverse: native('self, value', (inner, args) => {
            writeBack(inner, selfOf(args.get('self')), args.get('value'));
            return null;
          }),
        },
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
  const known = fieldsOf(module).modules.get('parametrizations');
  if (known instanceof PyInstance) return known;
  const cls = ctx.nativeModule('torch.nn')?.members.get('ModuleDict') ?? null;
  const made = selfOf(ctx.call(cls));
  fieldsOf(module).register('modules', 'parametrizations', made);
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
  if (!module.cls.name.startsWith('Parametrized')) {
    const cls = new PyClass(`Parametrized${module.cls.name}`, [module.cls], new Map());
    cls.module = 'torch.nn.utils.parametrize';
    Object.assign(module, { cls });
  }
  module.fields.delete(name);
  fieldsOf(listsOf(ctx, module)).register('modules', name, list);
}

/** Writes the originals so that the parametrisations give `value`, as far as they have an inverse. */
function writeBack(ctx: Context, list: PyInstance, value: PyValue): void {
  let given = value;
  for (const [, parametrisation] of children(list).toReversed()) {
    const inverse = ctx.lookup(parametrisation, 'right_inverse');
    if (inverse === undefined)
      ctx.raise('RuntimeError', `parametrization ${parametrisation.cls.name} does not implement right_inverse.`);
    given = ctx.call(inverse ?? null, [given]);
  }
  const parts = sequence(given) ?? [given];
  originals(list).forEach((original, i) => {
    if (original instanceof PyTensor) assign(ctx, original, parts[i] ?? null);
  });
}

/** `remove_parametrizations(module, tensor_name, leave_parametrized)`. */
function remove(ctx: Context, module: PyInstance, name: string, leave: boolean): void {
  const list = fieldsOf(module).parametrisationsOf(name);
  if (!list) {
    ctx.raise('ValueError', `Module ${module.cls.name} does not have a parametrization on ${name}`);
    return;
  }
  const [original, ...more] = originals(list);
  if (!leave && more.length > 0)
    ctx.raise('ValueError', 'leave_parametrized=False is not supported with more than one original');
  const computed = leave ? ctx.call(list) : null;
  const lists = listsOf(ctx, module);
  fieldsOf(lists).modules.delete(name);
  if (fieldsOf(lists).modules.size === 0) {
    fieldsOf(module).modules.delete('parametrizations');
    Object.assign(module, { cls: module.cls.bases[0] ?? module.cls });
  }
  if (computed instanceof PyTensor && more.length > 0) {
    module.fields.set(name, makeParameter(ctx, computed.type, firstValuesOf(ctx, computed)));
    return;
  }
  if (computed instanceof PyTensor && original instanceof PyTensor) assign(ctx, original, computed);
  module.fields.set(name, original ?? null);
}

/** `register_parametrization(module, name, parametrization)`. */
function register(ctx: Context, module: PyInstance, name: string, parametrization: PyInstance): void {
  const known = fieldsOf(module).parametrisationsOf(name);
  if (known) {
    known.fields.set(String(children(known).length), parametrization);
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
      : ctx.error(
          'unsupported',
          say('A parametrisation whose right_inverse computes is not read; leave right_inverse out'),
        );
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
    register(ctx, moduleArgument(ctx, args), args.string('tensor_name'), moduleArgument(ctx, args, 'parametrization'));
    return args.get('module');
  });
  define('remove_parametrizations', 'module, tensor_name, leave_parametrized=True', (ctx, args) => {
    remove(ctx, moduleArgument(ctx, args), args.string('tensor_name'), args.bool('leave_parametrized'));
    return args.get('module');
  });
  define('is_parametrized', 'module, tensor_name=None', (ctx, args) => {
    const { modules } = fieldsOf(moduleArgument(ctx, args));
    const lists = modules.get('parametrizations');
    if (!(lists instanceof PyInstance)) return false;
    return args.isNone('tensor_name') || fieldsOf(lists).modules.has(args.string('tensor_name'));
  });
});

export const parametrizations: NativeTable = table((define) => {
  define('weight_norm', "module, name='weight', dim=0", (ctx, args) => {
    weightNorm(ctx, moduleArgument(ctx, args), args.string('name'), args.optionalInt('dim') ?? null);
    return args.get('module');
  });
  define('spectral_norm', "module, name='weight', n_power_iterations=1, eps=1e-12, dim=None", (ctx, args) => {
    spectralNorm(ctx, moduleArgument(ctx, args), args.string('name'), args.optionalInt('dim'));
    return args.get('module');
  });
});
