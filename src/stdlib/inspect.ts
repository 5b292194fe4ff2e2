import { say } from '../language/say';
import { namedTupleClass } from '../python/builtins/namedtuple';
import { describeCode } from '../python/natives/code';
import type { Context, Eval } from '../python/natives/context';
import { NativeFunction, native, nativeClass, property } from '../python/natives/native';
import type { Parameter, ParameterKind } from '../python/natives/parameters';
import type { FunctionCode } from '../python/syntax/ast';
import { PyFunction, type Scope } from '../python/values/scope';
import {
  PyBoundMethod,
  PyClass,
  PyClassMethod,
  PyDict,
  PyInstance,
  PyList,
  PyModule,
  PyObject,
  PySet,
  PyStaticMethod,
  PyTuple,
  type PyValue,
  Unknown,
} from '../python/values/values';

/** CPython's `_ParameterKind`, by our kinds. */
const KINDS: Readonly<Record<ParameterKind, readonly [name: string, value: bigint]>> = {
  'positional-only': ['POSITIONAL_ONLY', 0n],
  positional: ['POSITIONAL_OR_KEYWORD', 1n],
  varargs: ['VAR_POSITIONAL', 2n],
  keyword: ['KEYWORD_ONLY', 3n],
  varkeywords: ['VAR_KEYWORD', 4n],
};

