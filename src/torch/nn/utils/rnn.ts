/** `torch.nn.utils.rnn`: sequences of different lengths, padded and packed. */
import { firstElements, itemAt, itemOr } from '../../../graph/access';
import { say } from '../../../language/say';
import { sequence } from '../../../python/natives/arguments';
import type { Context } from '../../../python/natives/context';
import { native, nativeClass, property } from '../../../python/natives/native';
import { type NativeTable, table } from '../../../python/natives/table';
import { type PyClass, PyInstance, PyList, PyTensor, PyTuple, type PyValue } from '../../../python/values/values';
import { cat, stack } from '../../ops/joining';
import { getItem } from '../../tensor/indexing';
import { apply, cast, full, knownTensor, operand, sizeOf } from '../../tensor/tensor';
import { reshape, select, slice, transpose } from '../../tensor/views';
import { pad } from '../functional/padding';

const key = Symbol('torch.nn.utils.rnn');

/** Sequences of known lengths in one tensor [T, N, …], zero behind their ends; T is the longest of them. */
export interface Packed {
  readonly padded: PyTensor;
  readonly lengths: readonly number[];
  /** Whether they were sorted by length to be packed, and are put back where they are unpacked. */
  readonly isSorted: boolean;
}

const packs = new WeakMap<PyInstance, Packed>();

/** What a packed sequence holds; undefined for anything else. */
export const unpack = (value: PyValue): Packed | undefined =>
  value instanceof PyInstance ? packs.get(value) : undefined;

export function pack(ctx: Context, packed: Packed): PyInstance {
  const made = new PyInstance(packedClass(ctx));
  packs.set(made, packed);
  return made;
}

/** The sequences' places from the longest to the shortest. */
const order = ({ lengths }: Packed): number[] =>
  lengths.map((_, i) => i).sort((a, b) => itemAt(lengths, b) - itemAt(lengths, a) || a - b);

/** How many sequences reach each time. */
const batchSizes = ({ lengths, padded }: Packed): number[] =>
  Array.from({ length: sizeOf(padded, 0) }, (_, time) => lengths.filter((length) => length > time).length);

const integers = (ctx: Context, values: readonly number[]): PyTensor =>
  knownTensor(ctx, { dtype: 'int64', shape: [values.length] }, values);

/** Places of the steps among T · N rows, time by time and the longest first: how they stand in `data`. */
function places(packed: Packed): number[] {
  const count = packed.lengths.length;
  const sorted = order(packed);
  return batchSizes(packed).flatMap((size, time) => sorted.slice(0, size).map((n) => time * count + n));
}

/** `data`: [steps, …]. */
function dataOf(ctx: Context, packed: Packed): PyTensor {
  const { padded } = packed;
  const rows = reshape(ctx, padded, [sizeOf(padded, 0) * sizeOf(padded, 1), ...padded.type.shape.slice(2)]);
  return getItem(ctx, rows, integers(ctx, places(packed)));
}

/** The packed sequence whose `data` and `batch_sizes` these are; `unsorted` is where each sequence is among them. */
function fromData(ctx: Context, data: PyTensor, sizes: readonly number[], unsorted: readonly number[] | null): Packed {
  const count = itemOr(sizes, 0, 0);
  const starts = sizes.map((_, time) => sizes.slice(0, time).reduce((sum, size) => sum + size, 0));
  const steps = sizeOf(data, 0);
  const columns = unsorted ?? Array.from({ length: count }, (_, n) => n);
  // Behind a sequence's end stands a row of zeros.
  const at = sizes.flatMap((size, time) => columns.map((n) => (n < size ? itemAt(starts, time) + n : steps)));
  const zeros = full(ctx, { dtype: data.type.dtype, shape: [1, ...data.type.shape.slice(1)] }, 0);
  const rows = getItem(ctx, cat(ctx, [data, zeros], 0), integers(ctx, at));
  return {
    padded: reshape(ctx, rows, [sizes.length, count, ...data.type.shape.slice(1)]),
    lengths: columns.map((n) => sizes.filter((size) => size > n).length),
    isSorted: unsorted !== null,
  };
}

/** `x` [T, N, …] with `value` behind each sequence's end. */
function fillBehind(ctx: Context, x: PyTensor, lengths: readonly number[], value: number): PyTensor {
  const [time, batch] = firstElements(x.type.shape, 2);
  if (lengths.every((length) => length === time)) return x;
  const shape = [time, batch, ...x.type.shape.slice(2).map(() => 1)];
  const inside = Array.from({ length: time * batch }, (_, i) =>
    Math.floor(i / batch) < itemAt(lengths, i % batch) ? 1 : 0,
  );
  const mask = knownTensor(ctx, { dtype: 'bool', shape }, inside);
  return apply(ctx, { kind: 'where' }, mask, x, cast(ctx, operand(ctx, value), x.type.dtype));
}

