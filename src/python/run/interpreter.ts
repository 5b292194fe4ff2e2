import type { GraphBuilder, Origin } from '../../graph/builder';
import type { Op, SourceRange, TensorData, ValueId } from '../../graph/types';
import { ShapeError } from '../../graph/types';
import { say, sentence } from '../../language/say';
import { isStandIn, PRELUDE } from '../../source/libraries';
import { shortName } from '../../source/path';
import type { Meter } from '../natives/budget';
import {
  type Context,
  type Eval,
  type IterationRefusal,
  type Library,
  type ModuleRequest,
  moduleKey,
  type Observer,
  type Obstacles,
  type Tracer,
  type ValueSource,
} from '../natives/context';
import { ExtractionError, type ProblemKind } from '../natives/errors';
import { NativeFunction } from '../natives/native';
import { tensorsAmong, traceChoices, traceFrame, traceOperands, tracePath } from '../natives/trace';
import type { Program, Span, Stmt } from '../syntax/ast';
import { showRepr, showStr } from '../text/format';
import type { BuiltinClasses, Builtins } from '../values/classes';
import { iteratorOf, PyGenerator, PyIterator } from '../values/iteration';
import type { Contents } from '../values/memory';
import { PyFunction, Scope } from '../values/scope';
import {
  Ellipsis,
  type Keywords,
  NotImplemented,
  PyBoundMethod,
  PyClass,
  PyClassMethod,
  PyDict,
  PyDictView,
  PyInstance,
  PyList,
  PyModule,
  PyObject,
  PyProperty,
  PyRange,
  PySet,
  PySlice,
  PyStaticMethod,
  PyTuple,
  PythonError,
  type PyValue,
  plainOf,
  typeName,
  Unknown,
} from '../values/values';
import { deleteAttribute, findAttribute, findDefault, isDeferred, storeAttribute, storeDefault } from './attributes';
import { equalValues } from './comparisons';
import { evaluate } from './expressions';
import { callFunction } from './functions';
import { importModule } from './imports';
import { membersOf } from './late';
import { execute } from './statements';
import { getItem } from './subscripts';
import { truthOf } from './truth';

/** A module whose text is needed by code that cannot be suspended: the driver fetches it and starts over. */
export class NeedsModule extends Error {
  override name = 'NeedsModule';
  constructor(readonly request: ModuleRequest) {
    super(say('{0} has not been read yet', request.module));
  }
}

/** Ends an evaluation where an instance of the class that was watched for is made: with what it is made. */
export class Constructed extends Error {
  override name = 'Constructed';
  constructor(
    readonly args: readonly PyValue[],
    readonly keywords: Keywords | undefined,
    readonly range: SourceRange | undefined,
  ) {
    super();
  }
}

/** In the place of a module's level, for files that are named by their paths. */
const PATH = -1;
/** The level of code that stands in a string, which is of no file. */
const [TEXT, CODE] = ['<string>', -2];

/** As deep as CPython goes, and as V8's stack has room for. */
const MOST_NESTED = 500;

/** 4300 nines: what CPython shows at most. */
const MOST_DECIMAL = 10n ** 4300n - 1n;

/** Whether a file is one of a library's. */
const isInstalled = (file: string): boolean => /[\\/](?:site|dist)-packages[\\/]/.test(file);

