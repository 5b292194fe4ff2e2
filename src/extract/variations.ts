/** Other inputs than a guess: what fails with each of them in the same way fails whatever comes in. */
import type { InputGuess } from './guess';
import type { Repair } from './repairs';
import type { TensorSpec } from './spec';

/** A guess with another size, rank or dtype. */
export interface Variation {
  readonly change: Repair;
  /** An image without its batch, or numbers of another kind, which few models are meant for: it has but to fail. */
  readonly isUnlikely?: boolean;
  /** A size in place of another; absent where the input is another altogether. */
  readonly size?: { readonly base: number; readonly tried: number };
}

/** Sizes that are tried in place of one: the next ones show what a size decides, twice as many what it is rounded to. */
const sizesToTry = (size: number, axis: number): number[] => [
  ...new Set([size + 1, axis === 0 ? size + 2 : 2 * size + 1]),
];

/** Every size of a guess's tensors changed by itself, those along the same axis that are alike together; undefined where it is more than tensors. */
export function variationsOf(guess: InputGuess): Variation[] | undefined {
  const tensors = guess.inputs.flatMap(({ value }) => ('shape' in value && !value.values ? [value] : []));
  if (tensors.length === 0 || tensors.length < guess.inputs.length) return undefined;
  const found: Variation[] = [];
  const seen = new Set<string>();
  for (const { shape } of tensors)
    for (const [axis, base] of shape.entries()) {
      if (seen.has(`${axis} ${base}`)) continue;
      seen.add(`${axis} ${base}`);
      for (const tried of sizesToTry(base, axis)) {
        const change = eachTensor((tensor) =>
          tensor.shape[axis] === base ? { ...tensor, shape: tensor.shape.with(axis, tried) } : tensor,
        );
        found.push({ change, size: { base, tried } });
      }
    }
  const isOfImages = tensors.every(({ shape }) => shape.length > 3);
  const doubled = (tensor: TensorSpec) => ({
    ...tensor,
    shape: tensor.shape.map((size, axis) => (axis > 1 ? 2 * size : size)),
  });
  const longer = (tensor: TensorSpec) => ({ ...tensor, shape: tensor.shape.toSpliced(1, 0, 2) });
  const shorter = (tensor: TensorSpec) => ({ ...tensor, shape: tensor.shape.slice(1) });
  const ofOtherKind = (tensor: TensorSpec): TensorSpec => ({
    ...tensor,
    dtype: tensor.dtype.includes('float') ? 'int64' : 'float32',
  });
  return [
    ...found,
    { change: eachTensor(doubled) },
    { change: eachTensor(longer) },
    { change: eachTensor(shorter), isUnlikely: isOfImages },
    { change: eachTensor(ofOtherKind), isUnlikely: true },
  ];
}

const eachTensor =
  (change: (tensor: TensorSpec) => TensorSpec): Repair =>
  (guess) => ({
    ...guess,
    inputs: guess.inputs.map((input) => ('shape' in input.value ? { ...input, value: change(input.value) } : input)),
  });
