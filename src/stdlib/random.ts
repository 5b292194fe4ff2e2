/** `random`: numbers of the machine's own. What can come out only one way is known. */
import type { Context } from '../python/natives/context';
import { native } from '../python/natives/native';
import { PyList, type PyValue } from '../python/values/values';
import { machineMember } from './machine';

export function randomModule(): Record<string, PyValue> {
  const drawn = (own: Context, name: string): PyValue => machineMember(own, 'random', name) ?? null;
  const only = (own: Context, name: string, items: readonly PyValue[]): PyValue => {
    const [first] = items;
    return first !== undefined && items.every((each) => own.equal(each, first)) ? first : drawn(own, name);
  };
  const whole = (value: PyValue): bigint | undefined => (typeof value === 'bigint' ? value : undefined);
  return {
    randrange: native('start, stop=None, step=1', (own, args) => {
      const given = whole(args.get('start'));
      const stop = args.isNone('stop') ? given : whole(args.get('stop'));
      const start = args.isNone('stop') ? 0n : given;
      const step = whole(args.get('step'));
      if (start === undefined || stop === undefined || step === undefined) return drawn(own, 'randrange');
      const isEmpty = step > 0n ? start >= stop : start <= stop;
      if (isEmpty || step === 0n) own.raise('ValueError', 'empty range for randrange()');
      const isOne = step > 0n ? start + step >= stop : start + step <= stop;
      return isOne ? start : drawn(own, 'randrange');
    }),
    randint: native('a, b', (own, args) => only(own, 'randint', [args.get('a'), args.get('b')])),
    uniform: native('a, b', (own, args) => {
      const bound = only(own, 'uniform', [args.get('a'), args.get('b')]);
      return typeof bound === 'bigint' ? Number(bound) : bound;
    }),
    choice: native('seq', (own, args) => {
      const items = own.list(args.get('seq'));
      if (items.length === 0) own.raise('IndexError', 'Cannot choose from an empty sequence');
      return items.length === 1 ? (items[0] ?? null) : drawn(own, 'choice');
    }),
    shuffle: native('x', (own, args) => {
      const list = args.get('x');
      // Which item is where is not known any more.
      if (list instanceof PyList && list.items.length > 1) list.items.fill(drawn(own, 'shuffle'));
      return null;
    }),
    seed: native('a=None, version=2', () => null),
  };
}
