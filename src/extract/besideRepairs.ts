/** What PyTorch's errors say of inputs beside the main one: lengths that must be those of what they meet. */

import { itemAt, itemOr } from '../graph/access';
import { type InputGuess, withTensorAt } from './guess';
import { lengthMismatchIn, mismatchIn } from './solve';
import { type TensorSpec, tensorsOf } from './spec';

const JOINED =
  /Sizes of tensors must match except in dimension (\d+)\. Expected \[([\d, ]+)\] but got \[([\d, ]+)\] for tensor/;
/** Channels of an image, where nothing tells them. */
const COLOURS = 3;
/** Features that are put beside others, until an error tells how many. */
const FEATURES = 64;
const CHANNELS = /to have (\d+) channels, but got (\d+) channels/;

/** The guess with another shape for each of the tensors that an error may be about, the main one last. */
export function repairsBeside(guess: InputGuess, message: string): InputGuess[] {
  const tensors = guess.inputs.flatMap(({ value }) => tensorsOf(value));
  const [main, ...others] = tensors;
  if (!main || tensors.some(({ values }) => values)) return [];
  // One that stands alone knows best itself.
  if (others.length === 0 && guess.repair) return [];
  const places = [...others.keys()].map((index) => index + 1);
  return [...places, 0].flatMap((at) => {
    const value = fitTo(itemAt(tensors, at), main, message, guess.told?.[at] ?? false);
    return value ? [withTensorAt(guess, at, value)] : [];
  });
}

/**
 * What an error asks for in place of an input.
 * @param told a layer tells its channels or features
 */
function fitTo(value: TensorSpec, main: TensorSpec, message: string, told: boolean): TensorSpec | undefined {
  const { shape } = value;
  const withShape = (sizes: readonly number[]): TensorSpec => ({ ...value, shape: sizes });
  const joined = JOINED.exec(message);
  if (joined) {
    const [expected, got] = [itemAt(joined, 2), itemAt(joined, 3)].map((text) => text.split(',').map(Number));
    const axis = Number(joined[1]);
    if (got?.join() !== shape.join() || !expected) return undefined;
    // What a name made out to be something else is like the main input.
    if (expected.length !== shape.length) {
      if (expected.join() === main.shape.join()) return main;
      const isRow = shape.length === 1 && expected.length === 2 && axis === 1;
      return isRow ? { dtype: 'float32', shape: [itemAt(shape, 0), FEATURES] } : undefined;
    }
    return withShape(expected.map((size, index) => (index === axis ? itemAt(shape, index) : size)));
  }
  if (told) {
    // A layer tells the features of a sequence, not how long it is.
    const longer = lengthMismatchIn(message).find(
      (each) => each.meets && shape.length === 3 && shape[1] === each.found,
    );
    return longer && withShape(withLength(shape, 1, longer.wanted));
  }
  const channels = CHANNELS.exec(message);
  const [wanted, found, own] = [Number(channels?.[1]), Number(channels?.[2]), itemOr(shape, 1, 0)];
  // Features that are stretched over an image become channels beside its own.
  if (channels && shape.length === 2 && main.shape.length > 2) {
    const rest = own - (found - wanted);
    const besideColours = found - own === main.shape[1] && wanted > COLOURS ? wanted - COLOURS : 0;
    const fitting = rest > 0 ? rest : besideColours;
    return fitting > 0 && fitting !== own ? withShape(withLength(shape, 1, fitting)) : undefined;
  }
  if (channels && shape.length > 2) {
    // As many as are asked for, or as are left beside what it was put together with.
    if (own === found) return withShape(withLength(shape, 1, wanted));
    return found > wanted && own > found - wanted ? withShape(withLength(shape, 1, own - (found - wanted))) : undefined;
  }
  const product = mismatchIn(message);
  // An image that is flattened beside features: as many channels as fit.
  if (product && shape.length > 3) {
    const elements = shape.reduce((all, size) => all * size, 1);
    const count = (itemAt(shape, 1) * (elements + product.wanted - product.found)) / elements;
    return Number.isInteger(count) && count > 0 ? withShape(withLength(shape, 1, count)) : undefined;
  }
  const last = shape.length > 1 ? itemAt(shape, shape.length - 1) : 0;
  const rest = product ? last - (product.found - product.wanted) : 0;
  if (product && product.found !== product.wanted && last < product.found && rest > 0)
    return withShape(withLength(shape, shape.length - 1, rest));
  const pair = lengthMismatchIn(message).find(({ found: length }) => shape.lastIndexOf(length) > 0);
  const axis = pair ? shape.lastIndexOf(pair.found) : -1;
  return pair ? withShape(withLength(shape, axis, pair.wanted)) : undefined;
}

const withLength = (shape: readonly number[], axis: number, size: number) =>
  shape.map((each, index) => (index === axis ? size : each));
