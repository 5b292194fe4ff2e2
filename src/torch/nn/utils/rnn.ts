import { firstElements } from '../../../graph/access';
import { say } from '../../../language/say';
/** `torch.nn.utils.rnn`: sequences of different lengths, padded and packed. */
import { sequence } from '../../../python/natives/arguments';
import type { Context } from '../../../python/natives/context';
import { wayOut } from '../../../python/natives/errors';
import { nativeClass } from '../../../python/natives/native';
import { type NativeTable, table } from '../../../python/natives/table';
import { type PyClass, PyInstance, PyTensor, PyTuple, type PyValue } from '../../../python/values/values';
import { stack } from '../../ops/joining';
import { knownTensor, sizeOf } from '../../tensor/tensor';
import { transpose } from '../../tensor/views';
import { pad } from '../functional/padding';

const key = Symbol('torch.nn.utils.rnn');

export function packedClass(ctx: Context): PyClass {
  return ctx.slot(key, () => nativeClass('PackedSequence', [ctx.classes.object], {}, 'torch.nn.utils.rnn'));
}

/** The padded tensor [T,N,…] that a packed sequence holds here; undefined for anything else. */
export function unpack(value: PyValue): PyTensor | undefined {
  const held =
    value instanceof PyInstance && value.cls.name === 'PackedSequence' ? value.fields.get('padded') : undefined;
  return held instanceof PyTensor ? held : undefined;
}

export function pack(ctx: Context, padded: PyTensor): PyInstance {
  const made = new PyInstance(packedClass(ctx));
  made.fields.set('padded', padded);
  made.fields.set('data', padded);
  return made;
}

/** Lengths that are known, or undefined. */
function lengthsOf(value: PyValue): number[] | undefined {
  if (value instanceof PyTensor) return value.data && Array.from(value.data);
  return sequence(value)?.map(Number);
}

export const sequences: NativeTable = table((define) => {
  define('pack_padded_sequence', 'input, lengths, batch_first=False, enforce_sorted=True', (ctx, args) => {
    const x = args.bool('batch_first') ? transpose(ctx, args.tensor('input'), 0, 1) : args.tensor('input');
    const lengths = lengthsOf(args.get('lengths'));
    const time = sizeOf(x, 0);
    if (!lengths || lengths.some((length) => length !== time)) {
      ctx.error(
        'unsupported',
        lengths
          ? say(
              'pack_padded_sequence is read where all sequences fill the tensor; here their lengths are {0} of {1}. Leave out packing, or {2}',
              lengths,
              time,
              wayOut(),
            )
          : say(
              'pack_padded_sequence is read where all sequences fill the tensor; here their lengths are known only when the model runs. Leave out packing, or {0}',
              wayOut(),
            ),
      );
    }
    return pack(ctx, x);
  });
  define('pad_packed_sequence', 'sequence, batch_first=False, padding_value=0.0, total_length=None', (ctx, args) => {
    const x = unpack(args.get('sequence'));
    if (!x) return ctx.raise('TypeError', 'pad_packed_sequence expects a PackedSequence');
    const [time, batch] = firstElements(x.type.shape, 2);
    const lengths = knownTensor(ctx, { dtype: 'int64', shape: [batch] }, new Array<number>(batch).fill(time));
    return new PyTuple([args.bool('batch_first') ? transpose(ctx, x, 0, 1) : x, lengths]);
  });
  define('pad_sequence', 'sequences, batch_first=False, padding_value=0.0', (ctx, args) => {
    const tensors = args.tensors('sequences');
    const longest = tensors.reduce((most, x) => Math.max(most, sizeOf(x, 0)), 0);
    const padded = tensors.map((x) => {
      const behind = new Array<number>(2 * x.type.shape.length).fill(0);
      behind[behind.length - 1] = longest - sizeOf(x, 0);
      return pad(ctx, x, behind, 'constant', args.float('padding_value'));
    });
    return stack(ctx, padded, args.bool('batch_first') ? 0 : 1);
  });
});
