/** `torch.vmap` and `torch.func.vmap`: the function once for each slice, whose results are stacked. */
import { itemAt } from '../graph/access';
import { say } from '../language/say';
import { sequence } from '../python/natives/arguments';
import type { Context, Eval } from '../python/natives/context';
import { native } from '../python/natives/native';
import { type NativeTable, table } from '../python/natives/table';
import { PyDict, PyList, PyTensor, PyTuple, type PyValue } from '../python/values/values';
import { stack } from './ops/joining';
import { sizeOf } from './tensor/tensor';
import { select } from './tensor/views';

/** Slices that are run one by one; more would make too large a graph. */
const MOST = 256;

/** Where each tensor of a structure is sliced: one place for all of it, or a structure of places. */
type Dims = PyValue;

function* children(value: PyValue, dims: Dims): Generator<readonly [value: PyValue, dims: Dims]> {
  const items = sequence(value) ?? (value instanceof PyDict ? [...value.entries()].map(([, item]) => item) : []);
  const each = sequence(dims);
  for (const [i, item] of items.entries()) yield [item, each ? (each[i] ?? null) : dims];
}

/** Sizes of the dimensions that are sliced. */
function* sizesIn(value: PyValue, dims: Dims): Generator<number> {
  if (dims === null) return;
  if (value instanceof PyTensor) yield sizeOf(value, Number(dims));
  else for (const [item, own] of children(value, dims)) yield* sizesIn(item, own);
}

/** One slice of everything in a structure. */
function sliceAt(ctx: Context, value: PyValue, dims: Dims, at: number): PyValue {
  if (dims === null) return value;
  if (value instanceof PyTensor) {
    const dim = Number(dims);
    return select(ctx, value, dim < 0 ? dim + value.type.shape.length : dim, at);
  }
  if (value instanceof PyDict) {
    const result = new PyDict();
    for (const [key, item] of value.entries()) result.set(key, sliceAt(ctx, item, dims, at));
    return result;
  }
  const items = [...children(value, dims)].map(([item, own]) => sliceAt(ctx, item, own, at));
  if (value instanceof PyTuple) return new PyTuple(items);
  return value instanceof PyList ? new PyList(items) : value;
}

/** The results of all slices, tensor by tensor, along `dim`. */
function join(ctx: Context, results: readonly PyValue[], dim: PyValue): PyValue {
  const [first] = results;
  if (first instanceof PyTensor) {
    const tensors = results.flatMap((each) => (each instanceof PyTensor ? [each] : []));
    const along = Number(dim);
    return stack(ctx, tensors, along < 0 ? along + first.type.shape.length + 1 : along);
  }
  if (!(first instanceof PyTuple) && !(first instanceof PyList)) {
    return ctx.error(
      'unsupported',
      say('vmap over a function that returns no tensors is not read; return tensors from it'),
    );
  }
  const dims = sequence(dim);
  const items = first.items.map((_, i) =>
    join(
      ctx,
      results.map((each) => itemAt(sequence(each) ?? [], i)),
      dims ? itemAt(dims, i) : dim,
    ),
  );
  return first instanceof PyTuple ? new PyTuple(items) : new PyList(items);
}

export const mapping: NativeTable = table((define) => {
  define('vmap', "func, in_dims=0, out_dims=0, randomness='error', *, chunk_size=None", (_, given) => {
    const fn = given.get('func');
    return native(
      '*args, **kwargs',
      function* (ctx, args): Eval<PyValue> {
        const values = new PyTuple([...args.rest('args')]);
        const keywords = args.keywords('kwargs');
        const dims = given.get('in_dims');
        const sizes = [...sizesIn(values, dims)];
        const size = sizes[0];
        if (size === undefined || sizes.some((each) => each !== size)) {
          return ctx.raise('ValueError', 'vmap: Expected all tensors to have the same size in the mapped dimension');
        }
        if (size > MOST) {
          return ctx.error(
            'unsupported',
            say(
              'vmap over {0} slices is not read; give the model a smaller batch, or call the function on all of it at once',
              size,
            ),
          );
        }
        const results: PyValue[] = [];
        for (let at = 0; at < size; at++) {
          const sliced = sliceAt(ctx, values, dims, at);
          results.push(yield* ctx.run(fn, sequence(sliced) ?? [], keywords));
        }
        return join(ctx, results, given.get('out_dims'));
      },
      'vmap',
    );
  });
});
