/** PyTorch as the evaluator sees it: modules, classes and functions, each defined once in this folder. */
import type { Context, Library } from '../python/natives/context';
import { native } from '../python/natives/native';
import type { NativeTable } from '../python/natives/table';
import { PyClass, type PyModule } from '../python/values/values';
import { autogradFunction } from './autograd';
import { environment, passingDecorator } from './environment';
import { lacks } from './names';
import { moduleOf, refuseMissing } from './namespace';
import { specialActivations } from './nn/functional/activation';
import { nnNamespaces } from './nn/namespace';
import { torchMembers } from './ops/creation';
import { shared } from './ops/index';
import { linalg } from './ops/linalg';
import { specialFunctions } from './ops/pointwise';
import { quantizationStubs } from './quantization';
import { defineTensor } from './tensor/tensorClass';
import { checkpoint } from './utils/checkpoint';

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
  const machine = environment().map(refuseMissing);
  const stubs = quantizationStubs(ctx);
  const quantized = refuseMissing(moduleOf('torch.quantization', stubs));
  const aoQuantized = refuseMissing(moduleOf('torch.ao.quantization', stubs));
  const checkpointing = refuseMissing(moduleOf('torch.utils.checkpoint', checkpoint));
  const below = [
    ...machine,
    nn[0],
    refuseMissing(moduleOf('torch.special', [...specialOf(shared), ...specialActivations(), ...specialFunctions])),
    refuseMissing(moduleOf('torch.linalg', linalg)),
    jit(),
    refuseMissing(moduleOf('torch.ao', [['quantization', aoQuantized]])),
    quantized,
    moduleOf('torch.utils', [['checkpoint', checkpointing]]),
    moduleOf('torch.autograd', [['Function', autogradFunction(ctx)]]),
  ];
  const torch = refuseMissing(
    moduleOf('torch', [
      ...torchMembers(ctx),
      ...below.map((module) => [module.name.slice('torch.'.length), module] as const),
      ['__name__', 'torch'],
    ]),
  );
  const all = new Map([torch, ...below, ...nn, aoQuantized, checkpointing].map((module) => [module.name, module]));
  return all.set('torch.nn.parameter', nn[0]);
}

/** Those functions that stand in `torch.special`, too. */
const specialOf = (functions: NativeTable) => [...functions].filter(([name]) => !lacks('torch.special', name));

/** `torch.jit`: scripting changes no value, so decorators hand back what they are given. */
function jit(): PyModule {
  const decorators = [
    'script',
    'ignore',
    'unused',
    'export',
    'script_if_tracing',
    '_overload',
    '_overload_method',
    'script_method',
    'interface',
  ];
  return refuseMissing(
    moduleOf('torch.jit', [
      ...['is_scripting', 'is_tracing'].map((name) => [name, native('', () => false, name)] as const),
      ...decorators.map((name) => [name, passingDecorator(name)] as const),
      ['annotate', native('the_type, the_value', (_, args) => args.get('the_value'), 'annotate')],
      ['Final', new PyClass('Final', [], new Map(), true)],
    ]),
  );
}
