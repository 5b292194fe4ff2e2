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

const TELLING = ['debug', 'info', 'warning', 'warn', 'error', 'critical', 'fatal', 'exception', 'log'];
const SETTING = ['setLevel', 'addHandler', 'removeHandler', 'addFilter', 'removeFilter', 'handle'];
/** What handles, writes and picks messages. */
const HANDLERS = ['Handler', 'StreamHandler', 'FileHandler', 'NullHandler', 'Formatter', 'Filter'];
const HANDLING = [...SETTING, '__init__', 'setFormatter', 'setStream', 'emit', 'format', 'filter', 'flush', 'close'];
const LEVELS = { NOTSET: 0n, DEBUG: 10n, INFO: 20n, WARNING: 30n, WARN: 30n, ERROR: 40n, CRITICAL: 50n, FATAL: 50n };

export function loggingModule(ctx: Context): Record<string, PyValue> {
  const quiet = (names: readonly string[]) =>
    Object.fromEntries(names.map((name) => [name, native('self, *args, **kwargs', () => null)]));
  const Logger = nativeClass(
    'Logger',
    [ctx.classes.object],
    {
      ...quiet([...TELLING, ...SETTING]),
      getChild: native('self, suffix', () => logger),
      isEnabledFor: native('self, level', (_, args) => args.int('level') >= Number(LEVELS.WARNING)),
      getEffectiveLevel: native('self', () => LEVELS.WARNING),
      hasHandlers: native('self', () => false),
    },
    'logging',
  );
  const logger = new PyInstance(Logger);
  const fields = { name: 'root', level: LEVELS.WARNING, handlers: new PyList([]), propagate: true, disabled: false };
  for (const [name, value] of Object.entries(fields)) logger.fields.set(name, value);
  const handlers = HANDLERS.map((name) => [name, nativeClass(name, [ctx.classes.object], quiet(HANDLING), 'logging')]);
  const names = [...TELLING, 'basicConfig', 'captureWarnings', 'disable', 'addLevelName', 'shutdown'];
  return {
    ...LEVELS,
    ...Object.fromEntries(names.map((name) => [name, silent])),
    ...Object.fromEntries(handlers),
    getLogger: native('name=None', () => logger),
    root: logger,
    Logger,
  };
}
