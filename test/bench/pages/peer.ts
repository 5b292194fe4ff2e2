/** A model of test/fixtures/bench/peers.py as a peer trains and runs it. */

/** Weights by PyTorch's names and in its layout. */
export interface Weights {
  readonly [name: string]: { readonly shape: readonly number[]; readonly data: Float32Array };
}

export interface Batch {
  readonly shape: readonly number[];
  readonly input: Float32Array | Int32Array;
  readonly target: Int32Array;
}

export interface Peer {
  /** A step of SGD on the batch, in training mode, until the device is done; gives the loss before it. */
  step(): Promise<number>;
  /** A pass in evaluation mode, until the device is done. */
  forward(): Promise<void>;
}

/** Whether a weight is kept up by a layer of its own, not trained: running statistics. */
export const isKept = (name: string): boolean => name.includes('running_');
