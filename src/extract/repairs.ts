/** How a guess is mended where the model fails on it: by what the error says of lengths, channels and dimensions. */

import { repairsBeside } from './besideRepairs';
import type { InputGuess } from './guess';
import { rankRepairs } from './rankRepairs';
import { lengthMismatchIn, timesTooMany } from './solve';

/** Another input in place of one. */
export type Repair = (guess: InputGuess) => InputGuess | undefined;

/** How an error may ask for a guess to be changed: the main input first, then those beside it. */
export function repairsFor(guess: InputGuess, message: string): Repair[] {
  const pairs = [...lengthMismatchIn(message), timesTooMany(message) ?? []].flat();
  const ofMain = (isLast: boolean): Repair[] => pairs.map((pair) => (at: InputGuess) => at.repair?.(pair, isLast));
  const beside = repairsBeside(guess, message).map((_, nth) => (at: InputGuess) => repairsBeside(at, message)[nth]);
  const ranks = rankRepairs(guess, message).map((_, nth) => (at: InputGuess) => rankRepairs(at, message)[nth]);
  return [...ofMain(false), ...beside, ...ranks, ...ofMain(true)];
}

/** An error without the order of its numbers: two tensors that don't fit are told one way or the other. */
export const complaintOf = (message: string): string =>
  [message.replace(/\d+/g, '#'), ...(message.match(/\d+/g) ?? []).sort()].join(' ');
