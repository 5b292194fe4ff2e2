import * as v from 'valibot';
import type { ActivationParameters } from '../../src/graph/types';
import { explainPanelState, type InFile, type ShownActivation } from '../../src/protocol/explain';
import { parse } from '../../src/protocol/parse';
import { line, list, type SchemaOf } from '../../src/protocol/shapes';
import { beneaths, type CurveChoices, type StackChoices, usualStack } from './choices';
import { initialisations } from './stackModel';

export interface ExplainState {
  /** What the host asked to show. */
  message?: ShownActivation;
  /** What the file at hand has to do with it. */
  inFile?: InFile;
  parameters: ActivationParameters;
  choices: CurveChoices;
  stack: StackChoices;
}

const noChoices: CurveChoices = { slope: true, overlays: [], x: 1 };

/** What outlives a hidden panel; of choices that an older version kept in another way, the usual ones. */
const saved = v.object({
  ...explainPanelState.entries,
  choices: v.fallback(
    v.object({
      slope: v.fallback(v.boolean(), noChoices.slope),
      overlays: v.fallback(list(line, 1000), noChoices.overlays),
      x: v.fallback(v.pipe(v.number(), v.finite()), noChoices.x),
      beneath: v.fallback(v.optional(v.picklist(beneaths)), undefined),
    }),
    noChoices,
  ),
  stack: v.fallback(
    v.object({
      initialisation: v.picklist(initialisations),
      normalised: v.boolean(),
      seed: v.pipe(v.number(), v.safeInteger()),
      depth: v.optional(v.pipe(v.number(), v.finite())),
    }),
    usualStack,
  ),
}) satisfies SchemaOf<{ choices: CurveChoices; stack: StackChoices }>;
type Saved = v.InferOutput<typeof saved>;

export function initialState(): ExplainState {
  return { parameters: {}, choices: noChoices, stack: usualStack };
}

export function toSaved({ message, parameters, choices, stack }: ExplainState): Saved | undefined {
  return message && { activation: message.activation, parameters, choices, stack };
}

export function fromSaved(value: unknown): Saved | undefined {
  return parse(saved, value);
}
