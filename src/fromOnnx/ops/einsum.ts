/** Sums over indices, as `torch.einsum` and ONNX write them, in products of matrices. */
import { itemAt } from '../../graph/access';
import { count } from '../../graph/evaluate/elements';
import { say } from '../../language/say';
import type { OnnxError } from '../errors';
import type { OnnxOperand } from '../operand';
import { table } from '../table';
import type { Trace } from '../trace';

/** A tensor with a letter for each dimension. */
interface Term {
  readonly x: OnnxOperand;
  readonly letters: readonly string[];
}

/** `ij,jk->ik`; an ellipsis stands for dimensions that broadcast. @throws OnnxError where the equation does not fit */
export function einsum(
  t: Trace,
  equation: string,
  operands: readonly OnnxOperand[],
  refuse: (reason: string) => OnnxError,
): OnnxOperand {
  const [left, right] = firstOf(equation.replaceAll(/\s/g, '').split('->'));
  const texts = left.split(',');
  const isWritten =
    texts.length === operands.length && texts.every((text) => /^[A-Za-z]*(?:\.\.\.)?[A-Za-z]*$/.test(text));
  if (!isWritten) throw refuse(say('its equation is {0}', equation));
  const widest = Math.max(
    ...texts.map((text, i) => (text.includes('.') ? itemAt(operands, i).type.shape.length - text.length + 3 : 0)),
  );
  const spread = (text: string, rank?: number): string[] => {
    const [before, after] = firstOf(text.split('...'));
    if (after === undefined) return [...before];
    const own = rank === undefined ? widest : rank - before.length - after.length;
    // Digits stand for the ellipsis, counted from its end.
    return [...before, ...Array.from({ length: own }, (_, i) => String(own - 1 - i)), ...after];
  };
  const terms = texts.map((text, i) => {
    const x = itemAt(operands, i);
    const letters = spread(text, x.type.shape.length);
    if (letters.length !== x.type.shape.length) throw refuse(say('its equation is {0}', equation));
    return diagonal(t, { x, letters });
  });
  const result = right === undefined ? impliedLetters(terms, widest) : spread(right);
  const [first, ...rest] = terms;
  if (!first) throw refuse(say('its equation is {0}', equation));
  const joined = rest.reduce((term, next, i) => {
    const later = new Set([...result, ...rest.slice(i + 1).flatMap(({ letters }) => letters)]);
    return contract(t, term, next, later);
  }, first);
  const summed = sumOut(t, joined, new Set(result));
  return t.permute(
    summed.x,
    result.map((letter) => summed.letters.indexOf(letter)),
  );
}

/** Letters that occur once, in their order, behind what the ellipsis stands for. */
function impliedLetters(terms: readonly Term[], widest: number): string[] {
  const all = terms.flatMap(({ letters }) => letters.filter((letter) => /[A-Za-z]/.test(letter)));
  const once = all.filter((letter) => all.indexOf(letter) === all.lastIndexOf(letter));
  return [...Array.from({ length: widest }, (_, i) => String(widest - 1 - i)), ...once.sort()];
}

/** A letter that occurs twice in one tensor picks its diagonal. */
function diagonal(t: Trace, { x, letters }: Term): Term {
  const twice = letters.findIndex((letter, i) => letters.indexOf(letter) !== i);
  if (twice < 0) return { x, letters };
  const first = letters.indexOf(itemAt(letters, twice));
  const { shape } = x.type;
  const size = itemAt(shape, first);
  const others = letters.map((_, i) => i).filter((i) => i !== first && i !== twice);
  const front = t.permute(x, [first, twice, ...others]);
  const rest = others.map((i) => itemAt(shape, i));
  const rows = t.reshape(front, [size * size, ...rest]);
  const picked = t.pick(
    rows,
    0,
    table(size, (i) => i * (size + 1)),
  );
  return diagonal(t, { x: picked, letters: [itemAt(letters, first), ...others.map((i) => itemAt(letters, i))] });
}

/** Sums over all letters that nothing needs any more. */
function sumOut(t: Trace, { x, letters }: Term, needed: ReadonlySet<string>): Term {
  const dims = letters.flatMap((letter, i) => (needed.has(letter) ? [] : [i]));
  return { x: t.reduce('sum', x, dims), letters: letters.filter((letter) => needed.has(letter)) };
}

/** Two tensors as one: a product of matrices over the letters that both have and nobody else needs. */
function contract(t: Trace, a: Term, b: Term, later: ReadonlySet<string>): Term {
  const left = sumOut(t, a, new Set([...b.letters, ...later]));
  const right = sumOut(t, b, new Set([...a.letters, ...later]));
  const isBoth = (letter: string) => left.letters.includes(letter) && right.letters.includes(letter);
  const batch = left.letters.filter((letter) => isBoth(letter) && later.has(letter));
  const inner = left.letters.filter((letter) => isBoth(letter) && !later.has(letter));
  const rows = left.letters.filter((letter) => !isBoth(letter));
  const columns = right.letters.filter((letter) => !isBoth(letter));
  const size = (letter: string) => Math.max(...[left, right].map((term) => sizeIn(term, letter)));
  const arranged = (term: Term, groups: readonly (readonly string[])[], flat: number) => {
    const order = groups.flat();
    const turned = t.permute(
      term.x,
      order.map((letter) => term.letters.indexOf(letter)),
    );
    const wide = t.expand(turned, order.map(size));
    const sizes = groups.map((group) => group.map(size));
    return t.reshape(wide, [...(sizes[0] ?? []), ...sizes.slice(1, 1 + flat).map(count)]);
  };
  const made = t.matmul(arranged(left, [batch, rows, inner], 2), arranged(right, [batch, inner, columns], 2));
  const letters = [...batch, ...rows, ...columns];
  return { x: t.reshape(made, letters.map(size)), letters };
}

/** The size of a letter; 1 where a tensor lacks it. */
const sizeIn = ({ x, letters }: Term, letter: string): number =>
  letters.includes(letter) ? itemAt(x.type.shape, letters.indexOf(letter)) : 1;

/** A text in two, of which the second part may be missing. */
const firstOf = (parts: readonly string[]): readonly [string, string | undefined] => [itemAt(parts, 0), parts[1]];
