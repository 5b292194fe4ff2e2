/**
 * The error function and its complement in fp64, to a few units in the last place. Below 2 the Maclaurin series of
 * e^{x²}·erf(x), whose terms are all positive; above, the continued fraction of e^{x²}·erfc(x)
 * (Abramowitz and Stegun 7.1.6 and 7.1.14).
 */
export function erf(x: number): number {
  const size = Math.abs(x);
  const value = size < 2 ? series(size) : 1 - erfcTail(size);
  return x < 0 ? -value : value;
}

/** 1 − erf(x), accurate relative to itself where erf(x) is close to 1. */
export function erfc(x: number): number {
  if (x < -2) return 2 - erfcTail(-x);
  return x < 2 ? 1 - erf(x) : erfcTail(x);
}

/** Φ(x), the distribution function of N(0, 1). */
export function normalCdf(x: number): number {
  return erfc(-x / Math.SQRT2) / 2;
}

/** φ(x), the density of N(0, 1). */
export function normalDensity(x: number): number {
  return Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI);
}

function series(x: number): number {
  let term = x;
  let sum = x;
  for (let n = 1; term > sum * 1e-17; n++) {
    term *= (2 * x * x) / (2 * n + 1);
    sum += term;
  }
  return (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x) * sum;
}

/** erfc for x ≥ 2, by evaluating the continued fraction from far enough in. */
function erfcTail(x: number): number {
  if (x > 27) return 0;
  let fraction = x;
  for (let k = 120; k > 0; k--) fraction = x + k / 2 / fraction;
  return Math.exp(-x * x) / (Math.sqrt(Math.PI) * fraction);
}
