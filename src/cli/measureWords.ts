import type { MeasureName, Score } from '../compare/measures/index';

/** The terminal's words for measures; it speaks English. `note` stands below the table. */
export const tableWords: Readonly<Record<MeasureName, { readonly title: string; readonly note?: string }>> = {
  cost: { title: 'Cost' },
  signal: { title: 'Signal, averaged over hidden activations' },
  similarity: { title: 'Similarity of different inputs' },
  gradient: { title: 'Gradient' },
  compression: { title: 'Compression to 8 bits: signal to noise at the output' },
  drift: {
    title: 'Drift from the model as written, same weights',
    note: 'A trained model must be trained on, or anew, after a swap.',
  },
  learning: { title: 'Learning' },
};

/** Heads of the columns. */
export const columnWords: Readonly<Record<Score, string>> = {
  share: "activations' share",
  halfError: 'half precision off by',
  zeros: 'zeros',
  saturated: 'saturated',
  dead: 'dead units',
  spread: 'deviation, last / first',
  similarity: 'cosine, last hidden activation',
  flow: 'norm, first / last',
  silent: 'units without gradient',
  snrTensor: 'a scale a tensor',
  snrChannel: 'a scale a channel',
  drift: 'outputs move by',
  flipped: 'other answer',
  heldLoss: 'held-out loss',
  accuracy: 'held-out accuracy',
  stepsTo: 'steps to the loss',
};
