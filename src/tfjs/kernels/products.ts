/** Matrix products. */
import { isGiven, itemAt, sizeAt } from '../../graph/access';
import { isSameShape } from '../../graph/emit';
import { elements } from '../../graph/ops/rule';
import type { ValueId } from '../../graph/types';
import { say } from '../../language/say';
import { activateFused } from '../activation';
import { type DimensionOrder, naturalOrder } from '../layout';
import type { StepView } from '../translation';
import type { RuleTable, StepRule } from './table';

/** The last two dimensions swapped, where `swap` says so. */
const lastTwo = (rank: number, swap: boolean): DimensionOrder =>
  swap ? [...naturalOrder(rank - 2), rank - 1, rank - 2] : naturalOrder(rank);

/** The matrix on the right, where it is a weight, or one with dimensions of 1 before it, as fused ops hand them over. */
function weightMatrix(step: StepView): ValueId | undefined {
  const { e, translation } = step;
  const tensor = step.tensor('b');
  if (translation.isWeight(tensor)) return step.rank('b') === 2 ? step.read('b') : undefined;
  const shape = step.shape('b');
  const maker = e.builder.producerOf(step.read('b'));
  const from = maker?.op.kind === 'reshape' ? maker.inputs[0] : undefined;
  if (!isGiven(from) || e.builder.storageOf(from) === undefined) return undefined;
  const matrix = shape.slice(-2);
  return isSameShape(e.shape(from), matrix) && elements(matrix) === elements(shape) ? from : undefined;
}

/** A weight [in, out] as a linear layer has it. */
const matrixTurned = (step: StepView, matrix: ValueId): ValueId =>
  matrix === step.read('b') ? step.in('b', [1, 0]) : step.e.transposeLast(matrix);

/** A weight on the right makes a linear layer; other operands are multiplied as they are. */
const matrices: StepRule = (step) => {
  const { e } = step;
  const [rankA, rankB] = [step.rank('a'), step.rank('b')];
  const [transposeA, transposeB] = [step.flag('transposeA'), step.flag('transposeB')];
  const a = step.in('a', lastTwo(rankA, transposeA));
  const order = naturalOrder(step.outputShape().length);
  const bias = step.has('bias') ? step.read('bias') : null;
  const isRow = bias !== null && elements(step.shape('bias')) === sizeAt(step.shape('bias'), -1);
  const matrix = weightMatrix(step);
  if (matrix !== undefined) {
    const weight = transposeB ? matrix : matrixTurned(step, matrix);
    const fits = bias !== null && isRow && e.count(bias) === sizeAt(e.shape(weight), 0);
    const made = e.op({ kind: 'linear' }, a, weight, fits ? e.reshape(bias, [e.count(bias)]) : null);
    activateFused(step, bias !== null && !fits ? e.add(made, bias) : made, order);
    return;
  }
  const made = e.matmul(a, step.in('b', lastTwo(rankB, transposeB)));
  activateFused(step, bias === null ? made : e.add(made, bias), order);
};

/** `'ij,jk->ik'` of one or two tensors: sums, a product of matrices, and the order that is asked for. */
const einsum: StepRule = (step) => {
  const { e } = step;
  const equation = step.text('equation').replace(/\s/g, '');
  const arrow = equation.indexOf('->');
  const letters = equation
    .slice(0, arrow)
    .split(',')
    .map((term) => [...term]);
  const wanted = [...equation.slice(arrow + 2)];
  if (letters.length > 2 || letters.length !== step.all.length) {
    step.refuse(say('{0} tensors in one equation are more than two', letters.length));
  }
  const own = letters.map((each, i) => {
    if (new Set(each).size !== each.length) step.refuse(say('a letter stands twice in one term'));
    const others = new Set([...wanted, ...(letters[1 - i] ?? [])]);
    const x = step.read(itemAt(step.step.inputs, i)[0]);
    const gone = each.flatMap((letter, dim) => (others.has(letter) ? [] : [dim]));
    return { x: e.reduce('sum', x, gone), letters: each.filter((letter) => others.has(letter)) };
  });
  const arranged = (x: ValueId, from: readonly string[], to: readonly string[]) =>
    e.permute(
      x,
      to.map((letter) => from.indexOf(letter)),
    );
  const [first, second] = own;
  if (!first) return step.refuseSetting('equation');
  if (!second) return step.give(arranged(first.x, first.letters, wanted));
  const both = first.letters.filter((letter) => second.letters.includes(letter));
  const batch = both.filter((letter) => wanted.includes(letter));
  const summed = both.filter((letter) => !wanted.includes(letter));
  const left = first.letters.filter((letter) => !both.includes(letter));
  const right = second.letters.filter((letter) => !both.includes(letter));
  const size = (letter: string) => {
    const holder = first.letters.includes(letter) ? first : second;
    return sizeAt(e.shape(holder.x), holder.letters.indexOf(letter));
  };
  const sizes = (list: readonly string[]) => list.map(size);
  const count = (list: readonly string[]) => elements(sizes(list));
  const a = e.reshape(arranged(first.x, first.letters, [...batch, ...left, ...summed]), [
    ...sizes(batch),
    count(left),
    count(summed),
  ]);
  const b = e.reshape(arranged(second.x, second.letters, [...batch, ...summed, ...right]), [
    ...sizes(batch),
    count(summed),
    count(right),
  ]);
  const made = e.reshape(e.matmul(a, b), sizes([...batch, ...left, ...right]));
  return step.give(arranged(made, [...batch, ...left, ...right], wanted));
};

export const products: RuleTable = { BatchMatMul: matrices, _FusedMatMul: matrices, Einsum: einsum };