/** The running evaluation: state, calls and attribute access. Statements and expressions are in files of their own. */
export class Interpreter implements Context {
  readonly builtins: Map<string, PyValue>;
  readonly classes: BuiltinClasses;
  readonly modules = new Map<string, PyModule>();
  /** Parsed files by `moduleKey`; null where there is none. */
  sources: ReadonlyMap<string, Program | null> = new Map();
  /** Files' texts by `moduleKey`, where only those were asked for. */
  texts: ReadonlyMap<string, string | null> = new Map();
  training = false;
  /**
   * Whether imports run where they stand, as in Python, instead of where what they bind is first used; a pattern: those
   * of modules whose text fits.
   */
  eager: boolean | RegExp = false;
  /** How many `try` statements are being run that expect a module to be missing. */
  expectMissing = 0;
  /** How many `try` statements are being run that have handlers. */
  catching = 0;
  /** Modules that code expected to be missing, and that were. */
  readonly absent = new Set<string>();
  /** Files of modules that an attempt with late imports has run. */
  used: ReadonlySet<string> = new Set();
  /** Imports that nothing has used so far. */
  waiting = 0;
  /** `except` bodies that are running, for a bare `raise`. */
  readonly handling: PythonError[] = [];
  span: Span | undefined;
  obstacles: Obstacles | undefined;
  observer: Observer | undefined;
  /** Of the model's run, where its tensors are wanted. */
  tracer: Tracer | undefined;
  /** The one input that the model is read for, once it runs. */
  values: ValueSource | undefined;
  readonly askValues = (contents: Contents): TensorData | undefined => this.values?.valuesOf(contents);
  /** What stands for a base class that was not read, where a part of what derives from it is asked for. */
  baseInstead: PyClass | undefined;
  /** The class whose metaclass's `__new__` runs. */
  making: PyClass | undefined;
  /** A class whose first instance ends the evaluation, see `Constructed`. */
  watched: PyClass | undefined;
  /** Names around the call that runs, for `locals()`. */
  scope: Scope | undefined;
  private readonly slots = new Map<symbol, unknown>();
  readonly kindClasses = new Map<string, PyClass>();
  private readonly calls = new Map<string, number>();
  private readonly noted = new Set<string>();
  /** Full names of modules that import statements have named, and of the packages around them. */
  private readonly imported = new Set<string>();
  private modulePath = '';
  private call_ = 0;
  readonly showing = new Set<PyObject>();
  private nesting = 0;

  constructor(
    readonly graph: GraphBuilder,
    readonly meter: Meter,
    private readonly libraries: readonly Library[],
    { names, classes }: Builtins,
    public file: string,
  ) {
    this.builtins = names;
    this.classes = classes;
  }

  get range(): SourceRange | undefined {
    return this.span ? { file: this.file, ...this.span } : undefined;
  }

  get path(): string {
    return this.modulePath;
  }

  // Modules

  nativeModule(name: string): PyModule | undefined {
    for (const library of this.libraries) {
      const module = library.module(this, name);
      if (module) return module;
    }
    return undefined;
  }

  isNative(name: string): boolean {
    return this.libraries.some((library) => library.owns(name));
  }

  importModule(name: string, level: number): Eval<PyValue> {
    return importModule(this, name, level, new Scope('function', undefined, new PyModule(this.file, this.file)));
  }

  *hasModule(name: string): Eval<boolean> {
    if (this.nativeModule(name) || this.isNative(name)) return true;
    const key = moduleKey(this.file, name, 0);
    if (!this.texts.has(key)) yield { kind: 'text', from: this.file, module: name, level: 0 };
    if (typeof this.texts.get(key) !== 'string') return false;
    if (!isStandIn(`${PRELUDE}${name.replaceAll('.', '/')}/`)) return true;
    if (!this.sources.has(key)) yield { kind: 'module', from: this.file, module: name, level: 0 };
    return !isStandIn(this.sources.get(key)?.file ?? '');
  }

  *readFile(path: string): Eval<string | undefined> {
    const found = yield* this.readFrom(this.file, path);
    if (found !== undefined || !isInstalled(this.file)) return found;
    // A path that a library is handed is one of the project's.
    let scope = this.scope;
    while (scope && isInstalled(scope.module.file ?? '')) scope = scope.caller;
    return scope?.module.file === undefined ? undefined : yield* this.readFrom(scope.module.file, path);
  }

  private *readFrom(from: string, path: string): Eval<string | undefined> {
    const key = moduleKey(from, path, PATH);
    if (!this.texts.has(key)) yield { kind: 'file', from, module: path, level: PATH };
    return this.texts.get(key) ?? undefined;
  }

  /** The statements of a text. */
  private *parse(text: string): Eval<readonly Stmt[]> {
    const body = yield* this.parseText(text);
    return body ?? this.raise('SyntaxError', `invalid syntax: ${text.slice(0, 60)}`);
  }

  /** The statements of a text; undefined where it is not valid Python. */
  *parseText(text: string): Eval<readonly Stmt[] | undefined> {
    this.spend(text.length);
    const key = moduleKey(TEXT, text, CODE);
    if (!this.sources.has(key)) yield { kind: 'code', from: TEXT, module: text, level: CODE };
    const program = this.sources.get(key);
    return program && program.errors.length === 0 ? program.body : undefined;
  }

