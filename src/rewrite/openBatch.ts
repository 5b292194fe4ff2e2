/** A model for any number of examples, out of the same model lowered for two numbers of them. */
import { itemAt } from '../graph/access';
import type { TensorData } from '../graph/types';
import type { LoweredConstant, LoweredGraph, LoweredNode, LoweredValue } from '../lower/lowered';

/** Numbers of examples to compare: primes that are seldom the size of anything else. */
export const trialBatches = [7, 11] as const;

/**
 * The model with the number of examples left open, where the two differ in nothing but sizes that follow from it: of
 * inputs and outputs, and one in the shape of a `Reshape`, which works it out by itself. Undefined where anything else
 * differs.
 * @param first lowered with `trialBatches[0]` examples, @param second with `trialBatches[1]`
 * @param name what the open axis is called
 */
export function withOpenBatch(first: LoweredGraph, second: LoweredGraph, name: string): LoweredGraph | undefined {
  if (JSON.stringify(first.nodes) !== JSON.stringify(second.nodes)) return undefined;
  const constants = openConstants(first, second);
  const inputs = openValues(first.inputs, second.inputs, name);
  const outputs = openValues(first.outputs, second.outputs, name);
  return constants && inputs && outputs && { ...first, inputs, outputs, constants };
}

/** Whether a size is a multiple of the number of examples in both: so many for each of them. */
function isOfBatch(one: number, other: number): boolean {
  const [low, high] = trialBatches;
  return one > 0 && one * high === other * low;
}

function openValues(
  values: readonly LoweredValue[],
  others: readonly LoweredValue[],
  name: string,
): LoweredValue[] | undefined {
  const opened: LoweredValue[] = [];
  for (const [index, value] of values.entries()) {
    const other = itemAt(others, index);
    const { shape } = value.type;
    if (shape.length !== other.type.shape.length) return undefined;
    const axes: (string | undefined)[] = [];
    for (const [dim, size] of shape.entries()) {
      const theirs = itemAt(other.type.shape, dim);
      if (size === theirs) axes.push(undefined);
      // Only the examples themselves have the name: twice as many rows are another size.
      else if (isOfBatch(size, theirs))
        axes.push(size === trialBatches[0] ? name : `${name}_${size / trialBatches[0]}`);
      else return undefined;
    }
    opened.push(axes.some((axis) => axis !== undefined) ? { ...value, openAxes: axes } : value);
  }
  return opened;
}

function openConstants(first: LoweredGraph, second: LoweredGraph): LoweredConstant[] | undefined {
  if (first.constants.length !== second.constants.length) return undefined;
  const opened: LoweredConstant[] = [];
  for (const [index, constant] of first.constants.entries()) {
    const other = itemAt(second.constants, index);
    if (constant.name !== other.name || String(constant.type.shape) !== String(other.type.shape)) return undefined;
    if (isEqual(constant.data, other.data)) opened.push(constant);
    else {
      const data = readersOf(first, constant.name).every(isShapeOfReshape(constant.name))
        ? openSizes(constant.data, other.data)
        : undefined;
      if (!data) return undefined;
      opened.push({ ...constant, data });
    }
  }
  return opened;
}

function isEqual(one: TensorData, other: TensorData): boolean {
  if (one.length !== other.length) return false;
  for (let index = 0; index < one.length; index++) if (!Object.is(one[index], other[index])) return false;
  return true;
}

const readersOf = ({ nodes }: LoweredGraph, name: string): LoweredNode[] =>
  nodes.filter(({ inputs }) => inputs.includes(name));

const isShapeOfReshape =
  (name: string) =>
  ({ opType, domain, inputs }: LoweredNode): boolean =>
    opType === 'Reshape' && domain === '' && inputs[0] !== name && inputs[1] === name;

/** The sizes with −1 in the place of the one that follows the number of examples; undefined where several differ. */
function openSizes(one: TensorData, other: TensorData): TensorData | undefined {
  const sizes = Array.from(one);
  const differing = sizes.flatMap((size, index) => (size === itemAt(other, index) ? [] : [index]));
  const [place, ...more] = differing;
  if (place === undefined || more.length > 0 || sizes.includes(-1)) return undefined;
  if (!isOfBatch(itemAt(sizes, place), itemAt(other, place))) return undefined;
  return sizes.map((size, index) => (index === place ? -1 : size));
}
