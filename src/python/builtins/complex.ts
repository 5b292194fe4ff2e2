/** `complex`: numbers with an imaginary part, as `2j` writes them. */
import { say } from '../../language/say';
import { numberOf } from '../natives/arguments';
import type { Context } from '../natives/context';
import { native, nativeClass, property } from '../natives/native';
import { NotImplemented, PyClass, PyInstance, type PyValue } from '../values/values';

/** What an object of the class holds. */
class Parts {
  constructor(
    readonly real: number,
    readonly imaginary: number,
  ) {}
}

/** The parts of a complex number; undefined for all else. */
export function complexParts(value: PyValue): { readonly real: number; readonly imaginary: number } | undefined {
  return value instanceof PyInstance && value.state instanceof Parts ? value.state : undefined;
}

/** The parts of any number of Python's. */
function partsOf(value: PyValue): Parts | undefined {
  const own = complexParts(value);
  if (own) return new Parts(own.real, own.imaginary);
  if (typeof value !== 'number' && typeof value !== 'bigint' && typeof value !== 'boolean') return undefined;
  return new Parts(numberOf(value) ?? 0, 0);
}

type Operation = (ctx: Context, a: Parts, b: Parts) => Parts;

const multiply = (a: Parts, b: Parts) =>
  new Parts(a.real * b.real - a.imaginary * b.imaginary, a.real * b.imaginary + a.imaginary * b.real);

const OPERATIONS: Readonly<Record<string, Operation>> = {
  add: (_, a, b) => new Parts(a.real + b.real, a.imaginary + b.imaginary),
  sub: (_, a, b) => new Parts(a.real - b.real, a.imaginary - b.imaginary),
  mul: (_, a, b) => multiply(a, b),
  truediv: (ctx, a, b) => {
    const size = b.real * b.real + b.imaginary * b.imaginary;
    if (size === 0) ctx.raise('ZeroDivisionError', 'complex division by zero');
    const upper = multiply(a, new Parts(b.real, -b.imaginary));
    return new Parts(upper.real / size, upper.imaginary / size);
  },
  pow: (ctx, a, b) => {
    if (b.imaginary !== 0 || !Number.isInteger(b.real) || b.real < 0 || b.real > 100) {
      ctx.error(
        'unsupported',
        say('{0} of complex numbers is not read; write it with their real and imaginary parts', '**'),
      );
    }
    let result = new Parts(1, 0);
    for (let i = 0; i < b.real; i++) result = multiply(result, a);
    return result;
  },
};

/** A number as `repr` of a complex one writes it: without `.0`. */
const digitsOf = (ctx: Context, value: number) => ctx.repr(value).replace(/\.0$/, '');

/** The class, one for each evaluation. */
export function complexClass(object: PyClass): PyClass {
  const make = (cls: PyValue, parts: Parts): PyInstance => {
    const made = new PyInstance(cls instanceof PyClass ? cls : complex);
    made.state = parts;
    return made;
  };
  const self = (value: PyValue): Parts => partsOf(value) ?? new Parts(0, 0);
  const members: Record<string, PyValue> = {
    __new__: native('cls, real=0, imag=0', (ctx, args) => {
      const [a, b] = [partsOf(args.get('real')), partsOf(args.get('imag'))];
      if (!a || !b) return ctx.raise('TypeError', 'complex() argument must be a number');
      return make(args.get('cls'), new Parts(a.real - b.imaginary, a.imaginary + b.real));
    }),
    __init__: native('self, *args, **kwargs', () => null),
    real: property((_, value) => self(value).real),
    imag: property((_, value) => self(value).imaginary),
    conjugate: native('self', (_, args) => {
      const { real, imaginary } = self(args.get('self'));
      return make(null, new Parts(real, -imaginary));
    }),
    __neg__: native('self', (_, args) => {
      const { real, imaginary } = self(args.get('self'));
      return make(null, new Parts(-real, -imaginary));
    }),
    __pos__: native('self', (_, args) => args.get('self')),
    __abs__: native('self', (_, args) => {
      const { real, imaginary } = self(args.get('self'));
      return Math.hypot(real, imaginary);
    }),
    __bool__: native('self', (_, args) => {
      const { real, imaginary } = self(args.get('self'));
      return real !== 0 || imaginary !== 0;
    }),
    __eq__: native('self, other', (_, args) => {
      const [a, b] = [self(args.get('self')), partsOf(args.get('other'))];
      return b ? a.real === b.real && a.imaginary === b.imaginary : NotImplemented;
    }),
    __hash__: native('self', (_, args) => BigInt(Math.trunc(self(args.get('self')).real * 1000003))),
    __repr__: native('self', (ctx, args) => {
      const { real, imaginary } = self(args.get('self'));
      const tail = `${digitsOf(ctx, imaginary)}j`;
      if (real === 0 && !Object.is(real, -0)) return tail;
      return `(${digitsOf(ctx, real)}${tail.startsWith('-') ? '' : '+'}${tail})`;
    }),
  };
  for (const [name, operation] of Object.entries(OPERATIONS)) {
    const operate = (ctx: Context, first: PyValue, second: PyValue): PyValue => {
      const [a, b] = [partsOf(first), partsOf(second)];
      return a && b ? make(null, operation(ctx, a, b)) : NotImplemented;
    };
    members[`__${name}__`] = native('self, other', (ctx, args) => operate(ctx, args.get('self'), args.get('other')));
    members[`__r${name}__`] = native('self, other', (ctx, args) => operate(ctx, args.get('other'), args.get('self')));
  }
  const complex = nativeClass('complex', [object], members);
  return complex;
}
