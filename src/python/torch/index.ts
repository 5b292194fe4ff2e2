/** PyTorch as the evaluator sees it: modules, classes and functions, each defined once in this folder. */
import type { NamedValue } from '../../graph/types';
import { interpreter } from '../builtins/types';
import { type Context, type Library, native, nativeClass } from '../native';
import { PyClass, PyDict, PyInstance, PyList, PyModule, PyTensor, PyTuple, type PyValue } from '../values';
import { specialActivations } from './activationFunctions';
import { activationModules } from './activationModules';
import { torchMembers } from './factories';
import { functionalMembers } from './functional';
import { initMembers } from './init';
import { initialiserOf, makeParameter, parameterOver } from './initial';
import { layerClasses } from './layers/index';
import { adoptState, bufferUpdates, isModule, moduleState } from './module';
import { linalg } from './products';
import { shared } from './shared';
import { operand, tensorOf, torchState, uniformly } from './tensor';
import { defineTensor } from './tensorClass';

const WAY_OUT = 'export the model to ONNX and compare that file instead, or compare a submodule';

/** `nn.Parameter(tensor)`. */
function defineParameter(ctx: Context): PyClass {
  const { parameter } = torchState(ctx);
  parameter.members.set(
    '__new__',
    native('cls, data=None, requires_grad=True', (inner, args) => {
      const given = args.isNone('data')
        ? uniformly(inner, { dtype: 'float32', shape: [0] }, 0)
        : operand(inner, args.get('data'));
      const requiresGrad = args.bool('requires_grad');
      const { root } = given.memory;
      // A parameter made of another's bytes shares them: tied weights.
      if (root.home !== undefined && root === given.memory) {
        return parameterOver(inner, root, requiresGrad);
      }
      const initialiser = initialiserOf(inner, given);
      if (!initialiser) {
        return inner.error('unsupported', `A parameter made from computed values is not supported; ${WAY_OUT}`);
      }
      const parameter = makeParameter(inner, given.type, initialiser, requiresGrad);
      // Random values that are written to later are the parameter's own.
      if (!given.data && root === given.memory) given.memory = parameter.memory;
      return parameter;
    }),
  );
  return parameter;
}

/** A name that this library lacks: usable in `isinstance`, an error once it is built. */
function missingClass(ctx: Context, name: string): PyValue {
  const isLoss = name.endsWith('Loss');
  const refuse = native('self, *args, **kwargs', (inner) =>
    inner.error(
      'unsupported',
      isLoss
        ? `nn.${name} inside forward() is not supported; return the logits instead`
        : `nn.${name} is not supported yet; ${WAY_OUT}`,
    ),
  );
  const members: Record<string, PyValue> = isLoss
    ? { __init__: native('self, *args, **kwargs', () => null), forward: refuse }
    : { __init__: refuse };
  return nativeClass(name, [moduleState(ctx).cls], members, 'torch.nn');
}

function moduleOf(name: string, members: Iterable<readonly [string, PyValue]>): PyModule {
  const module = new PyModule(name);
  for (const [key, value] of members) module.members.set(key, value);
  return module;
}

/** Functions that the namespace lacks are errors when called, not when named. */
function refusing(module: PyModule): PyModule {
  module.missing = (name) =>
    name.startsWith('__')
      ? undefined
      : native(
          '*args, **kwargs',
          (ctx) => ctx.error('unsupported', `${module.name}.${name} is not supported; ${WAY_OUT}`),
          name,
        );
  return module;
}

function build(ctx: Context): ReadonlyMap<string, PyModule> {
  defineTensor(ctx);
  const parameter = defineParameter(ctx);
  const functional = refusing(moduleOf('torch.nn.functional', functionalMembers()));
  const init = refusing(moduleOf('torch.nn.init', initMembers()));
  const nn = moduleOf('torch.nn', [
    ['Module', moduleState(ctx).cls],
    ['Parameter', parameter],
    ['functional', functional],
    ['init', init],
    ...Object.entries(layerClasses(ctx)),
    ...Object.entries(activationModules(ctx)),
  ]);
  nn.missing = (name) => (/^[A-Z]/.test(name) ? remember(nn, name, missingClass(ctx, name)) : undefined);
  const modules = moduleOf('torch.nn.modules', nn.members);
  modules.missing = nn.missing;
  const jit = refusing(
    moduleOf('torch.jit', [
      ...['is_scripting', 'is_tracing'].map((name) => [name, native('', () => false, name)] as const),
      ...['script', 'ignore', 'unused', 'export', 'script_if_tracing'].map(
        (name) => [name, native('fn=None, *args, **kwargs', (_, args) => args.get('fn'), name)] as const,
      ),
      ['Final', new PyClass('Final', [], new Map(), true)],
    ]),
  );
  const cuda = moduleOf('torch.cuda', [['is_available', native('', () => false, 'is_available')]]);
  const special = refusing(moduleOf('torch.special', [...shared, ...specialActivations()]));
  const linear = refusing(moduleOf('torch.linalg', linalg));
  const torch = refusing(
    moduleOf('torch', [
      ...torchMembers(ctx),
      ['nn', nn],
      ['special', special],
      ['linalg', linear],
      ['jit', jit],
      ['cuda', cuda],
      ['__name__', 'torch'],
    ]),
  );
  return new Map(
    [torch, nn, modules, functional, special, linear, init, jit, cuda]
      .map((module) => [module.name, module] as const)
      .concat([
        ['torch.nn.parameter', nn],
        ['torch.nn.modules.activation', nn],
        ['torch.nn.modules.container', nn],
      ]),
  );
}

function remember(module: PyModule, name: string, value: PyValue): PyValue {
  module.members.set(name, value);
  return value;
}

/** Tensors in what a model returned, named by their place. */
function* named(value: PyValue, name: string): Generator<NamedValue> {
  if (value instanceof PyTensor) yield { name, value: value.value };
  else if (value instanceof PyTuple || value instanceof PyList) {
    for (const [i, item] of value.items.entries()) yield* named(item, `${name}.${i}`);
  } else if (value instanceof PyDict) {
    for (const [key, item] of value.entries()) yield* named(item, `${name}.${String(key)}`);
  } else if (value instanceof PyInstance) {
    for (const [key, item] of value.fields) yield* named(item, `${name}.${key}`);
  }
}

export const torchLibrary: Library = {
  modules: build,
  owns: (module) => module === 'torch' || module.startsWith('torch.') || module.startsWith('torchvision'),
  isModule,
  adopt: adoptState,
  input: (ctx, type) => tensorOf(ctx, ctx.graph.input(type)),
  valueOf(ctx, tensor) {
    return tensor instanceof PyTensor ? tensor.value : interpreter(ctx).error('needs-input', 'This input is no tensor');
  },
  outputs(ctx, result) {
    const outputs = [...named(result, 'output')];
    return outputs.length > 0
      ? outputs
      : ctx.error('unsupported', `forward() returned no tensor but ${ctx.repr(result)}`);
  },
  state: (ctx) => [...moduleState(ctx).entries],
  // Running statistics are updated by the graph's batch norms themselves.
  updates: bufferUpdates,
};
