/** What models are fed with: as it was given, or chosen for sizes that a model leaves open. */
import type { InputSpec } from '../extract/extract';
import type { OpenShapes, TapeDType } from './outcome';
import type { GuestInput } from './request';

const whole = new Set(['int8', 'uint8', 'int16', 'int32', 'int64']);

function dtypeOf(dtype: string): TapeDType {
  if (dtype === 'bool') return 'bool';
  return whole.has(dtype) ? 'int32' : 'float32';
}

/** Inputs as they were given: tensors, in the model's order or by name. */
export function givenInputs(specs: readonly InputSpec[]): GuestInput[] {
  return specs.flatMap((spec) => {
    if (!('shape' in spec)) return [];
    const { shape, dtype, name } = spec;
    return [{ shape, dtype: dtypeOf(dtype), ...(name !== undefined && { name }) }];
  });
}

/** Sides of images, and lengths of sequences, that are tried where a model leaves them open. */
const SIDES = [64, 224, 128, 32] as const;
const LENGTHS = [16, 64, 128] as const;

/** Shapes for what a model leaves open, likeliest first. */
export function guessedShapes({ inputs }: OpenShapes): GuestInput[][] {
  const isImage = inputs.some(({ shape }) => shape.length === 4);
  return (isImage ? SIDES : LENGTHS).map((size) =>
    inputs.map(({ name, shape, dtype }) => ({
      name,
      dtype,
      // The first one is the batch.
      shape: shape.map((each, dim) => each ?? (dim === 0 ? null : size)),
    })),
  );
}
