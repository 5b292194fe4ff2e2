import type { Eval } from '../../python/natives/context';
import { type NativeTable, table } from '../../python/natives/table';
import type { PyValue } from '../../python/values/values';

/** `torch.utils.checkpoint`: recomputing changes no value. */
export const checkpoint: NativeTable = table((define) => {
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
