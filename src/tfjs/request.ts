/** What the host asks the guest, and what it hears, in which texts hold phrases: all that crosses the border. Types alone. */
import type { TapeDType } from './outcome';

/** What a specifier of an import leads to. */
export type GuestDependency =
  | { readonly kind: 'module'; readonly name: string }
  | { readonly kind: 'tensorflow' }
  | { readonly kind: 'unknown'; readonly why: string };

/** What an input is given: by name, or in the order of the model's; null stands for the batch. */
export interface GuestInput {
  readonly name?: string;
  readonly shape: readonly (number | null)[];
  readonly dtype?: TapeDType;
}

export interface GuestRequest {
  /** The module in whose scope the expression stands. */
  readonly entry: string;
  /** What gives the model: `createModel(28)`. */
  readonly expression: string;
  /** Instead of a model: expressions for shapes, whose values are asked for. */
  readonly measure?: readonly string[] | undefined;
  /** By module, what its specifiers lead to. */
  readonly dependencies: Readonly<Record<string, Readonly<Record<string, GuestDependency>>>>;
  /** A page and its scripts, which have their names in common: it runs first. Empty where the program is no page's. */
  readonly scripts: readonly string[];
  /** Decisions on what is not known, by `module:id`. */
  readonly decided: Readonly<Record<string, boolean>>;
  /** By module, what is decided where no answer is given: a letter for each decision, `y`, `n`, or `l` for a loop's. */
  readonly usual: Readonly<Record<string, string>>;
  /** For what is not told by the model itself. */
  readonly inputs?: readonly GuestInput[] | undefined;
  readonly batch: number;
  readonly training: boolean;
  /** Whether it is told what the calls of the code gave. */
  readonly traced: boolean;
  /** Texts of saved models by the path that the code gives. */
  readonly files: Readonly<Record<string, string>>;
}

/** A decision that the code made on what is not known. */
export interface GuestDecision {
  /** `module:id`. */
  readonly id: string;
  readonly why: string;
  /** What stood there instead of an answer. */
  readonly taken: boolean;
}

export interface GuestProblem {
  readonly kind: 'not-known' | 'needs-file' | 'needs-input' | 'no-model' | 'raised' | 'value' | 'unsupported';
  readonly message: string;
  /** `lens:0:12:5`, in the stripped text. */
  readonly at?: string | undefined;
  /** What is not known, and why; or the file that is needed. */
  readonly what?: string | undefined;
  readonly why?: string | undefined;
  /** Whether the library threw it. */
  readonly isOfLibrary?: boolean | undefined;
}

/** A top-level statement that threw. */
export interface GuestFault {
  readonly module: string;
  /** Number of the statement among the module's. */
  readonly statement?: number;
  readonly message: string;
  readonly at?: string | undefined;
  readonly isOfLibrary?: boolean | undefined;
}

export interface GuestAnswer {
  readonly problem?: GuestProblem;
  /** What was recorded; `outcome.ts` has its form. */
  readonly outcome?: unknown;
  /** The shapes that were asked for; null for an expression that gives none. */
  readonly measured?: readonly (readonly number[] | null)[];
  readonly decisions: readonly GuestDecision[];
  /** Roots of what is not known that the code touched: `⦗argument⦙units⦘`. */
  readonly touched: readonly string[];
  readonly faults: readonly GuestFault[];
}
