import * as v from 'valibot';
import type { Formula } from '../activations/formula';
import { report } from './report';
import { count, line, list, message, parameters, recordOf, type SchemaOf, sourceRange } from './shapes';

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

const show = v.object({
  type: v.literal('show'),
  activation: line,
  /** What people call it. */
  title: line,
  parameters,
  /**
   * The function's and its derivative's formula as SVG markup drawn in `currentColor` (the page has no MathJax), and those
   * of the words that choose another.
   */
  formula: v.object({ ...formula.entries, variants: v.optional(recordOf(formula)) }),
  /** The line it was opened from. */
  source: v.optional(sourceRange),
});

/** A place of the file where the activation stands. */
const fileSite = v.object({
  source: sourceRange,
  /** As it is written: `nn.GELU`. */
  text: line,
  /** What it means in its model, as Markdown; absent while that is not known. */
  role: v.optional(message),
});
export type FileSite = Readonly<v.InferOutput<typeof fileSite>>;

export const mostFileSites = 200;

/** What the file at hand has to do with the activation that is shown. */
const inFile = v.object({
  type: v.literal('inFile'),
  activation: line,
  /** How people call the file; absent where no file is open. */
  label: v.optional(line),
  sites: list(fileSite, mostFileSites),
  /** The last comparison of the file, with what is told of single layers of this activation's alone. */
  measured: v.optional(report),
  /** Activations of this model one behind the other, where that is known. */
  depth: v.optional(count),
});
export type InFile = Readonly<v.InferOutput<typeof inFile>>;

/** Host → explainer panel. */
export const toExplainPanel = v.variant('type', [show, inFile]);
export type ShownActivation = Readonly<v.InferOutput<typeof show>>;
export type ToExplainPanel = Readonly<v.InferOutput<typeof toExplainPanel>>;

const activation = line;

/** Explainer panel → host. */
export const fromExplainPanel = v.variant('type', [
  v.object({ type: v.literal('ready') }),
  /** Show another entry (a sibling): the host answers with `show`. */
  v.object({ type: v.literal('explain'), activation }),
  v.object({ type: v.literal('compare'), activation }),
  v.object({ type: v.literal('reveal'), source: sourceRange }),
  /** The place in the file by its number in the list that the host sent: shown, or replaced by what the user picks. */
  v.object({ type: v.literal('goTo'), site: count }),
  v.object({ type: v.literal('replace'), site: count }),
  /** Opens the page of a rule. */
  v.object({ type: v.literal('rule'), code: line }),
]);
export type FromExplainPanel = Readonly<v.InferOutput<typeof fromExplainPanel>>;

/** What the page keeps with `setState`, so that the host can show it again after a restart of the editor. */
export const explainPanelState = v.object({ activation, parameters });
export type ExplainPanelState = Readonly<v.InferOutput<typeof explainPanelState>>;
