/**
 * An element is saturated where the size of its slope is below this: it passes on less than a tenth of the gradient, and
 * two such layers in a row less than a hundredth. Nobody has fixed a number. A known one is |tanh x| > 0.97 in the
 * notebook to Karpathy's "Building makemore, part 3", which is a slope below 0.06 and counts nearly the same elements.
 */
export const SATURATED = 0.1;
