/** What a run without data can't go on from. Their messages are phrases for people; the host knows them by `name`. */

/** A value was asked for (`dataSync`, a condition on a tensor) that only data would tell. */
export class ValueNotKnown extends Error {
  override name = 'ValueNotKnown';
}

/** A kernel that has no place on a tape: what it returns has a shape that depends on values, or is no tensor. */
export class KernelNotRead extends Error {
  override name = 'KernelNotRead';
  constructor(
    readonly kernel: string,
    readonly reason: string,
  ) {
    super(`${kernel}: ${reason}`);
  }
}

/** The run goes on for longer than a model would. */
export class TapeTooLong extends Error {
  override name = 'TapeTooLong';
}
