import type { Rule } from '../../rule';
import { handwrittenSilu } from './handwritten-silu';

/** What has a shorter, faster or safer way to write it. */
export const writtenRules: readonly Rule[] = [handwrittenSilu];
