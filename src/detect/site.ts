import type { ActivationParameters, Scalar, SourceRange } from '../graph/types';

/** How the source names an activation. */
export type SiteForm =
  | 'module'
  | 'class'
  | 'function'
  | 'method'
  | 'string'
  | 'partial'
  | 'formula'
  | 'implicit'
  /** A member of an enumeration: `Act.PRELU`. */
  | 'member'
  /** It is named and not chosen: a check, a base class, the key of a table. */
  | 'mention';

export type Framework = 'pytorch' | 'tfjs';

/** An argument as written: its value where the text tells it, else the expression and why it is unknown. */
export type SiteArgument = { readonly value: Scalar } | { readonly expression: string; readonly reason: string };

/** Where source code names an activation. */
export interface ActivationSite {
  /** The catalogue's id. */
  readonly activation: string;
  readonly form: SiteForm;
  readonly framework: Framework;
  /** Covers the name (`nn.ReLU`), not the arguments. */
  readonly range: SourceRange;
  /** Covers the whole expression (`nn.ReLU(inplace=True)`): what a replacement rewrites. */
  readonly expression: SourceRange;
  /** The arguments that were written, by the catalogue's parameter names. */
  readonly parameters: Readonly<Record<string, SiteArgument>>;
  /** What the framework sets where nothing is written, where that is not the catalogue's default (TF.js's). */
  readonly defaults?: ActivationParameters;
  /** Text of `range`. */
  readonly text: string;
}
