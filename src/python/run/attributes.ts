import { describeCode } from '../natives/code';
import type { Eval } from '../natives/context';
import { NativeFunction } from '../natives/native';
import type { Parameter } from '../natives/parameters';
import { DictFields, FieldsDict, fieldsFor, LayeredFields, ownFields } from '../values/fields';
import { PyFunction } from '../values/scope';
import {
  PyBoundMethod,
  PyClass,
  PyClassMethod,
  PyDict,
  PyInstance,
  PyLate,
  PyModule,
  PyObject,
  PyParameter,
  PyProperty,
  PyRange,
  PySlice,
  PyStaticMethod,
  PyTuple,
  PythonError,
  type PyValue,
  Unknown,
} from '../values/values';
import { importBelow } from './imports';
import type { Interpreter } from './interpreter';
import { fallbackMember, membersOf, settle, starMember } from './late';

/** An attribute whose value takes a call: a property, `__getattr__`. */
export interface Deferred {
  readonly callee: PyValue;
  readonly args: readonly PyValue[];
}

export function isDeferred(value: PyValue | Deferred | undefined): value is Deferred {
  return value !== null && typeof value === 'object' && !(value instanceof PyObject);
}

const isNumber = (value: PyValue) => typeof value === 'bigint' || typeof value === 'number';

/** Looks an attribute up as CPython does: data descriptors, the object's own, the class's, `__getattr__`. */
export function findAttribute(ctx: Interpreter, object: PyValue, name: string): PyValue | Deferred | undefined {
  if (object instanceof Unknown) return new Unknown(object.reason, object.range);
  if (object instanceof PyModule) return moduleAttribute(ctx, object, name);
  if (object instanceof PyClass) return classAttribute(ctx, object, name);
  const cls = ctx.typeOf(object);
  const access = cls.accessed ? cls.lookup('__getattribute__') : undefined;
  if (access !== undefined) return deferToAccess(access, object, cls, name);
  const found = findDefault(ctx, object, name);
  // A parameter of complex numbers is held as pairs, and seen as those numbers.
  if (found instanceof PyParameter && found.complex) return found.complex;
  if (found !== undefined) return found;
  const fallback = cls.lookup('__getattr__');
  return fallback === undefined || fallback === null ? undefined : { callee: fallback, args: [object, name] };
}

/** By the class's own `__getattribute__`, and `__getattr__` where that finds nothing. */
function deferToAccess(access: PyValue, object: PyValue, cls: PyClass, name: string): Deferred {
  const find = new NativeFunction(name, [], function* (ctx): Eval<PyValue> {
    try {
      return yield* ctx.run(access, [object, name]);
    } catch (error) {
      const fallback = cls.lookup('__getattr__');
      const missing = error instanceof PythonError && error.type === 'AttributeError';
      if (!missing || fallback === undefined) throw error;
      return yield* ctx.run(fallback, [object, name]);
    }
  });
  return { callee: find, args: [] };
}

/** `object.__getattribute__`. */
export function findDefault(ctx: Interpreter, object: PyValue, name: string): PyValue | Deferred | undefined {
  const cls = ctx.typeOf(object);
  if (cls === ctx.classes.super && name !== '__class__') {
    // Everything is looked up behind the class that `super` names, never on `super` itself.
    return { callee: cls.lookup('__getattr__') ?? null, args: [object, name] };
  }
  const member = cls.lookup(name);
  if (member instanceof PyProperty && !member.cached) {
    if (member.getter === null) throw new PythonError('AttributeError', `unreadable attribute '${name}'`);
    return { callee: member.getter, args: [object] };
  }
  const getter = member instanceof PyInstance ? member.cls.lookup('__get__') : undefined;
  const isData = (found: PyInstance) =>
    found.cls.lookup('__set__') !== undefined || found.cls.lookup('__delete__') !== undefined;
  if (getter !== undefined && member instanceof PyInstance && isData(member)) {
    return { callee: getter, args: [member, object, cls] };
  }
  const fields = object instanceof PyObject ? object.attributes : undefined;
  const own = fields && ownFields(fields).get(name);
  if (own !== undefined) return own;
  if (member instanceof PyProperty) return cachedProperty(member, object, name);
  if (getter !== undefined && member !== undefined) return { callee: getter, args: [member, object, cls] };
  if (member !== undefined) return bindMember(member, object, cls);
  const behind = fields instanceof LayeredFields ? fields.get(name) : undefined;
  return behind === undefined ? objectSpecial(ctx, object, cls, name) : behind;
}

