import type { Context } from '../python/natives/context';
import { native, nativeClass } from '../python/natives/native';
import { PyObject, type PyValue } from '../python/values/values';

export function abcModule(ctx: Context): Record<string, PyValue> {
  const mark = native('fn', (_, args) => {
    const fn = args.get('fn');
    if (fn instanceof PyObject) {
      fn.attributes ??= new Map();
      fn.attributes.set('__isabstractmethod__', true);
    }
    return fn;
  });
  return {
    ABC: nativeClass('ABC', [ctx.classes.object], {}, 'abc'),
    ABCMeta: ctx.classes.type,
    abstractmethod: mark,
    abstractproperty: ctx.classes.property,
  };
}
