import type { DType, SourceRange, StorageId, TensorData, TensorType, ValueId } from '../../graph/types';
import type { Eval } from '../natives/context';
import type { Memory } from './memory';

/**
 * Python's values. `int` is a bigint, `float` a number, so that `7 // 2` and `7.0 // 2` stay apart; `bool`, `str` and
 * `None` are the primitives of their kind; all else is a `PyObject`.
 */
export type PyValue = null | boolean | bigint | number | string | PyObject;

/** Keyword arguments in call order. */
export type Keywords = ReadonlyMap<string, PyValue>;

/** What `type(value).__name__` says. */
export abstract class PyObject {
  /** The class, where it is not the built-in one for this kind of object (a `dict` subclass, a namedtuple). */
  cls: PyClass | undefined;
  /** Attributes set on this object; absent until the first one. */
  attributes: Map<string, PyValue> | undefined;

  constructor(cls?: PyClass) {
    this.cls = cls;
    this.attributes = undefined;
  }

  protected abstract readonly kind: string;

  get typeName(): string {
    return this.cls?.name ?? this.kind;
  }
}

export class PyTuple extends PyObject {
  protected readonly kind = 'tuple';
  /** What stands for it among keys, once that was asked for. */
  key: string | undefined;
  constructor(
    readonly items: readonly PyValue[],
    cls?: PyClass,
  ) {
    super(cls);
  }
}

export class PyList extends PyObject {
  protected readonly kind = 'list';
  constructor(
    public items: PyValue[] = [],
    cls?: PyClass,
  ) {
    super(cls);
  }
}

type Key = string | number | bigint | null | PyObject;

let identities = 0;
const identity = new WeakMap<PyObject, number>();

/** A number that is the same for one object's life: `id()`, and part of composite keys. */
export function identityOf(object: PyObject): number {
  let found = identity.get(object);
  if (found === undefined) {
    identities += 1;
    found = identities;
    identity.set(object, found);
  }
  return found;
}

/**
 * The JavaScript Map key that is equal exactly where Python's `==` and `hash` are: `1`, `1.0` and `True` share one.
 * @throws PythonError TypeError for lists, dicts and sets, as Python.
 */
export function keyOf(value: PyValue): Key {
  if (typeof value === 'string') return value.startsWith('\0') ? `\0s${value}` : value;
  if (value === null) return null;
  if (typeof value === 'boolean') return value ? 1 : 0;
  if (typeof value === 'bigint') {
    return value >= Number.MIN_SAFE_INTEGER && value <= Number.MAX_SAFE_INTEGER ? Number(value) : value;
  }
  if (typeof value === 'number') return Number.isInteger(value) && !Number.isSafeInteger(value) ? BigInt(value) : value;
  if (value instanceof PyTuple || (value instanceof PySet && value.frozen)) {
    value.key ??=
      value instanceof PyTuple
        ? joinedKey('t', value.items.map(partOf))
        : joinedKey('f', [...value].map(partOf).sort());
    return value.key;
  }
  if (value instanceof PyRange) {
    const { length, start, step } = value;
    return `\0r${length},${length > 0n ? start : ''},${length > 1n ? step : ''}`;
  }
  if (value instanceof PyList || value instanceof PyDict || value instanceof PySet) {
    throw new PythonError('TypeError', `unhashable type: '${value.typeName}'`);
  }
  if (value instanceof PyInstance) {
    const owner = value.cls.mro.find((cls) => cls.keyAs);
    const as = owner?.keyAs?.(value);
    return as === undefined || as instanceof PyInstance ? (as ?? value) : keyOf(as);
  }
  return value instanceof PyClass ? value.canonical : value;
}

/** Keys longer than this are told by their digest. */
const LONG_KEY = 256;

/** The key of what has parts. What is shared among them many times over must not be written out as often. */
function joinedKey(kind: string, parts: readonly string[]): string {
  const text = parts.join(',');
  return `\0${kind}${text.length > LONG_KEY ? digest(text) : text}`;
}

/** 128 bits and the length of a text (four rounds of Murmur's mixing): alike only where the texts are. */
function digest(text: string): string {
  const state = [0x9747b28c, 0x85ebca6b, 0xc2b2ae35, 0x27d4eb2f].map((seed, lane) => {
    let word = seed;
    for (let i = 0; i < text.length; i++) {
      let mixed = Math.imul(word ^ (text.charCodeAt(i) + lane), 0xcc9e2d51);
      mixed = (mixed << (13 + lane)) | (mixed >>> (19 - lane));
      word = (Math.imul(mixed, 5) + 0xe6546b64) | 0;
    }
    return word;
  });
  return `#${text.length}:${state.map((word) => (word >>> 0).toString(36)).join('.')}`;
}

