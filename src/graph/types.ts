/**
 * The model graph as plain data, with PyTorch's meaning.
 *
 * Nodes keep what they are (a convolution, a batch norm, an activation) until `src/lower/` turns them into
 * operators that a backend has, so that training and evaluation come from the same graph. Everything here survives
 * a structured clone: the graph travels from the extension host to the webview and on to its worker.
 * Tensors are row-major; images are NCHW.
 */

export type DType =
  | 'float16'
  | 'bfloat16'
  | 'float32'
  | 'float64'
  | 'int8'
  | 'uint8'
  | 'int16'
  | 'int32'
  | 'int64'
  | 'bool';

export interface TensorType {
  readonly dtype: DType;
  /** Concrete sizes; `[]` is a scalar. Another batch or input shape extracts the graph again. */
  readonly shape: readonly number[];
}

/** Index into `Graph.values`. */
export type ValueId = number;
/** Index into `Graph.storages`. */
export type StorageId = number;

/** Where something stands in source text. Lines and UTF-16 columns count from 0, as the editor's do. */
export interface SourceRange {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
}

export interface Value {
  readonly type: TensorType;
}

/** How a storage gets its first bytes; PyTorch's initialisers by their own names. */
export type Initialiser =
  | { readonly kind: 'constant'; readonly value: number }
  | { readonly kind: 'uniform'; readonly low: number; readonly high: number }
  | { readonly kind: 'normal'; readonly mean: number; readonly deviation: number }
  | {
      readonly kind: 'truncated_normal';
      readonly mean: number;
      readonly deviation: number;
      readonly low: number;
      readonly high: number;
    }
  /**
   * A matrix of `rows` and `columns` whose rows or columns, whichever are fewer, are orthonormal and scaled by `gain`: of the QR
   * decomposition of normal numbers, signs made uniform.
   */
  | { readonly kind: 'orthogonal'; readonly rows: number; readonly columns: number; readonly gain: number }
  /** The values themselves (tables that the model computes while it is built). */
  | { readonly kind: 'data'; readonly data: TensorData }
  /** Another initialiser's values, parts of which were written over, in this order. */
  | { readonly kind: 'patched'; readonly base: Initialiser; readonly patches: readonly Patch[] }
  /** What operators make of drawn and known tensors; the last step's value. */
  | { readonly kind: 'computed'; readonly steps: readonly InitialStep[] };

/** A step to a computed first value: a tensor of its own, drawn from a stream's beginning, or made of earlier steps. */
export type InitialStep =
  | { readonly type: TensorType; readonly initialiser: Initialiser; readonly stream: number }
  | { readonly type: TensorType; readonly op: Op; readonly inputs: readonly number[] };

/** Elements of a storage that have an initialiser of their own: a strided block of its row-major elements. */
export interface Patch {
  readonly offset: number;
  readonly shape: readonly number[];
  readonly strides: readonly number[];
  readonly initialiser: Initialiser;
}

/** Values of a constant, flat and row-major. 64-bit integers and bools are held as numbers. */
export type TensorData = Float32Array | Float64Array | Int32Array | readonly number[];

/** The bytes behind one or more names (tied weights share one). */
export interface Storage {
  readonly type: TensorType;
  readonly trainable: boolean;
  readonly initialiser: Initialiser;
  /** The value through which nodes read this storage's first version. */
  readonly value: ValueId;
  /** Number of the stream that its random values come from; its id unless given. */
  readonly stream?: number;
  /** Drawn anew whenever the model runs, as `torch.randn` in `forward()` is. */
  readonly redrawn?: true;
  /** Complex numbers as pairs along the last dimension: each pair counts as one parameter. */
  readonly pairs?: true;
}

/** One line of the model's `state_dict()`, in PyTorch's order. */
export interface StateEntry {
  readonly name: string;
  readonly storage: StorageId;
  readonly kind: 'parameter' | 'buffer';
  /** Buffers registered with `persistent=False` are missing from `state_dict()`. */
  readonly persistent: boolean;
}

/** A tensor that a node reads or makes and that the code writes over afterwards. */
export interface Overwrite {
  /** The node's first output. */
  readonly value: ValueId;
  /** Which of its inputs the tensor is; −1: its output. */
  readonly role: number;
  /** Where it is written over. */
  readonly source?: SourceRange;
}

/** What a training step writes back into a buffer (running statistics, counters). */
export interface StorageUpdate {
  readonly storage: StorageId;
  readonly value: ValueId;
}

export type Scalar = number | boolean | string;
export type ActivationParameters = Readonly<Record<string, Scalar>>;

