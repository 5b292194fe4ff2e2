/**
 * A closed interpreter of Python's pickles, protocols 2 to 5: it makes strings, numbers and containers, and for
 * everything else asks `PickleWorld`, which knows a fixed list of names. Nothing a pickle names is ever run.
 * Format: CPython's Lib/pickletools.py.
 */
import { byteAt, itemOr } from '../graph/access';
import { say } from '../language/say';
import { WeightsError } from './tensor';

export type Callable = (args: readonly unknown[]) => unknown;

/** A name that a pickle may use: what calling it gives, and what it is where it is not called. */
export interface PickleGlobal {
  readonly call?: Callable;
  readonly value?: unknown;
}

/** What a pickle may name beside its containers. */
export interface PickleWorld {
  /** @throws WeightsError for a name that is not known. */
  find(module: string, name: string): PickleGlobal;
  /** What the pickle keeps outside itself: a tensor's bytes. @throws WeightsError */
  persistentLoad(id: unknown): unknown;
}

/** A Python tuple; a list is an array, a dict a Map, a set a Set. */
export class Tuple {
  constructor(readonly items: readonly unknown[]) {}
}

/** An instance of a class that holds no tensors and of which nothing is needed. */
export class Inert {
  constructor(readonly name: string) {}
}

/** Steps: ten times a checkpoint of 10,000 tensors with its optimiser's state. */
const mostSteps = 10_000_000;
/** Containers, of which a few bytes of a packed file could make millions; ten times that checkpoint's, too. */
const mostContainers = 2_000_000;
/** Bytes of one integer; Python's are unbounded. */
const longestInteger = 1024;

const reasons = {
  cut: () => say('the pickle ends in the middle: the file is cut off or damaged'),
  stack: () => say('the pickle takes more from its stack than it put there: damaged'),
  mark: () => say('the pickle lacks a mark: damaged'),
} as const;

class Machine {
  private readonly stack: unknown[] = [];
  private readonly marks: number[] = [];
  private readonly memo = new Map<number, unknown>();
  private readonly view: DataView;
  private containers = 0;

