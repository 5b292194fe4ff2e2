/** PyTorch as the evaluator sees it: modules, classes and functions, each defined once in this folder. */
import type { Context, Library } from '../python/natives/context';
import { NativeFunction } from '../python/natives/native';
import type { NativeTable } from '../python/natives/table';
import { PyModule } from '../python/values/values';
import { operatorNamespaces } from './aten';
import { attentionNamespaces } from './attention';
import { autogradNamespaces } from './autograd';
import { loadWeights } from './checkpoints';
import { distributionNamespaces } from './distributions';
import { environment } from './environment';
import { fourier } from './fft';
import { mapping } from './func';
import { generatorClass } from './generator';
import { jitMembers } from './jit';
import { lacks, namesOf } from './names';
import { moduleOf, refuseMissing } from './namespace';
import { specialActivations } from './nn/functional/activation';
import { nnNamespaces } from './nn/namespace';
import { torchMembers } from './ops/creation';
import { decompositions } from './ops/decompositions';
import { shared } from './ops/index';
import { linalg } from './ops/linalg';
import { specialFunctions } from './ops/special';
import { quantizationStubs } from './quantization';
import { sparse } from './sparse';
import { torchState } from './tensor/tensor';
import { defineTensor } from './tensor/tensorClass';
import { checkpoint } from './utils/checkpoint';
import { dataMembers } from './utils/data';

const SLOT = Symbol('torch');

/** PyTorch. */
export const torchLibrary: Library = {
  module: (ctx, name) => (owns(name) ? ctx.slot(SLOT, () => build(ctx)).get(name) : undefined),
  owns,
};

function owns(module: string): boolean {
  return module === 'torch' || module.startsWith('torch.');
}

/** Every namespace by its dotted name. */
function build(ctx: Context): ReadonlyMap<string, PyModule> {
  defineTensor(ctx);
  const nn = nnNamespaces(ctx);
  const stubs = quantizationStubs(ctx);
  const torch = moduleOf('torch', [...torchMembers(ctx), ['__name__', 'torch'], ['Generator', generatorClass(ctx)]]);
  // Methods that write in place are functions, too: `torch.exp_(x)`.
  for (const name of namesOf('torch') ?? []) {
    const method =
      !name.endsWith('_') || torch.members.has(name) ? undefined : torchState(ctx).tensor.members.get(name);
    if (method instanceof NativeFunction) torch.members.set(name, method);
  }
  const special = moduleOf('torch.special', [...specialOf(shared), ...specialActivations(), ...specialFunctions]);
  const judged = [
    torch,
    special,
    ...environment(ctx).flatMap(withBelow),
    ...autogradNamespaces(ctx),
    ...attentionNamespaces(ctx),
    ...distributionNamespaces(ctx),
    moduleOf('torch.linalg', [...linalg, ...decompositions]),
    moduleOf('torch.sparse', sparse),
    moduleOf('torch.fft', fourier),
    moduleOf('torch.func', mapping),
    moduleOf('torch.jit', jitMembers(ctx)),
    moduleOf('torch.ao', []),
    moduleOf('torch.ao.quantization', stubs),
    moduleOf('torch.quantization', stubs),
    moduleOf('torch.functional', torch.members),
    moduleOf('torch.utils.checkpoint', checkpoint),
    moduleOf('torch.utils.model_zoo', [['load_url', loadWeights]]),
    moduleOf('torch.utils.data', dataMembers(ctx)),
  ].map(refuseMissing);
  const all = new Map(
    [...judged, moduleOf('torch.utils', []), ...operatorNamespaces(ctx), ...nn].map((each) => [each.name, each]),
  );
  // Each namespace is a member of the one above it.
  for (const [name, module] of all) {
    const dot = name.lastIndexOf('.');
    const above = all.get(name.slice(0, dot))?.members;
    if (above && !above.has(name.slice(dot + 1))) above.set(name.slice(dot + 1), module);
  }
  return all.set('torch.nn.parameter', nn[0]);
}

/** A namespace and those that are its members. */
function withBelow(module: PyModule): PyModule[] {
  const below = [...module.members.values()].filter((each) => each instanceof PyModule);
  return [module, ...below.flatMap(withBelow)];
}

/** Those functions that stand in `torch.special`, too. */
const specialOf = (functions: NativeTable) => [...functions].filter(([name]) => !lacks('torch.special', name));
