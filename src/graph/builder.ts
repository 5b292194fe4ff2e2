import { inferTypes } from './ops/index';
import type {
  Graph,
  Initialiser,
  NamedValue,
  Node,
  Note,
  Op,
  Overwrite,
  SourceRange,
  StateEntry,
  Storage,
  StorageId,
  StorageUpdate,
  TensorType,
  Value,
  ValueId,
} from './types';

/** What a node remembers of the code that made it. */
export interface Origin {
  readonly path: string;
  readonly call: number;
  readonly source?: SourceRange;
  readonly site?: SourceRange;
}

/** A function with a gradient of its own that the model's code applied, `torch.autograd.Function`. */
export interface AppliedFunction {
  readonly name: string;
  readonly source?: SourceRange | undefined;
  /** Values from `first` up to `end` are what its forward made. */
  readonly first: ValueId;
  readonly end: ValueId;
  /** What it was applied to, by position; null where that is no tensor. */
  readonly inputs: readonly (ValueId | null)[];
  readonly output: ValueId;
  /** What its backward makes of a gradient `given`, by position; absent where that can't be read. */
  readonly backward?: { readonly given: ValueId; readonly gradients: readonly (ValueId | null)[] } | undefined;
}

/** Streams that are fixed have numbers beyond those of any graph's storages and of masks. */
const FIXED_STREAMS = 2 ** 25;

/** Builds a graph in topological order; shapes are inferred, and refused, as each node is added. */
export class GraphBuilder {
  private readonly values: Value[] = [];
  private readonly nodes: Node[] = [];
  /** The node that makes each value. */
  private readonly producers = new Map<ValueId, Node>();
  private readonly storages: Storage[] = [];
  private readonly notes: Note[] = [];
  private readonly decided = new Set<StorageId>();
  private readonly overwrites: Overwrite[] = [];
  private readonly storageByValue = new Map<ValueId, StorageId>();
  private readonly inputNames = new Map<ValueId, string>();
  /** Functions with gradients of their own, in the order in which they were applied. */
  readonly applied: AppliedFunction[] = [];
  /** The origin given to nodes from here on. */
  origin: Origin = { path: '', call: 0 };
  /** Whether nodes from here on let no gradient pass. */
  stops = false;

  /** Goes on where a finished graph ended: its values, nodes and storages keep their numbers. */
  static from(graph: Graph): GraphBuilder {
    const builder = new GraphBuilder();
    for (const value of graph.values) builder.values.push(value);
    for (const node of graph.nodes) builder.add(node);
    for (const storage of graph.storages) {
      builder.storageByValue.set(storage.value, builder.storages.push(storage) - 1);
    }
    for (const note of graph.notes) builder.notes.push(note);
    return builder;
  }

  /** How many values there are: the next one's number. */
  get valueCount(): number {
    return this.values.length;
  }

  get nodeCount(): number {
    return this.nodes.length;
  }

  /** Nodes from the one that was the `count`th to come. */
  nodesSince(count: number): readonly Node[] {
    return this.nodes.slice(count);
  }

  type(value: ValueId): TensorType {
    const found = this.values[value];
    if (!found) throw new RangeError(`value ${value} is not in this graph`);
    return found.type;
  }

  /** A model input; its name is for messages. */
  input(type: TensorType, name?: string): ValueId {
    const value = this.value(type);
    if (name !== undefined) this.inputNames.set(value, name);
    return value;
  }

  /** Whether the model is being run: until then nothing depends on an input. */
  get isRun(): boolean {
    return this.inputNames.size > 0;
  }

  /** Names of the inputs that a value is computed of, in their order. */
  inputsBehind(value: ValueId): string[] {
    const behind = new Set([value]);
    for (let i = this.nodes.length - 1; i >= 0; i--) {
      const node = this.nodes[i];
      if (!node?.outputs.some((output) => behind.has(output))) continue;
      for (const input of node.inputs) if (input !== null) behind.add(input);
    }
    return [...this.inputNames].flatMap(([input, name]) => (behind.has(input) ? [name] : []));
  }

