import type { StackSettings } from './stackModel';

/** What is drawn: wide enough for every bend of the catalogue's functions, ReLU6's cap included. */
export const domain = { from: -6, to: 7 } as const;

/** What may be drawn beneath the curve: how inputs lie in the reader's model, or where they are normal. */
export const beneaths = ['model', 'normal', 'nothing'] as const;
export type Beneath = (typeof beneaths)[number];

export interface CurveChoices {
  readonly slope: boolean;
  /** Ids of siblings drawn in the same plot. */
  readonly overlays: readonly string[];
  readonly x: number;
  /** Without a choice the inputs in the reader's model, where those are known. */
  readonly beneath?: Beneath | undefined;
}

/** Without a depth, that of the model at hand. */
export type StackChoices = Omit<StackSettings, 'depth'> & { readonly depth?: number | undefined };

export const usualStack: StackChoices = { initialisation: 'pytorch', normalised: false, seed: 0 };
