/**
 * What models that are made ready for quantisation are written with: in floating point, before they are converted, these
 * compute what their names say.
 */
import type { Context } from '../python/natives/context';
import { native } from '../python/natives/native';
import { LazyMap } from '../python/values/lazy';
import type { PyInstance, PyTensor } from '../python/values/values';
import type { Namespaces } from './namespace';
import { activate } from './nn/functional/activation';
import { type Layer, layerClass } from './nn/layer';
import { cat } from './ops/joining';
import { arithmetic } from './ops/operations';
import { operand } from './tensor/tensor';

const stub = (name: string): Layer => ({
  name,
  signature: 'qconfig=None',
  forward: 'x',
  run: (_ctx, _self, args) => args.get('x'),
});

/** `nn.quantized.FloatFunctional`: additions and the like as methods, so that observers can stand behind them. */
const floatFunctional: Layer = {
  name: 'FloatFunctional',
  signature: '',
  forward: 'x',
  run: (ctx) =>
    ctx.raise(
      'RuntimeError',
      'FloatFunctional is not intended to use the forward. Please use the corresponding operation',
    ),
  members: {
    add: native('self, x, y', (ctx, args) => arithmetic(ctx, 'add', args.get('x'), args.get('y'))),
    add_scalar: native('self, x, y', (ctx, args) => arithmetic(ctx, 'add', args.get('x'), args.get('y'))),
    mul: native('self, x, y', (ctx, args) => arithmetic(ctx, 'mul', args.get('x'), args.get('y'))),
    mul_scalar: native('self, x, y', (ctx, args) => arithmetic(ctx, 'mul', args.get('x'), args.get('y'))),
    matmul: native('self, x, y', (ctx, args) => ctx.call(ctx.getattr(args.get('x'), 'matmul'), [args.get('y')])),
    cat: native('self, x, dim=0', (ctx, args) => {
      const parts = ctx.list(args.get('x')).map((part): PyTensor => operand(ctx, part));
      return cat(ctx, parts, args.int('dim'));
    }),
    add_relu: native('self, x, y', (ctx, args) => {
      const { site } = args.get('self') as PyInstance;
      return activate(ctx, 'relu', {}, arithmetic(ctx, 'add', args.get('x'), args.get('y')), [], site);
    }),
  },
};

/** Members of `torch.ao.quantization`. */
function quantizationStubs(ctx: Context): LazyMap {
  const stubs = new LazyMap();
  for (const name of ['QuantStub', 'DeQuantStub']) stubs.define(name, () => layerClass(ctx, stub(name)));
  return stubs;
}

export function quantizationNamespaces(ctx: Context): Namespaces {
  const stubs = quantizationStubs(ctx);
  return {
    'torch.ao': () => [],
    'torch.ao.quantization': () => stubs,
    'torch.quantization': () => stubs,
    'torch.nn.quantized': () => [[floatFunctional.name, layerClass(ctx, floatFunctional)]],
  };
}
