/** What this run is about, and the decisions that its code has made so far on what is not known. */
import type { GuestDecision, GuestRequest } from '../request';
import { reasonIn } from './unknown';

/** Set once, before any code of the user's runs. */
export let request: GuestRequest;

export function begin(asked: GuestRequest): void {
  request = asked;
}

/** How often a loop goes on whose condition is not known, where it is to go on. */
const ROUNDS = 3;

const decisions = new Map<string, GuestDecision>();
const rounds = new Map<string, number>();

export const decisionsMade = (): GuestDecision[] => [...decisions.values()];

/** An answer to a question on a value that is not known: the one that the host gives, else the usual one. */
export function decide(module: string, id: number, value: unknown): boolean {
  const key = `${module}:${id}`;
  const usual = request.usual[module]?.[id];
  const taken = request.decided[key] ?? usual === 'y';
  if (usual === 'l' && taken) {
    const round = (rounds.get(key) ?? 0) + 1;
    rounds.set(key, round);
    if (round > ROUNDS) return false;
  }
  if (!decisions.has(key)) decisions.set(key, { id: key, why: reasonIn(value) ?? '', taken });
  return taken;
}
