import type { PriceReport } from '../../src/price/report';

/** A report with invented numbers, with all that a report may have. */
export const priceOf = (): PriceReport => ({
  subject: {
    code: 'softmax-before-cross-entropy',
    kind: 'loss',
    what: 'Softmax',
    instead: 'LogSoftmax',
    count: 1,
    loss: 'CrossEntropyLoss',
    isAppended: true,
  },
  model: 'Net',
  batch: 16,
  seeds: 3,
  quantities: [
    { quantity: 'gradient', written: [0.1, 0.12, 0.08], mended: [1, 1.1, 0.9] },
    { quantity: 'loss', written: [2.3, 2.31, 2.29], mended: [2.4, 2.5, 2.3] },
  ],
  least: { written: 1.46, mended: 0, yes: 0.31, no: 0.69, classes: 10 },
  notes: ['The model was read with a batch of one.'],
});
