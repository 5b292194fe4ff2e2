import * as v from 'valibot';
import { line } from './shapes';

/** The GPUs that computed right, each with when that was checked, in milliseconds since 1970. */
export const checkedAdapters = v.array(v.object({ key: line, at: v.number() }));
