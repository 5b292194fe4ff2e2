import { firstElements, itemAt } from '../../graph/access';
import type { Context } from '../../python/natives/context';
import type { PyTensor } from '../../python/values/values';
import { apply, elements, sizeOf } from '../tensor/tensor';
import { permute, reshape } from '../tensor/views';
import { arithmetic } from './operations';

/** An operand with a letter for each of its dimensions. */
interface Term {
  readonly tensor: PyTensor;
  readonly letters: string;
}

/** `torch.einsum`, by diagonals, sums, permutations and batched matrix products, from left to right. */
export function einsum(ctx: Context, equation: string, operands: readonly PyTensor[]): PyTensor {
  const [left, right] = firstElements(equation.replace(/\s/g, '').split('->'), 1);
  const subscripts = left.split(',');
  if (subscripts.length !== operands.length) {
    return ctx.raise(
      'RuntimeError',
      `einsum(): more ${subscripts.length > operands.length ? 'subscripts' : 'operands'} were provided than ${subscripts.length > operands.length ? 'operands' : 'subscripts'}`,
    );
  }
  const spelled = spellOut(ctx, subscripts, right, operands);
  const terms = operands.map((tensor, i) => takeDiagonals(ctx, { tensor, letters: itemAt(spelled.terms, i) }));
  checkSizes(ctx, terms);
  const [first, ...others] = terms;
  if (!first) return ctx.raise('RuntimeError', 'einsum(): must provide at least one operand');
  let result = first;
  others.forEach((term, i) => {
    const later = others.slice(i + 1).map(({ letters }) => letters);
    result = product(ctx, result, term, later.join('') + spelled.output);
  });
  const { tensor, letters } = sumOut(ctx, result, spelled.output);
  return arrange(ctx, tensor, letters, spelled.output);
}

/** Subscripts with a letter of its own (a capital, or beyond) for each dimension that an ellipsis stands for. */
function spellOut(
  ctx: Context,
  subscripts: readonly string[],
  right: string | undefined,
  operands: readonly PyTensor[],
): { terms: string[]; output: string } {
  const hidden = subscripts.map((text, i) => {
    const rank = itemAt(operands, i).type.shape.length;
    const named = text.replace('...', '').length;
    if (text.includes('...') ? named > rank : named !== rank) {
      ctx.raise(
        'RuntimeError',
        `einsum(): the number of subscripts in the equation (${named}) does not match the number of dimensions (${rank}) for operand ${i}${text.includes('...') ? ' and ellipsis' : ' and no ellipsis was given'}`,
      );
    }
    return text.includes('...') ? rank - named : 0;
  });
  const most = hidden.reduce((most, each) => Math.max(most, each), 0);
  const letters = Array.from({ length: most }, (_, i) => String.fromCharCode(0x3b1 + i)).join('');
  const terms = subscripts.map((text, i) => text.replace('...', letters.slice(most - itemAt(hidden, i))));
  const output = right === undefined ? letters + implicitOutput(subscripts) : right.replace('...', letters);
  return { terms, output };
}

/** Without `->`: letters that occur once, in alphabetical order. */
function implicitOutput(subscripts: readonly string[]): string {
  const all = [...subscripts.join('').replaceAll('...', '')];
  return all
    .filter((letter) => all.filter((other) => other === letter).length === 1)
    .sort()
    .join('');
}

function checkSizes(ctx: Context, terms: readonly Term[]): void {
  const sizes = new Map<string, number>();
  for (const { tensor, letters } of terms) {
    [...letters].forEach((letter, dim) => {
      const size = sizeOf(tensor, dim);
      const before = sizes.get(letter) ?? 1;
      if (before !== 1 && size !== 1 && before !== size) {
        ctx.raise(
          'RuntimeError',
          `einsum(): operands do not broadcast with remapped shapes: subscript ${letter} has size ${size} and ${before}`,
        );
      }
      sizes.set(letter, Math.max(before, size));
    });
  }
}

