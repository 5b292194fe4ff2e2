import type { ActivationParameters } from '../../src/graph/types';
import type { CompareRequests, DeviceChoice, FromComparePanel } from '../../src/protocol/compare';
import type { Ok, RequestParameters } from '../../src/protocol/requests';
import type { NumberFormat } from '../ui/numbers';
import type { Texts } from '../ui/texts';
import type { CompareState } from './state';

/** What a section may use: words, numbers, and the ways to act. */
export interface View {
  readonly texts: Texts;
  readonly numbers: NumberFormat;
  /** Tells the host what wants no answer. */
  post(message: Exclude<FromComparePanel, { readonly id: string }>): void;
  /** Asks the host. Never rejects: undefined where there is no answer, which the panel then says why. */
  ask<K extends keyof CompareRequests>(
    type: K,
    parameters: RequestParameters<CompareRequests, K>,
  ): Promise<Ok<CompareRequests, K> | undefined>;
  /** Changes the state and draws the panel again. */
  change(change: Partial<CompareState>): void;
  /** Compares these from now on: what was not measured yet is measured, alone. */
  choose(candidates: ReadonlySet<string>): void;
  /**
   * Adds a candidate with these settings.
   * @param instead id of the one that is no longer chosen then
   */
  addSetting(activation: string, parameters: ActivationParameters, instead?: string): void;
  run(): void;
  /** Writes a candidate into the source, or the model with it into a file. */
  use(id: string): void;
  /** Shows in the editor what `use` would write into the source. */
  preview(id: string): void;
  /** Takes back what was written into the source last. */
  undo(): void;
  /** Has comparisons run there from now on. */
  runOn(device: DeviceChoice): void;
  /** Short training runs, with the state's plan, or with fewer candidates and seeds. */
  train(shorter?: { readonly candidates: readonly string[]; readonly seeds: number }): void;
  cancel(): void;
}

/** A part of the panel: its place in the page, and how to show a state. */
export interface Section {
  readonly node: HTMLElement;
  update(state: ShownState): void;
}

/** The state as it is drawn: its report without the candidates that were taken away. */
export interface ShownState extends CompareState {
  /** Where each of the whole report's candidates stands, for its colour. */
  readonly places: ReadonlyMap<string, number>;
}

/** Calls `draw` only when one of the values differs from the last time. */
export function drawOnChange<T extends readonly unknown[]>(draw: (...values: T) => void): (...values: T) => void {
  let last: T | undefined;
  return (...values) => {
    if (last?.every((value, index) => Object.is(value, values[index]))) return;
    last = values;
    draw(...values);
  };
}
