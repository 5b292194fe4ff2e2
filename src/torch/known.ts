/** Functions that are read where their values are known while the model is built, as those of first weights are. */
export const KNOWN_ONLY: ReadonlySet<string> = new Set(
  'allclose argwhere bincount equal is_nonzero item masked_select nonzero tolist unique unique_consecutive'.split(' '),
);
