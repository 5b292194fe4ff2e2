import type { GraphBuilder } from '../graph/builder';
import type { ActivationBackward } from '../graph/differentiate/index';
import type { LearnedWeight } from '../graph/swap';
import type { ActivationParameters, Scalar, ValueId } from '../graph/types';
import type { Language } from '../language/say';
import type { Formulas } from './formula';
import type { OtherCell } from './published/row';
import type { PublishedTask } from './tasks';

/** A parameter of an activation, by PyTorch's name. */
export interface ParameterSpec {
  readonly name: string;
  readonly default: Scalar;
  /** What the explainer's slider offers; absent where a slider makes no sense (`dim`, `inplace`). */
  readonly range?: { readonly min: number; readonly max: number; readonly step: number };
  /** Allowed words (`approximate`: 'none' | 'tanh'). */
  readonly choices?: readonly string[];
  /** Whether it changes the function's values (`inplace` does not). */
  readonly numeric: boolean;
  /** PyTorch wants it written; `default` is only what the explainer starts from. */
  readonly required?: true;
  /** A whole number (`dim`, a count), written without a decimal point. */
  readonly integer?: true;
}

/** How the frameworks spell an activation. */
export interface Spellings {
  /** `torch.nn` class names: `LeakyReLU`. */
  readonly modules?: readonly string[];
  /** `torch.nn.functional` names: `leaky_relu`, `leaky_relu_`. */
  readonly functional?: readonly string[];
  /** `torch.*` names. */
  readonly torch?: readonly string[];
  /** Tensor methods. */
  readonly methods?: readonly string[];
  readonly tfjs?: TfjsSpellings;
  readonly onnx?: OnnxSpelling;
  /** Names in Hugging Face's `ACT2FN`, which configurations write. */
  readonly huggingFace?: readonly string[];
  /** Names that timm's `create_act_layer` takes. */
  readonly timm?: readonly string[];
  /** What a name in a configuration sets: `gelu_new: { approximate: 'tanh' }`. */
  readonly sets?: Readonly<Record<string, ActivationParameters>>;
  /** Where what a name in a configuration computes is not this function, in a sentence. */
  readonly differs?: Readonly<Record<string, InEachLanguage>>;
}

/** The ONNX operator that computes it. */
export interface OnnxSpelling {
  readonly operator: string;
  /** The first opset that has it. */
  readonly since: number;
  /** Its attributes, where they are not named or set as PyTorch's parameters. */
  readonly where?: string;
  /**
   * The parameters that attributes give, where it has some: those that are left out have the operator's own defaults.
   * Undefined where they make another function of it.
   */
  readonly reads?: (
    attributes: Readonly<Record<string, number | string | undefined>>,
  ) => ActivationParameters | undefined;
}

/** How TensorFlow.js 4.22 spells an activation, and where it differs from PyTorch. */
export interface TfjsSpellings {
  /** What a layer's `activation` may say: `'swish'`. */
  readonly identifiers?: readonly string[];
  /** `tf.layers.*`. */
  readonly layers?: readonly string[];
  /** `tf.*`, which are methods of tensors too. */
  readonly ops?: readonly string[];
  /** The key of a layer's config that sets a ceiling to its values. */
  readonly ceiling?: string;
  /** What the `activation` of `tf.fused.*` may say; its words are its own. */
  readonly fused?: readonly string[];
  /** TF.js's names in the config of a layer or a fused op, and the catalogue's for each: `alpha: 'negative_slope'`. */
  readonly arguments?: Readonly<Record<string, string>>;
  /** The catalogue's name of what an op takes behind the tensor. */
  readonly second?: string;
  /**
   * What a spelling sets where nothing is written, where that is not PyTorch's default; layers stand under
   * `layers.` and their name.
   */
  readonly defaults?: Readonly<Record<string, ActivationParameters>>;
  /** Ops whose names are usual for methods of other objects: `step` of an environment, a scheduler, an animation. */
  readonly usual?: readonly string[];
  /** Where the function itself is not PyTorch's, in a sentence. */
  readonly differs?: InEachLanguage;
}

/** A sentence or a word in each language. */
export type InEachLanguage = Readonly<Record<Language, string>>;

export interface SourceLink {
  readonly title: string;
  readonly url: string;
}