  /** A scope in which a dictionary's names stand. */
  private scopeOf(names: PyDict): Scope {
    const module = new PyModule(TEXT, TEXT);
    for (const [name, value] of names.entries()) module.members.set(String(name), value);
    return new Scope('module', undefined, module);
  }

  *evaluateText(text: string, names?: PyDict): Eval<PyValue> {
    const body = yield* this.parse(text);
    const [only] = body;
    if (body.length !== 1 || only?.kind !== 'expression') return this.raise('SyntaxError', 'invalid syntax');
    const scope = names || !this.scope ? this.scopeOf(names ?? new PyDict()) : this.scope;
    // A text may name itself: it is a call like any other.
    this.meter.enter('eval');
    try {
      return yield* this.runInFile(TEXT, () => evaluate(this, only.value, scope));
    } finally {
      this.meter.leave();
    }
  }

  *executeText(text: string, names?: PyDict): Eval<void> {
    const body = yield* this.parse(text);
    if (!names && this.scope?.kind !== 'module')
      this.error('unsupported', say('exec() inside a function is not read; write its statements out'));
    const scope = names || !this.scope ? this.scopeOf(names ?? new PyDict()) : this.scope;
    this.meter.enter('exec');
    try {
      yield* this.runInFile(TEXT, () => execute(this, body, scope));
    } finally {
      this.meter.leave();
    }
    if (names) for (const [name, value] of scope.names) names.set(name, value);
  }

  *globals(): Eval<PyDict> {
    return this.scope ? yield* membersOf(this, this.scope.module) : new PyDict();
  }

  locals(): PyDict {
    return PyDict.from(this.scope?.names ?? []);
  }

  slot<T>(key: symbol, make: () => T): T {
    if (!this.slots.has(key)) this.slots.set(key, make());
    return this.slots.get(key) as T;
  }

  noteImport(module: string): void {
    for (let name = module; name && !this.imported.has(name); name = name.slice(0, Math.max(0, name.lastIndexOf('.'))))
      this.imported.add(name);
  }

  isImported(module: string): boolean {
    return this.imported.has(module);
  }

  // Calls

  call(callee: PyValue, args: readonly PyValue[] = [], keywords?: Keywords): PyValue {
    return this.finish(this.run(callee, args, keywords));
  }

  finish<T>(evaluation: Eval<T>): T {
    for (;;) {
      const next = evaluation.next(null);
      if (next.done) return next.value;
      if (next.value.kind !== 'pause' && next.value.kind !== 'yield') throw new NeedsModule(next.value);
    }
  }

  *run(callee: PyValue, args: readonly PyValue[] = [], keywords?: Keywords): Eval<PyValue> {
    if (this.meter.step()) yield* this.pause();
    if (callee instanceof NativeFunction) {
      try {
        const result = callee.body(this, callee.bind(this, args, keywords));
        return isEval(result) ? yield* result : result;
      } catch (error) {
        const told = error instanceof ShapeError ? this.shapeError(error) : error;
        traceOperands(told, () => tensorsAmong([...args, ...(keywords?.values() ?? [])]));
        throw told;
      }
    }
    if (callee instanceof PyFunction) return yield* callFunction(this, callee, args, keywords);
    if (callee instanceof PyBoundMethod) return yield* this.run(callee.callee, [callee.self, ...args], keywords);
    if (callee instanceof PyClass) return yield* this.construct(callee, args, keywords);
    if (callee instanceof PyStaticMethod || callee instanceof PyClassMethod) {
      return yield* this.run(callee.callee, args, keywords);
    }
    if (callee instanceof Unknown) return new Unknown(callee.reason, callee.range);
    const method = this.typeOf(callee).lookup('__call__');
    if (method !== undefined) return yield* this.run(method, [callee, ...args], keywords);
    return this.raise('TypeError', `'${typeName(callee)}' object is not callable`);
  }

  private *construct(cls: PyClass, args: readonly PyValue[], keywords?: Keywords): Eval<PyValue> {
    const call = cls.cls?.lookup('__call__');
    if (call instanceof PyFunction) return yield* this.run(call, [cls, ...args], keywords);
    return yield* this.instantiate(cls, args, keywords);
  }

