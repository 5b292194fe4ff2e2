import { literalOf } from './literal';
import sweep from './parts/sweep.py';

/** Where a sweep stands beside a script: `run.py` has `run-sweep.py`. */
export const sweepNameOf = (script: string): string => `${script.replace(/\.py$/i, '')}-sweep.py`;

/**
 * A Ray Tune sweep that takes model, data and training from a script.
 * @param script name of the script's file, in the same folder
 */
export const sweepOf = (script: string): string => sweep.replace('SCRIPT = ""', () => `SCRIPT = ${literalOf(script)}`);
