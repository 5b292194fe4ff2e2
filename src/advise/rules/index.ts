import type { Rule } from '../rule';
import { handwrittenSilu } from './handwritten-silu';
import { noNonlinearity } from './no-nonlinearity';
import { softmaxBeforeCrossEntropy } from './softmax-before-cross-entropy';

/** Every rule, each with its own file here and its pages in `docs/rules/`. */
export const rules: readonly Rule[] = [softmaxBeforeCrossEntropy, noNonlinearity, handwrittenSilu];
