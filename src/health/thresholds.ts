/**
 * From where on something is told. Nobody has fixed these numbers: each says where it is from, and healthy and broken models
 * hold them (`test/unit/health.test.ts`).
 */

/**
 * Share of units that are off for the whole batch. Half of them may be so by chance: where all inputs are alike, a unit with a
 * centred input is on for all or off for all. Of 8 such units more than four fifths are off in 4 % of draws, and in
 * less than 0.1 % in three of five.
 */
export const DEAD = 0.8;

/** Nothing is left of a layer; the share is a mean in single precision. */
export const ALL = 0.999;

/** Of a function that is flat on both sides: more than half of its values lie there. N(0, 1) puts 4 % of sigmoid's there, and 7 % of tanh's. */
export const SATURATED_SHARE = 0.5;

/** Only functions of which N(0, 1) finds less than this in flat places are judged by it: ReLU6 is flat for half of it by design. */
export const FLAT_BY_DESIGN = 0.4;

/**
 * Factor from the first hidden layers to the last, of signal or gradient. With one learning rate for all, layers that get a
 * thousandth of the gradient learn a thousand times more slowly. Ten layers without a bias shrink so by PyTorch's default
 * weights before ReLU, which keep 1/√6 a layer; residual networks, and those with a norm before each activation, stay
 * within some 30.
 */
export const FACTOR = 1000;

/** Mean cosine beyond which two samples differ by less than 1 % of their size: |a − b|² = 2 (1 − cos) |a|². */
export const ALIKE = 1 - 0.01 ** 2 / 2;

/**
 * How much larger the first loss is than that of even chances, in nats: right answers get a seventh (e⁻²) of the chance that
 * guessing gives them. Logits of deviation s add about s²/2, so that 2 is a deviation of 2, where usual starts have less than 1.
 */
export const EXCESS = 2;

/**
 * From where on that is a fault: logits of a deviation of 3 or more. torchvision's Inception v3, which is trained so, begins
 * 3.3 above in PyTorch, and a few draws of small batches scatter by 1 around that; an output layer with weights of N(0, 1) begins
 * ten and more above.
 */
export const GREAT_EXCESS = 5;

/** Factor that initial weights alone make over all layers, against what the activations behind them keep. */
export const SCALE_FACTOR = 100;

/** dB, at which the noise of 8 bits is a tenth of the signal. */
export const NOISY = 20;

/** Share of values beyond six deviations that stretch a range of 8 bits: of a normal distribution it is 2e-9. */
export const OUTLIERS = 1e-4;