function partOf(value: PyValue): string {
  const key = keyOf(value);
  if (typeof key === 'string') return `s${key.length}:${key}`;
  if (key instanceof PyObject) return `o${identityOf(key)}`;
  return key === null ? 'n' : String(key);
}

/** What dicts hold that were never put anything in, never written to: a module has three of them, most of them empty. */
const NO_ENTRIES = new Map<Key, [PyValue, PyValue]>();

/** `dict`: Python's key equality, insertion order. */
export class PyDict extends PyObject {
  protected readonly kind = 'dict';
  private entriesByKey = NO_ENTRIES;
  /** `defaultdict`'s factory. */
  factory: PyValue = null;
  private changes = 0;

  /** Another number after each change; NaN, which is never the same, where changes are not counted. */
  get version(): number {
    return this.changes;
  }

  static from(entries: Iterable<readonly [PyValue, PyValue]>): PyDict {
    const dict = new PyDict();
    for (const [key, value] of entries) dict.set(key, value);
    return dict;
  }

  get size(): number {
    return this.entriesByKey.size;
  }
  get(key: PyValue): PyValue | undefined {
    return this.entriesByKey.get(keyOf(key))?.[1];
  }
  has(key: PyValue): boolean {
    return this.entriesByKey.has(keyOf(key));
  }
  set(key: PyValue, value: PyValue): void {
    this.changes += 1;
    const own = keyOf(key);
    const entry = this.entriesByKey.get(own);
    if (entry) entry[1] = value;
    else {
      if (this.entriesByKey === NO_ENTRIES) this.entriesByKey = new Map();
      this.entriesByKey.set(own, [key, value]);
    }
  }
  delete(key: PyValue): boolean {
    this.changes += 1;
    return this.entriesByKey.delete(keyOf(key));
  }
  clear(): void {
    this.changes += 1;
    this.entriesByKey = NO_ENTRIES;
  }
  keys(): PyValue[] {
    return [...this.entriesByKey.values()].map(([key]) => key);
  }
  values(): PyValue[] {
    return [...this.entriesByKey.values()].map(([, value]) => value);
  }
  entries(): (readonly [PyValue, PyValue])[] {
    return [...this.entriesByKey.values()];
  }
}

/** `d.keys()`, `d.values()` and `d.items()`: a list of what is in the dict whenever it is looked at. */
export class PyDictView extends PyList {
  constructor(
    readonly dict: PyDict,
    readonly of: 'keys' | 'values' | 'items',
    cls: PyClass,
  ) {
    super([], cls);
    let seen = Number.NaN;
    let items: PyValue[] = [];
    Object.defineProperty(this, 'items', {
      get: () => {
        if (seen !== dict.version) items = this.list();
        seen = dict.version;
        return items;
      },
    });
  }

  /** What the view shows of a key. */
  show(key: PyValue): PyValue | undefined {
    if (this.of === 'keys') return key;
    const value = this.dict.get(key);
    return this.of === 'values' || value === undefined ? value : new PyTuple([key, value]);
  }

  private list(): PyValue[] {
    if (this.of === 'keys') return this.dict.keys();
    if (this.of === 'values') return this.dict.values();
    return this.dict.entries().map((entry) => new PyTuple([...entry]));
  }
}

/** `set`, and `frozenset` where `frozen`. Iterates in insertion order (Python leaves the order open). */
export class PySet extends PyObject {
  protected readonly kind: string;
  /** What stands for it among keys, where it is frozen and that was asked for. */
  key: string | undefined;
  private readonly items = new Map<Key, PyValue>();

  constructor(
    values: Iterable<PyValue> = [],
    readonly frozen = false,
  ) {
    super();
    this.kind = frozen ? 'frozenset' : 'set';
    for (const value of values) this.add(value);
  }

  get size(): number {
    return this.items.size;
  }
  has(value: PyValue): boolean {
    return this.items.has(keyOf(value));
  }
  add(value: PyValue): void {
    const key = keyOf(value);
    if (!this.items.has(key)) this.items.set(key, value);
  }
  delete(value: PyValue): boolean {
    return this.items.delete(keyOf(value));
  }
  [Symbol.iterator](): IterableIterator<PyValue> {
    return this.items.values();
  }
}

