import { say } from '../../language/say';
import { type NativeFunction, native, nativeClass } from '../natives/native';
import type { BuiltinClasses, Builtins } from '../values/classes';
import { exceptionClasses } from '../values/exceptions';
import {
  Ellipsis,
  NotImplemented,
  PyClass,
  PyInstance,
  PyModule,
  PyTuple,
  type PyValue,
  Unknown,
} from '../values/values';
import { complexClass } from './complex';
import { containerClasses } from './containers';
import { builtinFunctions } from './functions';
import { numberClasses } from './numbers';
import { stringClass } from './strings';
import { typeClasses } from './types';

/** The built-in names and classes of one evaluation. */
export function makeBuiltins(): Builtins {
  const object = nativeClass('object', [], {
    __init__: native('self, *args, **kwargs', () => null),
    __setattr__: native('self, name, value', (ctx, args) => {
      ctx.setattrDefault(args.get('self'), args.string('name'), args.get('value'));
      return null;
    }),
    __getattribute__: native('self, name', (ctx, args) => {
      const [self, name] = [args.get('self'), args.string('name')];
      return self instanceof PyClass || self instanceof PyModule
        ? ctx.attribute(self, name)
        : ctx.attributeDefault(self, name);
    }),
    __delattr__: native('self, name', (ctx, args) => {
      ctx.delattrDefault(args.get('self'), args.string('name'));
      return null;
    }),
    // What would be written to a file: by what, of what, and the fields.
    __reduce__: native('self', (ctx, args) => {
      const fields = ctx.lookup(args.get('self'), '__dict__') ?? null;
      return new PyTuple([null, new PyTuple([ctx.typeOf(args.get('self')), object, null]), fields]);
    }),
    __init_subclass__: native('cls, **kwargs', (ctx, args) => {
      const cls = args.get('cls');
      // Natives such as TypedDict have keywords of their own.
      const plain = cls instanceof PyClass && cls.mro.every((base) => !base.native || base.name === 'object');
      if (args.keywords('kwargs').size === 0 || !plain) return null;
      return ctx.raise('TypeError', `${cls.name}.__init_subclass__() takes no keyword arguments`);
    }),
  });
  object.members.set(
    '__new__',
    native(
      'cls, *args, **kwargs',
      (_, args) => {
        const cls = args.get('cls');
        return cls instanceof PyClass ? new PyInstance(cls) : null;
      },
      'object.__new__',
    ),
  );
  const exceptions = exceptionClasses(object);
  const plainClass = (name: string): PyClass => nativeClass(name, [object], {});
  const int = numberClasses(object);
  const classes: BuiltinClasses = {
    object,
    NoneType: plainClass('NoneType'),
    ...int,
    str: stringClass(object),
    ...containerClasses(object),
    ...typeClasses(object),
    function: plainClass('function'),
    builtin_function_or_method: plainClass('builtin_function_or_method'),
    method: plainClass('method'),
    module: plainClass('module'),
    ellipsis: plainClass('ellipsis'),
    NotImplementedType: plainClass('NotImplementedType'),
    generic: plainClass('Generic'),
    namedTupleBase: plainClass('NamedTuple'),
    exceptions,
  };
  const names = new Map<string, PyValue>(exceptions);
  // Named to ask what a value is; what they would hold is not read.
  for (const name of ['bytes', 'bytearray', 'memoryview'])
    names.set(
      name,
      nativeClass(name, [object], {
        __new__: native('cls, *args, **kwargs', (ctx) => new Unknown(say('{0} are not read', name), ctx.range)),
      }),
    );
  for (const name of [
    'object',
    'type',
    'bool',
    'int',
    'float',
    'str',
    'list',
    'tuple',
    'dict',
    'set',
    'frozenset',
    'range',
    'slice',
    'property',
    'staticmethod',
    'classmethod',
    'super',
  ] as const) {
    names.set(name, classes[name]);
  }
  names.set('complex', complexClass(classes.object));
  names.set('Ellipsis', Ellipsis);
  names.set('NotImplemented', NotImplemented);
  names.set('__debug__', true);
  const functions: Readonly<Record<string, NativeFunction>> = builtinFunctions();
  for (const [name, value] of Object.entries(functions)) names.set(name, value);
  return { names, classes };
}