export const unaryFunctions = [
  'neg',
  'abs',
  'exp',
  'log',
  'sqrt',
  'rsqrt',
  'reciprocal',
  'sign',
  'floor',
  'ceil',
  'round',
  'erf',
  'erfinv',
  'sin',
  'cos',
  'tan',
  'asin',
  'acos',
  'atan',
  'sinh',
  'cosh',
  'tanh',
  'sigmoid',
  'not',
] as const;
export type UnaryFunction = (typeof unaryFunctions)[number];
/** `floordiv` and `mod` round and sign as Python's `//` and `%` do. */
export const binaryFunctions = [
  'add',
  'sub',
  'mul',
  'div',
  'floordiv',
  'mod',
  'pow',
  'max',
  'min',
  'and',
  'or',
] as const;
export type BinaryFunction = (typeof binaryFunctions)[number];
export const comparisons = ['eq', 'ne', 'lt', 'le', 'gt', 'ge'] as const;
export type Comparison = (typeof comparisons)[number];
export const reductions = ['sum', 'mean', 'max', 'min', 'prod'] as const;
export type Reduction = (typeof reductions)[number];

/** The windows of a maximum: sizes by dimension; padding at all beginnings, then at all ends. */
interface MaximumWindows {
  readonly kernel: readonly number[];
  readonly stride: readonly number[];
  readonly padding: readonly number[];
  readonly dilation: readonly number[];
  readonly ceil: boolean;
}

/**
 * Every operator with its attributes. Inputs in comments are in order; `?` marks one that may be `null`.
 * Padding of spatial operators lists all begins, then all ends (ONNX's order): `[top, left, bottom, right]`.
 */
