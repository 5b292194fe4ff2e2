import type { Node } from '../syntax/syntax';

/** What is known of an expression: its value where it has one, and how deep it is. */
interface ExpressionReading<T> {
  readonly value: T | undefined;
  readonly depth: number;
  /** Whether that is the depth, or the expression is at least so deep. */
  readonly isWhole: boolean;
}

/** Reads a part of an expression; undefined where it has no value, which ends the reading of the whole. */
export type Next<T> = (part: Node | null | undefined) => T | undefined;

/** How much further than it may be deep an expression is looked into, so that one look tells it of many around. */
const BEYOND = 72;

/**
 * Reads expressions by their parts, each once, so that any number of expressions may share parts, in the text or
 * through variables. What is deeper than `most` has no value.
 */
export class Readings<T> {
  private readonly known = new Map<number, ExpressionReading<T>>();

  /** @param look gives the value of an expression from those of its parts */
  constructor(
    private readonly most: number,
    private readonly look: (node: Node, next: Next<T>) => T | undefined,
  ) {}

  of(node: Node): T | undefined {
    const { value, depth } = this.read(node, this.most + BEYOND);
    return depth <= this.most ? value : undefined;
  }

  /** @param reach how much deeper to look */
  private read(node: Node, reach: number): ExpressionReading<T> {
    const known = this.known.get(node.id);
    // What is too deep anyhow need not be known better.
    if (known && (known.isWhole || known.depth > Math.min(this.most, reach))) return known;
    const reading = reach < 0 ? { value: undefined, depth: 0, isWhole: false } : this.readNow(node, reach);
    this.known.set(node.id, reading);
    return reading;
  }

  private readNow(node: Node, reach: number): ExpressionReading<T> {
    let depth = 0;
    let isWhole = true;
    const value = this.look(node, (part) => {
      if (!part) return undefined;
      const reading = this.read(part, reach - 1);
      depth = Math.max(depth, reading.depth + 1);
      isWhole &&= reading.isWhole;
      return depth <= this.most ? reading.value : undefined;
    });
    // What lacks a value for another reason than its depth will never have one.
    return value !== undefined || !isWhole || depth > this.most
      ? { value, depth, isWhole }
      : { value, depth: 0, isWhole };
  }
}
