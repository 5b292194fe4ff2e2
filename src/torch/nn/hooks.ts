/** Hooks of modules: they run before and after `forward`, and may replace what goes in and out. */
import type { Context, Eval } from '../../python/natives/context';
import { native, nativeClass } from '../../python/natives/native';
import { type PyClass, PyDict, PyInstance, PyTuple, type PyValue } from '../../python/values/values';

export type HookKind = '_forward_pre_hooks' | '_forward_hooks';

const key = Symbol('torch.utils.hooks');

interface HookState {
  readonly handle: PyClass;
  count: number;
}

function state(ctx: Context): HookState {
  return ctx.slot(key, () => ({
    count: 0,
    handle: nativeClass(
      'RemovableHandle',
      [ctx.classes.object],
      {
        remove: native('self', (_, args) => {
          const self = args.get('self');
          const hooks = self instanceof PyInstance ? self.fields.get('hooks') : undefined;
          if (self instanceof PyInstance && hooks instanceof PyDict) hooks.delete(self.fields.get('id') ?? null);
          return null;
        }),
        __enter__: native('self', (_, args) => args.get('self')),
        __exit__: native('self, *args', (inner, args) => inner.call(inner.getattr(args.get('self'), 'remove'))),
      },
      'torch.utils.hooks',
    ),
  }));
}

/** Adds a hook; `withKeywords` hands it the keyword arguments too. @returns the handle that removes it. */
export function addHook(
  ctx: Context,
  module: PyInstance,
  kind: HookKind,
  hook: PyValue,
  withKeywords = false,
  prepend = false,
): PyInstance {
  const own = state(ctx);
  const before = module.fields.get(kind);
  const hooks = before instanceof PyDict ? before : new PyDict();
  module.fields.set(kind, hooks);
  const id = BigInt(own.count++);
  const entry: [PyValue, PyValue] = [id, new PyTuple([hook, withKeywords])];
  const all = prepend ? [entry, ...hooks.entries()] : [...hooks.entries(), entry];
  hooks.clear();
  for (const [each, value] of all) hooks.set(each, value);
  const handle = new PyInstance(own.handle);
  handle.fields.set('hooks', hooks);
  handle.fields.set('id', id);
  return handle;
}

interface Hook {
  readonly callee: PyValue;
  readonly withKeywords: boolean;
}

function hooksOf(module: PyInstance, kind: HookKind): Hook[] {
  const hooks = module.fields.get(kind);
  if (!(hooks instanceof PyDict)) return [];
  return hooks.values().flatMap((each) => {
    const [callee = null, withKeywords] = each instanceof PyTuple ? each.items : [];
    return [{ callee, withKeywords: withKeywords === true }];
  });
}

export interface Call {
  readonly args: readonly PyValue[];
  readonly keywords: ReadonlyMap<string, PyValue>;
}

/** What `forward` is called with, once the hooks before it have run. */
export function* runForwardPreHooks(ctx: Context, module: PyInstance, call: Call): Eval<Call> {
  let { args, keywords } = call;
  for (const { callee, withKeywords } of hooksOf(module, '_forward_pre_hooks')) {
    const given = new PyTuple(args);
    const changed = yield* ctx.run(callee, withKeywords ? [module, given, PyDict.from(keywords)] : [module, given]);
    if (changed === null) continue;
    const pair = withKeywords && changed instanceof PyTuple ? changed.items : undefined;
    const [inputs, named] = pair ?? [changed];
    args = inputs instanceof PyTuple ? inputs.items : [inputs ?? null];
    if (named instanceof PyDict) keywords = new Map(named.entries().map(([name, value]) => [String(name), value]));
  }
  return { args, keywords };
}

/** What a call gives, once the hooks behind `forward` have run. */
export function* runForwardHooks(ctx: Context, module: PyInstance, call: Call, result: PyValue): Eval<PyValue> {
  let output = result;
  for (const { callee, withKeywords } of hooksOf(module, '_forward_hooks')) {
    const given = new PyTuple(call.args);
    const named = withKeywords ? [PyDict.from(call.keywords)] : [];
    const changed = yield* ctx.run(callee, [module, given, ...named, output]);
    if (changed !== null) output = changed;
  }
  return output;
}
