/** PyTorch as the evaluator sees it: modules, classes and functions, each defined once in this folder. */

import { say } from '../language/say';
import type { Context, Library } from '../python/natives/context';
import { wayOut } from '../python/natives/errors';
import { type NativeFunction, native, nativeClass } from '../python/natives/native';
import { PyClass, PyModule, type PyValue } from '../python/values/values';
import { autogradFunction } from './autograd';
import { environment } from './environment';
import { activationModules } from './nn/activation';
import { specialActivations } from './nn/functional/activation';
import { functionalMembers } from './nn/functional/index';
import { layerClasses } from './nn/index';
import { initMembers } from './nn/init';
import { moduleState } from './nn/module';
import { tuples } from './nn/tuples';
import { packedClass, parametrizations, parametrize, sequences, utils } from './nn/utils/index';
import { torchMembers } from './ops/creation';
import { shared } from './ops/index';
import { linalg } from './ops/linalg';
import { quantization } from './quantization';
import { initialiserOf, makeParameter, parameterOver } from './tensor/initialiser';
import { operand, torchState, uniformly } from './tensor/tensor';
import { defineTensor } from './tensor/tensorClass';
import { checkpoint } from './utils/checkpoint';

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
        return inner.error('unsupported', say('A parameter made from computed values is not supported; {0}', wayOut()));
      }
      const parameter = makeParameter(inner, given.type, initialiser, requiresGrad);
      // The tensor goes on sharing the parameter's bytes; one that is known stays known.
      if (root === given.memory && given.data) root.twin = parameter.memory.home;
      else if (root === given.memory) given.memory = parameter.memory;
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
        ? say('nn.{0} inside forward() is not supported; return the logits instead', name)
        : say('nn.{0} is not supported yet; {1}', name, wayOut()),
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
  module.missing = (name) => (name.startsWith('__') ? undefined : refused(`${module.name}.${name}`));
  return module;
}

/** What a namespace lacks: a function, or a namespace itself (`torch.fft`), whose functions are lacking, too. */
function refused(path: string): NativeFunction {
  const message = say('{0} is not supported; {1}', path, wayOut());
  const name = path.slice(path.lastIndexOf('.') + 1);
  const fn = native('*args, **kwargs', (ctx) => ctx.error('unsupported', message), name);
  const below = native('self, name', (ctx, args) => {
    const inner = args.string('name');
    if (inner.startsWith('__')) ctx.raise('AttributeError', `${path} has no attribute '${inner}'`);
    return refused(`${path}.${inner}`);
  });
  fn.cls = nativeClass('builtin_function_or_method', [], { __getattr__: below });
  return fn;
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
      ...['script', 'ignore', 'unused', 'export', 'script_if_tracing', '_overload', '_overload_method'].map(
        (name) => [name, native('fn=None, *args, **kwargs', (_, args) => args.get('fn'), name)] as const,
      ),
      ['Final', new PyClass('Final', [], new Map(), true)],
    ]),
  );
  const machine = environment().map(refusing);
  const { stubs, functional: floats } = quantization(ctx);
  nn.members.set('quantized', refusing(moduleOf('torch.nn.quantized', [['FloatFunctional', floats]])));
  const quantized = ['torch.ao.quantization', 'torch.quantization'].map((name) => refusing(moduleOf(name, stubs)));
  const ao = refusing(moduleOf('torch.ao', [['quantization', quantized[0] ?? null]]));
  const special = refusing(moduleOf('torch.special', [...shared, ...specialActivations()]));
  const linear = refusing(moduleOf('torch.linalg', linalg));
  const nnUtils = refusing(moduleOf('torch.nn.utils', utils));
  const rnn = refusing(moduleOf('torch.nn.utils.rnn', [...sequences, ['PackedSequence', packedClass(ctx)]]));
  const named = [
    moduleOf('torch.nn.utils.parametrize', parametrize),
    moduleOf('torch.nn.utils.parametrizations', parametrizations),
    rnn,
  ];
  for (const module of named) nnUtils.members.set(module.name.split('.').at(-1) ?? '', refusing(module));
  nn.members.set('utils', nnUtils);
  const checkpointing = refusing(moduleOf('torch.utils.checkpoint', checkpoint));
  const torchUtils = moduleOf('torch.utils', [['checkpoint', checkpointing]]);
  const autograd = moduleOf('torch.autograd', [['Function', autogradFunction(ctx)]]);
  // Modules of torch.nn.modules by the files that PyTorch has: each knows all layers.
  const files =
    'activation batchnorm container conv dropout instancenorm linear module normalization padding pooling rnn sparse transformer'
      .split(' ')
      .map((name) => {
        const module = moduleOf(`torch.nn.modules.${name}`, nn.members);
        module.missing = nn.missing;
        modules.members.set(name, module);
        return module;
      });
  const pairs = moduleOf('torch.nn.modules.utils', tuples);
  modules.members.set('utils', pairs);
  const torch = refusing(
    moduleOf('torch', [
      ...torchMembers(ctx),
      ['nn', nn],
      ['special', special],
      ['linalg', linear],
      ['jit', jit],
      ['ao', ao],
      ['quantization', quantized[1] ?? null],
      ...machine.map((module) => [module.name.slice('torch.'.length), module] as const),
      ['utils', torchUtils],
      ['autograd', autograd],
      ['__name__', 'torch'],
    ]),
  );
  nn.members.set('modules', modules);
  nn.members.set('parameter', nn);
  const all = [torch, nn, modules, functional, special, linear, init, jit, nnUtils, ...named, checkpointing];
  return new Map(
    [...all, torchUtils, autograd, pairs, ...files, ...machine, ...quantized, ao]
      .map((module) => [module.name, module] as const)
      .concat([['torch.nn.parameter', nn]]),
  );
}

function remember(module: PyModule, name: string, value: PyValue): PyValue {
  module.members.set(name, value);
  return value;
}

const SLOT = Symbol('torch');

/** PyTorch. */
export const torchLibrary: Library = {
  module: (ctx, name) => (owns(name) ? ctx.slot(SLOT, () => build(ctx)).get(name) : undefined),
  owns,
};

function owns(module: string): boolean {
  return module === 'torch' || module.startsWith('torch.');
}
