/** Other inputs than a guess: what fails with each of them in the same way fails whatever comes in. */
import type { InputGuess } from './guess';
import type { Repair } from './repairs';
import type { TensorSpec } from './spec';

/** A guess with another size, rank or dtype. */
export interface Variation {
  readonly change: Repair;
  /** A size in place of another; absent where the input is another altogether, and has but to fail as well. */
  readonly size?: { readonly base: number; readonly tried: number };
}

/** Sizes that are tried in place of one: the next ones show what a size decides, twice as many what it is rounded to. */
const triedFor = (size: number, axis: number): number[] => [
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
      for (const tried of triedFor(base, axis)) {
        const change = eachTensor((tensor) =>
          tensor.shape[axis] === base ? { ...tensor, shape: tensor.shape.with(axis, tried) } : tensor,
        );
        found.push({ change, size: { base, tried } });
      }
    }
  const others: readonly ((tensor: TensorSpec) => TensorSpec)[] = [
    (tensor) => ({ ...tensor, shape: tensor.shape.map((size, axis) => (axis > 1 ? 2 * size : size)) }),
    (tensor) => ({ ...tensor, shape: [...tensor.shape.slice(0, 1), 2, ...tensor.shape.slice(1)] }),
    (tensor) => ({ ...tensor, shape: tensor.shape.slice(1) }),
    (tensor) => ({ ...tensor, dtype: tensor.dtype.includes('float') ? 'int64' : 'float32' }),
  ];
  return [...found, ...others.map((change) => ({ change: eachTensor(change) }))];
}

const eachTensor =
  (change: (tensor: TensorSpec) => TensorSpec): Repair =>
  (guess) => ({
    ...guess,
    inputs: guess.inputs.map((input) => ('shape' in input.value ? { ...input, value: change(input.value) } : input)),
  });