/** `inspect`: signatures, and what kind of thing a value is. */
export function inspectModule(ctx: Context): Record<string, PyValue> {
  const plainClass = (name: string, members: Record<string, PyValue> = {}) =>
    nativeClass(name, [ctx.classes.object], members, 'inspect');
  const empty = plainClass('_empty');
  const kindClass = plainClass('_ParameterKind', {
    __index__: native('self', (own, args) => own.getattr(args.get('self'), 'value')),
    __repr__: native('self', (own, args) => `<_ParameterKind.${own.str(own.getattr(args.get('self'), 'name'))}>`),
  });
  const kinds = new Map(
    Object.values(KINDS).map(([name, value]) => [name, record(kindClass, { name, value, _value_: value })] as const),
  );
  const replace = native('self, **kwargs', (_, args) => {
    const self = args.get('self');
    if (!(self instanceof PyInstance)) return self;
    const made = record(self.cls, Object.fromEntries([...self.fields, ...args.keywords('kwargs')]));
    const parameters = made.fields.get('parameters');
    // A sequence of parameters, as its constructor takes them.
    if (parameters instanceof PyList || parameters instanceof PyTuple)
      made.fields.set(
        'parameters',
        PyDict.from(parameters.items.map((each) => [(each as PyInstance).fields.get('name') ?? null, each] as const)),
      );
    return made;
  });
  const parameterClass = plainClass('Parameter', { empty, replace, ...Object.fromEntries(kinds) });
  const signatureClass = plainClass('Signature', { empty, replace });

  const describe = (parameter: Parameter): PyInstance =>
    record(parameterClass, {
      name: parameter.name,
      kind: kinds.get(KINDS[parameter.kind][0]) ?? null,
      default: parameter.default === undefined ? empty : parameter.default,
      annotation: empty,
    });
  return {
    Parameter: parameterClass,
    Signature: signatureClass,
    signature: native('callable, **kwargs', (own, args) => {
      const callable = args.get('callable');
      const parameters = parametersOf(own, callable);
      if (parameters instanceof Unknown) return parameters;
      const entries = parameters.map((parameter) => [parameter.name, describe(parameter)] as const);
      return record(signatureClass, { parameters: PyDict.from(entries), return_annotation: empty });
    }),
    getfullargspec: native('func', (own, args) => {
      const parameters = parametersOf(own, args.get('func'), false);
      if (parameters instanceof Unknown) return parameters;
      const namesOfKinds = (...kinds: ParameterKind[]) =>
        parameters.filter(({ kind }) => kinds.includes(kind)).map(({ name }) => name);
      const positional = parameters.filter(({ kind }) => kind === 'positional-only' || kind === 'positional');
      const keyword = parameters.filter(({ kind }) => kind === 'keyword');
      const defaultsOf = (some: readonly Parameter[]) =>
        some.flatMap((each) => (each.default === undefined ? [] : [[each.name, each.default] as const]));
      const defaults = defaultsOf(positional).map(([, value]) => value);
      const ofKeywords = defaultsOf(keyword);
      const values: Record<string, PyValue> = {
        args: new PyList(positional.map(({ name }) => name)),
        varargs: namesOfKinds('varargs')[0] ?? null,
        varkw: namesOfKinds('varkeywords')[0] ?? null,
        defaults: defaults.length > 0 ? new PyTuple(defaults) : null,
        kwonlyargs: new PyList(keyword.map(({ name }) => name)),
        kwonlydefaults: ofKeywords.length > 0 ? PyDict.from(ofKeywords) : null,
        annotations: own.lookup(args.get('func'), '__annotations__') ?? new PyDict(),
      };
      return new PyTuple(Object.values(values), namedTupleClass(own, 'FullArgSpec', Object.keys(values), new Map()));
    }),
    currentframe: native('', (own) => (own.scope ? frameOf(own.scope) : null)),
    getargvalues: native('frame', (own, args) => {
      const scope = frames.get(args.get('frame') as PyInstance);
      const parameters = scope?.code?.parameters ?? [];
      const namesOf = (kind: string) => parameters.filter((each) => each.kind.startsWith(kind)).map(({ name }) => name);
      const values = [
        new PyList([...namesOf('positional'), ...namesOf('keyword')]),
        namesOf('varargs')[0] ?? null,
        namesOf('varkeywords')[0] ?? null,
        own.getattr(args.get('frame'), 'f_locals'),
      ];
      return new PyTuple(values, namedTupleClass(own, 'ArgInfo', ['args', 'varargs', 'keywords', 'locals'], new Map()));
    }),
    get_annotations: native(
      'obj, **options',
      (own, args) => own.lookup(args.get('obj'), '__annotations__') ?? new PyDict(),
    ),
    getfile: native('object', (own, args) => {
      const object = args.get('object');
      const file =
        object instanceof PyModule
          ? object.file
          : object instanceof PyClass
            ? object.range?.file
            : object instanceof PyFunction
              ? object.scope.module.file
              : undefined;
      return file ?? own.raise('TypeError', `${own.repr(object)} is a built-in`);
    }),
    getmro: native('cls', (own, args) => own.getattr(args.get('cls'), '__mro__')),
    getdoc: native('object', (own, args) => own.lookup(args.get('object'), '__doc__') ?? null),
    getmembers: native('object, predicate=None', function* (own, args): Eval<PyValue> {
      const object = args.get('object');
      const names = own.list(yield* own.run(own.builtins.get('dir') ?? null, [object])).map(String);
      const found: PyValue[] = [];
      for (const name of names) {
        const value = own.lookup(object, name);
        if (value === undefined) continue;
        const wanted = args.isNone('predicate') || own.truth(yield* own.run(args.get('predicate'), [value]));
        if (wanted) found.push(new PyTuple([name, value]));
      }
      return new PyList(found);
    }),
    getsource: native('object', function* (own, args): Eval<PyValue> {
      const object = args.get('object');
      const text = object instanceof PyModule && object.file ? yield* own.readFile(object.file) : undefined;
      return text ?? new Unknown(say('inspect.getsource of this is not read'), own.range);
    }),
    getmodule: native('object', (own, args) => {
      const object = args.get('object');
      if (object instanceof PyModule) return object;
      return object instanceof PyFunction
        ? object.scope.module
        : new Unknown(say('inspect.getmodule of this is not read'), own.range);
    }),
    unwrap: native('func', (own, args) => {
      let func = args.get('func');
      for (let i = 0; i < MOST_WRAPPED; i++) {
        const inner = own.lookup(func, '__wrapped__');
        if (inner === undefined) break;
        func = inner;
      }
      return func;
    }),
    isclass: test((value) => value instanceof PyClass),
    isgeneratorfunction: test((value) => value instanceof PyFunction && value.code.generator),
    isfunction: test((value) => value instanceof PyFunction),
    ismethod: test((value) => value instanceof PyBoundMethod),
    ismodule: test((value) => value instanceof PyModule),
    isbuiltin: test((value) => value instanceof NativeFunction),
    isroutine: test((value) => [PyFunction, PyBoundMethod, NativeFunction].some((routine) => value instanceof routine)),
    isabstract: test((value) => {
      const abstract = value instanceof PyClass ? value.members.get('__abstractmethods__') : undefined;
      return abstract instanceof PySet && abstract.size > 0;
    }),
  };
}