const PARTS = ['data', 'batch_sizes', 'sorted_indices', 'unsorted_indices'];

const partsOf = (ctx: Context, packed: PyValue): PyTuple => new PyTuple(PARTS.map((name) => ctx.getattr(packed, name)));

export function packedClass(ctx: Context): PyClass {
  return ctx.slot(key, () => {
    const of = (value: PyValue): Packed => {
      const found = unpack(value);
      if (!found) throw new TypeError('a packed sequence without its tensor');
      return found;
    };
    return nativeClass(
      'PackedSequence',
      [ctx.classes.object],
      {
        __init__: native('self, data, batch_sizes=None, sorted_indices=None, unsorted_indices=None', (own, args) => {
          const self = args.get('self');
          const numbers = (name: string) =>
            args.isNone(name) ? null : requireLengths(own, args.get(name), `PackedSequence(${name}=…)`);
          const sizes = numbers('batch_sizes') ?? [];
          const sorted = numbers('sorted_indices');
          const unsorted = numbers('unsorted_indices') ?? sorted?.map((_, n) => sorted.indexOf(n)) ?? null;
          if (self instanceof PyInstance) packs.set(self, fromData(own, args.tensor('data'), sizes, unsorted));
          return null;
        }),
        data: property((own, self) => dataOf(own, of(self))),
        batch_sizes: property((own, self) => integers(own, batchSizes(of(self)))),
        sorted_indices: property((own, self) => (of(self).isSorted ? integers(own, order(of(self))) : null)),
        unsorted_indices: property((own, self) => {
          const sorted = order(of(self));
          return of(self).isSorted
            ? integers(
                own,
                sorted.map((_, n) => sorted.indexOf(n)),
              )
            : null;
        }),
        is_cuda: false,
        // It is a named tuple.
        _fields: new PyTuple([...PARTS]),
        __len__: native('self', () => BigInt(PARTS.length)),
        __getitem__: native('self, index', (own, args) => own.item(partsOf(own, args.get('self')), args.get('index'))),
        __iter__: native('self', (own, args) => own.finish(own.iterate(partsOf(own, args.get('self'))))),
        _replace: native('self, **parts', (own, args) => {
          const given = args.keywords('parts');
          const self = args.get('self');
          return own.call(
            own.typeOf(self),
            PARTS.map((name) => given.get(name) ?? own.getattr(self, name)),
          );
        }),
        ...Object.fromEntries(
          ['to', 'cpu', 'cuda', 'float', 'pin_memory'].map((name) => [
            name,
            native('self, *args, **kwargs', (_, args) => args.get('self')),
          ]),
        ),
      },
      'torch.nn.utils.rnn',
    );
  });
}

/** Numbers that are known, or undefined. */
function numbersIn(value: PyValue): number[] | undefined {
  if (value instanceof PyTensor) {
    const known = value.ask();
    return known && Array.from(known, Number);
  }
  return sequence(value)?.map((each) =>
    each instanceof PyTensor ? itemOr(each.ask() ?? [], 0, Number.NaN) : Number(each),
  );
}

function requireLengths(ctx: Context, value: PyValue, what: string): number[] {
  const found = numbersIn(value);
  if (!found || found.some(Number.isNaN))
    return ctx.refuseValues(say('{0} needs numbers that are known while the model is built; write them out', what));
  return found;
}

/** Lengths of a batch of sequences; where only the run knows them, all of them fill the tensor, and a note says so. */
function lengthsOf(ctx: Context, value: PyValue, time: number, batch: number): readonly number[] {
  const known = numbersIn(value);
  if (known && !known.some(Number.isNaN)) return known;
  ctx.note(
    say(
      'pack_padded_sequence is read as of sequences that all fill the tensor: their lengths are known only when the model runs',
    ),
  );
  return new Array<number>(batch).fill(time);
}

function packPadded(ctx: Context, x: PyTensor, given: PyValue, enforce: boolean): PyInstance {
  const [time, batch] = firstElements(x.type.shape, 2);
  const lengths = lengthsOf(ctx, given, time, batch);
  if (lengths.length !== batch)
    ctx.raise(
      'RuntimeError',
      `Expected \`len(lengths)\` to be equal to batch_size, but got ${lengths.length} (batch_size=${batch})`,
    );
  const isUnsorted = lengths.some((length, i) => i > 0 && length > itemAt(lengths, i - 1));
  if (enforce && isUnsorted)
    ctx.raise(
      'RuntimeError',
      '`lengths` array must be sorted in decreasing order when `enforce_sorted` is True. You can pass `enforce_sorted=False` to pack_padded_sequence and/or pack_sequence to sidestep this requirement if you do not need ONNX exportability.',
    );
  if (lengths.some((length) => length < 1))
    ctx.raise(
      'RuntimeError',
      "Length of all samples has to be greater than 0, but found an element in 'lengths' that is <= 0",
    );
  const longest = lengths.reduce((most, length) => Math.max(most, length), 0);
  if (longest > time) ctx.raise('RuntimeError', `start (0) + length (${longest}) exceeds dimension size (${time}).`);
  const cut = longest < time ? slice(ctx, x, 0, 0, longest) : x;
  return pack(ctx, { padded: fillBehind(ctx, cut, lengths, 0), lengths, isSorted: !enforce });
}

