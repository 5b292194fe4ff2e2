import { say, sentence } from '../../language/say';
import { makeEnum } from '../builtins/enumeration';
import { makeNamedTuple } from '../builtins/namedtuple';
import type { Eval } from '../natives/context';
import type { Expr, Stmt } from '../syntax/ast';
import { PyFunction, Scope } from '../values/scope';
import {
  type Keywords,
  PyBoundMethod,
  PyClass,
  PyClassMethod,
  PyDict,
  type PyInstance,
  PySet,
  PyStaticMethod,
  PyTuple,
  PythonError,
  type PyValue,
  Unknown,
} from '../values/values';
import { evaluateArguments } from './expressions';
import type { Interpreter } from './interpreter';
import { execute } from './statements';

const nameOfDecorator = (expr: Expr): string => {
  const named = expr.kind === 'call' ? expr.callee : expr;
  return named.kind === 'name' || named.kind === 'attribute' ? named.name : '';
};

/** A `class` statement. Metaclasses are ignored but for `ABCMeta` and `EnumMeta`, whose effect is built in. */
export function* defineClass(
  ctx: Interpreter,
  statement: Extract<Stmt, { kind: 'class' }>,
  outer: Scope,
): Eval<PyValue> {
  const { args: written, keywords } = yield* evaluateArguments(ctx, statement.args, outer);
  const range = ctx.range;
  const isRecord = statement.decorators.some((each) => /^(dataclass|define|attrs)$/.test(nameOfDecorator(each)));
  const instead = isRecord && ctx.baseInstead ? ctx.classes.object : ctx.baseInstead;
  const args = written.map((base) => (base instanceof Unknown ? (instead ?? base) : base));
  const unknown = args.find((base): base is Unknown => base instanceof Unknown);
  if (unknown)
    return new Unknown(
      say('{0} derives from a class that was not read: {1}', statement.name, sentence(unknown.reason)),
      range,
    );
  const bases = args.filter((base): base is PyClass => base instanceof PyClass && base !== ctx.classes.generic);
  const scope = new Scope('class', outer, outer.module);
  scope.definingClassName = statement.name;
  const isEnum = bases.some((base) => base.mro.some((cls) => cls.name === 'Enum' && cls.native));
  // The class must be known to its methods (`super()`) before it exists: they read it when they are called.
  const cls = new PyClass(statement.name, bases.length > 0 ? bases : [ctx.classes.object], scope.names);
  cls.qualifiedName = outer.qualifiedName(statement.name);
  scope.definingClass = cls;
  cls.module = outer.module.name;
  cls.range = range;
  if (statement.documentation !== null) scope.names.set('__doc__', statement.documentation);
  yield* execute(ctx, statement.body, scope);
  const subscript = cls.members.get('__class_getitem__');
  // The one function that is the class's without being marked, beside `__init_subclass__`.
  if (subscript instanceof PyFunction) cls.members.set('__class_getitem__', new PyClassMethod(subscript));
  if (scope.annotations) {
    cls.members.set('__annotations__', PyDict.from(scope.annotations));
  }
  if (bases.some((base) => base === ctx.classes.namedTupleBase)) return makeNamedTuple(ctx, cls);
  if (isEnum) makeEnum(ctx, cls);
  cls.members.set('__abstractmethods__', abstractMethods(cls));
  if (!isEnum) hashing(ctx, cls);
  cls.accessed = cls.members.has('__getattribute__') || cls.mro.some((base) => base.accessed);
  for (const [name, value] of cls.members) {
    const hook =
      value !== null && typeof value === 'object' && !(value instanceof PyClass)
        ? ctx.typeOf(value).lookup('__set_name__')
        : undefined;
    if (hook !== undefined) yield* ctx.run(hook, [value, cls, name]);
  }
  const made = yield* runMetaclass(ctx, cls, keywords);
  if (made !== cls) return made;
  const initialise = cls.mro
    .slice(1)
    .map((base) => base.members.get('__init_subclass__'))
    .find((found) => found !== undefined);
  if (initialise !== undefined) {
    const callee = initialise instanceof PyClassMethod ? initialise.callee : initialise;
    // A metaclass of the user's has had them.
    const passed = cls.cls ? [] : [...(keywords ?? [])];
    const given = new Map(passed.filter(([name]) => name !== 'metaclass'));
    yield* ctx.run(new PyBoundMethod(cls, callee), [], given);
  }
  return cls;
}

/** Runs a user's metaclass: given with the class, else that of a base. */
function* runMetaclass(ctx: Interpreter, cls: PyClass, keywords: Keywords | undefined): Eval<PyValue> {
  const given = keywords?.get('metaclass');
  const meta = given instanceof PyClass ? given.canonical : cls.bases.find((base) => base.cls)?.cls;
  if (!meta?.isSubclassOf(ctx.classes.type) || meta.canonical === ctx.classes.type) return cls;
  cls.cls = meta;
  const options = new Map([...(keywords ?? [])].filter(([name]) => name !== 'metaclass'));
  const args: PyValue[] = [cls.name, new PyTuple(cls.bases), PyDict.from(cls.members)];
  let made: PyValue = cls;
  const make = meta.lookup('__new__');
  if (make !== undefined && make !== ctx.classes.type.members.get('__new__')) {
    ctx.making = cls;
    made = yield* ctx.run(make instanceof PyStaticMethod ? make.callee : make, [meta, ...args], options);
    ctx.making = undefined;
  }
  const initialise = meta.lookup('__init__');
  if (initialise !== undefined) yield* ctx.run(initialise, [made, ...args], options);
  return made;
}

/** Names that `@abstractmethod` marked and no class on the way has written. */
function abstractMethods(cls: PyClass): PySet {
  const result = new PySet();
  const names = new Set<string>();
  for (const base of cls.mro) for (const name of base.members.keys()) names.add(name);
  for (const name of names) {
    const value = cls.lookup(name);
    if (value !== null && typeof value === 'object' && value.attributes?.get('__isabstractmethod__') === true) {
      if (cls.mro.some((base) => base.name === 'ABC')) result.add(name);
    }
  }
  return result;
}

const KEYS = Symbol('instances by their hash');

/** How instances are keys: by their `__hash__` and `__eq__`, or not at all where a class has only the latter. */
function hashing(ctx: Interpreter, cls: PyClass): void {
  if (cls.members.has('__eq__') && !cls.members.has('__hash__')) cls.members.set('__hash__', null);
  const hash = cls.members.get('__hash__');
  if (hash === null) cls.keyAs = raiseUnhashable;
  if (hash === null || hash === undefined) return;
  cls.keyAs = (self) => {
    const value = ctx.call(hash, [self]);
    if (typeof value !== 'bigint') throw new PythonError('TypeError', '__hash__ method should return an integer');
    const seen = ctx.slot(KEYS, () => new Map<bigint, PyInstance[]>());
    const alike = seen.get(value) ?? [];
    const known = alike.find((other) => ctx.equal(other, self));
    if (known) return known;
    alike.push(self);
    seen.set(value, alike);
    return self;
  };
}

/** `keyAs` of a class without a hash. */
export function raiseUnhashable(self: PyInstance): never {
  throw new PythonError('TypeError', `unhashable type: '${self.cls.name}'`);
}
