import { say } from '../language/say';
import type { NativeArguments } from '../python/natives/arguments';
import type { Context } from '../python/natives/context';
import { type NativeBody, native, nativeClass } from '../python/natives/native';
import { type PyClass, PyInstance, PyList, PyModule, PyTensor, type PyValue, Unknown } from '../python/values/values';
import { cast } from '../torch/tensor/tensor';
import { asArray } from './array';

/** `numpy.random`: PyTorch's draws as arrays. A single number that is drawn is unknown. */
export function randomModule(ctx: Context, array: PyClass): PyModule {
  const torch = (own: Context, name: string, ...args: readonly PyValue[]): PyValue =>
    own.call(own.nativeModule('torch')?.members.get(name) ?? null, args);
  const toArray = (own: Context, value: PyValue): PyValue =>
    value instanceof PyTensor
      ? asArray(array, value.type.dtype === 'float32' ? cast(own, value, 'float64') : value)
      : value;
  const sizesOf = (sizes: readonly number[]) => new PyList(sizes.map(BigInt));
  /** Draws of these sizes; a single number for none. */
  const draw = (own: Context, name: string, sizes: readonly number[] | undefined): PyValue =>
    sizes === undefined
      ? new Unknown(say('numpy.random.{0} is drawn at random', name), own.range)
      : torch(own, name, sizesOf(sizes));
  const sizes = (args: NativeArguments) => args.optionalInts('size');
  const scaled = (own: Context, drawn: PyValue, scale: PyValue, shift: PyValue): PyValue =>
    toArray(own, drawn instanceof PyTensor ? torch(own, 'add', torch(own, 'mul', drawn, scale), shift) : drawn);
  const dims = (args: NativeArguments) => (args.rest('d').length > 0 ? args.variadicInts('d') : undefined);

  const bodies: Readonly<Record<string, readonly [signature: string, body: NativeBody]>> = {
    rand: ['*d', (own, args) => toArray(own, draw(own, 'rand', dims(args)))],
    randn: ['*d', (own, args) => toArray(own, draw(own, 'randn', dims(args)))],
    random: ['size=None', (own, args) => toArray(own, draw(own, 'rand', sizes(args)))],
    standard_normal: ['size=None', (own, args) => toArray(own, draw(own, 'randn', sizes(args)))],
    normal: [
      'loc=0.0, scale=1.0, size=None',
      (own, args) => scaled(own, draw(own, 'randn', sizes(args)), args.get('scale'), args.get('loc')),
    ],
    uniform: [
      'low=0.0, high=1.0, size=None',
      (own, args) => {
        const [low, high] = [args.float('low'), args.float('high')];
        return scaled(own, draw(own, 'rand', sizes(args)), high - low, low);
      },
    ],
    randint: [
      'low, high=None, size=None, dtype=None',
      (own, args) => {
        const size = sizes(args);
        if (size === undefined) return draw(own, 'randint', undefined);
        const [low, high] = args.isNone('high') ? [0n, args.get('low')] : [args.get('low'), args.get('high')];
        return toArray(own, torch(own, 'randint', low, high, sizesOf(size)));
      },
    ],
    permutation: [
      'x',
      (own, args) => {
        const x = args.get('x');
        return typeof x === 'bigint' ? toArray(own, torch(own, 'randperm', x)) : draw(own, 'permutation', undefined);
      },
    ],
    seed: ['seed=None', () => null],
  };
  const named = { ...bodies, random_sample: bodies.random, ranf: bodies.random, integers: bodies.randint };
  const functions = Object.entries(named).flatMap(([name, entry]) => (entry ? [[name, ...entry] as const] : []));
  const module = new PyModule('numpy.random');
  for (const [name, signature, body] of functions) module.members.set(name, native(signature, body, name));
  const methods = functions.map(([name, signature, body]) => [name, native(`self, ${signature}`, body, name)] as const);
  const generator = nativeClass('Generator', [ctx.classes.object], Object.fromEntries(methods), 'numpy.random');
  const state = nativeClass(
    'RandomState',
    [generator],
    { __init__: native('self, seed=None', () => null) },
    'numpy.random',
  );
  module.members.set('Generator', generator);
  module.members.set('RandomState', state);
  module.members.set(
    'default_rng',
    native('seed=None', () => new PyInstance(generator), 'default_rng'),
  );
  module.missing = (name) =>
    name.startsWith('__') ? undefined : new Unknown(say('numpy.random.{0} is drawn at random', name), ctx.range);
  return module;
}