function padAll(
  ctx: Context,
  tensors: readonly PyTensor[],
  batchFirst: boolean,
  value: number,
  left = false,
): PyTensor {
  const longest = tensors.reduce((most, x) => Math.max(most, sizeOf(x, 0)), 0);
  const padded = tensors.map((x) => {
    const pairs = new Array<number>(2 * x.type.shape.length).fill(0);
    pairs[pairs.length - (left ? 2 : 1)] = longest - sizeOf(x, 0);
    return pad(ctx, x, pairs, 'constant', value);
  });
  return stack(ctx, padded, batchFirst ? 0 : 1);
}

function unpadAll(ctx: Context, x: PyTensor, lengths: readonly number[]): PyList {
  return new PyList(lengths.map((length, n) => slice(ctx, select(ctx, x, 1, n), 0, 0, length)));
}

export const sequences: NativeTable = table((define) => {
  define('pack_padded_sequence', 'input, lengths, batch_first=False, enforce_sorted=True', (ctx, args) => {
    const x = args.bool('batch_first') ? transpose(ctx, args.tensor('input'), 0, 1) : args.tensor('input');
    return packPadded(ctx, x, args.get('lengths'), args.bool('enforce_sorted'));
  });
  define('pack_sequence', 'sequences, enforce_sorted=True', (ctx, args) => {
    const tensors = args.tensors('sequences');
    const lengths = integers(
      ctx,
      tensors.map((x) => sizeOf(x, 0)),
    );
    return packPadded(ctx, padAll(ctx, tensors, false, 0), lengths, args.bool('enforce_sorted'));
  });
  const padPacked = (ctx: Context, value: PyValue, fill: number, total: number | undefined) => {
    const packed = unpack(value);
    if (!packed) return ctx.raise('TypeError', 'pad_packed_sequence expects a PackedSequence');
    const time = sizeOf(packed.padded, 0);
    if (total !== undefined && total < time)
      ctx.raise(
        'ValueError',
        `Expected total_length to be at least the length of the longest sequence in input, but got total_length=${total} and max sequence length being ${time}`,
      );
    const behind = packed.padded.type.shape.flatMap(() => [0, 0]);
    behind[behind.length - 1] = (total ?? time) - time;
    const long = total === undefined || total === time ? packed.padded : pad(ctx, packed.padded, behind, 'constant', 0);
    return { x: fill === 0 ? long : fillBehind(ctx, long, packed.lengths, fill), lengths: packed.lengths };
  };
  define('pad_packed_sequence', 'sequence, batch_first=False, padding_value=0.0, total_length=None', (ctx, args) => {
    const total = args.optionalInt('total_length');
    const { x, lengths } = padPacked(ctx, args.get('sequence'), args.float('padding_value'), total);
    return new PyTuple([args.bool('batch_first') ? transpose(ctx, x, 0, 1) : x, integers(ctx, lengths)]);
  });
  define('unpack_sequence', 'packed_sequences', (ctx, args) => {
    const { x, lengths } = padPacked(ctx, args.get('packed_sequences'), 0, undefined);
    return unpadAll(ctx, x, lengths);
  });
  define('unpad_sequence', 'padded_sequences, lengths, batch_first=False', (ctx, args) => {
    const given = args.tensor('padded_sequences');
    const x = args.bool('batch_first') ? transpose(ctx, given, 0, 1) : given;
    return unpadAll(ctx, x, lengthsOf(ctx, args.get('lengths'), sizeOf(x, 0), sizeOf(x, 1)));
  });
  define('pad_sequence', "sequences, batch_first=False, padding_value=0.0, padding_side='right'", (ctx, args) => {
    const left = args.string('padding_side') === 'left';
    return padAll(ctx, args.tensors('sequences'), args.bool('batch_first'), args.float('padding_value'), left);
  });
  define('invert_permutation', 'permutation', (ctx, args) => {
    if (args.isNone('permutation')) return null;
    const given = requireLengths(ctx, args.get('permutation'), 'invert_permutation()');
    return integers(
      ctx,
      given.map((_, n) => given.indexOf(n)),
    );
  });
});
