import type { ValueId } from '../graph/types';
import { say } from '../language/say';
import type { Context, Eval } from '../python/natives/context';
import { ExtractionError } from '../python/natives/errors';
import { native, nativeClass } from '../python/natives/native';
import { LazyMap } from '../python/values/lazy';
import {
  PyClass,
  PyClassMethod,
  PyInstance,
  PyList,
  PyStaticMethod,
  PyTensor,
  PyTuple,
  PythonError,
  type PyValue,
} from '../python/values/values';
import { passingDecorator, quietContext } from './environment';
import { gradientModes } from './gradMode';
import type { Namespaces } from './namespace';
import { tensorOf, torchState } from './tensor/tensor';

/**
 * `torch.autograd.Function`: `apply` is its `forward`. Its `backward` is run once on a gradient that nothing else knows,
 * so that it can be told whether it is the derivative of `forward`; what it gives has no part in the model.
 */
function autogradFunction(ctx: Context): PyValue {
  const { object } = ctx.classes;
  const nothing = native('self, *args, **kwargs', () => null);
  const context = nativeClass(
    'FunctionCtx',
    [object],
    {
      save_for_backward: native('self, *tensors', (_, args) => {
        const self = args.get('self');
        const saved = new PyTuple(args.rest('tensors'));
        if (self instanceof PyInstance)
          for (const name of ['saved_tensors', 'saved_variables']) self.fields.set(name, saved);
        return null;
      }),
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
          const cls = args.get('cls');
          const given = args.rest('args');
          const self = new PyInstance(context);
          self.fields.set('needs_input_grad', new PyTuple(given.map((each) => each instanceof PyTensor)));
          const source = inner.range;
          const first = inner.graph.valueCount;
          const inputs = given.map((each) => (each instanceof PyTensor ? each.value : null));
          const setup = inner.lookup(cls, 'setup_context');
          const forward = inner.getattr(cls, 'forward');
          const result = yield* inner.run(forward, setup === undefined ? [self, ...given] : given);
          const end = inner.graph.valueCount;
          if (setup !== undefined) yield* inner.run(setup, [self, new PyTuple(given), result]);
          if (result instanceof PyTensor) {
            const output = result.value;
            const name = cls instanceof PyClass ? cls.name : 'Function';
            const backward = yield* readBackward(inner, cls, self, result);
            inner.graph.applied.push({ name, source, first, end, inputs, output, backward });
          }
          return result;
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

/** What `backward` makes of a gradient of the output; undefined where it has none, or it can't be read. */
function* readBackward(ctx: Context, cls: PyValue, self: PyInstance, result: PyTensor) {
  const backward = ctx.lookup(cls, 'backward');
  // Past an obstacle nothing is compared.
  if (backward === undefined || ctx.obstacles) return undefined;
  const given = ctx.graph.input(result.type);
  try {
    const found = yield* ctx.run(backward, [self, tensorOf(ctx, given)]);
    const parts = found instanceof PyTuple || found instanceof PyList ? found.items : [found];
    const gradients = parts.map((part): ValueId | null => (part instanceof PyTensor ? part.value : null));
    return { given, gradients };
  } catch (error) {
    // The model is read without it; running out of budget ends the reading all the same.
    if (error instanceof PythonError) return undefined;
    if (error instanceof ExtractionError && (error.kind === 'unsupported' || error.kind === 'shape')) return undefined;
    throw error;
  }
}

/** `torch.autograd` and what stands below it. */
export function autogradNamespaces(ctx: Context): Namespaces {
  const shared = new LazyMap();
  shared.define('Function', () => autogradFunction(ctx));
  const fn = () => shared.get('Function') ?? null;
  const modes = () => gradientModes(ctx).filter(([name]) => name !== 'is_grad_enabled');
  const detecting = ['detect_anomaly', 'set_detect_anomaly', 'set_multithreading_enabled'];
  return {
    'torch.autograd': () => [
      ['Function', fn()],
      ['Variable', torchState(ctx).variable],
      ...modes(),
      ...detecting.map((name) => [name, quietContext(ctx)] as const),
    ],
    'torch.autograd.function': () => [
      ['Function', fn()],
      ['InplaceFunction', fn()],
      ['once_differentiable', passingDecorator('once_differentiable')],
    ],
    'torch.autograd.grad_mode': modes,
    'torch.autograd.variable': () => [['Variable', torchState(ctx).variable]],
  };
}
