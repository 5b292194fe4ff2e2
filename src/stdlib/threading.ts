import type { Context } from '../python/natives/context';
import { native, nativeClass } from '../python/natives/native';
import { PyInstance, type PyValue } from '../python/values/values';

/** `threading`, as one thread sees it: a lock is always free. */
export function threadingModule(ctx: Context): Record<string, PyValue> {
  const { object } = ctx.classes;
  const lock = (name: string) =>
    nativeClass(
      name,
      [object],
      {
        acquire: native('self, blocking=True, timeout=-1', () => true),
        release: native('self', () => null),
        locked: native('self', () => false),
        __enter__: native('self', () => true),
        __exit__: native('self, *args', () => null),
      },
      'threading',
    );
  return { Lock: lock('Lock'), RLock: lock('RLock'), local: nativeClass('local', [object], {}, 'threading') };
}

/** `contextvars`: variables of the one context that there is. */
export function contextvarsModule(ctx: Context): Record<string, PyValue> {
  const { object } = ctx.classes;
  const Token = nativeClass('Token', [object], {}, 'contextvars');
  const [NAME, VALUE, DEFAULT] = ['name', ' value', ' default'];
  const ContextVar = nativeClass(
    'ContextVar',
    [object],
    {
      __init__: native('self, name, *, default=None', (own, args) => {
        own.setattr(args.get('self'), NAME, args.get('name'));
        if (args.isGiven('default')) own.setattr(args.get('self'), DEFAULT, args.get('default'));
        return null;
      }),
      get: native('self, default=None', (own, args) => {
        const found = own.lookup(args.get('self'), VALUE);
        if (found !== undefined) return found;
        if (args.isGiven('default')) return args.get('default');
        const standard = own.lookup(args.get('self'), DEFAULT);
        return standard === undefined ? own.raise('LookupError', own.repr(args.get('self'))) : standard;
      }),
      set: native('self, value', (own, args) => {
        const token = new PyInstance(Token);
        const before = own.lookup(args.get('self'), VALUE);
        if (before !== undefined) token.fields.set('old_value', before);
        own.setattr(args.get('self'), VALUE, args.get('value'));
        return token;
      }),
      reset: native('self, token', (own, args) => {
        const before = own.lookup(args.get('token'), 'old_value');
        if (before === undefined) own.delattr(args.get('self'), VALUE);
        else own.setattr(args.get('self'), VALUE, before);
        return null;
      }),
    },
    'contextvars',
  );
  return { ContextVar, Token };
}