  constructor(
    private readonly bytes: Uint8Array,
    private readonly world: PickleWorld,
    private at: number,
  ) {
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  run(): unknown {
    for (let step = 0; step < mostSteps; step++) {
      const code = this.u8();
      if (code === 0x2e) return this.pop();
      const perform = Object.hasOwn(operations, code) ? operations[code] : undefined;
      if (!perform) {
        const shown = code >= 0x20 && code < 0x7f ? `"${String.fromCharCode(code)}"` : `0x${code.toString(16)}`;
        throw new WeightsError(
          say(
            'the pickle has the instruction {0} at byte {1}, which is of protocol 0 or 1, or not a pickle; save it with torch.save(model.state_dict(), …) of PyTorch 1.6 or newer',
            shown,
            this.at - 1,
          ),
        );
      }
      perform(this);
    }
    throw new WeightsError(
      say("the pickle has more than {0} instructions; save only the model's state_dict()", mostSteps),
    );
  }

  /** Where the next instruction is; past the pickle, once it has run. */
  get position(): number {
    return this.at;
  }

  push(value: unknown): void {
    this.stack.push(value);
  }

  pushContainer(value: Tuple | Map<unknown, unknown> | Set<unknown> | unknown[]): void {
    this.containers += 1;
    if (this.containers > mostContainers)
      throw new WeightsError(
        say(
          "the pickle makes more than {0} lists, dicts and tuples; save only the model's state_dict()",
          mostContainers,
        ),
      );
    this.stack.push(value);
  }

  /** What lies below the last mark is out of reach. */
  private get floor(): number {
    return itemOr(this.marks, this.marks.length - 1, 0);
  }

  pop(): unknown {
    if (this.stack.length <= this.floor) throw new WeightsError(reasons.stack());
    return this.stack.pop();
  }

  top(): unknown {
    if (this.stack.length <= this.floor) throw new WeightsError(reasons.stack());
    return this.stack.at(-1);
  }

  setMark(): void {
    this.marks.push(this.stack.length);
  }

  /** What stands above the last mark, which is removed with it. */
  popMark(): unknown[] {
    const from = this.marks.pop();
    if (from === undefined) throw new WeightsError(reasons.mark());
    return this.stack.splice(from);
  }

  popMany(count: number): unknown[] {
    if (this.stack.length - count < this.floor) throw new WeightsError(reasons.stack());
    return this.stack.splice(this.stack.length - count);
  }

  /** POP takes a mark away where one is on top. */
  discard(): void {
    if (this.marks.at(-1) === this.stack.length && this.marks.length > 0) this.marks.pop();
    else this.pop();
  }

  memoize(index: number): void {
    this.memo.set(index, this.top());
  }

  get memoSize(): number {
    return this.memo.size;
  }

  recall(index: number): void {
    if (!this.memo.has(index))
      throw new WeightsError(say('the pickle recalls {0}, which it never kept: damaged', index));
    this.push(this.memo.get(index));
  }

  find(module: unknown, name: unknown): void {
    if (typeof module !== 'string' || typeof name !== 'string')
      throw new WeightsError(say('the pickle names something by other than strings: damaged'));
    this.push(new Name(module, name, this.world.find(module, name)));
  }

  persistentLoad(): void {
    this.push(this.world.persistentLoad(this.pop()));
  }

  call(callee: unknown, args: unknown): unknown {
    if (!(callee instanceof Name) || !callee.known.call)
      throw new WeightsError(say('the pickle calls {0}, which is nothing that is called', nameOf(callee)));
    if (!(args instanceof Tuple))
      throw new WeightsError(say('the pickle calls {0} without a tuple: damaged', nameOf(callee)));
    return callee.known.call(args.items.map(settle));
  }

  u8(): number {
    if (this.at >= this.bytes.length) throw new WeightsError(reasons.cut());
    return this.bytes[this.at++] as number;
  }

  u16(): number {
    return this.u8() | (this.u8() << 8);
  }

  i32(): number {
    return this.view.getInt32(this.take(4), true);
  }

  u32(): number {
    return this.view.getUint32(this.take(4), true);
  }

  u64(): number {
    const value = this.view.getBigUint64(this.take(8), true);
    if (value > BigInt(this.bytes.length)) throw new WeightsError(reasons.cut());
    return Number(value);
  }

  f64(): number {
    return this.view.getFloat64(this.take(8), false);
  }

  /** Little-endian two's complement; a bigint where a number would not be exact. */
  integer(length: number): number | bigint {
    if (length > longestInteger) throw new WeightsError(say('the pickle has an integer of {0} bytes: damaged', length));
    let value = 0n;
    const bytes = this.rawBytes(length);
    for (let i = length - 1; i >= 0; i--) value = (value << 8n) | BigInt(byteAt(bytes, i));
    if (length > 0 && byteAt(bytes, length - 1) & 0x80) value -= 1n << BigInt(8 * length);
    const number = Number(value);
    return Number.isSafeInteger(number) ? number : value;
  }

  rawBytes(length: number): Uint8Array {
    const begin = this.take(length);
    return this.bytes.subarray(begin, begin + length);
  }

  text(length: number): string {
    return new TextDecoder().decode(this.rawBytes(length));
  }

  line(): string {
    const end = this.bytes.indexOf(0x0a, this.at);
    if (end < 0) throw new WeightsError(reasons.cut());
    const text = this.text(end - this.at);
    this.at += 1;
    return text;
  }

  private take(length: number): number {
    const begin = this.at;
    if (begin + length > this.bytes.length) throw new WeightsError(reasons.cut());
    this.at = begin + length;
    return begin;
  }
}

/** A name on the stack. */
class Name {
  constructor(
    readonly module: string,
    readonly name: string,
    readonly known: PickleGlobal,
  ) {}
}

function nameOf(value: unknown): string {
  return value instanceof Name ? `${value.module}.${value.name}` : say('a value');
}

/** A name that is not called stands for its value, or for nothing that is needed. */
function settle(value: unknown): unknown {
  if (!(value instanceof Name)) return value;
  return value.known.value ?? new Inert(`${value.module}.${value.name}`);
}

function putItems(target: unknown, items: readonly unknown[]): void {
  // A class that only looks like a dict: what it holds is not needed.
  if (target instanceof Inert) return;
  if (!(target instanceof Map)) throw new WeightsError(say('the pickle sets items of what is no dict: damaged'));
  if (items.length % 2) throw new WeightsError(say('the pickle sets a key without a value: damaged'));
  for (let i = 0; i < items.length; i += 2) target.set(items[i], settle(items[i + 1]));
}

function append(target: unknown, items: readonly unknown[]): void {
  if (target instanceof Inert) return;
  if (!Array.isArray(target)) throw new WeightsError(say('the pickle appends to what is no list: damaged'));
  for (const item of items) target.push(settle(item));
}

function toMap(items: readonly unknown[]): Map<unknown, unknown> {
  const map = new Map();
  putItems(map, items);
  return map;
}

const tuple = (items: readonly unknown[]) => new Tuple(items.map(settle));

type Operation = (machine: Machine) => void;

/** By its byte, as `pickletools` names them. */
const operations: Readonly<Record<number, Operation>> = {
  128: (m) => void m.u8(), // PROTO
  149: (m) => void m.u64(), // FRAME
  40: (m) => m.setMark(), // MARK
  48: (m) => m.discard(), // POP
  49: (m) => void m.popMark(), // POP_MARK
  50: (m) => m.push(m.top()), // DUP
  78: (m) => m.push(null), // NONE
  136: (m) => m.push(true), // NEWTRUE
  137: (m) => m.push(false), // NEWFALSE
  74: (m) => m.push(m.i32()), // BININT
  75: (m) => m.push(m.u8()), // BININT1
  77: (m) => m.push(m.u16()), // BININT2
  138: (m) => m.push(m.integer(m.u8())), // LONG1
  139: (m) => m.push(m.integer(m.u32())), // LONG4
  71: (m) => m.push(m.f64()), // BINFLOAT
  88: (m) => m.push(m.text(m.u32())), // BINUNICODE
  140: (m) => m.push(m.text(m.u8())), // SHORT_BINUNICODE
  141: (m) => m.push(m.text(m.u64())), // BINUNICODE8
  84: (m) => m.push(m.text(m.u32())), // BINSTRING
  85: (m) => m.push(m.text(m.u8())), // SHORT_BINSTRING
  66: (m) => m.push(m.rawBytes(m.u32())), // BINBYTES
  67: (m) => m.push(m.rawBytes(m.u8())), // SHORT_BINBYTES
  142: (m) => m.push(m.rawBytes(m.u64())), // BINBYTES8
  150: (m) => m.push(m.rawBytes(m.u64())), // BYTEARRAY8
  93: (m) => m.pushContainer([]), // EMPTY_LIST
  125: (m) => m.pushContainer(new Map()), // EMPTY_DICT
  41: (m) => m.pushContainer(new Tuple([])), // EMPTY_TUPLE
  143: (m) => m.pushContainer(new Set()), // EMPTY_SET
  108: (m) => m.pushContainer(m.popMark().map(settle)), // LIST
  100: (m) => m.pushContainer(toMap(m.popMark())), // DICT
  116: (m) => m.pushContainer(tuple(m.popMark())), // TUPLE
  133: (m) => m.pushContainer(tuple(m.popMany(1))), // TUPLE1
  134: (m) => m.pushContainer(tuple(m.popMany(2))), // TUPLE2
  135: (m) => m.pushContainer(tuple(m.popMany(3))), // TUPLE3
  145: (m) => m.pushContainer(new Set(m.popMark())), // FROZENSET
  // APPEND
  97: (m) => {
    const item = m.pop();
    append(m.top(), [item]);
  },
  // APPENDS
  101: (m) => {
    const items = m.popMark();
    append(m.top(), items);
  },
  // SETITEM
  115: (m) => {
    const items = m.popMany(2);
    putItems(m.top(), items);
  },
  // SETITEMS
  117: (m) => {
    const items = m.popMark();
    putItems(m.top(), items);
  },
  // ADDITEMS
  144: (m) => {
    const items = m.popMark();
    const target = m.top();
    if (target instanceof Inert) return;
    if (!(target instanceof Set)) throw new WeightsError(say('the pickle adds to what is no set: damaged'));
    for (const item of items) target.add(settle(item));
  },
  113: (m) => m.memoize(m.u8()), // BINPUT
  114: (m) => m.memoize(m.u32()), // LONG_BINPUT
  148: (m) => m.memoize(m.memoSize), // MEMOIZE
  104: (m) => m.recall(m.u8()), // BINGET
  106: (m) => m.recall(m.u32()), // LONG_BINGET
  // GLOBAL
  99: (m) => {
    const module = m.line();
    m.find(module, m.line());
  },
  // STACK_GLOBAL
  147: (m) => {
    const name = m.pop();
    m.find(m.pop(), name);
  },
  // REDUCE
  82: (m) => {
    const args = m.pop();
    m.push(m.call(m.pop(), args));
  },
  // NEWOBJ
  129: (m) => {
    const args = m.pop();
    m.push(m.call(m.pop(), args));
  },
  // NEWOBJ_EX
  146: (m) => {
    m.pop();
    const args = m.pop();
    m.push(m.call(m.pop(), args));
  },
  // BUILD sets attributes: an OrderedDict's `_metadata`, an inert object's own. None is needed.
  98: (m) => {
    m.pop();
    m.top();
  },
  81: (m) => m.persistentLoad(), // BINPERSID
};

/**
 * What a pickle holds.
 * @throws WeightsError naming what is not known, for anything that does not hold together.
 */
export function readPickle(bytes: Uint8Array, world: PickleWorld): unknown {
  return readPickleAt(bytes, 0, world).value;
}

/** The same of a pickle inside other bytes. @returns where it ends, too. */
export function readPickleAt(bytes: Uint8Array, begin: number, world: PickleWorld): { value: unknown; end: number } {
  const machine = new Machine(bytes, world, begin);
  const value = settle(machine.run());
  return { value, end: machine.position };
}
