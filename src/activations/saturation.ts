/**
 * An element is saturated where the size of its slope is below this: it passes on less than a tenth of the gradient, and
 * two such layers in a row less than a hundredth. Nobody has fixed a number; this one is a round one beside what people
 * count for tanh, |tanh x| > 0.97 in Karpathy's "Zero to Hero" (a slope of 0.06), and 0.05 from the ends of a sigmoid
 * (a slope of 0.05).
 */
export const SATURATED = 0.1;