/** The property's value, which then stands in its place. */
function cachedProperty(member: PyProperty, object: PyValue, name: string): Deferred {
  const compute = new NativeFunction(name, [], function* (ctx): Eval<PyValue> {
    const value = yield* ctx.run(member.getter, [object]);
    if (object instanceof PyObject) fieldsFor(object).set(name, value);
    return value;
  });
  return { callee: compute, args: [] };
}

function bindMember(member: PyValue, self: PyValue, cls: PyClass): PyValue {
  if (member instanceof PyFunction || member instanceof NativeFunction) return new PyBoundMethod(self, member);
  if (member instanceof PyStaticMethod) return member.callee;
  if (member instanceof PyClassMethod) {
    return member.callee instanceof PyProperty ? member.callee : new PyBoundMethod(cls, member.callee);
  }
  return member;
}

function moduleAttribute(ctx: Interpreter, module: PyModule, name: string): PyValue | Deferred | undefined {
  const own = module.members.get(name);
  if (own instanceof PyLate) return own.value ?? deferLoad(() => settle(ctx, own));
  if (own !== undefined) return own;
  if (name === '__name__') return module.name;
  if (name === '__file__') return module.file ?? module.name;
  if (name === '__dict__') return deferLoad(() => membersOf(ctx, module));
  const late = module.missing?.(name);
  if (late !== undefined) module.members.set(name, late);
  const isBelow = ctx.isImported(`${module.name}.${name}`) && module.file?.endsWith('__init__.py');
  const hasFallback = module.members.has('__getattr__');
  if (late !== undefined || (module.stars.length === 0 && !isBelow && !hasFallback)) return late;
  return deferLoad(function* () {
    const found =
      (yield* starMember(ctx, module, name)) ??
      (isBelow ? yield* importBelow(ctx, module, name) : undefined) ??
      (yield* fallbackMember(ctx, module, name));
    if (found === undefined) throw ctx.attributeError(module, name);
    return found;
  });
}

/**
 * What code names of a module, where it is not simply there: of a package also a module below it. That would be its
 * attribute only once an import has named it; which may wait still, and code that asks whether there is one gets no answer
 * from here.
 */
export function* moduleMember(
  ctx: Interpreter,
  module: PyModule,
  name: string,
  found: Deferred | undefined,
): Eval<PyValue> {
  let missing: PythonError;
  try {
    if (found) return yield* ctx.run(found.callee, found.args);
    missing = ctx.attributeError(module, name);
  } catch (error) {
    if (!(error instanceof PythonError) || error.type !== 'AttributeError') throw error;
    missing = error;
  }
  const isPackage = module.file?.endsWith('__init__.py') === true && !module.members.has('__getattr__');
  const below = isPackage && !name.startsWith('__') ? yield* importBelow(ctx, module, name) : undefined;
  if (below === undefined) throw missing;
  return below;
}

function deferLoad(load: () => Eval<PyValue>): Deferred {
  return { callee: new NativeFunction('import', [], load), args: [] };
}

function classAttribute(ctx: Interpreter, cls: PyClass, name: string): PyValue | Deferred | undefined {
  const member = cls.lookup(name);
  if (member instanceof PyStaticMethod) return member.callee;
  if (member instanceof PyClassMethod) {
    return member.callee instanceof PyProperty
      ? { callee: member.callee.getter, args: [cls] }
      : new PyBoundMethod(cls, member.callee);
  }
  if (member instanceof PyInstance) {
    const getter = member.cls.lookup('__get__');
    if (getter !== undefined) return { callee: getter, args: [member, null, cls] };
  }
  if (member !== undefined) return member;
  const meta = cls.cls ? metaAttribute(cls, cls.cls, name) : undefined;
  if (meta !== undefined) return meta;
  switch (name) {
    case '__name__':
      return cls.name;
    case '__qualname__':
      return cls.qualifiedName;
    case '__module__':
      return cls.module;
    case '__doc__':
      return null;
    case '__dict__':
      return PyDict.from(cls.members);
    case '__mro__':
      return new PyTuple(cls.mro);
    case '__bases__':
      return new PyTuple(cls.bases);
    case '__base__':
      return cls.bases[0] ?? null;
    case '__class__':
      return ctx.typeOf(cls);
    case '__annotations__':
      return new PyDict();
    case 'mro':
      return new NativeFunction('mro', [], () => ctx.finish(ctx.run(ctx.classes.list, [new PyTuple(cls.mro)])));
    case '__subclasses__':
      return undefined;
    default:
      return undefined;
  }
}

