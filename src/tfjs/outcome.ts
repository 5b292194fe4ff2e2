/**
 * What the guest says of a model that it ran once on tensors without data: a linear record of what happened, as plain
 * data. The guest is an interpreter that ran somebody's code, so the host checks every field (`readOutcome` in
 * `check.ts`) before it takes any of it for a model.
 */

export const tapeDTypes = ['float32', 'int32', 'bool', 'complex64', 'string'] as const;
export type TapeDType = (typeof tapeDTypes)[number];

/** Index into `Tape.tensors`. */
export type TensorId = number;

export interface TapeTensor {
  readonly shape: readonly number[];
  readonly dtype: TapeDType;
}

/** A setting of a step. JSON has no infinities: `'Infinity'`, `'-Infinity'` and `'NaN'` stand for these numbers. */
export type TapeAttribute = number | string | boolean | null | readonly TapeAttribute[];

/**
 * - `kernel`: a kernel of tfjs-core, by its name there, or one of ours (`ownKernels`) that stands for what core would compute
 *   with data in hand
 * - `layer`: a layer whose meaning goes beyond its kernels (what training changes, what goes on over time), by its class
 * - `activation`: an activation by its class, of `tfjs-layers/activations` or of its advanced activation layers
 */
export const stepKinds = ['kernel', 'layer', 'activation'] as const;
export type StepKind = (typeof stepKinds)[number];

/**
 * Kernels that tfjs-core does not have: what it computes element by element while a tensor is made, and `Written`, the value
 * that a variable was given in the run, past which no gradient goes.
 */
export const ownKernels = [
  'RandomUniform',
  'RandomNormal',
  'TruncatedNormal',
  'RandomGamma',
  'Orthogonal',
  'Eye',
  'Written',
] as const;

export interface TapeStep {
  readonly kind: StepKind;
  readonly name: string;
  /** In the order of the kernel's own names: `['x', 3], ['filter', 4]`; lists are named `'0'`, `'1'`… */
  readonly inputs: readonly (readonly [string, TensorId])[];
  readonly outputs: readonly TensorId[];
  readonly attributes: readonly (readonly [string, TapeAttribute])[];
  /** Names of the layers that were running, from the outermost: `block/conv2d_Conv2D1`; '' for the model's own code. */
  readonly path: string;
  /** Which run of that path it belongs to, from 0. */
  readonly call: number;
  /** Where the user's code made the call, as the guest's `placeHere` put it. */
  readonly at?: string;
}

/** A tensor that was there before the run, with its values. */
export interface TapeConstant {
  readonly tensor: TensorId;
  readonly values: readonly (number | string)[];
}

/** A `tf.Variable` that takes part, or that the model has for its own. */
export interface TapeWeight {
  readonly tensor: TensorId;
  /** As TF.js names it: `dense_Dense1/kernel`. */
  readonly name: string;
  /** Of the layer that holds it; '' where none does. */
  readonly path: string;
  readonly trainable: boolean;
  /** What it was first set to: a constant, or made by `Tape.setup`. */
  readonly initial: TensorId;
}

export interface NamedTapeTensor {
  readonly name: string;
  readonly tensor: TensorId;
}

/** A layer of the model, in the order of `model.layers`; those of a nested model follow it. */
export interface LayerSummary {
  readonly path: string;
  readonly className: string;
  /** `null` stands for a size that is open; null where the layer has several, or none. */
  readonly outputShape: readonly (number | null)[] | null;
  readonly parameters: number;
  /** Class of its `activation`, where it has one. */
  readonly activation?: string;
  /** Where it was constructed. */
  readonly at?: string;
}

/** A layer that the model has, or that ran in it; the model itself is one. */
export interface SeenLayer {
  /** '' for the model itself. */
  readonly path: string;
  readonly isModel: boolean;
  readonly className: string;
  readonly parameters: number;
  /** Where it was constructed. */
  readonly at?: string;
  /** Where the user's code uses it. */
  readonly uses: readonly string[];
}

/** A run of one. */
export interface SeenRun {
  /** As `SeenLayer` has it. */
  readonly path: string;
  /** As the steps of the run have them. */
  readonly step: { readonly path: string; readonly call: number };
  /** Where the user's code uses the layer so. */
  readonly at?: string;
  readonly inputs: readonly TapeTensor[];
  readonly outputs: readonly TapeTensor[];
}

/** A tensor that a call is given. */
export interface SeenOperand {
  /** Number of the argument, and of the item where that is a list; [] is what the method is of. */
  readonly place: readonly number[];
  readonly type: TapeTensor;
}

/** A call of the user's code that gave tensors. */
export interface SeenCall {
  readonly at: string;
  readonly operands: readonly SeenOperand[];
  readonly usesLayer: boolean;
  readonly gave: readonly TapeTensor[];
}

/** What was seen while the model was made and run: what the lines of its file tell. */
export interface Seen {
  /** The shapes of the inputs as the model declares them, or as its file tells them: `null` where a size is open. */
  readonly declared: readonly (readonly (number | null)[])[];
  readonly layers: readonly SeenLayer[];
  /** In the order in which they began. */
  readonly runs: readonly SeenRun[];
  /** In the order in which they ended. */
  readonly calls: readonly SeenCall[];
}

export interface Tape {
  readonly kind: 'tape';
  readonly name: string;
  readonly tensors: readonly TapeTensor[];
  readonly inputs: readonly NamedTapeTensor[];
  readonly outputs: readonly NamedTapeTensor[];
  readonly constants: readonly TapeConstant[];
  readonly weights: readonly TapeWeight[];
  /** What made the tensors that were there before the run, weights' first values among them. */
  readonly setup: readonly TapeStep[];
  /** The run, without the steps on which no output depends. */
  readonly steps: readonly TapeStep[];
  readonly layers: readonly LayerSummary[];
  readonly parameters: { readonly total: number; readonly trainable: number };
  /** Places of `tf.customGrad` that took part in the run: what they do backwards is not on the tape. */
  readonly customGradients: readonly string[];
  /** Whether the steps may be others in training: where not, there is nothing to run again for. */
  readonly mayDependOnTraining: boolean;
  /** Where it was asked for, and is not too much. */
  readonly seen?: Seen;
}

export interface InputShape {
  readonly name: string;
  readonly shape: readonly (number | null)[];
  readonly dtype: TapeDType;
}

/** Sizes of inputs that the model leaves open, the batch aside: somebody has to name them. */
export interface OpenShapes {
  readonly kind: 'open-shapes';
  readonly inputs: readonly InputShape[];
}

export type GuestOutcome = Tape | OpenShapes;
