/**
 * `torch.nn.init`: how parameters get their first values.
 * `xavier_uniform_`, `xavier_normal_`, `kaiming_uniform_`, `kaiming_normal_`
 * Each is there without its last underscore, too (`xavier_uniform`), as PyTorch's deprecated names are.
 */
import { catalogue } from '../../activations/catalogue';
import { firstElements } from '../../graph/access';
import type { Initialiser } from '../../graph/types';
import { say } from '../../language/say';
import type { Context } from '../../python/natives/context';
import { type NativeBody, native } from '../../python/natives/native';
import { type PyTensor, PyTuple, type PyValue } from '../../python/values/values';
import { lacks } from '../names';
import { fill } from '../tensor/inplace';
import { elements, numbers, sizeOf } from '../tensor/tensor';

/** What `calculate_gain` knows beside activations: layers, whose outputs are linear. */
const linear = /^(linear|conv(_transpose)?[123]d)$/;

/** `calculate_gain`: the catalogue has PyTorch's table. */
function gainOf(ctx: Context, name: string, slope: number): number {
  if (linear.test(name)) return 1;
  const entry = catalogue.get(name);
  const gain = entry?.transparent ? undefined : entry?.gain?.({ negative_slope: slope });
  return gain ?? ctx.raise('ValueError', `Unsupported nonlinearity ${name}`);
}

function fans(ctx: Context, tensor: PyTensor): { in: number; out: number } {
  const [first, second, ...rest] = tensor.type.shape;
  if (first === undefined || second === undefined) {
    return ctx.raise('ValueError', 'Fan in and fan out can not be computed for tensor with fewer than 2 dimensions');
  }
  return { in: second * elements(rest), out: first * elements(rest) };
}

let initialisers: ReadonlyMap<string, PyValue> | undefined;

/** Members of `torch.nn.init`, the same for every extraction. */
export function initMembers(): ReadonlyMap<string, PyValue> {
  initialisers ??= makeMembers();
  return initialisers;
}

