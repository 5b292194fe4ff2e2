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

/**
 * Polynomials of Giles ("Approximating the erfinv function", GPU Computing Gems 2011, its single-precision form), highest
 * power first: erfinv(x) = x · p(t) with w = −log(1 − x²), near 0 of t = w − 2.5, from w = 5 on of t = √w − 3.
 */
export const ERFINV = {
  near: [
    2.81022636e-8, 3.43273939e-7, -3.5233877e-6, -4.39150654e-6, 2.1858087e-4, -1.25372503e-3, -4.17768164e-3,
    0.246640727, 1.50140941,
  ],
  far: [
    -2.00214257e-4, 1.00950558e-4, 1.34934322e-3, -3.67342844e-3, 5.73950773e-3, -7.6224613e-3, 9.43887047e-3,
    1.00167406, 2.83297682,
  ],
} as const;

/** The inverse of erf, by two of Newton's steps from a first guess; ±∞ at ±1, and no number beyond. */
export function erfinv(x: number): number {
  if (!(Math.abs(x) < 1)) return Math.abs(x) === 1 ? x * Number.POSITIVE_INFINITY : Number.NaN;
  const w = -Math.log1p(-x * x);
  const [t, terms] = w < 5 ? [w - 2.5, ERFINV.near] : [Math.sqrt(w) - 3, ERFINV.far];
  let y = x * terms.reduce((sum, term) => sum * t + term, 0);
  for (let step = 0; step < 2; step++) {
    // Close to 1 only the complement still tells values apart.
    const error = Math.abs(x) < 0.5 ? erf(y) - x : Math.sign(x) * (1 - Math.abs(x) - erfc(Math.abs(y)));
    y -= (error * Math.sqrt(Math.PI) * Math.exp(y * y)) / 2;
  }
  return y;
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
