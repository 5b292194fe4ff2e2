/** `numpy.linalg` and `numpy.fft`: PyTorch's functions, of numbers in double precision. */
import type { Context } from '../python/natives/context';
import { definer } from '../python/natives/table';
import { type PyClass, PyComplex, PyModule, type PyValue } from '../python/values/values';
import { arrayOf, result, tensorIn, toFloats } from './array';
import { torch } from './composed';

/** Of one matrix, or of one and what it is applied to. */
const LINALG = ['inv', 'pinv', 'det', 'slogdet', 'solve', 'cholesky', 'qr', 'svd', 'eigh', 'eigvalsh', 'matrix_rank'];
const ONE = ['fft', 'ifft', 'rfft', 'irfft', 'hfft', 'ihfft'];
const SEVERAL = ['fft2', 'ifft2', 'rfft2', 'irfft2', 'fftn', 'ifftn', 'rfftn', 'irfftn'];

function data(ctx: Context, value: PyValue): PyValue {
  const inner = tensorIn(ctx, value);
  return inner instanceof PyComplex ? inner : toFloats(ctx, arrayOf(ctx, inner, undefined));
}

export function linalgModule(array: PyClass): PyModule {
  const module = new PyModule('numpy.linalg');
  const define = definer((name, fn) => module.members.set(name, fn));
  define('norm', 'x, ord=None, axis=None, keepdims=False', (ctx, args) => {
    const keywords = new Map([
      ['ord', args.get('ord')],
      ['dim', args.get('axis')],
      ['keepdim', args.get('keepdims')],
    ]);
    return result(ctx, array, torch(ctx, 'linalg.norm', [data(ctx, args.get('x'))], keywords));
  });
  for (const name of LINALG) {
    define(name, 'a, *others, **kwargs', (ctx, args) => {
      const given = [args.get('a'), ...args.rest('others')];
      const values = given.map((value, i) => (i === 0 || name === 'solve' ? data(ctx, value) : value));
      return result(ctx, array, torch(ctx, `linalg.${name}`, values, new Map(args.keywords('kwargs'))));
    });
  }
  return module;
}

export function fftModule(array: PyClass): PyModule {
  const module = new PyModule('numpy.fft');
  const define = definer((name, fn) => module.members.set(name, fn));
  const call = (
    ctx: Context,
    name: string,
    value: PyValue,
    keywords: readonly (readonly [string, PyValue])[],
  ): PyValue => result(ctx, array, torch(ctx, `fft.${name}`, [value], new Map(keywords)));
  for (const name of ONE) {
    define(name, 'a, n=None, axis=-1, norm=None', (ctx, args) =>
      call(ctx, name, data(ctx, args.get('a')), [
        ['n', args.get('n')],
        ['dim', args.get('axis')],
        ['norm', args.get('norm')],
      ]),
    );
  }
  for (const name of SEVERAL) {
    define(name, `a, s=None, axes=${name.endsWith('2') ? '(-2, -1)' : 'None'}, norm=None`, (ctx, args) =>
      call(ctx, name, data(ctx, args.get('a')), [
        ['s', args.get('s')],
        ['dim', args.get('axes')],
        ['norm', args.get('norm')],
      ]),
    );
  }
  for (const name of ['fftshift', 'ifftshift']) {
    define(name, 'x, axes=None', (ctx, args) => {
      const x = tensorIn(ctx, args.get('x'));
      const value = x instanceof PyComplex ? x : arrayOf(ctx, x, undefined);
      return call(ctx, name, value, [['dim', args.get('axes')]]);
    });
  }
  for (const name of ['fftfreq', 'rfftfreq']) {
    define(name, 'n, d=1.0', (ctx, args) => {
      const dtype = ctx.nativeModule('torch')?.members.get('float64') ?? null;
      const keywords = new Map([
        ['d', args.get('d')],
        ['dtype', dtype],
      ]);
      return result(ctx, array, torch(ctx, `fft.${name}`, [args.get('n')], keywords));
    });
  }
  return module;
}
