import type { Eval } from '../natives/context';
import { NativeFunction, native, nativeClass } from '../natives/native';
import { errorFor } from '../values/exceptions';
import { PyGenerator, PyIterator, stopIteration } from '../values/iteration';
import { PyFunction } from '../values/scope';
import {
  PyBoundMethod,
  PyClass,
  PyClassMethod,
  PyDict,
  PyInstance,
  PyProperty,
  PyStaticMethod,
  PythonError,
  type PyValue,
} from '../values/values';

type TypeClasses = Record<'type' | 'property' | 'staticmethod' | 'classmethod' | 'iterator' | 'super', PyClass>;

export function typeClasses(object: PyClass): TypeClasses {
  const type = nativeClass('type', [object], {
    __init__: native('self, *args, **kwargs', () => null),
  });
  type.members.set(
    '__new__',
    native(
      'cls, value, bases=None, namespace=None, /, **kwargs',
      (ctx, args) => {
        const bases = args.get('bases');
        if (bases === null) return ctx.typeOf(args.get('value'));
        const parents = ctx.list(bases).filter((base): base is PyClass => base instanceof PyClass);
        const members = new Map<string, PyValue>();
        const namespace = args.get('namespace');
        if (namespace instanceof PyDict) for (const [key, item] of namespace.entries()) members.set(ctx.str(key), item);
        const name = args.string('value');
        const made = ctx.takeMade(name) ?? new PyClass(name, parents.length > 0 ? parents : [object], members);
        for (const key of made.members.keys()) if (!members.has(key)) made.members.delete(key);
        for (const [key, value] of members) made.members.set(key, value);
        const meta = args.get('cls');
        if (meta instanceof PyClass && meta.canonical !== type) made.cls = meta.canonical;
        return made;
      },
      'type.__new__',
    ),
  );
  type.members.set(
    '__call__',
    native('self, /, *args, **kwargs', (ctx, args) => {
      const cls = args.get('self');
      if (!(cls instanceof PyClass)) throw new PythonError('TypeError', 'type.__call__ needs a class');
      return ctx.instantiate(cls, args.rest('args'), args.keywords('kwargs'));
    }),
  );
  const wrapper = (name: string, make: (fn: PyValue) => PyValue): PyClass =>
    nativeClass(name, [object], {
      __new__: native('cls, fn', (_, args) => make(args.get('fn'))),
      __init__: native('self, *args, **kwargs', () => null),
    });
  const property = nativeClass('property', [object], {
    __new__: native(
      'cls, fget=None, fset=None, fdel=None, doc=None',
      (_, args) => new PyProperty(args.get('fget'), args.get('fset'), args.get('fdel')),
    ),
    __init__: native('self, *args, **kwargs', () => null),
  });
  const superClass = nativeClass('super', [object], {
    __new__: native('cls, type, self', (ctx, args) => {
      const start = args.get('type');
      if (!(start instanceof PyClass)) throw new PythonError('TypeError', 'super() argument 1 must be a type');
      return ctx.makeSuper(start, args.get('self'));
    }),
    __init__: native('self, *args, **kwargs', () => null),
    __getattr__: native('self, name', (ctx, args) => {
      const self = args.get('self');
      const name = args.string('name');
      const start = self instanceof PyInstance ? self.fields.get(' start') : undefined;
      const target = self instanceof PyInstance ? (self.fields.get(' self') ?? null) : null;
      if (!(start instanceof PyClass)) throw new PythonError('RuntimeError', 'super(): no arguments');
      // In a metaclass's method the class is the object.
      const cls = target instanceof PyClass && target.isSubclassOf(start) ? target : ctx.typeOf(target);
      for (const base of cls.mro.slice(cls.mro.indexOf(start) + 1)) {
        const member = base.members.get(name);
        if (member === undefined) continue;
        if (member instanceof PyProperty) return ctx.call(member.getter, [target]);
        if (member instanceof PyStaticMethod) return member.callee;
        if (member instanceof PyClassMethod) return new PyBoundMethod(cls, member.callee);
        if (name === '__new__') return member;
        const method = member instanceof PyFunction || member instanceof NativeFunction;
        return method ? new PyBoundMethod(target, member) : member;
      }
      throw new PythonError('AttributeError', `'super' object has no attribute '${name}'`);
    }),
  });
  const iterator = nativeClass('generator', [object], {
    __iter__: native('self', (_, args) => args.get('self')),
    __next__: native('self', function* (_ctx, args) {
      const self = args.get('self');
      const item = self instanceof PyIterator ? yield* self.step() : undefined;
      if (item === undefined) throw stopIteration(self);
      return item;
    }),
    send: native('self, value', function* (_ctx, args) {
      const self = args.get('self');
      const item = self instanceof PyGenerator ? yield* self.send(args.get('value')) : undefined;
      if (item === undefined) throw stopIteration(self);
      return item;
    }),
    throw: native('self, type, value=None, traceback=None', function* (ctx, args): Eval<PyValue> {
      const self = args.get('self');
      const type = args.get('type');
      const given =
        type instanceof PyClass ? yield* ctx.run(type, args.isNone('value') ? [] : [args.get('value')]) : type;
      const error = errorFor(given, (item) => ctx.str(item));
      if (!(self instanceof PyGenerator)) throw error;
      const item = yield* self.throwIn(error);
      if (item === undefined) throw stopIteration(self);
      return item;
    }),
    close: native('self', function* (_ctx, args) {
      const self = args.get('self');
      if (self instanceof PyGenerator) yield* self.close();
      return null;
    }),
  });
  return {
    type,
    property,
    staticmethod: wrapper('staticmethod', (fn) => new PyStaticMethod(fn)),
    classmethod: wrapper('classmethod', (fn) => new PyClassMethod(fn)),
    iterator,
    super: superClass,
  };
}