  /** New bytes with an initialiser: a parameter or a buffer, named later in `finish`. */
  storage(type: TensorType, trainable: boolean, initialiser: Initialiser, stream?: number): StorageId {
    const value = this.value(type);
    const id = this.storages.push({ type, trainable, initialiser, value, ...(stream !== undefined && { stream }) }) - 1;
    this.storageByValue.set(value, id);
    return id;
  }

  /** Says that a storage is drawn anew whenever the model runs. */
  redraw(storage: StorageId): void {
    this.storages[storage] = { ...this.storageAt(storage), redrawn: true };
  }

  /** Says that a storage holds complex numbers as pairs along its last dimension. */
  pair(storage: StorageId): void {
    this.storages[storage] = { ...this.storageAt(storage), pairs: true };
  }

  /** Says that a tensor is written over here that nodes have read or made. */
  overwrite(uses: readonly Pick<Overwrite, 'value' | 'role'>[], source: SourceRange | undefined): void {
    for (const use of uses) this.overwrites.push({ ...use, ...(source && { source }) });
  }

  /** Says that the model was read by a storage's first values. */
  decide(storage: StorageId): void {
    this.decided.add(storage);
  }

  /** Says whether training changes a parameter. */
  setTrainable(storage: StorageId, trainable: boolean): void {
    this.storages[storage] = { ...this.storageAt(storage), trainable };
  }

  /** Replaces a storage's initialiser (`nn.init.*` after construction). */
  reinitialise(storage: StorageId, initialiser: Initialiser): void {
    const old = this.storageAt(storage);
    this.storages[storage] = { ...old, initialiser };
  }

  storageAt(storage: StorageId): Storage {
    const found = this.storages[storage];
    if (!found) throw new RangeError(`storage ${storage} is not in this graph`);
    return found;
  }

  /** The number of the stream that a storage is drawn from, which it keeps whatever becomes of its own number. */
  fixStream(storage: StorageId): number {
    const old = this.storageAt(storage);
    const stream = old.stream ?? FIXED_STREAMS + storage;
    this.storages[storage] = { ...old, stream };
    return stream;
  }

  /** The node that makes a value; undefined for inputs and storages. */
  producerOf(value: ValueId): Node | undefined {
    return this.producers.get(value);
  }

  private add(node: Node): void {
    this.nodes.push(node);
    for (const output of node.outputs) this.producers.set(output, node);
  }

  /** The storage whose first version a value is. */
  storageOf(value: ValueId): StorageId | undefined {
    return this.storageByValue.get(value);
  }

  /**
   * Adds a node and returns its outputs.
   * @throws ShapeError when the operator refuses its inputs.
   */
  emit(op: Op, inputs: readonly (ValueId | null)[]): readonly ValueId[] {
    const types = inferTypes(
      op,
      inputs.map((input) => (input === null ? null : this.type(input))),
    );
    const outputs = types.map((type) => this.value(type));
    this.add({ op, inputs, outputs, ...this.origin, ...(this.stops ? { stops: true } : {}) });
    return outputs;
  }

  /** `emit` for an operator with one output. */
  emit1(op: Op, ...inputs: readonly (ValueId | null)[]): ValueId {
    const [output] = this.emit(op, inputs);
    if (output === undefined) throw new RangeError(`${op.kind} has no output`);
    return output;
  }

  /** Notes so far: what `forgetNotes` goes back to. */
  get noteCount(): number {
    return this.notes.length;
  }

  /** Drops the notes after the first `count`: what was only tried is nothing to tell. */
  forgetNotes(count: number): void {
    this.notes.length = Math.min(count, this.notes.length);
  }

  note(note: Note): void {
    if (!this.notes.some(({ message }) => message === note.message)) this.notes.push(note);
  }

  finish(parts: {
    name: string;
    inputs: readonly NamedValue[];
    outputs: readonly NamedValue[];
    state: readonly StateEntry[];
    updates?: readonly StorageUpdate[];
  }): Graph {
    return {
      updates: [],
      ...parts,
      values: this.values,
      nodes: this.nodes,
      storages: this.storages,
      notes: this.notes,
      ...(this.overwrites.length > 0 && { overwrites: this.overwrites }),
      ...(this.decided.size > 0 && { decided: [...this.decided] }),
    };
  }

  private value(type: TensorType): ValueId {
    this.values.push({ type });
    return this.values.length - 1;
  }
}