function makeMembers(): ReadonlyMap<string, PyValue> {
  const members = new Map<string, PyValue>();
  const define = (name: string, signature: string, body: NativeBody): void => {
    const fn = native(signature, body, name);
    members.set(name, fn);
    // The names without the underscore are deprecated and do the same.
    const older = name.slice(0, -1);
    if (name.endsWith('_') && !lacks('torch.nn.init', older)) members.set(older, fn);
  };
  const set = fill;
  const uniform = (bound: number): Initialiser => ({ kind: 'uniform', low: -bound, high: bound });
  const normal = (deviation: number): Initialiser => ({ kind: 'normal', mean: 0, deviation });

  define('calculate_gain', 'nonlinearity, param=None', (ctx, args) =>
    gainOf(ctx, args.string('nonlinearity'), args.optionalFloat('param') ?? 0.01),
  );
  define('zeros_', 'tensor', (ctx, args) => set(ctx, args.tensor('tensor'), { kind: 'constant', value: 0 }));
  define('ones_', 'tensor', (ctx, args) => set(ctx, args.tensor('tensor'), { kind: 'constant', value: 1 }));
  define('constant_', 'tensor, val', (ctx, args) =>
    set(ctx, args.tensor('tensor'), { kind: 'constant', value: args.float('val') }),
  );
  define('normal_', 'tensor, mean=0.0, std=1.0, generator=None', (ctx, args) =>
    set(ctx, args.tensor('tensor'), { kind: 'normal', mean: args.float('mean'), deviation: args.float('std') }),
  );
  define('uniform_', 'tensor, a=0.0, b=1.0, generator=None', (ctx, args) =>
    set(ctx, args.tensor('tensor'), { kind: 'uniform', low: args.float('a'), high: args.float('b') }),
  );
  define('trunc_normal_', 'tensor, mean=0.0, std=1.0, a=-2.0, b=2.0, generator=None', (ctx, args) =>
    set(ctx, args.tensor('tensor'), {
      kind: 'truncated_normal',
      mean: args.float('mean'),
      deviation: args.float('std'),
      low: args.float('a'),
      high: args.float('b'),
    }),
  );
  for (const shape of ['uniform_', 'normal_'] as const) {
    define(`xavier_${shape}`, 'tensor, gain=1.0, generator=None', (ctx, args) => {
      const tensor = args.tensor('tensor');
      const fan = fans(ctx, tensor);
      const deviation = args.float('gain') * Math.sqrt(2 / (fan.in + fan.out));
      return set(ctx, tensor, shape === 'normal_' ? normal(deviation) : uniform(Math.sqrt(3) * deviation));
    });
    define(`kaiming_${shape}`, "tensor, a=0, mode='fan_in', nonlinearity='leaky_relu', generator=None", (ctx, args) => {
      const tensor = args.tensor('tensor');
      const fan = fans(ctx, tensor);
      const gain = gainOf(ctx, args.string('nonlinearity'), args.float('a'));
      const deviation = gain / Math.sqrt(args.string('mode') === 'fan_out' ? fan.out : fan.in);
      return set(ctx, tensor, shape === 'normal_' ? normal(deviation) : uniform(Math.sqrt(3) * deviation));
    });
  }
  define('eye_', 'tensor', (ctx, args) => {
    const tensor = args.tensor('tensor');
    if (tensor.type.shape.length !== 2) ctx.raise('ValueError', 'Only tensors with 2 dimensions are supported');
    const columns = sizeOf(tensor, 1);
    const data = numbers(ctx, elements(tensor.type.shape), (i) => Number(Math.floor(i / columns) === i % columns));
    return set(ctx, tensor, { kind: 'data', data });
  });
  define('dirac_', 'tensor, groups=1', (ctx, args) => {
    const tensor = args.tensor('tensor');
    const [groups, { shape }] = [args.int('groups'), tensor.type];
    if (shape.length < 3 || shape.length > 5) {
      ctx.raise('ValueError', 'Only tensors with 3, 4, or 5 dimensions are supported');
    }
    if (sizeOf(tensor, 0) % groups !== 0) ctx.raise('ValueError', 'dim 0 must be divisible by groups');
    const [outputs, inputs, ...kernel] = firstElements(shape, 2);
    const [part, area] = [outputs / groups, elements(kernel)];
    // The middle of the kernel, row-major.
    const middle = kernel.reduce((at, size) => at * size + Math.floor(size / 2), 0);
    const data = numbers(ctx, elements(shape), (i) => {
      const [output, input] = [Math.floor(i / (inputs * area)) % part, Math.floor(i / area) % inputs];
      return Number(output === input && i % area === middle);
    });
    return set(ctx, tensor, { kind: 'data', data });
  });
  define('_calculate_fan_in_and_fan_out', 'tensor', (ctx, args) => {
    const fan = fans(ctx, args.tensor('tensor'));
    return new PyTuple([BigInt(fan.in), BigInt(fan.out)]);
  });
  define('_calculate_correct_fan', 'tensor, mode', (ctx, args) => {
    const mode = args.string('mode').toLowerCase();
    if (mode !== 'fan_in' && mode !== 'fan_out') {
      ctx.raise('ValueError', `Mode ${mode} not supported, please use one of ['fan_in', 'fan_out']`);
    }
    const fan = fans(ctx, args.tensor('tensor'));
    return BigInt(mode === 'fan_in' ? fan.in : fan.out);
  });
  define('orthogonal_', 'tensor, gain=1, generator=None', (ctx, args) => {
    const tensor = args.tensor('tensor');
    const rows = sizeOf(tensor, 0);
    const columns = elements(tensor.type.shape.slice(1));
    ctx.note(
      say('orthogonal_ is read as a normal distribution of the same variance: the rows are not exactly orthogonal'),
    );
    return set(ctx, tensor, normal(args.float('gain') / Math.sqrt(Math.max(rows, columns))));
  });
  return members;
}
