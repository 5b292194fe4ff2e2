/** Fewer samples in a batch say little of it: statistics are coarse, and a step of training follows single samples. */
export const leastBatch = 8;