/** What a class gets from its metaclass. */
function metaAttribute(cls: PyClass, meta: PyClass, name: string): PyValue | Deferred | undefined {
  const member = meta.lookup(name);
  if (member instanceof PyProperty) return { callee: member.getter, args: [cls] };
  if (member !== undefined && !name.startsWith('__')) return bindMember(member, cls, meta);
  const fallback = meta.lookup('__getattr__');
  return fallback === undefined || name.startsWith('__') ? undefined : { callee: fallback, args: [cls, name] };
}

function objectSpecial(ctx: Interpreter, object: PyValue, cls: PyClass, name: string): PyValue | undefined {
  if (name === '__class__') return cls;
  if (name === '__doc__') return object instanceof PyFunction ? object.code.documentation : null;
  if (name === '__module__') return object instanceof PyFunction ? object.scope.module.name : cls.module;
  // Instances of a class that derives from dict or list have attributes, set or not yet.
  if (name === '__dict__' && object instanceof PyObject && !cls.native) object.attributes ??= new Map();
  if (name === '__dict__' && object instanceof PyObject && object.attributes) {
    const fields = ownFields(object.attributes);
    return fields instanceof DictFields ? fields.dict : new FieldsDict(fields);
  }
  if (name === '__name__' || name === '__qualname__') {
    if (object instanceof PyFunction) return name === '__name__' ? object.code.name : object.qualifiedName;
    if (object instanceof NativeFunction) return object.name;
  }
  if (object instanceof PySlice || object instanceof PyRange) {
    if (name === 'start' || name === 'stop' || name === 'step') return object[name];
  }
  if (name === 'real' || name === 'numerator') return isNumber(object) ? object : undefined;
  if (name === 'imag') return isNumber(object) ? 0n : undefined;
  if (name === 'denominator') return typeof object === 'bigint' ? 1n : undefined;
  if (object instanceof PyBoundMethod) {
    if (name === '__self__') return object.self;
    if (name === '__func__') return object.callee;
    const inner = findAttribute(ctx, object.callee, name);
    return isDeferred(inner) ? undefined : inner;
  }
  if (object instanceof PyFunction && name === '__code__')
    return describeCode(object.code, object.parameters, object.scope.module.file ?? ctx.file);
  if (object instanceof PyFunction && name === '__defaults__') {
    const defaults = object.parameters.flatMap((p) =>
      p.default === undefined || p.kind === 'keyword' ? [] : [p.default],
    );
    return defaults.length > 0 ? new PyTuple(defaults) : null;
  }
  if (name === '__kwdefaults__' && (object instanceof PyFunction || object instanceof NativeFunction)) {
    const parameters: readonly Parameter[] = object.parameters;
    const defaults = parameters.flatMap((each) =>
      each.kind === 'keyword' && each.default !== undefined ? [[each.name, each.default] as const] : [],
    );
    return defaults.length > 0 ? PyDict.from(defaults) : null;
  }
  if (object instanceof PyProperty) {
    const make = (build: (fn: PyValue) => PyProperty): NativeFunction =>
      new NativeFunction(name, [{ name: 'fn', kind: 'positional' }], (_, args) => build(args.get('fn')));
    if (name === 'setter') return make((fn) => new PyProperty(object.getter, fn, object.deleter));
    if (name === 'getter') return make((fn) => new PyProperty(fn, object.setter, object.deleter));
    if (name === 'deleter') return make((fn) => new PyProperty(object.getter, object.setter, fn));
    if (name === 'fget') return object.getter;
    if (name === 'fset') return object.setter;
    if (name === 'fdel') return object.deleter;
  }
  return undefined;
}

/** `object.name = value`, through `__setattr__` where the class has one. */
export function storeAttribute(ctx: Interpreter, object: PyValue, name: string, value: PyValue): void {
  if (!(object instanceof PyClass) && !(object instanceof PyModule) && object instanceof PyObject && object.cls) {
    const method = object.cls.lookup('__setattr__');
    if (method !== undefined && method !== ctx.classes.object.members.get('__setattr__')) {
      ctx.call(method, [object, name, value]);
      return;
    }
  }
  storeDefault(ctx, object, name, value);
}

