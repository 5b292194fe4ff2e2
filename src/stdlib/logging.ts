/** `logging` and `warnings`: nothing is told while a model is read. */

import type { Context } from '../python/natives/context';
import { native, nativeClass } from '../python/natives/native';
import { PyInstance, type PyValue } from '../python/values/values';
import { silent } from './shared';

export function warningsModule(): Record<string, PyValue> {
  return { warn: silent, filterwarnings: silent, simplefilter: silent, warn_explicit: silent };
}

export function loggingModule(ctx: Context): Record<string, PyValue> {
  const names = ['debug', 'info', 'warning', 'error', 'critical', 'exception', 'log', 'setLevel', 'addHandler'];
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