  *instantiate(cls: PyClass, args: readonly PyValue[], keywords?: Keywords): Eval<PyValue> {
    const site = cls.reference ?? this.range;
    if (this.watched?.canonical === cls.canonical) throw new Constructed(args, keywords, this.range);
    const maker = cls.lookup('__new__');
    const abstract = cls.members.get('__abstractmethods__');
    if (abstract instanceof PySet && abstract.size > 0) {
      const names = [...abstract].join(', ');
      this.raise('TypeError', `Can't instantiate abstract class ${cls.name} with abstract methods ${names}`);
    }
    const object: PyValue =
      maker === undefined
        ? new PyInstance(cls.canonical)
        : yield* this.run(maker instanceof PyStaticMethod ? maker.callee : maker, [cls, ...args], keywords);
    if (object instanceof PyInstance) object.site ??= site;
    if (!this.typeOf(object).isSubclassOf(cls)) return object;
    const initialise = cls.lookup('__init__');
    if (initialise !== undefined) yield* this.run(initialise, [object, ...args], keywords);
    else if (maker === undefined && (args.length > 0 || (keywords?.size ?? 0) > 0)) {
      this.raise('TypeError', `${cls.name}() takes no arguments`);
    }
    return object;
  }

  *pause(): Eval<void> {
    yield { kind: 'pause' };
    this.meter.resume();
  }

  // Attributes

  getattr(object: PyValue, name: string): PyValue {
    return this.finish(this.attribute(object, name));
  }

  *attribute(object: PyValue, name: string): Eval<PyValue> {
    const found = findAttribute(this, object, name);
    if (isDeferred(found)) return yield* this.run(found.callee, found.args);
    if (found !== undefined) return found;
    throw this.attributeError(object, name);
  }

  *attributeDefault(object: PyValue, name: string): Eval<PyValue> {
    const found = findDefault(this, object, name);
    if (found === undefined) throw this.attributeError(object, name);
    return isDeferred(found) ? yield* this.run(found.callee, found.args) : found;
  }

  attributeError(object: PyValue, name: string): PythonError {
    if (object instanceof PyModule) {
      const hint = object.lacks?.(name) ?? '';
      return new PythonError('AttributeError', `module '${object.name}' has no attribute '${name}'${hint}`);
    }
    const what = object instanceof PyClass ? `type object '${object.name}'` : `'${typeName(object)}' object`;
    const error = new PythonError('AttributeError', `${what} has no attribute '${name}'`);
    return object instanceof PyInstance && isOwnClass(object.cls) ? traceChoices(error, () => namesIn(object)) : error;
  }

  lookup(object: PyValue, name: string): PyValue | undefined {
    try {
      const found = findAttribute(this, object, name);
      if (!isDeferred(found)) return found;
      const isVain = found.callee instanceof NativeFunction && found.callee.findsNothing;
      return isVain ? undefined : this.call(found.callee, found.args);
    } catch (error) {
      if (error instanceof PythonError && error.type === 'AttributeError') return undefined;
      throw error;
    }
  }

  setattr(object: PyValue, name: string, value: PyValue): void {
    storeAttribute(this, object, name, value);
  }
  delattr(object: PyValue, name: string): void {
    deleteAttribute(this, object, name, true);
  }
  setattrDefault(object: PyValue, name: string, value: PyValue): void {
    storeDefault(this, object, name, value);
  }
  delattrDefault(object: PyValue, name: string): void {
    deleteAttribute(this, object, name, false);
  }

  // Types and protocols

  typeOf(value: PyValue): PyClass {
    const classes = this.classes;
    if (value === null) return classes.NoneType;
    if (typeof value === 'boolean') return classes.bool;
    if (typeof value === 'bigint') return classes.int;
    if (typeof value === 'number') return classes.float;
    if (typeof value === 'string') return classes.str;
    if (value.cls) return value.cls;
    if (value instanceof PyList) return classes.list;
    if (value instanceof PyTuple) return classes.tuple;
    if (value instanceof PyDict) return classes.dict;
    if (value instanceof PySet) return value.frozen ? classes.frozenset : classes.set;
    if (value instanceof PyRange) return classes.range;
    if (value instanceof PySlice) return classes.slice;
    if (value instanceof PyClass) return classes.type;
    if (value instanceof PyFunction) return classes.function;
    if (value instanceof NativeFunction) return classes.builtin_function_or_method;
    if (value instanceof PyBoundMethod) return classes.method;
    if (value instanceof PyModule) return classes.module;
    if (value instanceof PyProperty) return classes.property;
    if (value instanceof PyStaticMethod) return classes.staticmethod;
    if (value instanceof PyClassMethod) return classes.classmethod;
    if (value instanceof PyIterator) return classes.iterator;
    if (value === Ellipsis) return classes.ellipsis;
    if (value === NotImplemented) return classes.NotImplementedType;
    return this.kindClasses.get(value.typeName) ?? classes.object;
  }