export interface Citation {
  /** `Swish paper, Table 8, MobileNet, ImageNet`. */
  readonly where: InEachLanguage;
  readonly value: number;
  readonly unit: InEachLanguage;
  /** Other activations' cells of the same row, by id. */
  readonly against: Readonly<Record<string, number>>;
  /** What the table has behind a cell's ±, by id, its own included. */
  readonly spread?: Readonly<Record<string, number>>;
  /** Cells of the row that are of nothing in the catalogue. */
  readonly others?: readonly OtherCell[];
  readonly task: PublishedTask;
  readonly better: 'higher' | 'lower';
  readonly url: string;
}

/** How an activation acts on a tensor: each element alone, or along a dimension. */
export type Shape = 'elementwise' | 'along-dimension' | 'gated';

/** An entry of the catalogue. */
export interface Activation {
  /** PyTorch's functional name: `leaky_relu`. */
  readonly id: string;
  /** What people call it: `LeakyReLU`. */
  readonly title: string;
  readonly shape: Shape;
  /** What autograd keeps of it for its slope: a model that writes over that in place can't be trained. Absent: unknown. */
  readonly saves?: 'input' | 'output';
  /** In PyTorch's positional order (of the module). */
  readonly parameters: readonly ParameterSpec[];
  readonly spellings: Spellings;
  /** PyTorch's documentation page; absent where PyTorch has no such function. */
  readonly documentation?: string;
  readonly formula: Formulas;
  /** One element in fp64. For `along-dimension` entries: absent. */
  readonly value?: (x: number, parameters: ActivationParameters) => number;
  readonly derivative?: (x: number, parameters: ActivationParameters) => number;
  /** Whole row in fp64, for `along-dimension` entries (softmax); `gated` ones halve it. */
  readonly row?: (row: readonly number[], parameters: ActivationParameters) => number[];
  /** Where the value or the slope jumps; may be absent where that is at multiples of 0.25 alone. */
  readonly corners?: (parameters: ActivationParameters) => readonly number[];
  /** What `torch.nn.init.calculate_gain` returns for it; absent where PyTorch has none. */
  readonly gain?: (parameters: ActivationParameters) => number;
  /**
   * Emits the activation in graph primitives, for backends that have no operator of its own.
   * @param weights the learned ones in the order of `learned`, or none: then each is what `parameters` start it from
   */
  readonly forward: (
    graph: GraphBuilder,
    x: ValueId,
    parameters: ActivationParameters,
    weights: readonly ValueId[],
  ) => ValueId;
  /**
   * Emits the gradient of its input, where its slope is simpler than its definition would give, or where that has a
   * corner, on which both sides would pass the gradient on.
   */
  readonly backward?: ActivationBackward;
  /** Weights that it learns, as its paper or the code of its authors has them: inputs of its nodes, behind x. */
  readonly learned?: readonly LearnedWeight[];
  /** What a gated unit opens its gates with, by id; absent where they are taken as they are. */
  readonly gate?: string;
  /** Parameters that its nodes have though no call gives them (Softmax2d's `dim`). */
  readonly fixed?: ActivationParameters;
  /** How many dimensions its input may have; absent: any number. */
  readonly ranks?: readonly number[];
  /** Each row is a distribution: its elements lie between 0 and 1. */
  readonly distribution?: true;
  /** How a written-out formula's values tell a parameter: its value `from` those at −1.4 and 0, where it lies `between`. */
  readonly fit?: {
    readonly parameter: string;
    readonly from: (at: (x: number) => number) => number;
    readonly between: readonly [low: number, high: number];
  };
  /** Is not told from a formula's values: another entry has them, or nobody means it by them. */
  readonly unrecognised?: true;
  /** What a formula of the same values is as well: a bound of any numbers, or a mask. */
  readonly alsoComputes?: 'bound' | 'mask';
  /** Leaves every value as it is: a call of it is its tensor. */
  readonly transparent?: true;
  /** Draws random numbers on every call, in evaluation too: explained, never swapped or run. */
  readonly random?: true;
  /** Draws random numbers in training; in evaluation it is the function that stands here. */
  readonly randomInTraining?: true;
  /** False for an elementwise function that is no hidden non-linearity: explained, not offered for comparison. */
  readonly hidden?: false;
  /** Ids of the catalogue's neighbours, nearest first. */
  readonly siblings: readonly string[];
  readonly paper?: SourceLink & { readonly authors: string; readonly year: number };
  readonly evidence: readonly Citation[];
  /** Prose by language: Markdown with the headings that `prose.ts` names. */
  readonly prose: InEachLanguage;
}
