/** `torch.nn.utils` and the small namespaces around it. */

import { say } from '../../../language/say';
import { sequence } from '../../../python/natives/arguments';
import type { Context, Eval } from '../../../python/natives/context';
import { native, nativeClass } from '../../../python/natives/native';
import { type Table, table } from '../../../python/natives/table';
import {
  PyClassMethod,
  PyInstance,
  PyList,
  PyStaticMethod,
  PyTuple,
  type PyValue,
} from '../../../python/values/values';
import { selfOf } from '../module';
import { spectralNorm, weightNorm } from './norms';

export { parametrizations, parametrize } from './parametrize';
export { packedClass, sequences } from './rnn';

export const utils: Table = table((define) => {
  define('weight_norm', "module, name='weight', dim=0", (ctx, args) => {
    weightNorm(ctx, selfOf(args.get('module')), args.string('name'), args.optionalInt('dim') ?? null);
    return args.get('module');
  });
  define('spectral_norm', "module, name='weight', n_power_iterations=1, eps=1e-12, dim=None", (ctx, args) => {
    spectralNorm(ctx, selfOf(args.get('module')), args.string('name'), args.optionalInt('dim'));
    return args.get('module');
  });
  define('skip_init', 'module_cls, *args, **kwargs', (ctx, args) =>
    ctx.call(args.get('module_cls'), args.rest('args'), args.keywords('kwargs')),
  );
  // They act on gradients only.
  define('clip_grad_norm_ clip_grad_value_', '*args, **kwargs', () => null);
});

/** `torch.nn.modules.utils`: one number for all dimensions, or one for each. */
export const tuples: Table = table((define) => {
  for (const [name, count] of [
    ['_single', 1],
    ['_pair', 2],
    ['_triple', 3],
    ['_quadruple', 4],
  ] as const) {
    define(name, 'x', (_, args) => repeated(args.get('x'), count));
  }
  define('_ntuple', 'n, name=None', (_, args) => {
    const count = args.int('n');
    return native('x', (_inner, given) => repeated(given.get('x'), count), 'parse');
  });
  define('_reverse_repeat_tuple', 't, n', (ctx, args) => {
    const items = [...ctx.list(args.get('t'))].reverse();
    return new PyTuple(items.flatMap((item) => new Array<PyValue>(args.int('n')).fill(item)));
  });
});

function repeated(value: PyValue, count: number): PyValue {
  const items = sequence(value);
  return items ? new PyTuple(items) : new PyTuple(new Array<PyValue>(count).fill(value));
}

/** `torch.utils.checkpoint`: recomputing changes no value. */
export const checkpoint: Table = table((define) => {
  define(
    'checkpoint',
    'function, *args, use_reentrant=None, preserve_rng_state=True, **kwargs',
    function* (ctx, args): Eval<PyValue> {
      return yield* ctx.run(args.get('function'), args.rest('args'), args.keywords('kwargs'));
    },
  );
  define('checkpoint_sequential', 'functions, segments, input, **kwargs', function* (ctx, args): Eval<PyValue> {
    let value = args.get('input');
    for (const fn of ctx.list(args.get('functions'))) value = yield* ctx.run(fn, [value]);
    return value;
  });
});

/** `torch.autograd.Function`: `apply` is its `forward`, which is given a context that keeps nothing. */
export function autogradFunction(ctx: Context): PyValue {
  const { object } = ctx.classes;
  const nothing = native('self, *args, **kwargs', () => null);
  const context = nativeClass(
    'FunctionCtx',
    [object],
    {
      save_for_backward: nothing,
      mark_dirty: nothing,
      mark_non_differentiable: nothing,
      set_materialize_grads: nothing,
      needs_input_grad: new PyList(),
    },
    'torch.autograd.function',
  );
  return nativeClass(
    'Function',
    [object],
    {
      apply: new PyClassMethod(
        native('cls, *args', function* (inner, args): Eval<PyValue> {
          const forward = inner.getattr(args.get('cls'), 'forward');
          return yield* inner.run(forward, [new PyInstance(context), ...args.rest('args')]);
        }),
      ),
      forward: new PyStaticMethod(
        native('*args, **kwargs', (inner) =>
          inner.error('unsupported', say('This autograd Function has no forward()')),
        ),
      ),
    },
    'torch.autograd',
  );
}