  isInstance(value: PyValue, cls: PyClass): boolean {
    return this.typeOf(value).isSubclassOf(cls);
  }

  truth(value: PyValue): boolean {
    return truthOf(this, value);
  }
  equal(a: PyValue, b: PyValue): boolean {
    return equalValues(this, a, b);
  }
  str(value: PyValue): string {
    return showStr(this, value);
  }
  repr(value: PyValue): string {
    return showRepr(this, value);
  }

  /** A list of the items that are there without running Python, or undefined. */
  private items(value: PyValue): PyValue[] | undefined {
    if (iteratesItself(value)) return undefined;
    const source =
      value instanceof PyList || value instanceof PyTuple
        ? value.items
        : typeof value === 'string' || value instanceof PySet
          ? value
          : value instanceof PyDict
            ? value.keys()
            : undefined;
    if (source === undefined) return undefined;
    const size = source instanceof PySet ? source.size : source.length;
    this.meter.container(size, say('This list'));
    return [...source];
  }

  *iterate(value: PyValue, refusal?: IterationRefusal): Eval<PyIterator> {
    if (value instanceof PyIterator) return value;
    if (value instanceof Unknown) return this.refuseUnknown(value, say('what this loops over'));
    const method =
      value instanceof PyInstance || (value !== null && typeof value === 'object' && value.cls)
        ? this.typeOf(value).lookup('__iter__')
        : undefined;
    const plain = value instanceof PyList || value instanceof PyTuple || value instanceof PyDict;
    if (method !== undefined && (!plain || iteratesItself(value))) {
      const iterator = yield* this.run(method, [value]);
      return iterator instanceof PyIterator ? iterator : this.userIterator(iterator);
    }
    if (value instanceof PyDictView) return viewIterator(value);
    if (value instanceof PyList) return listIterator(value);
    if (value instanceof PyRange) return rangeIterator(value);
    if (value instanceof PyDict) return dictIterator(value);
    if (typeof value === 'string') return iteratorOf(value);
    if (value instanceof PyTuple) return iteratorOf(value.items);
    if (value instanceof PySet) return setIterator(value);
    if (value instanceof PyClass && value.members.get('__members__') instanceof PyDict) {
      return iteratorOf(new Set((value.members.get('__members__') as PyDict).values()));
    }
    const letters = plainOf(value);
    if (typeof letters === 'string') return iteratorOf(letters);
    const getItem = this.typeOf(value).lookup('__getitem__');
    if (getItem !== undefined) return this.indexIterator(getItem, value);
    const name = typeName(value);
    return this.raise('TypeError', refusal?.(name) ?? `'${name}' object is not iterable`);
  }

  userIterator(iterator: PyValue): PyIterator {
    const self = this;
    const method = this.typeOf(iterator).lookup('__next__');
    if (iterator instanceof Unknown) return this.refuseUnknown(iterator, say('what this loops over'));
    if (method === undefined) {
      return this.raise('TypeError', `iter() returned non-iterator of type '${typeName(iterator)}'`);
    }
    return new PyIterator(function* () {
      try {
        return yield* self.run(method, [iterator]);
      } catch (error) {
        if (error instanceof PythonError && error.type === 'StopIteration') return undefined;
        throw error;
      }
    });
  }

  private indexIterator(method: PyValue, value: PyValue): PyIterator {
    const self = this;
    let index = 0n;
    return new PyIterator(function* () {
      try {
        const item = yield* self.run(method, [value, index]);
        index += 1n;
        return item;
      } catch (error) {
        if (error instanceof PythonError && error.type === 'IndexError') return undefined;
        throw error;
      }
    });
  }

  list(value: PyValue): PyValue[] {
    return this.finish(this.collect(value));
  }

