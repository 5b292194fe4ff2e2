/** What one seed draws: weights, inputs, targets and noise; on the device once for all candidates. */

import { initialValues } from '../graph/initialise';
import type { Graph, StorageValues, TensorData } from '../graph/types';
import type { LoweredGraph } from '../lower/lowered';
import type { Feeds, Runtime, Upload } from './runtime';

export class Draw {
  private readonly uploads = new Map<string, Upload>();
  private readonly held = new Map<number, TensorData>();
  /** Numbers for graphs, by which what is theirs alone is told apart. */
  private readonly owners = new Map<Graph, number>();
  private readonly given: ReadonlyMap<number, TensorData>;

  /**
   * @param base the model as written: storages that a candidate has in common with it get the same bytes
   * @param data of the inputs, in their order, then of the target: a model may have an input of that name
   */
  constructor(
    private readonly runtime: Runtime,
    private readonly base: Graph,
    readonly seed: number,
    given: readonly StorageValues[],
    private readonly data: readonly TensorData[],
  ) {
    this.given = new Map(given.map(({ storage, data: values }) => [storage, values]));
  }

  /**
   * What a lowered graph is fed with.
   * @param graph the graph that was lowered
   */
  feeds(graph: Graph, lowered: LoweredGraph): Feeds {
    const feeds: Feeds = {};
    for (const [i, { name, type }] of lowered.inputs.entries())
      feeds[name] = this.uploadOnce(`input ${i} ${type.dtype}`, () => this.runtime.upload(type, this.data[i] ?? []));
    for (const { name, type, storage } of lowered.weights) {
      const own = this.isShared(graph, storage) ? '' : `of ${this.owners.get(graph) ?? this.addOwner(graph)}`;
      const key = `${storage} ${type.dtype} ${own}`;
      feeds[name] = this.uploadOnce(key, () => this.runtime.upload(type, this.values(graph, storage)));
    }
    return feeds;
  }

  /** The bytes of all storages of a graph, by `StorageId`: what is written into a model whose weights are constant. */
  constants(graph: Graph): TensorData[] {
    return graph.storages.map((_, id) => {
      if (!this.isShared(graph, id)) return this.values(graph, id);
      const known = this.held.get(id) ?? this.values(graph, id);
      this.held.set(id, known);
      return known;
    });
  }

  free(): void {
    for (const upload of this.uploads.values()) upload.free();
    this.uploads.clear();
  }

  private addOwner(graph: Graph): number {
    this.owners.set(graph, this.owners.size);
    return this.owners.size - 1;
  }

  /** A swap and training keep the initialisers of what they take over. */
  private isShared(graph: Graph, storage: number): boolean {
    return graph.storages[storage]?.initialiser === this.base.storages[storage]?.initialiser;
  }

  private values(graph: Graph, storage: number): TensorData {
    const found = graph.storages[storage];
    if (!found) throw new RangeError(`storage ${storage} is not in this graph`);
    return this.given.get(storage) ?? initialValues(found, storage, this.seed);
  }

  private uploadOnce(key: string, make: () => Upload): Feeds[string] {
    const known = this.uploads.get(key) ?? make();
    this.uploads.set(key, known);
    return known.tensor;
  }
}
