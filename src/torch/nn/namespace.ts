/** `torch.nn`, `torch.nn.functional`, `torch.nn.init`, `torch.nn.modules` and `torch.nn.utils`. */
import { say } from '../../language/say';
import type { Context } from '../../python/natives/context';
import { native, nativeClass } from '../../python/natives/native';
import { LazyMap } from '../../python/values/lazy';
import type { PyModule, PyValue } from '../../python/values/values';
import { lacks } from '../names';
import { hintAt, moduleOf, type Namespaces } from '../namespace';
import { activationModules } from './activation';
import { functionalMembers } from './functional/index';
import { layerClasses } from './index';
import { initMembers } from './init';
import { bufferMaker, moduleState } from './module';
import { parallelClasses } from './parallel';
import { defineParameter } from './parameter';
import { reductions } from './reduction';
import { tuples } from './tuples';
import { utils } from './utils/index';
import { parametrizations, parametrize } from './utils/parametrize';
import { packedClass, sequences } from './utils/rnn';

/** The files of `torch/nn/modules/`: code imports layers from there, too. Here each knows all layers. */
const FILES = [
  ...['activation', 'adaptive', 'batchnorm', 'channelshuffle', 'container', 'conv', 'distance', 'dropout', 'flatten'],
  ...['fold', 'instancenorm', 'lazy', 'linear', 'loss', 'module', 'normalization', 'padding', 'pixelshuffle'],
  ...['pooling', 'rnn', 'sparse', 'transformer', 'upsampling'],
];

/** The files of `torch/nn/utils/`, of which each knows all functions. Two are called as a function in them is. */
const UTILITY_FILES = ['clip_grad', 'init', 'spectral_norm', 'weight_norm'];

/** `torch.nn` and what stands below it. */
export function nnNamespaces(ctx: Context): Namespaces {
  const parallel = parallelClasses(ctx);
  const names = new LazyMap();
  const below = (name: string) => names.define(name, () => ctx.nativeModule(`torch.nn.${name}`) ?? null);
  names.define('Module', () => moduleState(ctx).cls);
  // Other classes make parameters of their own, whether code names this one or not.
  names.set('Parameter', defineParameter(ctx));
  names.set('Buffer', bufferMaker);
  for (const name of ['functional', '_reduction', 'init', 'quantized', 'utils', 'parallel']) below(name);
  names.define('DataParallel', () => parallel.get('DataParallel') ?? null);
  names.include(layerClasses(ctx));
  names.include(activationModules(ctx));
  const lacking = new LazyMap();
  const open = (module: PyModule): PyModule => {
    module.missing = (name) => {
      if (!/^[A-Z]/.test(name) || lacks('torch.nn', name)) return undefined;
      if (!lacking.has(name)) lacking.define(name, () => missingClass(ctx, name));
      return lacking.get(name);
    };
    return module;
  };
  const layersIn = (name: string) => open(moduleOf(name, names));
  const files = FILES.map((name) => `torch.nn.modules.${name}`);
  return {
    'torch.nn': () => hintAt(layersIn('torch.nn')),
    'torch.nn.functional': () => [
      ...functionalMembers(),
      ['_Reduction', ctx.nativeModule('torch.nn._reduction') ?? null],
    ],
    'torch.nn._reduction': () => moduleOf('torch.nn._reduction', reductions),
    'torch.nn.init': initMembers,
    'torch.nn.parallel': () => parallel,
    'torch.nn.modules': () => {
      const modules = layersIn('torch.nn.modules');
      // In place of layers' names and namespaces of `torch.nn`.
      for (const name of [...FILES, 'utils'])
        modules.members.set(name, ctx.nativeModule(`torch.nn.modules.${name}`) ?? null);
      return modules;
    },
    ...Object.fromEntries(files.map((name) => [name, () => layersIn(name)])),
    'torch.nn.modules.utils': () => moduleOf('torch.nn.modules.utils', tuples),
    'torch.nn.utils': () => utils,
    ...Object.fromEntries(UTILITY_FILES.map((name) => [`torch.nn.utils.${name}`, () => utils])),
    'torch.nn.utils.parametrize': () => parametrize,
    'torch.nn.utils.parametrizations': () => parametrizations,
    'torch.nn.utils.rnn': () => [...sequences, ['PackedSequence', packedClass(ctx)]],
  };
}

/** A name that this library lacks: usable in `isinstance`, an error once it is built. */
function missingClass(ctx: Context, name: string): PyValue {
  const isLoss = name.endsWith('Loss');
  const refuse = native('self, *args, **kwargs', (inner) =>
    inner.error(
      'unsupported',
      isLoss
        ? say('nn.{0} inside forward() is not read; return the logits instead', name)
        : say('nn.{0} is not read yet; leave it out to compare the rest of the model', name),
    ),
  );
  const members: Record<string, PyValue> = isLoss
    ? { __init__: native('self, *args, **kwargs', () => null), forward: refuse }
    : { __init__: refuse };
  return nativeClass(name, [moduleState(ctx).cls], members, 'torch.nn');
}