  /** Every item, bounded by the budget. `refusal` words the error for what has none. */
  *collect(value: PyValue, refusal?: IterationRefusal): Eval<PyValue[]> {
    if (!(value instanceof PyIterator)) {
      if (value instanceof PyRange) this.meter.container(value.length, say('This range'));
      const items =
        value instanceof PyList || !(value !== null && typeof value === 'object' && value.cls)
          ? this.items(value)
          : undefined;
      if (items) return items;
    }
    const iterator = yield* this.iterate(value, refusal);
    const result: PyValue[] = [];
    for (;;) {
      if (this.meter.step()) yield* this.pause();
      const item = yield* iterator.step();
      if (item === undefined) return result;
      result.push(item);
      if ((result.length & 1023) === 0) this.meter.container(1024, say('This list'));
      this.meter.requireSize(result.length, say('This list'));
    }
  }

  // Messages

  raise(type: string, message: string): never {
    throw new PythonError(type, message);
  }

  error(kind: ProblemKind, message: string, because?: Unknown): never {
    throw new ExtractionError(kind, message, this.range, because);
  }

  refuseValues(message: string): never {
    throw new ExtractionError('unsupported', message, this.range, undefined, true, !this.graph.isRun);
  }

  refuseUnknown(value: Unknown, what: string): never {
    const { range, reason } = value;
    const message = range
      ? say(
          '{0} cannot be known from the source, because {1}, at {2}:{3}',
          sentence(what),
          sentence(reason),
          shortName(range.file),
          range.line + 1,
        )
      : say('{0} cannot be known from the source, because {1}', sentence(what), sentence(reason));
    return this.error('unsupported', message, value);
  }

  takeMade(name: string): PyClass | undefined {
    const { making } = this;
    if (making?.name !== name) return undefined;
    this.making = undefined;
    return making;
  }

  makeSuper(start: PyClass, self: PyValue): PyInstance {
    const made = new PyInstance(this.classes.super);
    made.fields.set(' start', start);
    made.fields.set(' self', self);
    return made;
  }

  item(object: PyValue, index: PyValue): PyValue {
    return this.finish(getItem(this, object, index));
  }

  note(message: string): void {
    const range = this.range;
    const key = `${message}|${range?.file}:${range?.line}`;
    if (this.noted.has(key)) return;
    this.noted.add(key);
    this.graph.note(range ? { message, source: range } : { message });
  }

  spend(steps: number): void {
    this.meter.spend(steps);
  }

  nest<T>(body: () => T): T {
    this.nesting += 1;
    try {
      if (this.nesting > MOST_NESTED) this.raise('RecursionError', 'maximum recursion depth exceeded');
      return body();
    } finally {
      this.nesting -= 1;
    }
  }

  decimal(value: bigint): void {
    if (value > MOST_DECIMAL || value < -MOST_DECIMAL) {
      this.raise(
        'ValueError',
        'Exceeds the limit (4300 digits) for integer string conversion; use sys.set_int_max_str_digits() to increase the limit',
      );
    }
  }

  // The graph

  emit(op: Op, inputs: readonly (ValueId | null)[], options: { readonly site?: SourceRange } = {}): readonly ValueId[] {
    if (this.graph.nodeCount >= this.meter.budget.nodes) {
      this.error('budget', say('The model has more than {0} operations', this.meter.budget.nodes));
    }
    const source = this.range;
    const origin: Origin = {
      path: this.modulePath,
      call: this.call_,
      ...(source ? { source } : {}),
      ...(options.site ? { site: options.site } : {}),
    };
    this.graph.origin = origin;
    try {
      return this.graph.emit(op, inputs);
    } catch (error) {
      if (!(error instanceof ShapeError)) throw error;
      const told = this.shapeError(error);
      traceOperands(told, () =>
        inputs.flatMap((value) => (value === null ? [] : [{ type: this.graph.type(value), value }])),
      );
      throw told;
    }
  }

  private shapeError({ message }: ShapeError): ExtractionError {
    return new ExtractionError('shape', message, this.range);
  }

  emit1(op: Op, inputs: readonly (ValueId | null)[], options?: { readonly site?: SourceRange }): ValueId {
    const [output] = this.emit(op, inputs, options);
    if (output === undefined) throw new RangeError(`${op.kind} has no output`);
    return output;
  }

