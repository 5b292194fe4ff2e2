import { say } from '../language/say';
import type { Context, Eval } from '../python/natives/context';
import { native, nativeClass } from '../python/natives/native';
import {
  PyClassMethod,
  PyInstance,
  PyList,
  type PyModule,
  PyStaticMethod,
  type PyValue,
} from '../python/values/values';
import { passingDecorator, quietContext } from './environment';
import { moduleOf } from './namespace';
import { torchState } from './tensor/tensor';

/** `torch.autograd.Function`: `apply` is its `forward`, which is given a context that keeps nothing. */
function autogradFunction(ctx: Context): PyValue {
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

/** `torch.autograd` and what stands below it. */
export function autogradNamespaces(ctx: Context): readonly PyModule[] {
  const fn = autogradFunction(ctx);
  const quiet = quietContext(ctx);
  const modes = ['no_grad', 'enable_grad', 'inference_mode', 'set_grad_enabled'].map((name) => [name, quiet] as const);
  const detecting = ['detect_anomaly', 'set_detect_anomaly', 'set_multithreading_enabled'];
  return [
    moduleOf('torch.autograd', [
      ['Function', fn],
      ['Variable', torchState(ctx).variable],
      ...modes,
      ...detecting.map((name) => [name, quiet] as const),
    ]),
    moduleOf('torch.autograd.function', [
      ['Function', fn],
      ['InplaceFunction', fn],
      ['once_differentiable', passingDecorator('once_differentiable')],
    ]),
    moduleOf('torch.autograd.grad_mode', modes),
    moduleOf('torch.autograd.variable', [['Variable', torchState(ctx).variable]]),
  ];
}
