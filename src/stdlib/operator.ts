import type { Context, Eval } from '../python/natives/context';
import { type NativeFunction, native } from '../python/natives/native';
import { compare, contains, isIdentical } from '../python/run/comparisons';
import { binaryOperation, unaryOperation } from '../python/run/operators';
import { deleteItem, setItem, wholeNumber } from '../python/run/subscripts';
import type { BinaryOperator } from '../python/syntax/ast';
import { PyTuple, type PyValue } from '../python/values/values';

/** One value alone, several as a tuple. */
function oneOrTuple(values: readonly PyValue[]): PyValue {
  const [only] = values;
  return values.length === 1 && only !== undefined ? only : new PyTuple(values);
}

/** Those that have a form that changes its left side, where that can be changed. */
const IN_PLACE = {
  add: '+',
  sub: '-',
  mul: '*',
  truediv: '/',
  floordiv: '//',
  mod: '%',
  pow: '**',
  matmul: '@',
  and_: '&',
  or_: '|',
  xor: '^',
  lshift: '<<',
  rshift: '>>',
} as const satisfies Readonly<Record<string, BinaryOperator>>;

export function operatorModule(ctx: Context): Record<string, PyValue> {
  const two = (operator: BinaryOperator): NativeFunction =>
    native('a, b', (_, args) => binaryOperation(ctx, operator, args.get('a'), args.get('b'), false));
  return {
    index: native('a', (_, args) => wholeNumber(ctx, args.get('a'))),
    is_: native('a, b', (_, args) => isIdentical(args.get('a'), args.get('b'))),
    is_not: native('a, b', (_, args) => !isIdentical(args.get('a'), args.get('b'))),
    invert: native('a', (_, args) => unaryOperation(ctx, '~', args.get('a'))),
    pos: native('a', (_, args) => unaryOperation(ctx, '+', args.get('a'))),
    abs: native('a', (own, args) => own.call(ctx.builtins.get('abs') ?? null, [args.get('a')])),
    neg: native('a', (_, args) => unaryOperation(ctx, '-', args.get('a'))),
    itemgetter: native('*items', (_, args) =>
      native('obj', (_own, inner) => oneOrTuple(args.rest('items').map((index) => ctx.item(inner.get('obj'), index)))),
    ),
    attrgetter: native('*names', (_, args) =>
      native('obj', (own, inner) =>
        oneOrTuple(
          args.rest('names').map((name) =>
            own
              .str(name)
              .split('.')
              .reduce((value, part) => own.getattr(value, part), inner.get('obj')),
          ),
        ),
      ),
    ),
    methodcaller: native('name, /, *args, **kwargs', (_, args) =>
      native('obj', (own, inner) =>
        own.run(own.getattr(inner.get('obj'), args.string('name')), args.rest('args'), args.keywords('kwargs')),
      ),
    ),
    contains: native('a, b', (_, args) => contains(ctx, args.get('a'), args.get('b'))),
    getitem: native('a, b', (_, args) => ctx.item(args.get('a'), args.get('b'))),
    truth: native('a', (own, args) => own.truth(args.get('a'))),
    not_: native('a', (own, args) => !own.truth(args.get('a'))),
    ...Object.fromEntries(
      Object.entries({ eq: '==', ne: '!=', lt: '<', le: '<=', gt: '>', ge: '>=' } as const).map(([name, sign]) => [
        name,
        native('a, b', (_, args) => compare(ctx, sign, args.get('a'), args.get('b'))),
      ]),
    ),
    ...Object.fromEntries(
      Object.entries(IN_PLACE).flatMap(([name, sign]) => [
        [name, two(sign)],
        [
          `i${name.replace(/_$/, '')}`,
          native('a, b', (_, args) => binaryOperation(ctx, sign, args.get('a'), args.get('b'), true)),
        ],
      ]),
    ),
    concat: two('+'),
    iconcat: native('a, b', (_, args) => binaryOperation(ctx, '+', args.get('a'), args.get('b'), true)),
    inv: native('a', (_, args) => unaryOperation(ctx, '~', args.get('a'))),
    call: native('obj, /, *args, **kwargs', (own, args) =>
      own.run(args.get('obj'), args.rest('args'), args.keywords('kwargs')),
    ),
    countOf: native('a, b', (own, args) =>
      BigInt(own.list(args.get('a')).filter((each) => compare(ctx, '==', each, args.get('b')) === true).length),
    ),
    setitem: native('a, b, c', function* (_, args): Eval<PyValue> {
      yield* setItem(ctx, args.get('a'), args.get('b'), args.get('c'));
      return null;
    }),
    delitem: native('a, b', function* (_, args): Eval<PyValue> {
      yield* deleteItem(ctx, args.get('a'), args.get('b'));
      return null;
    }),
  };
}