  *runInModule(path: string | undefined, body: () => Eval<PyValue>): Eval<PyValue> {
    if (path === undefined) return yield* body();
    const [outerPath, outerCall] = [this.modulePath, this.call_];
    const count = this.calls.get(path) ?? 0;
    this.calls.set(path, count + 1);
    this.modulePath = path;
    this.call_ = count;
    try {
      return yield* body();
    } catch (error) {
      tracePath(error, path);
      throw error;
    } finally {
      this.modulePath = outerPath;
      this.call_ = outerCall;
    }
  }

  /** A generator whose body is code of `file`. */
  generator(file: string, body: () => Eval<PyValue>): PyGenerator {
    return new PyGenerator(this.runInFile(file, body), this, file);
  }

  /** Runs `body` as code of `file`; the caller's place comes back afterwards. */
  *runInFile<T>(file: string, body: () => Eval<T>): Eval<T> {
    const [outerFile, outerSpan] = [this.file, this.span];
    this.file = file;
    try {
      const result = yield* body();
      this.file = outerFile;
      this.span = outerSpan;
      return result;
    } catch (error) {
      if (error instanceof PythonError || error instanceof ExtractionError) error.range ??= this.range;
      traceFrame(error, this.range);
      this.file = outerFile;
      this.span = outerSpan;
      throw error;
    }
  }
}

/** Whether all of a class is known: written by the user, over what Python and PyTorch have. */
const isOwnClass = ({ mro, native }: PyClass): boolean =>
  !native && !mro.some(({ range }) => range?.file.startsWith(PRELUDE));

/** Attributes of an object, of its classes' too. */
function namesIn({ fields, cls }: PyInstance): string[] {
  return [...fields.keys(), ...cls.mro.flatMap(({ members }) => [...members.keys()])];
}

function isEval(value: PyValue | Eval<PyValue>): value is Eval<PyValue> {
  return value !== null && typeof value === 'object' && 'next' in value && typeof value.next === 'function';
}

/** Sees items that the loop itself appends, as CPython's. */
function listIterator(list: PyList): PyIterator {
  let index = 0;
  // biome-ignore lint/correctness/useYield: never has to wait
  return new PyIterator(function* () {
    const item = list.items[index];
    index += 1;
    return item;
  });
}

/** Whether a container's class, written in Python, says itself what iterating over it gives. */
function iteratesItself(value: PyValue): boolean {
  const cls = value instanceof PyObject ? value.cls : undefined;
  return cls !== undefined && !cls.native && cls.lookup('__iter__') instanceof PyFunction;
}

/** Its keys; adding or deleting some on the way is an error. */
export function dictIterator(dict: PyDict): PyIterator {
  return entryIterator(dict, (key) => key);
}

/** What a view shows, of each entry what it is when its turn comes. */
function viewIterator(view: PyDictView): PyIterator {
  return entryIterator(view.dict, (key) => {
    const shown = view.show(key);
    if (shown === undefined) throw new PythonError('RuntimeError', 'dictionary keys changed during iteration');
    return shown;
  });
}

function entryIterator(dict: PyDict, show: (key: PyValue) => PyValue): PyIterator {
  const keys = dict.keys();
  let index = 0;
  // biome-ignore lint/correctness/useYield: never has to wait
  return new PyIterator(function* () {
    if (dict.size !== keys.length && index <= keys.length) {
      throw new PythonError('RuntimeError', 'dictionary changed size during iteration');
    }
    const key = keys[index];
    index += 1;
    return key === undefined ? undefined : show(key);
  });
}

/** Its items; adding or deleting some on the way is an error. */
function setIterator(set: PySet): PyIterator {
  const { size } = set;
  const items = set[Symbol.iterator]();
  let ended = false;
  // biome-ignore lint/correctness/useYield: never has to wait
  return new PyIterator(function* () {
    if (ended) return undefined;
    if (set.size !== size) throw new PythonError('RuntimeError', 'Set changed size during iteration');
    const next = items.next();
    ended = next.done ?? false;
    return next.done ? undefined : next.value;
  });
}

function rangeIterator(range: PyRange): PyIterator {
  let next = range.start;
  // biome-ignore lint/correctness/useYield: never has to wait
  return new PyIterator(function* () {
    if (range.step > 0n ? next >= range.stop : next <= range.stop) return undefined;
    const value = next;
    next += range.step;
    return value;
  });
}
