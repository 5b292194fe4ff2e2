import { lastOf } from '../graph/access';
import { say } from '../language/say';
import type { NativeArguments } from '../python/natives/arguments';
import type { Context, Eval } from '../python/natives/context';
import { native } from '../python/natives/native';
import { binaryOperation } from '../python/run/operators';
import { indexOf } from '../python/run/subscripts';
import { iteratorOf, PyIterator } from '../python/values/iteration';
import { PyTuple, type PyValue } from '../python/values/values';

function* product(ctx: Context, pools: readonly (readonly PyValue[])[]): Eval<PyValue[][]> {
  let rows: PyValue[][] = [[]];
  for (const pool of pools) {
    ctx.meter.container(rows.length * pool.length, say('This product'));
    rows = rows.flatMap((row) => pool.map((item) => [...row, item]));
    if (ctx.meter.step()) yield* ctx.pause();
  }
  return rows;
}

/** Ways to choose `size` places of `count` in order; `from` says at which place the next choice begins. */
function* choices(
  count: number,
  size: number,
  next: (chosen: readonly number[]) => number,
  again: boolean,
): Generator<readonly number[]> {
  const chosen: number[] = [];
  const isFree = (place: number): boolean => again || !chosen.includes(place);
  let place = 0;
  for (;;) {
    if (chosen.length === size) {
      yield chosen;
      if (size === 0) return;
      place = lastOf(chosen) + 1;
      chosen.pop();
    }
    while (place < count && !isFree(place)) place += 1;
    if (place < count) {
      chosen.push(place);
      place = next(chosen);
    } else {
      const last = chosen.pop();
      if (last === undefined) return;
      place = last + 1;
    }
  }
}

/** The choices as tuples, one by one: each is counted as it is made. */
function iterateChoices(
  own: Context,
  args: NativeArguments,
  next: (last: number) => number,
  again: boolean,
): PyIterator {
  const items = own.list(args.get('iterable'));
  const size = args.isNone('r') ? items.length : args.int('r');
  if (size < 0) own.raise('ValueError', 'r must be non-negative');
  const source = choices(items.length, size, (chosen) => next(lastOf(chosen)), again);
  return new PyIterator(function* () {
    own.spend(size + 1);
    const found = source.next();
    return found.done ? undefined : new PyTuple(found.value.map((place) => items[place] ?? null));
  });
}

