import * as v from 'valibot';
import type { Formula } from '../activations/formula';
import { line, parameters, recordOf, type SchemaOf, sourceRange } from './shapes';

/** Messages between the explainer and its host, as schemas: the types come from them, and both sides parse with them. */

/** What the explainer is opened for; plain data, so that a hover's link can carry it. */
export const explainTarget = v.object({
  activation: line,
  parameters: v.optional(parameters),
  /** The place it is opened from. */
  source: v.optional(sourceRange),
});
export type ExplainTarget = Readonly<v.InferOutput<typeof explainTarget>>;

/** SVG markup; MathJax draws the longest formula in some 100,000 characters. */
const drawing = v.pipe(v.string(), v.maxLength(1_000_000));
const formula = v.object({ value: drawing, derivative: drawing }) satisfies SchemaOf<Formula>;

/** Host → explainer panel. */
export const toExplainPanel = v.object({
  type: v.literal('show'),
  activation: line,
  parameters,
  /**
   * The function's and its derivative's formula as SVG markup drawn in `currentColor` (the page has no MathJax), and those
   * of the words that choose another.
   */
  formula: v.object({ ...formula.entries, variants: v.optional(recordOf(formula)) }),
  /** The line it was opened from. */
  source: v.optional(sourceRange),
});
export type ToExplainPanel = Readonly<v.InferOutput<typeof toExplainPanel>>;

const activation = line;

/** Explainer panel → host. */
export const fromExplainPanel = v.variant('type', [
  v.object({ type: v.literal('ready') }),
  /** Show another entry (a sibling): the host answers with `show`. */
  v.object({ type: v.literal('explain'), activation }),
  v.object({ type: v.literal('compare'), activation }),
  v.object({ type: v.literal('reveal'), source: sourceRange }),
]);
export type FromExplainPanel = Readonly<v.InferOutput<typeof fromExplainPanel>>;

/** What the page keeps with `setState`, so that the host can show it again after a restart of the editor. */
export const explainPanelState = v.object({ activation, parameters });
export type ExplainPanelState = Readonly<v.InferOutput<typeof explainPanelState>>;
