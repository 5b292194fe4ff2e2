/** `out=`: where a function writes its result, which is then what it gives. */
import { say } from '../../language/say';
import { sequence } from '../../python/natives/arguments';
import type { Context } from '../../python/natives/context';
import { NativeFunction } from '../../python/natives/native';
import type { NativeTable } from '../../python/natives/table';
import { PyTensor, type PyValue } from '../../python/values/values';
import { writers } from '../names';
import { overwrite } from '../tensor/inplace';
import { cast } from '../tensor/tensor';

/** The functions of a table, those with `out` writing there: those that say so themselves, and those that have it in PyTorch. */
export function withOut(functions: NativeTable): NativeTable {
  const others = writers();
  return new Map(
    [...functions].map(([name, fn]) => {
      if (fn.takes('out')) return [name, writing(fn)];
      const signature = others.has(name) ? withName(fn.signature) : undefined;
      return [name, signature === undefined ? fn : writing(new NativeFunction(fn.name, signature, fn.body))];
    }),
  );
}

/** A signature with `out` behind all others, by name alone; undefined where it takes any name. */
function withName(signature: NativeFunction['signature']): string | undefined {
  if (typeof signature !== 'string' || signature.includes('**')) return undefined;
  return signature.includes('*') ? `${signature}, out=None` : `${signature}, *, out=None`;
}

function writing(fn: NativeFunction): NativeFunction {
  return new NativeFunction(fn.name, fn.signature, (ctx, args) => {
    const result = fn.body(ctx, args);
    return args.isNone('out') ? result : write(ctx, fn.name, args.get('out'), result as PyValue);
  });
}

function write(ctx: Context, name: string, out: PyValue, result: PyValue): PyValue {
  if (out instanceof PyTensor && result instanceof PyTensor) {
    if (out.type.shape.join() === result.type.shape.join()) return overwrite(ctx, out, result);
    if (out.memory.look)
      ctx.error(
        'unsupported',
        say('out= with a view of another size than the result is not read; assign the result instead'),
      );
    // PyTorch gives the tensor the result's size.
    out.memory = cast(ctx, result, out.type.dtype).memory;
    return out;
  }
  const [outs, results] = [sequence(out), sequence(result)];
  if (!outs || outs.length !== results?.length) {
    return ctx.raise('TypeError', `${name}(): argument 'out' must be Tensor, not ${ctx.typeOf(out).name}`);
  }
  outs.forEach((each, i) => {
    write(ctx, name, each, results[i] ?? null);
  });
  return out;
}
