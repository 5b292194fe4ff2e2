import { interpreter } from '../builtins/types';
import type { Interpreter } from '../interpreter';
import { iteratorOf, PyIterator } from '../iteration';
import { type Eval, native } from '../native';
import { binary } from '../operators';
import { PyTuple, type PyValue } from '../values';

function* product(ctx: Interpreter, pools: readonly (readonly PyValue[])[]): Eval<PyValue[][]> {
  let rows: PyValue[][] = [[]];
  for (const pool of pools) {
    ctx.meter.container(rows.length * pool.length, 'This product');
    rows = rows.flatMap((row) => pool.map((item) => [...row, item]));
    if (ctx.meter.step()) yield* ctx.pause();
  }
  return rows;
}

function combinations(items: readonly PyValue[], size: number): PyValue[][] {
  if (size === 0) return [[]];
  return items.flatMap((item, index) => combinations(items.slice(index + 1), size - 1).map((rest) => [item, ...rest]));
}

function permutations(items: readonly PyValue[], size: number): PyValue[][] {
  if (size === 0) return [[]];
  return items.flatMap((item, index) =>
    permutations([...items.slice(0, index), ...items.slice(index + 1)], size - 1).map((rest) => [item, ...rest]),
  );
}

/** `itertools`. */
export function itertoolsModule(ctx: Interpreter): Record<string, PyValue> {
  const chain = native(
    '*iterables',
    function* (own, args): Eval<PyValue> {
      const result: PyValue[] = [];
      for (const source of args.rest('iterables')) result.push(...(yield* interpreter(own).collect(source)));
      return iteratorOf(result);
    },
    'chain',
  );
  chain.attributes = new Map([
    [
      'from_iterable',
      native('iterable', function* (own, args): Eval<PyValue> {
        const sources = yield* interpreter(own).collect(args.get('iterable'));
        return yield* own.run(chain, sources);
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
        next = binary(interpreter(own), '+', next, step, false);
        return value;
      });
    }),
    cycle: native('iterable', function* (own, args): Eval<PyValue> {
      const items = yield* interpreter(own).collect(args.get('iterable'));
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
      const source = yield* interpreter(own).iterate(args.get('iterable'));
      const numbers = args.rest('args').map((value) => (value === null ? undefined : Number(value)));
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
      for (const source of args.rest('iterables')) pools.push(yield* interpreter(own).collect(source));
      const all = Array.from({ length: Math.min(args.int('repeat'), 32) }, () => pools).flat();
      return iteratorOf((yield* product(interpreter(own), all)).map((row) => new PyTuple(row)));
    }),
    combinations: native('iterable, r', (own, args) => {
      const items = own.list(args.get('iterable'));
      own.spend(items.length ** Math.min(args.int('r'), 8));
      return iteratorOf(combinations(items, args.int('r')).map((row) => new PyTuple(row)));
    }),
    permutations: native('iterable, r=None', (own, args) => {
      const items = own.list(args.get('iterable'));
      const size = args.optionalInt('r') ?? items.length;
      own.spend(items.length ** Math.min(size, 8));
      return iteratorOf(permutations(items, size).map((row) => new PyTuple(row)));
    }),
    accumulate: native('iterable, func=None, *, initial=None', function* (own, args): Eval<PyValue> {
      const items = [...(yield* interpreter(own).collect(args.get('iterable')))];
      if (!args.isNone('initial')) items.unshift(args.get('initial'));
      const result: PyValue[] = [];
      for (const item of items) {
        const last = result.at(-1);
        if (last === undefined) result.push(item);
        else if (args.isNone('func')) result.push(binary(interpreter(own), '+', last, item, false));
        else result.push(yield* own.run(args.get('func'), [last, item]));
      }
      return iteratorOf(result);
    }),
    zip_longest: native('*iterables, fillvalue=None', (own, args) => {
      const all = args.rest('iterables').map((source) => own.list(source));
      const length = Math.max(0, ...all.map((items) => items.length));
      const rows = Array.from({ length }, (_, i) => new PyTuple(all.map((items) => items[i] ?? args.get('fillvalue'))));
      return iteratorOf(rows);
    }),
    starmap: native('function, iterable', function* (own, args): Eval<PyValue> {
      const result: PyValue[] = [];
      for (const item of yield* interpreter(own).collect(args.get('iterable'))) {
        result.push(yield* own.run(args.get('function'), own.list(item)));
      }
      return iteratorOf(result);
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