export class PySlice extends PyObject {
  protected readonly kind = 'slice';
  constructor(
    readonly start: PyValue,
    readonly stop: PyValue,
    readonly step: PyValue,
  ) {
    super();
  }
}

export class PyRange extends PyObject {
  protected readonly kind = 'range';
  constructor(
    readonly start: bigint,
    readonly stop: bigint,
    readonly step: bigint,
  ) {
    super();
  }

  get length(): bigint {
    const span = this.step > 0n ? this.stop - this.start : this.start - this.stop;
    const step = this.step > 0n ? this.step : -this.step;
    return span <= 0n ? 0n : (span + step - 1n) / step;
  }
}

/** A singleton with a name of its own: `...`, `NotImplemented`. */
export class PySingleton extends PyObject {
  protected readonly kind: string;
  constructor(
    readonly name: string,
    kind: string,
  ) {
    super();
    this.kind = kind;
  }
}
export const Ellipsis = new PySingleton('Ellipsis', 'ellipsis');
export const NotImplemented = new PySingleton('NotImplemented', 'NotImplementedType');

/** A class, user-defined or native. `members` holds methods, properties and class attributes. */
export class PyClass extends PyObject {
  protected readonly kind = 'type';
  mro: readonly PyClass[];
  /** `__module__`. */
  module = '__main__';
  /** Where `class …` stands, for user-defined classes. */
  range: SourceRange | undefined;

  bases: readonly PyClass[];
  /** Classes written in Python that derive from this one, which is one of them. */
  private readonly derived: PyClass[] = [];
  /** `__qualname__`: with the classes around it. */
  qualifiedName: string;
  /**
   * The value in whose place an instance stands as a key: its fields, its plain value, the instance that it is equal to.
   * @throws PythonError TypeError where it is unhashable.
   */
  keyAs: ((instance: PyInstance) => PyValue) | undefined;
  /** Whether a `__getattribute__` written in Python stands before every access. */
  accessed = false;
  /** Makes the fields of an instance, where they are more than names with values. */
  makeFields: (() => Map<string, PyValue>) | undefined;
  /** Whether it matters by which expression this class was named: a swap edits `nn.ReLU`, not `act_layer()`. */
  remembersReference = false;
  /** The expression that named it, on what `withReference` makes. */
  reference: SourceRange | undefined;
  private original: PyClass | undefined;

  constructor(
    /** `__name__`, which code may set: that of a class that stands in the place of another. */
    public name: string,
    bases: readonly PyClass[],
    readonly members: Map<string, PyValue>,
    /** Written in TypeScript. */
    readonly native = false,
  ) {
    super();
    this.qualifiedName = name;
    this.bases = bases.map((base) => base.canonical);
    this.mro = linearise(this, this.bases);
    for (const base of this.bases) if (!base.native) base.derived.push(this);
    this.makeFields = this.mro.find(({ makeFields }) => makeFields)?.makeFields;
  }

  /** `cls.__bases__ = …`, which its subclasses follow. @throws PythonError TypeError where there is no consistent order */
  setBases(bases: readonly PyClass[]): void {
    this.bases = bases.map((base) => base.canonical);
    for (const base of this.bases) if (!base.native && !base.derived.includes(this)) base.derived.push(this);
    this.follow();
  }

  private follow(): void {
    this.mro = linearise(this, this.bases);
    this.makeFields = this.mro.find(({ makeFields }) => makeFields)?.makeFields;
    for (const each of this.derived) if (each.bases.includes(this)) each.follow();
  }

  /** The class itself, by whatever expression it was named. */
  get canonical(): PyClass {
    return this.original ?? this;
  }

  /** The same class, remembering the expression that named it on its way to where it is called. */
  withReference(range: SourceRange): PyClass {
    const named: PyClass = Object.create(this.canonical);
    named.original = this.canonical;
    named.reference = range;
    return named;
  }

