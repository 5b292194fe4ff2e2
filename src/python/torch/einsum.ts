import type { Context } from '../native';
import type { PyTensor } from '../values';
import { apply, elements, permute, reshape } from './tensor';

/** `torch.einsum` of one or two operands, by sums, permutations and one batched matrix product. */
export function einsum(ctx: Context, equation: string, operands: readonly PyTensor[]): PyTensor {
  const [left = '', right] = equation.replace(/\s/g, '').split('->');
  const terms = left.split(',');
  if (terms.length !== operands.length || equation.includes('.') || operands.length > 2) {
    return ctx.error(
      'unsupported',
      `einsum("${equation}") is not supported: one or two operands and no ellipsis; write it with matmul, or export the model to ONNX`,
    );
  }
  const sizes = new Map<string, number>();
  terms.forEach((term, i) => {
    const shape = operands[i]?.type.shape ?? [];
    if (term.length !== shape.length || new Set(term).size !== term.length) {
      ctx.raise(
        'RuntimeError',
        `einsum(): the subscripts "${term}" do not fit an operand of ${shape.length} dimensions`,
      );
    }
    [...term].forEach((letter, dim) => {
      const size = shape[dim] ?? 1;
      const before = sizes.get(letter);
      if (before !== undefined && before !== size) {
        ctx.raise(
          'RuntimeError',
          `einsum(): operands do not broadcast: subscript ${letter} has size ${size} and ${before}`,
        );
      }
      sizes.set(letter, size);
    });
  });
  const output = right ?? implicitOutput(terms);
  const [a, b] = operands;
  const [first = '', second = ''] = terms;
  if (!a) return ctx.raise('RuntimeError', 'einsum(): must provide at least one operand');
  if (!b) return arrange(ctx, sumOut(ctx, a, first, output), kept(first, output), output);
  // Letters of one operand alone that the output lacks are summed before the product.
  const x = sumOut(ctx, a, first, second + output);
  const y = sumOut(ctx, b, second, first + output);
  const [inX, inY] = [kept(first, second + output), kept(second, first + output)];
  const batch = [...inX].filter((letter) => inY.includes(letter) && output.includes(letter));
  const inner = [...inX].filter((letter) => inY.includes(letter) && !output.includes(letter));
  const rows = [...inX].filter((letter) => !inY.includes(letter));
  const columns = [...inY].filter((letter) => !inX.includes(letter));
  const length = (letters: readonly string[]) => elements(letters.map((letter) => sizes.get(letter) ?? 1));
  const shaped = (tensor: PyTensor, own: string, order: readonly string[], shape: readonly number[]) =>
    reshape(ctx, arrange(ctx, tensor, own, order.join('')), shape);
  const left3 = shaped(x, inX, [...batch, ...rows, ...inner], [length(batch), length(rows), length(inner)]);
  const right3 = shaped(y, inY, [...batch, ...inner, ...columns], [length(batch), length(inner), length(columns)]);
  const product = apply(ctx, { kind: 'matmul' }, left3, right3);
  const letters = [...batch, ...rows, ...columns];
  const spread = reshape(
    ctx,
    product,
    letters.map((letter) => sizes.get(letter) ?? 1),
  );
  return arrange(ctx, spread, letters.join(''), output);
}

/** Without `->`: letters that occur once, in alphabetical order. */
function implicitOutput(terms: readonly string[]): string {
  const all = [...terms.join('')];
  return all
    .filter((letter) => all.filter((other) => other === letter).length === 1)
    .sort()
    .join('');
}

function kept(own: string, needed: string): string {
  return [...own].filter((letter) => needed.includes(letter)).join('');
}

function sumOut(ctx: Context, tensor: PyTensor, own: string, needed: string): PyTensor {
  const dims = [...own].flatMap((letter, dim) => (needed.includes(letter) ? [] : [dim]));
  return dims.length === 0 ? tensor : apply(ctx, { kind: 'reduce', function: 'sum', dims, keepdim: false }, tensor);
}

function arrange(ctx: Context, tensor: PyTensor, own: string, wanted: string): PyTensor {
  return permute(
    ctx,
    tensor,
    [...wanted].map((letter) => own.indexOf(letter)),
  );
}
