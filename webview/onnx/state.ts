import * as v from 'valibot';
import type { ToOnnxPanel } from '../../src/protocol/onnx';
import { parse } from '../../src/protocol/parse';
import { line, list, mostSites } from '../../src/protocol/shapes';

export type FileMessage = Extract<ToOnnxPanel, { type: 'file' }>;
export type OnnxModelMessage = Extract<ToOnnxPanel, { type: 'model' }>;

/** What the page shows. Changed only through `main.ts`, drawn by the sections. */
export interface OnnxState {
  readonly label: string;
  readonly isReading: boolean;
  readonly file?: FileMessage | undefined;
  readonly model?: OnnxModelMessage | undefined;
  readonly problem?: string | undefined;
  /** Sizes that are asked for. */
  readonly sizes?: string | undefined;
  /** Ids of the chosen sites; undefined before a model was read. */
  readonly chosen?: ReadonlySet<string> | undefined;
  readonly filter: string;
  /** The host is writing, or asks what and where to. */
  readonly isWriting: boolean;
  readonly notice?: { readonly kind: 'information' | 'error'; readonly message: string } | undefined;
}

const saved = v.object({
  version: v.literal(1),
  chosen: v.fallback(v.optional(list(line, mostSites)), undefined),
  filter: v.fallback(line, ''),
});

export function fromSaved(value: unknown): OnnxState {
  const { chosen, filter = '' } = parse(saved, value) ?? {};
  return { label: '', isReading: true, isWriting: false, filter, ...(chosen && { chosen: new Set(chosen) }) };
}

export function toSaved({ chosen, filter }: OnnxState): unknown {
  return { version: 1, filter, ...(chosen && { chosen: [...chosen] }) };
}

/** What is chosen of a model: what was chosen before, where any of it is still there, else what the host suggests. */
export function choiceIn({ chosen }: OnnxState, { sites, selected }: OnnxModelMessage): ReadonlySet<string> {
  const kept = sites.flatMap(({ id }) => (chosen?.has(id) ? [id] : []));
  const isNone = chosen?.size === 0;
  return new Set(kept.length > 0 || isNone ? kept : selected);
}
