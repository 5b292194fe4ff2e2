import type { Context } from '../python/natives/context';
import { native, nativeClass } from '../python/natives/native';
import { PyBoundMethod, PyInstance, type PyValue } from '../python/values/values';

/** `types`: the classes of what the language makes itself. */
export function typesModule(ctx: Context): Record<string, PyValue> {
  const { classes } = ctx;
  return {
    FunctionType: classes.function,
    LambdaType: classes.function,
    MethodType: nativeClass(
      'method',
      [classes.method],
      {
        __new__: native(
          'cls, function, instance',
          (_, args) => new PyBoundMethod(args.get('instance'), args.get('function')),
        ),
      },
      'types',
    ),
    GeneratorType: classes.iterator,
    MappingProxyType: native('mapping', (_, args) => args.get('mapping')),
    CodeType: nativeClass('code', [classes.object], {}, 'types'),
    BuiltinMethodType: classes.builtin_function_or_method,
    BuiltinFunctionType: classes.builtin_function_or_method,
    ModuleType: classes.module,
    NoneType: classes.NoneType,
    SimpleNamespace: nativeClass(
      'SimpleNamespace',
      [classes.object],
      {
        __init__: native('self, **kwargs', (own, args) => {
          for (const [name, value] of args.keywords('kwargs')) own.setattr(args.get('self'), name, value);
          return null;
        }),
        __eq__: native('self, other', (own, args) => {
          const fields = (value: PyValue) => own.lookup(value, '__dict__') ?? null;
          return own.equal(fields(args.get('self')), fields(args.get('other')));
        }),
        __repr__: native('self', (own, args) => {
          const self = args.get('self');
          const fields = self instanceof PyInstance ? [...self.fields] : [];
          return `namespace(${fields.map(([name, value]) => `${name}=${own.repr(value)}`).join(', ')})`;
        }),
      },
      'types',
    ),
  };
}
