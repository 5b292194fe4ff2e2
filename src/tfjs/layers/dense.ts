/** Layers that multiply with a weight, or look rows of it up. */
import type { RuleTable } from '../kernels/table';

export const dense: RuleTable = {
  Dense: (step) => {
    const weight = step.in('kernel', [1, 0]);
    step.give(step.e.op({ kind: 'linear' }, step.read('x'), weight, step.optional('bias')));
  },
  Embedding: (step) => {
    const { e } = step;
    const x = step.read('x');
    const indices = e.isFloating(x) || e.type(x).dtype === 'bool' ? e.cast(x, 'int32') : x;
    step.give(e.op({ kind: 'embedding', paddingIndex: null }, indices, step.read('embeddings')));
  },
};
