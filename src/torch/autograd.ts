import { say } from '../language/say';
import type { Context, Eval } from '../python/natives/context';
import { native, nativeClass } from '../python/natives/native';
import { PyClassMethod, PyInstance, PyList, PyStaticMethod, type PyValue } from '../python/values/values';

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
