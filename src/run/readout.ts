/** Numbers reduced where they are, on the GPU, and brought back together in one output. */
import { itemOr } from '../graph/access';
import type { GraphBuilder } from '../graph/builder';
import { Emit } from '../graph/emit';
import type { Graph, NamedValue, TensorData, ValueId } from '../graph/types';

/** What the names of the nodes begin with that measure rather than belong to the model. */
const prefix = 'activation-lens';

/** Whether a lowered node belongs to the model rather than to its measurement. */
export const isModelNode = (name: string): boolean => !name.startsWith(prefix);

/** The name of the output that carries the numbers. */
const output = `${prefix}.numbers`;

/** Where one tensor's elements stand among the numbers. */
export interface ReadoutPlace {
  readonly start: number;
  readonly count: number;
}

export class Readout {
  readonly e: Emit;
  private readonly parts: ValueId[] = [];
  private length = 0;

  constructor(private readonly builder: GraphBuilder) {
    this.e = new Emit(builder);
  }

  /** Nodes from here on are the measurement's, of a layer of the model. */
  begin(path: string, call: number): void {
    this.builder.origin = { path: `${prefix}.${path}`, call };
  }

  add(value: ValueId): ReadoutPlace {
    const count = this.e.count(value);
    const place = { start: this.length, count };
    this.parts.push(this.e.reshape(this.e.cast(value, 'float32'), [count]));
    this.length += count;
    return place;
  }

  /** The mean of all elements, in two steps: GPU kernels add up one output's elements in a row. */
  mean(x: ValueId): ValueId {
    const { e } = this;
    const rank = e.shape(x).length;
    const rows = rank > 1 ? e.reduce('mean', x, rank > 2 ? [rank - 2, rank - 1] : [1]) : x;
    return e.op({ kind: 'reduce', function: 'mean', dims: [], keepdim: false }, rows);
  }

  /** The share of elements for which a comparison with a number holds. */
  share(fn: 'eq' | 'lt' | 'gt', x: ValueId, than: number): ValueId {
    return this.mean(this.e.indicator(fn, x, this.e.scalar(than, x)));
  }

  /** The largest absolute value in each unit: along `dim`, over everything else. */
  largestOfUnits(x: ValueId, dim: number): ValueId {
    const { e } = this;
    const others = e.shape(x).flatMap((_, i) => (i === dim ? [] : [i]));
    return e.reduce('max', e.unary('abs', x), others);
  }

  /** The graph whose output is the numbers, and what else is asked for. */
  finish(graph: Graph, inputs: readonly NamedValue[], outputs: readonly NamedValue[] = []): Graph {
    const { name, state } = graph;
    this.begin('', 0);
    const numbers = { name: output, value: this.join() };
    return this.builder.finish({ name, inputs, outputs: [...outputs, numbers], state });
  }

  /** Joins in steps of a few: a shader binds no more buffers than that. */
  private join(): ValueId {
    let row = [...this.parts];
    while (row.length > 1) {
      const next: ValueId[] = [];
      for (let i = 0; i < row.length; i += 6) {
        const group = row.slice(i, i + 6);
        const [only] = group;
        next.push(group.length === 1 && only !== undefined ? only : this.e.cat(group, 0));
      }
      row = next;
    }
    const [joined] = row;
    if (joined === undefined) throw new RangeError('there is nothing to read');
    return joined;
  }
}

/** The numbers of one run. */
export class Numbers {
  private readonly data: TensorData;

  constructor(outputs: Readonly<Record<string, TensorData>>) {
    this.data = outputs[output] ?? [];
  }

  numberAt({ start }: ReadoutPlace): number {
    return itemOr(this.data, start, Number.NaN);
  }

  numbersAt({ start, count }: ReadoutPlace): number[] {
    return Array.from(this.data.slice(start, start + count));
  }
}