/** `itertools`. */
export function itertoolsModule(ctx: Context): Record<string, PyValue> {
  const chainSources = (own: Context, sources: PyIterator): PyIterator => {
    let current: PyIterator | undefined;
    return new PyIterator(function* () {
      for (;;) {
        const item = current && (yield* current.step());
        if (item !== undefined) return item;
        const source = yield* sources.step();
        if (source === undefined) return undefined;
        current = yield* own.iterate(source);
      }
    });
  };
  const chain = native('*iterables', (own, args) => chainSources(own, iteratorOf(args.rest('iterables'))), 'chain');
  chain.attributes = new Map([
    [
      'from_iterable',
      native('iterable', function* (own, args): Eval<PyValue> {
        return chainSources(own, yield* own.iterate(args.get('iterable')));
      }),
    ],
  ]);
  return {
    chain,
    count: native('start=0, step=1', (own, args) => {
      let next = args.get('start');
      const step = args.get('step');
      // biome-ignore lint/correctness/useYield: never has to wait
      return new PyIterator(function* () {
        const value = next;
        next = binaryOperation(own, '+', next, step, false);
        return value;
      });
    }),
    cycle: native('iterable', function* (own, args): Eval<PyValue> {
      const items = yield* own.collect(args.get('iterable'));
      let at = -1;
      // biome-ignore lint/correctness/useYield: never has to wait
      return new PyIterator(function* () {
        at = (at + 1) % Math.max(items.length, 1);
        return items[at];
      });
    }),
    repeat: native('object, times=None', (_, args) => {
      let left = args.optionalInt('times') ?? Infinity;
      // biome-ignore lint/correctness/useYield: never has to wait
      return new PyIterator(function* () {
        left -= 1;
        return left >= 0 ? args.get('object') : undefined;
      });
    }),
    islice: native('iterable, *args', function* (own, args): Eval<PyValue> {
      const source = yield* own.iterate(args.get('iterable'));
      const numbers = args.rest('args').map((value) => (value === null ? undefined : indexOf(own, value)));
      if (numbers.some((number) => number !== undefined && number < 0)) {
        const what = numbers.length === 1 ? 'Stop argument' : 'Indices';
        own.raise('ValueError', `${what} for islice() must be None or an integer: 0 <= x <= sys.maxsize.`);
      }
      const [start, stop, step] =
        numbers.length === 1 ? [0, numbers[0], 1] : [numbers[0] ?? 0, numbers[1], numbers[2] ?? 1];
      let index = -1;
      let wanted = start ?? 0;
      return new PyIterator(function* () {
        for (;;) {
          if (stop !== undefined && wanted >= stop) return undefined;
          const item = yield* source.step();
          index += 1;
          if (item === undefined || index < wanted) {
            if (item === undefined) return undefined;
            continue;
          }
          wanted += step ?? 1;
          return item;
        }
      });
    }),
    product: native('*iterables, repeat=1', function* (own, args): Eval<PyValue> {
      const pools: PyValue[][] = [];
      for (const source of args.rest('iterables')) pools.push(yield* own.collect(source));
      const all = Array.from({ length: Math.min(args.int('repeat'), 32) }, () => pools).flat();
      return iteratorOf((yield* product(own, all)).map((row) => new PyTuple(row)));
    }),
    combinations: native('iterable, r', (own, args) => iterateChoices(own, args, (last) => last + 1, true)),
    permutations: native('iterable, r=None', (own, args) => iterateChoices(own, args, () => 0, false)),
    combinations_with_replacement: native('iterable, r', (own, args) =>
      iterateChoices(own, args, (last) => last, true),
    ),
    accumulate: native('iterable, func=None, *, initial=None', function* (own, args): Eval<PyValue> {
      const source = yield* own.iterate(args.get('iterable'));
      let total: PyValue | undefined;
      let first = args.isNone('initial') ? undefined : args.get('initial');
      return new PyIterator(function* () {
        const item = first ?? (yield* source.step());
        first = undefined;
        if (item === undefined) return undefined;
        if (total === undefined) total = item;
        else if (args.isNone('func')) total = binaryOperation(own, '+', total, item, false);
        else total = yield* own.run(args.get('func'), [total, item]);
        return total;
      });
    }),
    zip_longest: native('*iterables, fillvalue=None', (own, args) => {
      const all = args.rest('iterables').map((source) => own.list(source));
      const length = all.reduce((most, items) => Math.max(most, items.length), 0);
      const rows = Array.from({ length }, (_, i) => new PyTuple(all.map((items) => items[i] ?? args.get('fillvalue'))));
      return iteratorOf(rows);
    }),
    starmap: native('function, iterable', function* (own, args): Eval<PyValue> {
      const source = yield* own.iterate(args.get('iterable'));
      return new PyIterator(function* () {
        const item = yield* source.step();
        return item === undefined ? undefined : yield* own.run(args.get('function'), own.list(item));
      });
    }),
    takewhile: native('predicate, iterable', function* (own, args): Eval<PyValue> {
      const source = yield* own.iterate(args.get('iterable'));
      let ended = false;
      return new PyIterator(function* () {
        const item = ended ? undefined : yield* source.step();
        ended = item === undefined || !own.truth(yield* own.run(args.get('predicate'), [item]));
        return ended ? undefined : item;
      });
    }),
    dropwhile: native('predicate, iterable', function* (own, args): Eval<PyValue> {
      const source = yield* own.iterate(args.get('iterable'));
      let begun = false;
      return new PyIterator(function* () {
        for (;;) {
          const item = yield* source.step();
          if (item === undefined) return undefined;
          begun ||= !own.truth(yield* own.run(args.get('predicate'), [item]));
          if (begun) return item;
        }
      });
    }),
    filterfalse: native('function, iterable', function* (own, args): Eval<PyValue> {
      const source = yield* own.iterate(args.get('iterable'));
      return new PyIterator(function* () {
        for (;;) {
          const item = yield* source.step();
          if (item === undefined) return undefined;
          const kept: PyValue = args.isNone('function') ? item : yield* own.run(args.get('function'), [item]);
          if (!own.truth(kept)) return item;
        }
      });
    }),
    compress: native('data, selectors', (own, args) => {
      const selectors = own.list(args.get('selectors'));
      return iteratorOf(own.list(args.get('data')).filter((_, i) => own.truth(selectors[i] ?? false)));
    }),
    groupby: native('iterable, key=None', function* (own, args): Eval<PyValue> {
      const groups: [PyValue, PyValue[]][] = [];
      for (const item of yield* own.collect(args.get('iterable'))) {
        const key: PyValue = args.isNone('key') ? item : yield* own.run(args.get('key'), [item]);
        const last = groups.at(-1);
        if (last && own.equal(last[0], key)) last[1].push(item);
        else groups.push([key, [item]]);
      }
      return iteratorOf(groups.map(([key, items]) => new PyTuple([key, iteratorOf(items)])));
    }),
    pairwise: native('iterable', (own, args) => {
      const items = own.list(args.get('iterable'));
      return iteratorOf(items.slice(1).map((item, index) => new PyTuple([items[index] ?? null, item])));
    }),
    tee: native('iterable, n=2', (_, args) => {
      const items = ctx.list(args.get('iterable'));
      return new PyTuple(Array.from({ length: args.int('n') }, () => iteratorOf(items)));
    }),
  };
}