  /** The member by this name along the MRO. */
  lookup(name: string): PyValue | undefined {
    for (const cls of this.mro) {
      const found = cls.members.get(name);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  isSubclassOf(other: PyClass): boolean {
    return this.mro.includes(other.canonical);
  }
}

/** C3 linearisation. @throws PythonError TypeError where the bases have no consistent order. */
function linearise(cls: PyClass, bases: readonly PyClass[]): PyClass[] {
  const [only] = bases;
  if (only && bases.length === 1) return [cls, ...only.mro];
  const result = [cls];
  const sequences = [...bases.map((base) => [...base.mro]), [...bases]];
  for (;;) {
    const left = sequences.filter((sequence) => sequence.length > 0);
    if (left.length === 0) return result;
    const head = left
      .map((sequence) => sequence[0])
      .find((candidate) => candidate && !left.some((sequence) => sequence.indexOf(candidate) > 0));
    if (!head) {
      const names = bases.map((base) => base.name).join(', ');
      throw new PythonError('TypeError', `Cannot create a consistent method resolution order (MRO) for bases ${names}`);
    }
    result.push(head);
    for (const sequence of sequences) if (sequence[0] === head) sequence.shift();
  }
}

/** An object of a class; `fields` is its `__dict__`. */
export class PyInstance extends PyObject {
  protected readonly kind = 'object';
  readonly fields: Map<string, PyValue>;
  /** The call that constructed it: the site that a swap edits. */
  site: SourceRange | undefined;
  /** What a native class keeps for itself (a module's parameters, its path). Owned by the class that set it. */
  state: unknown;

  constructor(override readonly cls: PyClass) {
    super(cls);
    this.fields = cls.makeFields?.() ?? new Map();
    this.attributes = this.fields;
  }
}

/** The number or text that an object of a class written in Python is, which derives from `int`, `float` or `str`. */
export class PrimitiveValue {
  constructor(readonly value: bigint | number | string) {}
}

/** What an object counts as whose class derives from `int`, `float` or `str`, a member of an enumeration say; any other is itself. */
export function plainOf(value: PyValue): PyValue {
  if (!(value instanceof PyInstance)) return value;
  const plain = value.state instanceof PrimitiveValue ? value.state.value : value.fields.get('_value_');
  const kind = { bigint: 'int', number: 'float', string: 'str' }[typeof plain as 'bigint' | 'number' | 'string'];
  const isOne = kind !== undefined && value.cls.mro.some((cls) => cls.native && cls.name === kind);
  return isOne ? (plain as PyValue) : value;
}

/** An object of a class that derives from `int`, `float` or `str`; of those themselves the plain value. */
export function makePlain(cls: PyValue, value: bigint | number | string): PyValue {
  if (!(cls instanceof PyClass) || cls.native) return value;
  const made = new PyInstance(cls.canonical);
  made.state = new PrimitiveValue(value);
  if (!made.cls.mro.some(({ keyAs }) => keyAs)) made.cls.keyAs = plainOf;
  return made;
}

/**
 * What an import at the top of a file binds: read where it is first used, so that a library's imports that no model
 * needs cost nothing. Never a value that Python code sees.
 */
export class PyLate extends PyObject {
  protected readonly kind = 'late';
  /** There once it has been used. */
  value: PyValue | undefined;
  loading = false;

  constructor(readonly load: () => Eval<PyValue>) {
    super();
  }
}

export class PyModule extends PyObject {
  protected readonly kind = 'module';
  /** `from … import *` that have not been looked into yet, in the order of the file. */
  readonly stars: LateStar[] = [];
  /** Asked for a name that `members` lacks (native libraries that build their table lazily). */
  missing: ((name: string) => PyValue | undefined) | undefined;
  /** Where the module surely lacks a name: what Python adds to its error, '' for nothing. Undefined where it may have it. */
  lacks: ((name: string) => string | undefined) | undefined;
  constructor(
    readonly name: string,
    readonly file?: string,
    readonly members = new Map<string, PyValue>(),
  ) {
    super();
  }
}

/** A star import that waits for a name that its module lacks. */
export interface LateStar {
  /** As the statement names it: `.layers`. */
  readonly module: string;
  /** Whether the text can define the name; without parsing it. */
  readonly offers: (name: string) => Eval<boolean>;
  readonly load: () => Eval<PyModule | undefined>;
}

/** A method with its `self` (or, for class methods, its class). */
export class PyBoundMethod extends PyObject {
  protected readonly kind = 'method';
  constructor(
    readonly self: PyValue,
    readonly callee: PyValue,
  ) {
    super();
  }
}

export class PyProperty extends PyObject {
  protected readonly kind = 'property';
  constructor(
    readonly getter: PyValue,
    readonly setter: PyValue = null,
    readonly deleter: PyValue = null,
    /** `functools.cached_property`: the value takes the property's place. */
    readonly cached = false,
  ) {
    super();
  }
}

export class PyStaticMethod extends PyObject {
  protected readonly kind = 'staticmethod';
  constructor(readonly callee: PyValue) {
    super();
  }
}

export class PyClassMethod extends PyObject {
  protected readonly kind = 'classmethod';
  constructor(readonly callee: PyValue) {
    super();
  }
}

/** A symbolic tensor: its memory holds a value of the graph, and its elements where they are known. */
export class PyTensor extends PyObject {
  protected readonly kind = 'Tensor';
  requiresGrad = false;

  constructor(
    /** `torch.Tensor` or a subclass: where methods are looked up. */
    override readonly cls: PyClass,
    /** Shared with views and aliases. In-place forms write to it; those that change the shape replace it. */
    public memory: Memory,
  ) {
    super(cls);
  }

  get type(): TensorType {
    return this.memory.type;
  }
  get value(): ValueId {
    return this.memory.contents.value;
  }
  /** Known elements, flat and row-major; undefined where they depend on an input or on random weights. */
  get data(): TensorData | undefined {
    return this.memory.contents.data;
  }
  /** `data` where code goes by the values: computed where the model is read for one input. */
  ask(): TensorData | undefined {
    return this.memory.ask();
  }
  /** The only element, asked for so; undefined where there are several or it is not known. */
  askOne(): number | undefined {
    return this.type.shape.every((size) => size === 1) ? this.ask()?.[0] : undefined;
  }
  /** The storage that this tensor reads whole and unchanged. */
  get storage(): StorageId | undefined {
    return this.memory.contents.storage;
  }
}

/** `nn.Parameter`: a trainable storage that modules register when it is assigned. */
export class PyParameter extends PyTensor {
  override requiresGrad = true;
  /** Of a parameter that holds complex numbers as pairs: those numbers, which is what code sees. */
  complex: PyComplex | undefined;
}

/** A complex tensor: two real ones. It is none itself, so that no function takes it for one. */
export class PyComplex extends PyObject {
  protected readonly kind = 'Tensor';
  constructor(
    override readonly cls: PyClass,
    readonly real: PyTensor,
    readonly imaginary: PyTensor,
  ) {
    super(cls);
  }
}

/** `torch.complex64` and its relatives. */
export class PyComplexDtype extends PyObject {
  protected readonly kind = 'dtype';
  constructor(readonly name: 'complex32' | 'complex64' | 'complex128') {
    super();
  }
}

export class PyDtype extends PyObject {
  protected readonly kind = 'dtype';
  constructor(readonly dtype: DType) {
    super();
  }
}

export class PyDevice extends PyObject {
  protected readonly kind = 'device';
  constructor(
    readonly type: string,
    readonly index: number | null = null,
  ) {
    super();
  }
}

/**
 * Something that could not be read. Using it gives another Unknown with the same reason; it becomes an error only
 * where a tensor or a branch depends on it.
 */
export class Unknown extends PyObject {
  protected readonly kind = 'unknown';
  constructor(
    /** A clause that follows "because": `cv2 is not in the workspace`. */
    readonly reason: string,
    readonly range: SourceRange | undefined,
  ) {
    super();
  }
}

/** A Python exception on its way up. `type` names a built-in exception; `instance` is there once Python code sees it. */
export class PythonError extends Error {
  override name = 'PythonError';
  /** Where it was raised; set by the evaluator at the innermost user code. */
  range: SourceRange | undefined;
  constructor(
    readonly type: string,
    message: string,
    public instance?: PyInstance,
    /** What the exception holds in place of its message: `KeyError`'s key. */
    readonly argument?: PyValue,
  ) {
    // Exceptions steer Python's programs, and nobody looks at JavaScript's stack, which takes longer than all else.
    const { stackTraceLimit } = Error;
    Error.stackTraceLimit = 0;
    super(message);
    Error.stackTraceLimit = stackTraceLimit;
  }
}

/** `type(value).__name__`, for messages. */
export function typeName(value: PyValue): string {
  if (value === null) return 'NoneType';
  if (typeof value === 'boolean') return 'bool';
  if (typeof value === 'bigint') return 'int';
  if (typeof value === 'number') return 'float';
  if (typeof value === 'string') return 'str';
  return value.typeName;
}
