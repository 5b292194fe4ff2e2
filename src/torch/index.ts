/** PyTorch as the evaluator sees it: modules, classes and functions, each defined once in this folder. */

import type { Context, Library } from '../python/natives/context';
import type { NativeTable } from '../python/natives/table';
import { LazyMap } from '../python/values/lazy';
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
import { torchMembers } from './members';
import { lacks } from './names';
import { moduleOf, type Namespaces, refuseMissing } from './namespace';
import { specialActivations } from './nn/functional/activation';
import { nnNamespaces } from './nn/namespace';
import { acceptNumpyNames } from './numpyNames';
import { decompositions } from './ops/decompositions';
import { shared } from './ops/index';
import { linalg } from './ops/linalg';
import { specialFunctions } from './ops/special';
import { optimNamespaces } from './optim';
import { quantizationNamespaces } from './quantization';
import { sparse } from './sparse';
import { defineTensor } from './tensor/tensorClass';
import { checkpoint } from './utils/checkpoint';
import { dataMembers } from './utils/data';

const SLOT = Symbol('torch');

/** PyTorch. */
export const torchLibrary: Library = {
  module: (ctx, name) => {
    const found = owns(name) ? ctx.slot(SLOT, () => build(ctx)).get(name) : undefined;
    return found instanceof PyModule ? found : undefined;
  },
  owns,
};

/** Modules that are written in Python, among the preludes. */
const IN_PYTHON = new Set(['torch.utils._pytree']);

function owns(module: string): boolean {
  return module === 'torch' || (module.startsWith('torch.') && !IN_PYTHON.has(module));
}

/** Every namespace by its dotted name, made when it is first asked for. */
function build(ctx: Context): LazyMap {
  defineTensor(ctx);
  const members = torchMembers(ctx);
  const makers: Namespaces = {
    torch: () => [...members, ['__name__', 'torch'], ['Generator', generatorClass(ctx)]],
    'torch.special': () => [...specialOf(shared), ...specialActivations(), ...specialFunctions],
    ...environment(ctx),
    ...autogradNamespaces(ctx),
    ...attentionNamespaces(ctx),
    ...distributionNamespaces(ctx),
    ...optimNamespaces(ctx),
    'torch.linalg': () => acceptNumpyNames([...linalg, ...decompositions], new Set()),
    'torch.sparse': () => sparse,
    'torch.fft': () => fourier,
    'torch.func': () => mapping,
    'torch.jit': () => jitMembers(ctx),
    ...quantizationNamespaces(ctx),
    'torch.functional': () => members,
    'torch.utils': () => moduleOf('torch.utils', []),
    'torch.utils.checkpoint': () => checkpoint,
    'torch.utils.model_zoo': () => [['load_url', loadWeights]],
    'torch.utils.data': () => dataMembers(ctx),
    ...operatorNamespaces(ctx),
    ...nnNamespaces(ctx),
  };
  const all = new LazyMap();
  for (const [name, make] of Object.entries(makers)) {
    all.define(name, () => {
      const made = make();
      const module = made instanceof PyModule ? made : refuseMissing(moduleOf(name, made));
      // Each namespace is a member of the one above it.
      for (const below of childrenOf(name, all)) {
        const own = below.slice(name.length + 1);
        if (!module.members.has(own) && module.members instanceof LazyMap)
          module.members.define(own, () => all.get(below) ?? null);
      }
      return module;
    });
  }
  all.define('torch.nn.parameter', () => all.get('torch.nn') ?? null);
  return all;
}

/** The namespaces that stand in another one. */
const childrenOf = (name: string, all: LazyMap): string[] =>
  [...all.keys()].filter((each) => each.startsWith(`${name}.`) && !each.includes('.', name.length + 1));

/** Those functions that stand in `torch.special`, too. */
const specialOf = (functions: NativeTable) => [...functions].filter(([name]) => !lacks('torch.special', name));
