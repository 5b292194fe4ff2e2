/** Functions of NumPy that PyTorch lacks or has in another form, put together of its own. */
import { itemAt, sizeAt } from '../graph/access';
import { say } from '../language/say';
import { numberOf, sequence } from '../python/natives/arguments';
import type { Context } from '../python/natives/context';
import { native, nativeClass } from '../python/natives/native';
import type { Define } from '../python/natives/table';
import { type PyClass, PyInstance, PyList, PySlice, PyTensor, PyTuple, type PyValue } from '../python/values/values';
import { knownTensor } from '../torch/tensor/tensor';
import { arrayOf, asArray, dtypeOf, result, tensorIn, toFloats } from './array';

/** Calls a function of PyTorch. */
export function torch(ctx: Context, name: string, args: readonly PyValue[], keywords?: Map<string, PyValue>): PyValue {
  const dot = name.lastIndexOf('.');
  const module = ctx.nativeModule(dot < 0 ? 'torch' : `torch.${name.slice(0, dot)}`);
  return ctx.call(module?.members.get(name.slice(dot + 1)) ?? null, args, keywords);
}

const integer = (value: number): PyValue => BigInt(value);
const list = (values: readonly number[]): PyList => new PyList(values.map(integer));

/** Windows by their value at `i` of `n - 1`. */
const WINDOWS: Readonly<Record<string, (share: number) => number>> = {
  hanning: (share) => 0.5 - 0.5 * Math.cos(2 * Math.PI * share),
  hamming: (share) => 0.54 - 0.46 * Math.cos(2 * Math.PI * share),
  blackman: (share) => 0.42 - 0.5 * Math.cos(2 * Math.PI * share) + 0.08 * Math.cos(4 * Math.PI * share),
  bartlett: (share) => 1 - Math.abs(2 * share - 1),
};

/** Where each place of a padded dimension of `size` elements is taken from. */
const PLACES: Readonly<Record<string, (at: number, size: number) => number>> = {
  edge: (at, size) => Math.min(Math.max(at, 0), size - 1),
  wrap: (at, size) => ((at % size) + size) % size,
  symmetric: (at, size) => {
    const place = ((at % (2 * size)) + 2 * size) % (2 * size);
    return place < size ? place : 2 * size - 1 - place;
  },
  reflect: (at, size) => {
    if (size === 1) return 0;
    const round = 2 * (size - 1);
    const place = ((at % round) + round) % round;
    return place < size ? place : round - place;
  },
};

/** `pad_width` for each dimension: a number, a pair, or a pair each. */
function widthsOf(ctx: Context, value: PyValue, rank: number): readonly (readonly [before: number, after: number])[] {
  const pair = (each: PyValue): readonly [number, number] => {
    const items = (sequence(each) ?? [each]).map((item) => numberOf(item) ?? Number.NaN);
    const first = itemAt(items, 0);
    return [first, items[1] ?? first];
  };
  const plain = value instanceof PyTensor ? ctx.call(ctx.getattr(value, 'tolist')) : value;
  const items = sequence(plain);
  const pairs = items?.some((item) => sequence(item) !== undefined) ? items.map(pair) : [pair(plain)];
  if (pairs.flat().some((width) => !(width >= 0))) ctx.raise('ValueError', "index can't contain negative values");
  return pairs.length === 1 ? new Array(rank).fill(itemAt(pairs, 0)) : pairs;
}

/** Whether an index is of slices: `np.mgrid[0:h, 0:w]` as the numbers of each dimension. */
function rangesOf(ctx: Context, index: PyValue): PyValue[] {
  return (index instanceof PyTuple ? index.items : [index]).map((item) => {
    if (!(item instanceof PySlice)) return ctx.raise('TypeError', 'grids take slices');
    const step = item.step ?? 1n;
    const imaginary = step !== null && typeof step === 'object' && numberOf(step) === undefined;
    if (imaginary)
      ctx.error('unsupported', say('A grid with an imaginary step is not read; write it with np.linspace'));
    return torch(ctx, 'arange', [item.start ?? 0n, item.stop, step]);
  });
}