export interface OpAttributes {
  /** () → constant tensor */
  constant: { readonly data: TensorData; readonly type: TensorType };
  /** x[N,C,…], weight[O,C/groups,…], bias?[O] */
  conv: {
    readonly stride: readonly number[];
    readonly padding: readonly number[];
    readonly dilation: readonly number[];
    readonly groups: number;
  };
  /** x[N,C,…], weight[C,O/groups,…], bias?[O] */
  conv_transpose: {
    readonly stride: readonly number[];
    readonly padding: readonly number[];
    readonly outputPadding: readonly number[];
    readonly dilation: readonly number[];
    readonly groups: number;
  };
  /** x[…,in], weight[out,in], bias?[out] */
  linear: Record<never, never>;
  /** a[…,m,k], b[…,k,n], batch dimensions broadcast */
  matmul: Record<never, never>;
  /**
   * x[N,C,…], weight?[C], bias?[C], runningMean?[C], runningVar?[C]. In training the batch's statistics are used
   * and the running ones updated with `momentum` (null: cumulative average) and the unbiased variance, or the `biased`
   * one; `frozen` ones use the running statistics in training, too.
   */
  batch_norm: {
    readonly eps: number;
    readonly momentum: number | null;
    readonly frozen?: true;
    readonly biased?: true;
  };
  /** x[…,*shape], weight?[*shape], bias?[*shape] */
  layer_norm: { readonly shape: readonly number[]; readonly eps: number };
  /** x[N,C,…], weight?[C], bias?[C] */
  group_norm: { readonly groups: number; readonly eps: number };
  /**
   * x; identity in evaluation. `mask`: the shape of what is drawn, broadcast to x, where the variant's own is not meant.
   * Keras has three more variants: `gaussian` multiplies by N(1, p/(1−p)), `noise` adds N(0, p²), and `raised` is
   * TensorFlow.js's AlphaDropout, which puts SELU's lowest value with its sign turned in the place of what it drops.
   */
  dropout: {
    readonly p: number;
    readonly variant: 'element' | 'channel' | 'alpha' | 'path' | 'gaussian' | 'noise' | 'raised';
    readonly mask?: readonly number[];
  };
  /** x, weights that it learns (PReLU's slope)… `activation` is the catalogue's id. */
  activation: {
    readonly activation: string;
    readonly parameters: ActivationParameters;
    /** A gated unit: the dimension `parameters.dim`, or the last one, holds values and then gates. */
    readonly halves?: true;
  };
  /** x[N,C,…] */
  max_pool: MaximumWindows;
  /** x[N,C,…] → the place in all of x, flattened, of each window's first largest element; no padding as wide as the kernel */
  max_pool_places: MaximumWindows;
  /** x[N,C,…] */
  avg_pool: {
    readonly kernel: readonly number[];
    readonly stride: readonly number[];
    readonly padding: readonly number[];
    readonly ceil: boolean;
    readonly countIncludePad: boolean;
  };
  /** x[N,C,…] → x[N,C,*output] */
  adaptive_pool: { readonly function: 'avg' | 'max'; readonly output: readonly number[] };
  /**
   * x[N,C,H,W] → [N,C,*sizes], PyTorch's sample positions: with `corners` those of the corner pixels, else of the
   * pixels' areas, scaled by `factors` where they were given. Cubic with a = −0.75. `edges`: TensorFlow's older places
   * instead, i · size / length.
   */
  resize: {
    readonly mode: 'linear' | 'cubic';
    readonly sizes: readonly number[];
    readonly factors: readonly number[] | null;
    readonly corners: boolean;
    readonly edges?: true;
  };
  /** query[…,L,E], key[…,S,E], value[…,S,V], mask?[…,L,S] (bool: true attends; float: added) */
  attention: { readonly causal: boolean; readonly scale: number; readonly dropout: number };
  /**
   * x[T,N,I], weightIh[G·H,I], weightHh[G·H,H], biasIh?[G·H], biasHh?[G·H], h0[N,H], c0?[N,H], mask?[T,N] (1 takes a
   * step, 0 leaves the state as it is), keep?[N,H] (what each step sees of the state before it) → y[T,N,H], and of an LSTM
   * the last cell state [N,H]. Gates in PyTorch's order: LSTM input, forget, cell, output; GRU reset, update, new.
   * `reverse` walks the sequence from its end; y keeps the order of x. Keras's cells differ: `activation` takes tanh's
   * place, `gate` the sigmoid's, and a GRU's state is `resetFirst`, before it
   * is multiplied.
   */
  recurrent: {
    readonly cell: 'lstm' | 'gru' | 'tanh' | 'relu';
    readonly reverse: boolean;
    readonly activation?: CellFunction;
    readonly gate?: CellFunction;
    readonly resetFirst?: true;
  };
  /** indices, weight[num,dim] */
  embedding: { readonly paddingIndex: number | null };
  unary: { readonly function: UnaryFunction };
  binary: { readonly function: BinaryFunction };
  compare: { readonly function: Comparison };
  /** condition (bool), a, b */
  where: Record<never, never>;
  cast: { readonly dtype: DType };
  /** x; `dims` empty means all */
  reduce: { readonly function: Reduction; readonly dims: readonly number[]; readonly keepdim: boolean };
  reshape: { readonly shape: readonly number[] };
  permute: { readonly dims: readonly number[] };
  expand: { readonly shape: readonly number[] };
  /** x; one dimension, `end` exclusive, `step` > 0 */
  slice: { readonly dim: number; readonly start: number; readonly end: number; readonly step: number };
  /** x…, at least one */
  cat: { readonly dim: number };
  /** x; `padding` per dimension of x: all begins, then all ends */
  pad: {
    readonly mode: 'constant' | 'reflect' | 'replicate';
    readonly padding: readonly number[];
    readonly value: number;
  };
  /** x, indices: picks along one dimension; the indices' shape stands in the dimension's place */
  gather: { readonly dim: number };
  /** x, indices of x's rank: picks an element for each index, by its place in the other dimensions */
  gather_elements: { readonly dim: number };
  /** x, indices, updates of the indices' shape: the inverse of `gather_elements` */
  scatter_elements: { readonly dim: number; readonly reduction: 'none' | 'add' };
  /** x[rows,…], indices[n], updates[n,…]: whole rows are written over, or added to */
  scatter_rows: { readonly reduction: 'none' | 'add' };
  /** x → int64: where the first largest or smallest element stands */
  arg: { readonly function: 'max' | 'min'; readonly dim: number; readonly keepdim: boolean };
  /** x → int64: where the k largest or smallest elements stand, in order; equal ones by their position */
  topk: { readonly k: number; readonly dim: number; readonly largest: boolean };
  /** x; running sums along one dimension */
  cumsum: { readonly dim: number };
}

/** A function inside a cell: an activation of the catalogue, or `hard`, Keras's max(0, min(1, x/5 + 1/2)). */
export type CellFunction = 'hard' | { readonly activation: string; readonly parameters: ActivationParameters };

export type OpKind = keyof OpAttributes;

export type Op = { [K in OpKind]: { readonly kind: K } & OpAttributes[K] }[OpKind];

export interface Node {
  readonly op: Op;
  readonly inputs: readonly (ValueId | null)[];
  readonly outputs: readonly ValueId[];
  /** Path of the module whose code made this node (`layer1.0.relu`), '' for the model itself. */
  readonly path: string;
  /** Which call of that module it is, from 0: a module held once may run many times. */
  readonly call: number;
  /** Where the operation stands in the source: the call in `forward`. */
  readonly source?: SourceRange;
  /** For activations made by a module: where it was constructed (the site a swap edits). */
  readonly site?: SourceRange;
  /** No gradient passes: `torch.no_grad()` stands around the operation, or it is a `detach()`. */
  readonly stops?: true;
}

