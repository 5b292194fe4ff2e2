/** What came of measuring a finding: plain data, which a page hands its host. */

/** What can be measured of a model as written and as it would be mended. */
export const quantities = ['gradient', 'reach', 'slopes', 'dead', 'deviation', 'loss'] as const;
export type Quantity = (typeof quantities)[number];

/** A sample for each seed; what does not exist is left out. */
export interface PricedQuantity {
  readonly quantity: Quantity;
  readonly written: readonly number[];
  readonly mended: readonly number[];
}

/** What a loss can at best become, by algebra; and of a yes and a no by itself, where they differ. */
export interface LeastLoss {
  readonly written: number;
  readonly mended: number;
  readonly yes?: number;
  readonly no?: number;
  readonly classes?: number;
}

/** What a report is about, for its words. */
export interface PriceSubject {
  readonly code: string;
  readonly kind: 'loss' | 'extra' | 'stack' | 'scale';
  /** What stands there: titles of the catalogue. */
  readonly what: string;
  /** What stands in its place when mended; absent: nothing. */
  readonly instead?: string;
  /** How many activations it is about. */
  readonly count: number;
  /** The loss, by PyTorch's name. */
  readonly loss: string;
  /** It was put behind the model's output, where the code runs it. */
  readonly isAppended: boolean;
}

export interface PriceReport {
  readonly subject: PriceSubject;
  /** Of the model that was read. */
  readonly model: string;
  readonly batch: number;
  readonly seeds: number;
  readonly quantities: readonly PricedQuantity[];
  readonly least?: LeastLoss;
  /** What else a reader should know. */
  readonly notes: readonly string[];
}