export function storeDefault(ctx: Interpreter, object: PyValue, name: string, value: PyValue): void {
  if (object instanceof Unknown) return;
  if (object instanceof PyClass && name === '__bases__') {
    setBases(ctx, object.canonical, value);
    return;
  }
  if (object instanceof PyClass && typeof value === 'string' && nameClass(object.canonical, name, value)) return;
  if (object instanceof PyModule || object instanceof PyClass) {
    object.members.set(name, value);
    return;
  }
  if (!(object instanceof PyObject)) throw ctx.attributeError(object, name);
  const member = ctx.typeOf(object).lookup(name);
  const setter = member instanceof PyInstance ? member.cls.lookup('__set__') : undefined;
  if (setter !== undefined) {
    ctx.call(setter, [member ?? null, object, value]);
    return;
  }
  if (member instanceof PyInstance && member.cls.lookup('__delete__') !== undefined) {
    throw new PythonError('AttributeError', '__set__');
  }
  if (member instanceof PyProperty && !member.cached) {
    if (member.setter === null) throw new PythonError('AttributeError', `can't set attribute '${name}'`);
    ctx.call(member.setter, [object, value]);
    return;
  }
  if (name === '__dict__' && value instanceof PyDict && (object.attributes || object.cls)) {
    replaceFields(object, value);
    return;
  }
  fieldsFor(object).set(name, value);
}

/** `cls.__name__ = 'Net'`: whether it is what a class is called. */
function nameClass(cls: PyClass, name: string, value: string): boolean {
  if (name === '__name__') cls.name = value;
  else if (name === '__qualname__') cls.qualifiedName = value;
  else if (name === '__module__') cls.module = value;
  else return false;
  return true;
}

/** `cls.__bases__ = (…)`. */
function setBases(ctx: Interpreter, cls: PyClass, value: PyValue): void {
  const bases = value instanceof PyTuple ? value.items : [];
  const classes = bases.filter((each): each is PyClass => each instanceof PyClass);
  if (bases.length === 0 || classes.length < bases.length)
    throw new PythonError(
      'TypeError',
      `can only assign non-empty tuple to ${cls.name}.__bases__, not ${value instanceof PyTuple ? '()' : ctx.typeOf(value).name}`,
    );
  cls.setBases(classes);
}

/** `object.__dict__ = dict`. */
function replaceFields(object: PyObject, dict: PyDict): void {
  if (!(object instanceof PyInstance)) {
    object.attributes = dict instanceof FieldsDict ? dict.fields : new DictFields(dict);
    return;
  }
  // An instance keeps its own map: native code holds on to it.
  const entries = dict.entries();
  const fields = ownFields(object.fields);
  fields.clear();
  for (const [name, value] of entries) fields.set(String(name), value);
}

/** `del object.name`; `custom` asks `__delattr__` first. */
export function deleteAttribute(ctx: Interpreter, object: PyValue, name: string, custom: boolean): void {
  if (object instanceof Unknown) return;
  if (object instanceof PyModule || object instanceof PyClass) {
    if (!object.members.delete(name)) throw ctx.attributeError(object, name);
    return;
  }
  const method = custom && object instanceof PyInstance ? object.cls.lookup('__delattr__') : undefined;
  if (method !== undefined && method !== ctx.classes.object.members.get('__delattr__')) {
    ctx.call(method, [object, name]);
    return;
  }
  const member = object instanceof PyObject ? ctx.typeOf(object).lookup(name) : undefined;
  if (member instanceof PyProperty && !member.cached) {
    if (member.deleter === null) throw new PythonError('AttributeError', `can't delete attribute '${name}'`);
    ctx.call(member.deleter, [object]);
    return;
  }
  const deleter = member instanceof PyInstance ? member.cls.lookup('__delete__') : undefined;
  if (deleter !== undefined) {
    ctx.call(deleter, [member ?? null, object]);
    return;
  }
  if (member instanceof PyInstance && member.cls.lookup('__set__') !== undefined) {
    throw new PythonError('AttributeError', '__delete__');
  }
  if (!(object instanceof PyObject) || !object.attributes?.delete(name)) throw ctx.attributeError(object, name);
}
