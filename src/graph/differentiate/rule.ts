import type { Emit } from '../emit';
import type { Node, Op, OpKind, ValueId } from '../types';

/** A node as its rule sees it: its inputs, its outputs, and the gradient of its first output. */
export interface Backward {
  readonly e: Emit;
  readonly node: Node;
  /** The first input. */
  readonly x: ValueId;
  readonly y: ValueId;
  readonly g: ValueId;
  /** Whether gradients are to be made of what GPUs are best at, or CPUs. */
  readonly onGpu: boolean;
  /** The input at a place, which must be there. */
  input(index: number): ValueId;
}

/** Gradients of the inputs, made where they are asked for; null where there is none. */
export type Gradients = readonly ((() => ValueId) | null)[];

export type GradientRule<K extends OpKind> = (op: Extract<Op, { readonly kind: K }>, at: Backward) => Gradients;
export type GradientRules<K extends OpKind> = { readonly [P in K]: GradientRule<P> };
