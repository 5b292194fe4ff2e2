/** `logging` and `warnings`: nothing is told while a model is read. */

import type { Context } from '../python/natives/context';
import { native, nativeClass } from '../python/natives/native';
import { PyInstance, PyList, type PyValue } from '../python/values/values';
import { silent } from './shared';

export function warningsModule(ctx: Context): Record<string, PyValue> {
  const caught = nativeClass(
    'catch_warnings',
    [ctx.classes.object],
    {
      __init__: native('self, *, record=False, **kwargs', (inner, args) => {
        inner.setattr(args.get('self'), '_record', args.get('record'));
        return null;
      }),
      // With `record` it gives the list of what was warned about: nothing.
      __enter__: native('self', (inner, args) =>
        inner.truth(inner.getattr(args.get('self'), '_record')) ? new PyList([]) : null,
      ),
      __exit__: native('self, *args', () => false),
    },
    'warnings',
  );
  const names = ['warn', 'filterwarnings', 'simplefilter', 'warn_explicit', 'resetwarnings'];
  return { ...Object.fromEntries(names.map((name) => [name, silent])), catch_warnings: caught };
}

export function loggingModule(ctx: Context): Record<string, PyValue> {
  const names = [
    'debug',
    'info',
    'warning',
    'warn',
    'error',
    'critical',
    'exception',
    'log',
    'setLevel',
    'addHandler',
    'disable',
    'captureWarnings',
  ];
  const methods = Object.fromEntries(names.map((name) => [name, native('self, *args, **kwargs', () => null)]));
  const logger = new PyInstance(nativeClass('Logger', [ctx.classes.object], methods, 'logging'));
  return {
    ...Object.fromEntries(names.map((name) => [name, silent])),
    getLogger: native('name=None', () => logger),
    Logger: logger.cls,
    basicConfig: silent,
    DEBUG: 10n,
    INFO: 20n,
    WARNING: 30n,
    ERROR: 40n,
  };
}
