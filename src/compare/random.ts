/** A small fast generator with a 128-bit state (sfc32 by Chris Doty-Humphrey): equal seeds, equal numbers anywhere. */
export class Random {
  private a = 0x9e3779b9;
  private b = 0x243f6a88;
  private c = 0xb7e15162;
  private counter = 1;

  constructor(seed: number) {
    this.a ^= seed | 0;
    this.b ^= Math.floor(seed / 2 ** 32) | 0;
    for (let i = 0; i < 20; i++) this.next();
  }

  /** 32 random bits. */
  next(): number {
    const sum = (this.a + this.b + this.counter) | 0;
    this.counter = (this.counter + 1) | 0;
    this.a = this.b ^ (this.b >>> 9);
    this.b = (this.c + (this.c << 3)) | 0;
    this.c = (((this.c << 21) | (this.c >>> 11)) + sum) | 0;
    return sum >>> 0;
  }

  /** Uniform in [0, 1). */
  uniform(): number {
    return this.next() / 2 ** 32;
  }

  /** A whole number in [0, below). */
  integerBelow(below: number): number {
    return Math.floor(this.uniform() * below);
  }

  /** Normal with mean 0 and deviation 1 (Box and Muller's transform). */
  normal(): number {
    const radius = Math.sqrt(-2 * Math.log(1 - this.uniform()));
    return radius * Math.cos(2 * Math.PI * this.uniform());
  }

  /** A new array in random order (Fisher and Yates). */
  shuffle<T>(items: readonly T[]): T[] {
    const order = [...items];
    for (let i = order.length - 1; i > 0; i--) {
      const j = this.integerBelow(i + 1);
      const [x, y] = [order[i], order[j]];
      if (x === undefined || y === undefined) continue;
      order[i] = y;
      order[j] = x;
    }
    return order;
  }
}
