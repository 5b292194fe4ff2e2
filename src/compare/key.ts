import { isGiven, itemAt } from '../graph/access';
import { activationsOf } from '../graph/activations';
import { printOf } from '../graph/fingerprint';
import type { Graph, Storage, StorageId, ValueId } from '../graph/types';

/** Raised when what a measure means changes: numbers of other versions are not shown beside new ones. */
export const measuresVersion = 2;

/** What a comparison is made of, as it was read. */
export interface KeyedModel {
  readonly graph: Graph;
  /** As it trains, where that is another graph. */
  readonly training?: Graph | undefined;
  /** With the larger batch, where there is one. */
  readonly batched?: Graph | undefined;
  /** What tells the file of the weights from others; absent: initial ones. */
  readonly weights?: string | undefined;
  /** What tells the data to learn from; absent: built-in data. */
  readonly data?: string | undefined;
}

/**
 * What a report is kept under: equal as long as its numbers hold. The activations are taken out of the graphs, so that
 * another one at a site keeps the key; which of them stand in the code is for `standing.ts`. Other layers, shapes, weights
 * or data change it; places in the source, names of modules and comments do not. Device and time are fields of the report.
 */
export function reportKey({ graph, training, batched, weights, data }: KeyedModel): string {
  const graphs = [graph, training, batched].map((each) => each && removeActivations(each, weights !== undefined));
  // What the file is trained by tells the task, and with it the gradient.
  const losses = graph.losses?.map(({ kind }) => kind);
  return printOf([measuresVersion, graphs, weights, data, losses], drawn);
}

/** Numbers of streams of random values shift where an activation that learns comes or goes. */
const drawn = new Set(['stream']);

/**
 * What a graph computes but for its activations, numbered from its outputs back: the order of the code, and what only an
 * activation reads, leave no trace.
 * @param named with the names of its weights, by which a checkpoint is laid over it
 */
function removeActivations(graph: Graph, named: boolean): unknown {
  const { inputs, outputs, updates, values, conventions, example } = graph;
  const walk = new Walk(graph, named);
  const given = inputs.map(({ value }) => walk.give(value));
  const made = outputs.map(({ value }) => walk.number(value));
  const written = updates.map(({ storage, value }) => [
    walk.number(itemAt(graph.storages, storage).value),
    walk.number(value),
  ]);
  const types = given.map((_, index) => itemAt(values, itemAt(inputs, index).value).type);
  return [types, walk.steps, made, written, conventions, example?.map(({ value, data }) => [walk.number(value), data])];
}

/** What a value is made of. */
interface KeyedValue {
  readonly reads: readonly (ValueId | null)[];
  readonly makes: readonly ValueId[];
  /** What it does, for the print. */
  readonly does: () => unknown;
}

/** Numbers the values of a graph in the order in which they are needed. */
class Walk {
  readonly steps: unknown[] = [];
  private readonly numbers = new Map<ValueId, number>();
  private readonly makers = new Map<ValueId, KeyedValue>();
  private readonly streams = new Map<number, number>();

  constructor(graph: Graph, named: boolean) {
    const typeOf = (value: ValueId) => itemAt(graph.values, value).type;
    const namesOf = new Map<StorageId, string[]>();
    for (const { storage, name, kind } of graph.state)
      namesOf.set(storage, [...(namesOf.get(storage) ?? []), named ? `${kind} ${name}` : kind]);
    graph.storages.forEach((storage, id) => {
      this.makers.set(storage.value, {
        reads: [],
        makes: [storage.value],
        does: () => this.beginning(storage, id, namesOf.get(id)),
      });
    });
    for (const { op, inputs, outputs, stops } of graph.nodes) {
      const does = () => [op, stops, outputs.map(typeOf)];
      for (const output of outputs) this.makers.set(output, { reads: inputs, makes: outputs, does });
    }
    // Over the nodes that compute them.
    for (const { input, output } of activationsOf(graph))
      this.makers.set(output, { reads: [input], makes: [output], does: () => ['site', typeOf(output)] });
  }

  /** Numbers an input. */
  give(value: ValueId): number {
    const next = this.numbers.size;
    this.numbers.set(value, next);
    return next;
  }

  /** The number of a value, behind those of all that it is made of. */
  number(value: ValueId): number {
    const open = [value];
    for (let top = open.at(-1); top !== undefined; top = open.at(-1)) {
      const maker = this.makers.get(top);
      const missing = this.numbers.has(top) ? [] : this.findOpen(maker?.reads ?? []);
      if (missing.length > 0) {
        for (const each of missing.reverse()) open.push(each);
        continue;
      }
      open.pop();
      if (!this.numbers.has(top)) this.add(maker ?? { reads: [], makes: [top], does: () => 'none' });
    }
    return this.numbers.get(value) ?? this.give(value);
  }

  private findOpen(reads: readonly (ValueId | null)[]): ValueId[] {
    return reads.filter(isGiven).filter((each) => !this.numbers.has(each));
  }

  private add({ reads, makes, does }: KeyedValue): void {
    this.steps.push([does(), reads.map((each) => (isGiven(each) ? this.numbers.get(each) : null))]);
    for (const made of makes) this.give(made);
  }

  private beginning(storage: Storage, id: StorageId, names: readonly string[] | undefined): unknown {
    const { type, trainable, initialiser, redrawn, pairs, stream = id } = storage;
    const shared = this.streams.get(stream) ?? this.streams.size;
    this.streams.set(stream, shared);
    return ['storage', type, trainable, initialiser, redrawn, pairs, shared, names];
  }
}
