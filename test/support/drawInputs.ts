/** Inputs of operators at random, and the cases that they make. */
import fc from 'fast-check';
import type { Op, OpKind, TensorType } from '../../src/graph/types';
import { pick } from './evaluate/dense';

/** Range that values are drawn from. */
export type Range = readonly [low: number, high: number];

export interface Input extends TensorType {
  /** Values; drawn where they are missing. */
  readonly data?: readonly number[];
  readonly within: Range;
}

export interface OperatorCase {
  readonly op: Op;
  readonly inputs: readonly (Input | null)[];
}

export type CaseOf<K extends OpKind> = OperatorCase & { readonly op: { readonly kind: K } };

/** Draws of one case, which fast-check makes smaller when it fails. */
export class Draw {
  constructor(private readonly g: fc.GeneratorValue) {}

  int(min: number, max: number): number {
    return this.g(fc.integer, { min, max });
  }

  bool(): boolean {
    return this.g(fc.boolean);
  }

  one<T>(values: readonly T[]): T {
    return values[this.int(0, values.length - 1)] as T;
  }

  sizes(length: number, low = 1, high = 3): number[] {
    return Array.from({ length }, () => this.int(low, high));
  }

  /** Of the elements of tensors, which don't shrink: they are in general position, and smaller ones would not be. */
  seed(): number {
    return this.g(fc.nat);
  }
}

export const count = (shape: readonly number[]) => shape.reduce((product, size) => product * size, 1);

/** A linear congruence, from 0 to 1. */
export function uniform(seed: number): () => number {
  let state = Math.imul(seed, 0x9e3779b1) >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

/**
 * Elements in general position: none is near a multiple of 1/64, where functions have their corners, nor near another
 * one of its tensor (up to 64 a unit) or of a tensor with another `which`, so that no small step changes what is larger.
 */
export function elementsOf({ shape, within: [low, high] }: Input, which: number, seed: number): number[] {
  const next = uniform(seed + which);
  const cells = Array.from({ length: Math.floor((high - low) * 64) }, (_, i) => i);
  for (let i = cells.length - 1; i > 0; i--) {
    const j = Math.floor(next() * (i + 1));
    [cells[i], cells[j]] = [pick(cells, j), pick(cells, i)];
  }
  const first = Math.ceil(low * 64);
  return Array.from({ length: count(shape) }, (_, i) => {
    const offset = 0.1 + 0.1 * which + 0.05 * next();
    return (first + pick(cells, i % cells.length) + offset) / 64;
  });
}

export const float = (shape: readonly number[], within: Range = [-2, 2]): Input => ({
  dtype: 'float64',
  shape,
  within,
});

export const wholeNumbers = (d: Draw, shape: readonly number[], below: number): Input => ({
  dtype: 'int64',
  shape,
  within: [0, below],
  data: Array.from({ length: count(shape) }, () => d.int(0, below - 1)),
});

export const truths = (d: Draw, shape: readonly number[]): Input => ({ ...wholeNumbers(d, shape, 2), dtype: 'bool' });

/** A shape that broadcasts with `shape`. */
export const broadcastingShape = (d: Draw, shape: readonly number[]) =>
  shape.slice(d.int(0, shape.length)).map((size) => (d.bool() ? 1 : size));

/** Padding of the beginnings and the ends, the same at both. */
export const mirror = (begin: readonly number[]) => [...begin, ...begin];

export const maybe = (d: Draw, ...shapes: readonly (readonly number[])[]): (Input | null)[] =>
  d.bool() ? shapes.map((shape) => float(shape)) : shapes.map(() => null);
