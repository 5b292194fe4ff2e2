/**
 * What a loss can at best become where an activation squeezes the scores that it takes: closed forms, for classes as
 * integers and targets of 0 and 1.
 */

/** A cross-entropy over classes whose scores lie in a range of this width: one at its top, the others at its bottom. */
export function leastCrossEntropy(classes: number, width: number): number {
  return Math.log1p((classes - 1) * Math.exp(-width));
}

/** The logistic loss of one yes and of one no, of scores between `low` and `high`: log(1 + e^−high), log(1 + e^low). */
export function leastLogistic(low: number, high: number): { readonly yes: number; readonly no: number } {
  return { yes: Math.log1p(Math.exp(-high)), no: Math.log1p(Math.exp(low)) };
}

/**
 * The mean logistic loss where one of the classes is true and the scores are a softmax: all of it on the true class,
 * which is best for both.
 */
export function leastLogisticOfSoftmax(classes: number): number {
  const { yes, no } = leastLogistic(0, 1);
  return (yes + (classes - 1) * no) / classes;
}
