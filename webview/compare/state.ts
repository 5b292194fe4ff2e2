import { defaultLearning, type LearningPlan, type Report } from '../../src/compare/report';
import type { ChosenData, ComparePanelState, ToComparePanel } from '../../src/protocol/compare';
import type { Stage } from '../../src/run/protocol';
import { isOptionalString, isRecord, isStringArray } from '../ui/api';
import { isReport } from './messages';
import type { SortKey } from './rows';
import { sortKeys } from './rows';

export type ModelMessage = Extract<ToComparePanel, { type: 'model' }>;
export type UnreadableMessage = Extract<ToComparePanel, { type: 'unreadable' }>;
export type Resources = Extract<ToComparePanel, { type: 'resources' }>;

/** Seed of weights and inputs, the same in every run, so that a run can be repeated. */
export const seed = 0;

export interface Progress {
  readonly stage: Stage | 'loading';
  readonly candidate?: string;
  readonly done: number;
  readonly total: number;
  /** Milliseconds that the rest will take, where that is known. */
  readonly remaining?: number;
}

export type Notice = { readonly kind: 'information' | 'error'; readonly message: string };

/** Everything the panel shows. Changed only through `main.ts`, drawn by the sections. */
export interface State {
  model?: ModelMessage;
  /** What was read last, for the host to open the panel again after a restart. */
  subject?: ComparePanelState;
  unreadable?: UnreadableMessage;
  /** The host is reading the model. */
  reading: boolean;
  /** The source changed after `model` was read. */
  stale: boolean;
  /** Ids of the chosen sites. */
  sites: ReadonlySet<string>;
  /** Ids of the chosen candidates' activations. */
  candidates: ReadonlySet<string>;
  report?: Report;
  /** Present while a run is under way. */
  progress?: Progress;
  notice?: Notice;
  sort: SortKey;
  descending: boolean;
  /** The candidate whose layers are shown; its first one where absent. */
  layersOf?: string;
  learning: LearningPlan;
  /** What to learn from; built-in data where absent. */
  data?: ChosenData;
  /** Weights before the swapped activations are drawn with each one's gain. */
  reinitialise: boolean;
  /** The forward pass in half precision. */
  half: boolean;
  /** On WebAssembly even where there is a GPU. */
  onCpu: boolean;
}

export function initialState(): State {
  return {
    reading: true,
    stale: false,
    sites: new Set(),
    candidates: new Set(),
    sort: 'listed',
    descending: false,
    learning: defaultLearning,
    reinitialise: false,
    half: false,
    onCpu: false,
  };
}

/** What outlives a hidden panel: not the graph, which the host sends again. */
export function toSaved(state: State): unknown {
  return {
    ...state.subject,
    version: 1,
    report: state.report,
    sites: [...state.sites],
    candidates: [...state.candidates],
    sort: state.sort,
    descending: state.descending,
    layersOf: state.layersOf,
    learning: state.learning,
    reinitialise: state.reinitialise,
    half: state.half,
    onCpu: state.onCpu,
  };
}

/** The saved part again; a run that was under way is over, so its report stays marked incomplete. */
export function fromSaved(saved: unknown): State {
  const state = initialState();
  if (!isRecord(saved) || saved.version !== 1) return state;
  const { file, expression, part, input, weights } = saved;
  const whole = isOptionalString(expression) && isOptionalString(part);
  if (typeof file === 'string' && whole && isOptionalString(input) && isOptionalString(weights))
    state.subject = { file, expression, part, input, weights };
  if (isReport(saved.report)) state.report = saved.report;
  if (isStringArray(saved.sites)) state.sites = new Set(saved.sites);
  if (isStringArray(saved.candidates)) state.candidates = new Set(saved.candidates);
  const sort = sortKeys.find((key) => key === saved.sort);
  if (sort) state.sort = sort;
  state.descending = saved.descending === true;
  if (typeof saved.layersOf === 'string') state.layersOf = saved.layersOf;
  state.reinitialise = saved.reinitialise === true;
  state.half = saved.half === true;
  state.onCpu = saved.onCpu === true;
  state.learning = savedPlan(saved.learning) ?? state.learning;
  return state;
}

function savedPlan(saved: unknown): LearningPlan | undefined {
  if (!isRecord(saved)) return undefined;
  const { steps, seeds, rates, optimiser } = saved;
  const whole = (value: unknown): value is number => Number.isSafeInteger(value) && Number(value) > 0;
  if (!whole(steps) || !whole(seeds) || !Array.isArray(rates) || !rates.every((rate) => Number(rate) > 0))
    return undefined;
  return { steps, seeds, rates: rates.map(Number), optimiser: optimiser === 'sgd' ? 'sgd' : 'adamw' };
}

/** The choice to show for a model: with `keep` what was chosen before where it still exists, else what the host suggests. */
export function choicesFor(state: State, model: ModelMessage, keep: boolean): Pick<State, 'sites' | 'candidates'> {
  const known = new Set(model.sites.map((site) => site.id));
  const kept = [...state.sites].filter((id) => known.has(id));
  const offered = new Set(model.candidates.map((candidate) => candidate.activation));
  const candidates = [...state.candidates].filter((id) => offered.has(id));
  const suggested = model.candidates.filter((candidate) => candidate.selected).map((candidate) => candidate.activation);
  return {
    sites: new Set(keep && kept.length > 0 ? kept : model.selected),
    candidates: new Set(keep && candidates.length > 0 ? candidates : suggested),
  };
}

/** `1x3x32x32`, `2x16:int64`; several inputs are joined by commas. */
function formatInputs(inputs: readonly { readonly dtype: string; readonly shape: readonly number[] }[]): string {
  return inputs.map(({ dtype, shape }) => `${shape.join('x')}${dtype === 'float32' ? '' : `:${dtype}`}`).join(', ');
}

/** The model's input as the text field shows it and the host reads it. */
export function inputOf(model: ModelMessage): string {
  return formatInputs(
    model.graph.inputs.map(({ value }) => model.graph.values[value]?.type ?? { dtype: 'float32', shape: [] }),
  );
}

/** A report whose run ended early: the last one seen, never complete. */
export function incomplete(report: Report): Report {
  return report.complete ? { ...report, complete: false } : report;
}