/** Wrappers of wrappers before the search for what is inside ends. */
const MOST_WRAPPED = 100;

const frames = new WeakMap<PyInstance, Scope>();

/** A frame that calls: what a function was given, and who called it. */
const frameClass = nativeClass('frame', [], {
  f_back: property((_, self) => {
    const caller = frames.get(self as PyInstance)?.caller;
    return caller ? frameOf(caller) : null;
  }),
  // As CPython orders them: parameters as they are written, then what the code sets.
  f_locals: property((own, self) => {
    const names = frames.get(self as PyInstance)?.names ?? new Map<string, PyValue>();
    const order = own.list(own.getattr(own.getattr(self, 'f_code'), 'co_varnames')).map(String);
    const known = order.filter((name) => names.has(name));
    const all = [...known, ...[...names.keys()].filter((name) => !known.includes(name))];
    return PyDict.from(all.map((name) => [name, names.get(name) ?? null] as const));
  }),
  f_globals: property((_, self) => PyDict.from([...(frames.get(self as PyInstance)?.module.members ?? [])])),
  f_code: property((_, self) => {
    const scope = frames.get(self as PyInstance);
    const file = scope?.module.file ?? scope?.module.name ?? '';
    const code = scope?.code ?? NO_CODE;
    const parameters = code.parameters.map(({ name, kind }) => ({ name, kind }));
    return describeCode(code, parameters, file);
  }),
});

/** The code of a module, as far as a frame tells it. */
const NO_CODE: FunctionCode = {
  name: '<module>',
  parameters: [],
  body: [],
  generator: false,
  globals: new Set(),
  nonlocals: new Set(),
  documentation: null,
};

function frameOf(scope: Scope): PyInstance {
  const made = new PyInstance(frameClass);
  frames.set(made, scope);
  return made;
}

function record(cls: PyClass, fields: Readonly<Record<string, PyValue>>): PyInstance {
  const made = new PyInstance(cls);
  for (const [name, value] of Object.entries(fields)) made.fields.set(name, value);
  return made;
}

function test(holds: (value: PyValue) => boolean): NativeFunction {
  return native('object', (_, args) =>
    args.get('object') instanceof Unknown ? args.get('object') : holds(args.get('object')),
  );
}

/**
 * The parameters that a call gives: of a bound method without `self`, of a class those of its `__init__`, of a
 * decorated function those of the function inside (`bound` false: with `self`, as `getfullargspec` counts).
 * @throws PythonError TypeError where the value can't be called.
 */
function parametersOf(ctx: Context, value: PyValue, bound = true): readonly Parameter[] | Unknown {
  if (value instanceof Unknown) return value;
  if (value instanceof PyFunction || value instanceof NativeFunction) {
    const wrapped = value.attributes?.get('__wrapped__');
    return wrapped === undefined ? value.parameters : parametersOf(ctx, wrapped, bound);
  }
  if (value instanceof PyStaticMethod || value instanceof PyClassMethod) return parametersOf(ctx, value.callee, bound);
  const method =
    value instanceof PyBoundMethod
      ? value.callee
      : value instanceof PyClass
        ? value.lookup('__init__')
        : value instanceof PyObject
          ? ctx.typeOf(value).lookup('__call__')
          : undefined;
  if (method !== undefined) {
    const parameters = parametersOf(ctx, method, bound);
    return parameters instanceof Unknown || !bound ? parameters : parameters.slice(1);
  }
  if (value instanceof PyClass) return [];
  return ctx.raise('TypeError', `${ctx.repr(value)} is not a callable object`);
}