/** Defines them. `set` takes what is no function. */
export function defineComposed(
  ctx: Context,
  array: PyClass,
  define: Define,
  set: (name: string, value: PyValue) => void,
): void {
  const known = (own: Context, values: readonly number[], shape: readonly number[] = [values.length]): PyTensor => {
    own.meter.container(values.length, say('This array'));
    return asArray(array, knownTensor(own, { dtype: 'float64', shape }, values));
  };
  const tensor = (own: Context, value: PyValue): PyTensor => arrayOf(own, tensorIn(own, value), undefined);
  const floats = (own: Context, value: PyValue): PyTensor => toFloats(own, tensor(own, value));
  const shown = (own: Context, value: PyValue): PyValue => result(own, array, value);

  for (const [name, at] of Object.entries(WINDOWS)) {
    define(name, 'M', (own, args) => {
      const count = args.int('M');
      return known(
        own,
        Array.from({ length: Math.max(count, 0) }, (_, i) => (count === 1 ? 1 : at(i / (count - 1)))),
      );
    });
  }
  define('pad', "array, pad_width, mode='constant', *, constant_values=0", (own, args) => {
    const x = tensor(own, args.get('array'));
    const rank = x.type.shape.length;
    const widths = widthsOf(own, args.get('pad_width'), rank);
    const mode = args.string('mode');
    if (mode === 'constant') {
      const pairs = [...widths].reverse().flat();
      const keywords = new Map<string, PyValue>([['value', args.get('constant_values')]]);
      return shown(own, torch(own, 'nn.functional.pad', [x, list(pairs)], keywords));
    }
    const place = Object.hasOwn(PLACES, mode) ? PLACES[mode] : undefined;
    if (!place) return own.error('unsupported', say("numpy.pad(mode='{0}') is not read; write the values", mode));
    return shown(
      own,
      widths.reduce<PyValue>((value, [before, after], dim) => {
        const size = sizeAt(x.type.shape, dim);
        const places = Array.from({ length: before + size + after }, (_, i) => place(i - before, size));
        return torch(own, 'index_select', [value, integer(dim), torch(own, 'tensor', [list(places)])]);
      }, x),
    );
  });

  define('nonzero', 'a', (own, args) =>
    shown(own, torch(own, 'nonzero', [tensor(own, args.get('a'))], new Map([['as_tuple', true]]))),
  );
  define('append', 'arr, values, axis=None', (own, args) => {
    const axis = args.get('axis');
    const parts = ['arr', 'values'].map((name): PyValue => {
      const each = tensor(own, args.get(name));
      return axis === null ? torch(own, 'flatten', [each]) : each;
    });
    return shown(own, torch(own, 'cat', [new PyList(parts), axis ?? 0n]));
  });
  define('interp', 'x, xp, fp, left=None, right=None', (own, args) => {
    const numbers = (name: string): number[] => {
      const data = tensor(own, args.get(name)).data;
      return data
        ? Array.from(data, Number)
        : own.error('unsupported', say('numpy.interp needs numbers that are known'));
    };
    const [xs, ys] = [numbers('xp'), numbers('fp')];
    const last = xs.length - 1;
    const at = (x: number): number => {
      if (x < itemAt(xs, 0)) return numberOf(args.get('left')) ?? itemAt(ys, 0);
      if (x >= itemAt(xs, last))
        return x === itemAt(xs, last) ? itemAt(ys, last) : (numberOf(args.get('right')) ?? itemAt(ys, last));
      const i = xs.findLastIndex((each) => each <= x);
      const [low, high] = [itemAt(xs, i), itemAt(xs, i + 1)];
      const slope = (itemAt(ys, i + 1) - itemAt(ys, i)) / (high - low);
      return slope * (x - low) + itemAt(ys, i);
    };
    const x = tensor(own, args.get('x'));
    return shown(own, known(own, numbers('x').map(at), x.type.shape));
  });
  // The middle of two where there is no middle one, unlike PyTorch's.
  const quantile = (own: Context, value: PyValue, q: PyValue, axis: PyValue, keep: PyValue): PyValue =>
    shown(
      own,
      torch(
        own,
        'quantile',
        [floats(own, value), numberOf(q) === undefined ? toFloats(own, tensor(own, q)) : q],
        new Map([
          ['dim', axis],
          ['keepdim', keep],
        ]),
      ),
    );
  define('median', 'a, axis=None, *, keepdims=False', (own, args) =>
    quantile(own, args.get('a'), 0.5, args.get('axis'), args.get('keepdims')),
  );
  define('quantile', 'a, q, axis=None, *, keepdims=False', (own, args) =>
    quantile(own, args.get('a'), args.get('q'), args.get('axis'), args.get('keepdims')),
  );
  define('percentile', 'a, q, axis=None, *, keepdims=False', (own, args) => {
    const q = numberOf(args.get('q'));
    const share = q === undefined ? torch(own, 'div', [floats(own, args.get('q')), 100n]) : q / 100;
    return quantile(own, args.get('a'), share, args.get('axis'), args.get('keepdims'));
  });
  define('ptp', 'a, axis=None', (own, args) => {
    const along = args.get('axis') === null ? undefined : new Map([['dim', args.get('axis')]]);
    const [high, low] = ['amax', 'amin'].map((name) => torch(own, name, [tensor(own, args.get('a'))], along));
    return shown(own, torch(own, 'sub', [high ?? null, low ?? null]));
  });
  define('average', 'a, axis=None, weights=None', (own, args) => {
    if (args.get('weights') !== null)
      own.error('unsupported', say('numpy.average with weights is not read; divide the sums'));
    const along = args.get('axis') === null ? undefined : new Map([['dim', args.get('axis')]]);
    return shown(own, torch(own, 'mean', [floats(own, args.get('a'))], along));
  });
  define('copy', 'a', (own, args) => shown(own, torch(own, 'clone', [tensor(own, args.get('a'))])));
  define('full_like', 'a, fill_value, dtype=None', (own, args) => {
    const like = arrayOf(own, args.get('a'), dtypeOf(args.get('dtype')));
    return shown(own, torch(own, 'full_like', [like, args.get('fill_value')]));
  });
  define('take', 'a, indices, axis=None', (own, args) => {
    const axis = args.get('axis');
    const x = tensor(own, args.get('a'));
    const indices = tensor(own, args.get('indices'));
    if (axis === null) return shown(own, torch(own, 'take', [x, indices]));
    return shown(own, torch(own, 'index_select', [x, axis, indices]));
  });
  for (const name of ['triu_indices', 'tril_indices']) {
    define(name, 'n, k=0, m=None', (own, args) => {
      const rows = args.get('n');
      const found = torch(own, name, [rows, args.get('m') ?? rows, args.get('k')]);
      return new PyTuple([0n, 1n].map((row) => shown(own, torch(own, 'select', [found, 0n, row]))));
    });
  }
  define('column_stack', 'tup', (own, args) => {
    const columns = (sequence(args.get('tup')) ?? []).map((each) => tensor(own, each));
    return shown(own, torch(own, 'column_stack', [new PyList(columns)]));
  });
  define('ix_', '*args', (own, args) => {
    const given = args.rest('args');
    return new PyTuple(
      given.map((each, dim) => {
        const shape = given.map((_, other) => (other === dim ? -1 : 1));
        return shown(own, torch(own, 'reshape', [tensor(own, each), list(shape)]));
      }),
    );
  });
  define('indices', 'dimensions', (own, args) => {
    const ranges = args.ints('dimensions').map((size) => torch(own, 'arange', [integer(size)]));
    return shown(own, grid(own, ranges));
  });
  define('iinfo finfo', 'type', (own, args) => {
    const dtype = dtypeOf(args.get('type')) ?? 'float64';
    const name = dtype.startsWith('float') ? 'finfo' : 'iinfo';
    return torch(own, name, [own.nativeModule('torch')?.members.get(dtype) ?? null]);
  });

  const grid = (own: Context, ranges: readonly PyValue[]): PyValue => {
    if (ranges.length === 1) return ranges[0] ?? null;
    const all = torch(own, 'meshgrid', [...ranges], new Map([['indexing', 'ij']]));
    return torch(own, 'stack', [new PyList([...(sequence(all) ?? [])])]);
  };
  const getItem = (own: Context, index: PyValue): PyValue => shown(own, grid(own, rangesOf(own, index)));
  const open = (own: Context, index: PyValue): PyValue => {
    const ranges = rangesOf(own, index);
    if (ranges.length === 1) return shown(own, ranges[0] ?? null);
    return new PyList(
      ranges.map((each, dim) => {
        const shape = ranges.map((_, other) => (other === dim ? -1 : 1));
        return shown(own, torch(own, 'reshape', [each, list(shape)]));
      }),
    );
  };
  for (const [name, body] of [
    ['mgrid', getItem],
    ['ogrid', open],
  ] as const) {
    const members = { __getitem__: native('self, index', (own, args) => body(own, args.get('index'))) };
    set(name, new PyInstance(nativeClass(name, [ctx.classes.object], members, 'numpy')));
  }
}