/** A letter that occurs twice in one operand walks its diagonal. */
function takeDiagonals(ctx: Context, { tensor, letters }: Term): Term {
  const second = [...letters].findIndex((letter, i) => letters.indexOf(letter) < i);
  if (second < 0) return { tensor, letters };
  const first = letters.indexOf(itemAt(letters, second));
  const size = sizeOf(tensor, first);
  const order = tensor.type.shape.map((_, dim) => dim).filter((dim) => dim !== first && dim !== second);
  const rest = order.map((dim) => sizeOf(tensor, dim));
  const rows = reshape(ctx, permute(ctx, tensor, [first, second, ...order]), [size * size, ...rest]);
  const diagonal = apply(ctx, { kind: 'slice', dim: 0, start: 0, end: size * size, step: size + 1 }, rows);
  return takeDiagonals(ctx, { tensor: diagonal, letters: [first, ...order].map((dim) => letters[dim]).join('') });
}

/** The product of two terms, with the letters that `needed` still asks for. */
function product(ctx: Context, a: Term, b: Term, needed: string): Term {
  // Letters of one operand alone that nobody needs are summed before the product.
  const x = sumOut(ctx, a, b.letters + needed);
  const y = sumOut(ctx, b, a.letters + needed);
  const size = (letter: string, { tensor, letters }: Term) => sizeOf(tensor, letters.indexOf(letter));
  const shared = [...x.letters].filter((letter) => y.letters.includes(letter));
  // A size of one that broadcasts is no inner dimension of a matrix product.
  if (shared.some((letter) => size(letter, x) !== size(letter, y))) return broadcastProduct(ctx, x, y, needed);
  const batch = shared.filter((letter) => needed.includes(letter));
  const inner = shared.filter((letter) => !needed.includes(letter));
  const rows = [...x.letters].filter((letter) => !y.letters.includes(letter));
  const columns = [...y.letters].filter((letter) => !x.letters.includes(letter));
  const length = (letters: readonly string[], term: Term) => elements(letters.map((letter) => size(letter, term)));
  const shaped = (term: Term, order: readonly string[], shape: readonly number[]) =>
    reshape(ctx, arrange(ctx, term.tensor, term.letters, order.join('')), shape);
  const left = shaped(x, [...batch, ...rows, ...inner], [length(batch, x), length(rows, x), length(inner, x)]);
  const right = shaped(y, [...batch, ...inner, ...columns], [length(batch, y), length(inner, y), length(columns, y)]);
  const joined = inner.length === 0 ? arithmetic(ctx, 'mul', left, right) : apply(ctx, { kind: 'matmul' }, left, right);
  const sizes = [...batch, ...rows].map((letter) => size(letter, x)).concat(columns.map((letter) => size(letter, y)));
  return { tensor: reshape(ctx, joined, sizes), letters: [...batch, ...rows, ...columns].join('') };
}

function broadcastProduct(ctx: Context, x: Term, y: Term, needed: string): Term {
  const letters = [...new Set(x.letters + y.letters)].join('');
  const spread = ({ tensor, letters: own }: Term): PyTensor => {
    const order = [...letters].filter((letter) => own.includes(letter)).join('');
    const sizes = [...letters].map((letter) => (own.includes(letter) ? sizeOf(tensor, own.indexOf(letter)) : 1));
    return reshape(ctx, arrange(ctx, tensor, own, order), sizes);
  };
  return sumOut(ctx, { tensor: arithmetic(ctx, 'mul', spread(x), spread(y)), letters }, needed);
}

function sumOut(ctx: Context, { tensor, letters }: Term, needed: string): Term {
  const dims = [...letters].flatMap((letter, dim) => (needed.includes(letter) ? [] : [dim]));
  if (dims.length === 0) return { tensor, letters };
  return {
    tensor: apply(ctx, { kind: 'reduce', function: 'sum', dims, keepdim: false }, tensor),
    letters: [...letters].filter((letter) => needed.includes(letter)).join(''),
  };
}

function arrange(ctx: Context, tensor: PyTensor, own: string, wanted: string): PyTensor {
  return permute(
    ctx,
    tensor,
    [...wanted].map((letter) => own.indexOf(letter)),
  );
}
