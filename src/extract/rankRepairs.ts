/** What errors say of how many dimensions an input has. */

import { itemAt } from '../graph/access';
import { type InputGuess, withTensorAt } from './guess';
import { BATCH } from './settings';
import { tensorsOf } from './spec';

/** `b, c, h, w = x.shape` of what has more or fewer. */
const UNPACKED = /(not enough|too many) values to unpack \(expected (\d)(?:, got (\d))?\)/;
const CONVOLVED =
  /Expected \dD \(unbatched\) or (\d)D \(batched\) input to conv\dd, but got input of size: \[([\d, ]+)\]/;

/** Usual shapes by their dimensions. */
const USUAL: readonly (readonly number[])[] = [
  [],
  [BATCH],
  [BATCH, 64],
  [BATCH, 16, 64],
  [BATCH, 3, 32, 32],
  [BATCH, 3, 8, 32, 32],
];

/** The guess with as many dimensions as an error asks for, for each of the tensors that it may be about. */
export function rankRepairs(guess: InputGuess, message: string): InputGuess[] {
  const asked = rankIn(message);
  if (!asked) return [];
  const tensors = guess.inputs.flatMap(({ value }) => tensorsOf(value));
  return [...tensors.keys()].flatMap((at) => {
    const tensor = itemAt(tensors, at);
    const { shape, values } = tensor;
    const isMeant = asked.from === undefined ? shape.length > asked.to : shape.length === asked.from;
    const usual = USUAL[asked.to];
    if (values || !isMeant || guess.told?.[at] || !usual) return [];
    // Of too many dimensions the last stay.
    const wanted = shape.length > asked.to ? [itemAt(shape, 0), ...shape.slice(shape.length - asked.to + 1)] : usual;
    return [withTensorAt(guess, at, { ...tensor, shape: wanted })];
  });
}

/** From how many dimensions to how many. */
function rankIn(message: string): { readonly from: number | undefined; readonly to: number } | undefined {
  const unpacked = UNPACKED.exec(message);
  if (unpacked) {
    const from = unpacked[1] === 'not enough' ? Number(unpacked[3]) : undefined;
    return { from, to: Number(unpacked[2]) };
  }
  const convolved = CONVOLVED.exec(message);
  return convolved ? { from: itemAt(convolved, 2).split(',').length, to: Number(convolved[1]) } : undefined;
}
