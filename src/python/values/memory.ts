import type { StorageId, TensorData, TensorType, ValueId } from '../../graph/types';

/** What a tensor holds at one moment. */
export interface Contents {
  readonly value: ValueId;
  /** Known elements, flat and row-major; undefined where they depend on an input or on random weights. */
  readonly data?: TensorData | undefined;
  /** The storage whose first version these contents are, whole. */
  readonly storage?: StorageId | undefined;
}

/** How a view sees its base, and what the base holds once the view was written to. */
export interface Look {
  readonly base: Memory;
  read(base: Contents): Contents;
  write(base: Contents, own: Contents): Contents;
}

/** Where a view's elements lie in its root's row-major elements. */
export interface ViewPlace {
  readonly offset: number;
  readonly strides: readonly number[];
}

/**
 * The memory behind tensors. Values of the graph never change, so writing gives a memory new contents; views go through
 * the memory that they look into: they write to it, and read it anew when it has changed. Tensors that PyTorch says
 * share memory (`detach`, `data`) share one of these.
 */
export class Memory {
  /** Where a parameter or a registered buffer lives: the bytes that `state_dict()` names. */
  home: StorageId | undefined;
  /** The parameter that was made of these known elements and shares them: what is written here is written there. */
  twin: StorageId | undefined;
  /** Seen through `tensor.data`: autograd does not notice what is written here. */
  unnoticed = false;
  /** Nodes that have read a root, or made what it holds: by their first output, and which of their inputs it was. */
  uses: { readonly value: ValueId; readonly role: number }[] = [];
  /** Computes contents for the input that the model is read for; absent or undefined where it is read for any. */
  asks: ((contents: Contents) => TensorData | undefined) | undefined;
  /** Counts the writes to a root. */
  private writes = 0;
  /** How many of the root's writes `held` has seen. */
  private seen: number;

  constructor(
    readonly type: TensorType,
    private held: Contents,
    readonly look?: Look,
    /** Absent where all elements lie in order. */
    readonly place?: ViewPlace,
  ) {
    this.seen = this.root.writes;
  }

  /** The memory that this one is a view of; itself where it is none. */
  get root(): Memory {
    return this.look ? this.look.base.root : this;
  }

  /** Whether autograd notices what is written here: no part of the way to the root is `tensor.data`. */
  get isNoticed(): boolean {
    return !this.unnoticed && (this.look?.base.isNoticed ?? true);
  }

  get contents(): Contents {
    if (this.look && this.seen !== this.root.writes) {
      this.held = this.look.read(this.look.base.contents);
      this.seen = this.root.writes;
    }
    return this.held;
  }

  /** The elements where they are known, or can be computed for the input that the model is read for. */
  ask(): TensorData | undefined {
    const { contents } = this;
    return contents.data ?? this.asks?.(contents);
  }

  /** New contents, seen by everything that shares this memory. */
  overwrite(contents: Contents): void {
    if (this.look) {
      const { base } = this.look;
      base.overwrite(this.look.write(base.contents, contents));
    } else this.writes += 1;
    this.held = contents;
    this.seen = this.root.writes;
  }

  /** The same elements said in another way (a constant becomes a storage): no write. */
  restate(contents: Contents): void {
    this.held = contents;
  }
}