/**
 * An activation that the model's code writes out, `x * torch.sigmoid(x)`: nodes that compute it of one value. The nodes
 * stay as they were written; what looks for activations takes them for one.
 */
export interface WrittenActivation {
  /** What a call of it by name would be. */
  readonly op: Extract<Op, { kind: 'activation' }>;
  readonly input: ValueId;
  readonly output: ValueId;
  /** Values that its nodes make of the input, the output among them: nothing else reads the others. */
  readonly values: readonly ValueId[];
  /** Whether parameters that training changes take part: Swish's β. */
  readonly learns?: true;
  /** The call that makes it, where its own text must not be edited alone: an autograd Function has a backward, too. */
  readonly source?: SourceRange;
  /** Where the module was constructed whose whole work it is. */
  readonly site?: SourceRange;
  /** The class of that module, or else of that Function. */
  readonly name?: string;
}

/** The values of one storage: floats as Float32Array, everything else as Int32Array. */
export interface StorageValues {
  readonly storage: StorageId;
  readonly data: TensorData;
}

/** Weights that a model was given instead of its initial ones. */
export interface GivenWeights {
  /** Of the file, for the reader. */
  readonly name: string;
  /** Storages that it doesn't name keep their initial values. */
  readonly values: readonly StorageValues[];
}

/** What an input holds: floats as Float32Array, everything else as integers. */
export interface InputValues {
  readonly value: ValueId;
  readonly data: TensorData;
}

export interface NamedValue {
  readonly name: string;
  readonly value: ValueId;
}

/** Something a reader of the graph should know: an assumption made, a decorator passed through. */
export interface Note {
  readonly message: string;
  readonly source?: SourceRange;
  /** A call of the user's own does not fit the model: what it was read with is another input. */
  readonly misfit?: true;
}

/** A loss that code names. */
export interface NamedLoss {
  /** What it computes. */
  readonly kind: 'cross_entropy' | 'nll' | 'mse' | 'l1' | 'smooth_l1' | 'huber' | 'bce_with_logits' | 'bce';
  /** Where a `smooth_l1` or `huber` bends: 1 unless the code gives a number. */
  readonly bend?: number;
  /** The argument that gives it, where that is no number that can be read. */
  readonly openBend?: string;
  /** Its last name there: `BCEWithLogitsLoss`, `cross_entropy`. */
  readonly name: string;
  readonly source: SourceRange;
}

/** A module of a model: what made its nodes, by their path. */
export interface PlacedModule {
  readonly path: string;
  /** Its class: `Linear`, `ResNet`. */
  readonly name: string;
  /** Where it was constructed. */
  readonly site: SourceRange;
}

export interface Graph {
  readonly name: string;
  readonly inputs: readonly NamedValue[];
  readonly outputs: readonly NamedValue[];
  readonly values: readonly Value[];
  /** In topological order: a node reads only inputs, storages and outputs of earlier nodes. */
  readonly nodes: readonly Node[];
  readonly storages: readonly Storage[];
  readonly state: readonly StateEntry[];
  readonly updates: readonly StorageUpdate[];
  readonly notes: readonly Note[];
  /** Activations that the code writes out, none inside another. */
  readonly written?: readonly WrittenActivation[];
  /** The modules that the code constructs, those that ran no operation included. */
  readonly modules?: readonly PlacedModule[];
  /** Tensors that were written over in place after nodes had read or made them. */
  readonly overwrites?: readonly Overwrite[];
  /** Buffers whose first values the model was read by: other values may make another model of it. */
  readonly decided?: readonly StorageId[];
  /**
   * What its code and its users go by: TensorFlow's images have their channels last, in inputs and outputs alike, and its
   * losses take probabilities. Absent: PyTorch's.
   */
  readonly conventions?: 'tensorflow';
  /** The file whose values its storages begin with, where all of them do: nothing of them is drawn. */
  readonly weightsFile?: string;
  /** Losses that the model's file names, in the order in which it does: what the model is for. */
  readonly losses?: readonly NamedLoss[];
  /** The elements of every input, where the model was read for those: others may make another model of it. */
  readonly example?: readonly InputValues[];
}

/** A shape or dtype that an operator refuses; the message quotes PyTorch's own condition. */
export class ShapeError extends Error {
  override name = 'ShapeError';
}
