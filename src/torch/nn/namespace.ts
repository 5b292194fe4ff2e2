/** `torch.nn`, `torch.nn.functional`, `torch.nn.init`, `torch.nn.modules` and `torch.nn.utils`. */
import { say } from '../../language/say';
import type { Context } from '../../python/natives/context';
import { native, nativeClass } from '../../python/natives/native';
import type { PyModule, PyValue } from '../../python/values/values';
import { lacks } from '../names';
import { hintAt, moduleOf, refuseMissing } from '../namespace';
import { quantizedMembers } from '../quantization';
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

/** `torch.nn` and what stands below it, `torch.nn` first. */
export function nnNamespaces(ctx: Context): readonly [PyModule, ...PyModule[]] {
  const reduction = moduleOf('torch.nn._reduction', reductions);
  const functional = refuseMissing(moduleOf('torch.nn.functional', functionalMembers()));
  functional.members.set('_Reduction', reduction);
  const init = refuseMissing(moduleOf('torch.nn.init', initMembers()));
  const quantized = refuseMissing(moduleOf('torch.nn.quantized', quantizedMembers(ctx)));
  const [utils, ...belowUtils] = utilNamespaces(ctx);
  const classes = parallelClasses(ctx);
  const parallel = refuseMissing(moduleOf('torch.nn.parallel', Object.entries(classes)));
  const nn = moduleOf('torch.nn', [
    ['Module', moduleState(ctx).cls],
    ['Parameter', defineParameter(ctx)],
    ['Buffer', bufferMaker],
    ['functional', functional],
    ['_reduction', reduction],
    ['init', init],
    ['quantized', quantized],
    ['utils', utils],
    ['parallel', parallel],
    ['DataParallel', classes.DataParallel ?? null],
    ...Object.entries(layerClasses(ctx)),
    ...Object.entries(activationModules(ctx)),
  ]);
  nn.missing = (name) => {
    if (!/^[A-Z]/.test(name) || lacks('torch.nn', name)) return undefined;
    const lacking = missingClass(ctx, name);
    nn.members.set(name, lacking);
    return lacking;
  };
  const modules = moduleOf('torch.nn.modules', nn.members);
  modules.missing = nn.missing;
  hintAt(nn);
  const files = FILES.map((name) => {
    const file = moduleOf(`torch.nn.modules.${name}`, nn.members);
    file.missing = nn.missing;
    modules.members.set(name, file);
    return file;
  });
  const pairs = moduleOf('torch.nn.modules.utils', tuples);
  modules.members.set('utils', pairs);
  nn.members.set('modules', modules);
  nn.members.set('parameter', nn);
  return [nn, functional, reduction, init, parallel, modules, ...files, pairs, utils, ...belowUtils];
}

/** `torch.nn.utils` and what stands below it. */
function utilNamespaces(ctx: Context): readonly [PyModule, ...PyModule[]] {
  const below = [
    moduleOf('torch.nn.utils.parametrize', parametrize),
    moduleOf('torch.nn.utils.parametrizations', parametrizations),
    moduleOf('torch.nn.utils.rnn', [...sequences, ['PackedSequence', packedClass(ctx)]]),
  ].map(refuseMissing);
  const members = below.map((module) => [module.name.slice(module.name.lastIndexOf('.') + 1), module] as const);
  const files = UTILITY_FILES.map((name) => refuseMissing(moduleOf(`torch.nn.utils.${name}`, utils)));
  return [refuseMissing(moduleOf('torch.nn.utils', [...utils, ...members])), ...below, ...files];
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
