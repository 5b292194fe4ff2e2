import { countBefore } from '../syntax/sorted';

/** A part of the text. */
export interface TextSpan {
  readonly start: number;
  readonly end: number;
}

/** The spans inside of one that lies in no other. */
interface Group extends TextSpan {
  readonly covered: TextSpan[];
  readonly inputs: TextSpan[];
}

/**
 * The parts of a text that belong to formulas, and those in them that are a formula's input. They lie inside or beside
 * each other as the nodes of a tree do, and few lie inside of one.
 */
export class FormulaSpans {
  /** Beside each other, in order. */
  private groups: Group[] = [];

  add(covered: readonly TextSpan[], inputs: readonly TextSpan[]): void {
    for (const span of covered) this.groupOf(span).covered.push(span);
    for (const span of inputs) this.groupOf(span).inputs.push(span);
  }

  /** Whether a place belongs to a formula, and not to the input of one, unless there to a formula again. */
  isCovered(index: number): boolean {
    const group = this.groups[this.groupUpTo(index)];
    if (!group || index >= group.end) return false;
    const holds = ({ start, end }: TextSpan) => start <= index && index < end;
    if (!group.covered.some(holds)) return false;
    const input = group.inputs.find(holds);
    return !input || group.covered.some((part) => holds(part) && part.start >= input.start && part.end <= input.end);
  }

  private groupOf(span: TextSpan): Group {
    const at = this.groupUpTo(span.start);
    const before = this.groups[at];
    if (before && before.end >= span.end) return before;
    const first = before && before.end > span.start ? at : at + 1;
    let last = first;
    while ((this.groups[last]?.start ?? span.end) < span.end) last++;
    const inside = this.groups.slice(first, last);
    const group = {
      start: span.start,
      end: span.end,
      covered: inside.flatMap(({ covered }) => covered),
      inputs: inside.flatMap(({ inputs }) => inputs),
    };
    this.groups.splice(first, last - first, group);
    return group;
  }

  /** The place of the last group that begins at an index or before it; -1 where none does. */
  private groupUpTo(index: number): number {
    return countBefore(this.groups, index + 1, ({ start }) => start) - 1;
  }
}
