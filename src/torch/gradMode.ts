/** `torch.no_grad` and its relatives: which operations let gradients pass. */
import type { Context, Eval } from '../python/natives/context';
import { native, nativeClass } from '../python/natives/native';
import { PyFunction } from '../python/values/scope';
import { PyClass, PyInstance, type PyTensor, type PyValue } from '../python/values/values';
import { compute, isFloating, torchState } from './tensor/tensor';
import { alias, aliasThrough } from './tensor/views';

/** What an object of these classes does: sets the mode while it is entered. */
class Mode {
  /** Modes to go back to, the innermost last. */
  readonly before: boolean[] = [];

  constructor(readonly gradients: boolean) {}
}

function modeOf(value: PyValue): Mode {
  if (value instanceof PyInstance && value.state instanceof Mode) return value.state;
  throw new TypeError('a method of a gradient mode without its object');
}

const classIn = (ctx: Context, cls: PyValue): PyClass => (cls instanceof PyClass ? cls : ctx.classes.object);

/** The function with something set around its calls: all that reads its code or its parameters sees the same. */
function surround(fn: PyValue, enter: () => () => void): PyValue {
  if (!(fn instanceof PyFunction)) return fn;
  const made = new PyFunction(fn.code, fn.parameters, fn.scope, fn.qualifiedName);
  Object.assign(made, { attributes: fn.attributes, note: fn.note, lateDefaults: fn.lateDefaults, results: fn.results });
  made.around = function* (body): Eval<PyValue> {
    const leave = enter();
    try {
      return yield* fn.around ? fn.around(body) : body();
    } finally {
      leave();
    }
  };
  return made;
}

/** The function in a mode. */
function decorate({ graph }: Context, fn: PyValue, gradients: boolean): PyValue {
  return surround(fn, () => {
    const before = graph.stops;
    graph.stops = !gradients;
    return () => {
      graph.stops = before;
    };
  });
}

function forgiveDtypes(ctx: Context, fn: PyValue): PyValue {
  const state = torchState(ctx);
  return surround(fn, () => {
    state.autocast += 1;
    return () => {
      state.autocast -= 1;
    };
  });
}

/**
 * A class whose objects stand behind `with` or over a function.
 * @param signature of its constructor
 * @param mode whether gradients pass, by the constructor's argument
 * @param atOnce whether the mode holds from the construction on
 */
function modeClass(
  ctx: Context,
  name: string,
  signature: string,
  mode: (given: boolean) => boolean,
  atOnce = false,
): PyValue {
  return nativeClass(
    name,
    [ctx.classes.object],
    {
      // Over a function, without parentheses, it decorates that.
      __new__: native(`cls, ${signature}`, (inner, args) => {
        const given = args.get('mode');
        if (given instanceof PyFunction) return decorate(inner, given, mode(true));
        const made = new PyInstance(classIn(inner, args.get('cls')));
        const own = new Mode(mode(given === null || inner.truth(given)));
        made.state = own;
        if (atOnce) {
          own.before.push(!inner.graph.stops);
          inner.graph.stops = !own.gradients;
        }
        return made;
      }),
      __init__: native('self, *args, **kwargs', () => null),
      __enter__: native('self', (inner, args) => {
        const own = modeOf(args.get('self'));
        if (!atOnce) own.before.push(!inner.graph.stops);
        inner.graph.stops = !own.gradients;
        return args.get('self');
      }),
      __exit__: native('self, *args', (inner, args) => {
        inner.graph.stops = !(modeOf(args.get('self')).before.pop() ?? true);
        return false;
      }),
      __call__: native('self, fn', (inner, args) => {
        const own = modeOf(args.get('self'));
        if (atOnce) inner.graph.stops = !(own.before.pop() ?? true);
        return decorate(inner, args.get('fn'), own.gradients);
      }),
    },
    'torch.autograd.grad_mode',
  );
}

const AUTOCAST = Symbol('torch.autocast');

/** `torch.autocast`: nothing of it reaches the graph, but it forgives operands of two dtypes. */
export const autocastClass = (ctx: Context): PyValue => ctx.slot(AUTOCAST, () => makeAutocast(ctx));

function makeAutocast(ctx: Context): PyValue {
  return nativeClass(
    'autocast',
    [ctx.classes.object],
    {
      __new__: native('cls, fn=None, *args, **kwargs', (inner, args) => {
        const fn = args.get('fn');
        return fn instanceof PyFunction ? forgiveDtypes(inner, fn) : new PyInstance(classIn(inner, args.get('cls')));
      }),
      __init__: native('self, *args, **kwargs', () => null),
      __enter__: native('self', (inner, args) => {
        torchState(inner).autocast += 1;
        return args.get('self');
      }),
      __exit__: native('self, *args', (inner) => {
        torchState(inner).autocast -= 1;
        return false;
      }),
      __call__: native('self, fn', (inner, args) => forgiveDtypes(inner, args.get('fn'))),
    },
    'torch',
  );
}

const MODES = Symbol('torch.autograd.grad_mode');

/** The names of `torch` that say whether gradients pass. */
export function gradientModes(ctx: Context): readonly (readonly [string, PyValue])[] {
  return ctx.slot(MODES, () => [
    ['no_grad', modeClass(ctx, 'no_grad', 'mode=None', () => false)],
    ['enable_grad', modeClass(ctx, 'enable_grad', 'mode=None', () => true)],
    ['inference_mode', modeClass(ctx, 'inference_mode', 'mode=True', (given) => !given)],
    ['set_grad_enabled', modeClass(ctx, 'set_grad_enabled', 'mode', (given) => given, true)],
    ['is_grad_enabled', native('', (inner) => !inner.graph.stops, 'is_grad_enabled')],
  ]);
}

/** `x.detach()`: the same memory, through which no gradient passes. */
export function detach(ctx: Context, tensor: PyTensor): PyTensor {
  const { data } = tensor;
  // What is known depends on nothing; before the model runs nothing is differentiated.
  if (data || !isFloating(tensor.type.dtype) || !torchState(ctx).running) return alias(ctx, tensor);
  return aliasThrough(ctx, tensor, (held) => {
    const { graph } = ctx;
    const before = graph.stops;
    graph.stops = true;
    try {
      return compute(ctx, { kind: 'reshape', shape: held.type.shape }, [held]);
    } finally {
      graph.stops = before;
    }
  });
}
