import type { Context } from '../python/natives/context';
import { type NativeFunction, native } from '../python/natives/native';
import { compare, contains, isIdentical } from '../python/run/comparisons';
import { binaryOperation, unaryOperation } from '../python/run/operators';
import { wholeNumber } from '../python/run/subscripts';
import type { BinaryOperator } from '../python/syntax/ast';
import { PyTuple, type PyValue } from '../python/values/values';

/** One value alone, several as a tuple. */
function oneOrTuple(values: readonly PyValue[]): PyValue {
  const [only] = values;
  return values.length === 1 && only !== undefined ? only : new PyTuple(values);
}

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
    add: two('+'),
    sub: two('-'),
    mul: two('*'),
    truediv: two('/'),
    floordiv: two('//'),
    mod: two('%'),
    pow: two('**'),
    matmul: two('@'),
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
    and_: two('&'),
    or_: two('|'),
    xor: two('^'),
    lshift: two('<<'),
    rshift: two('>>'),
  };
}
