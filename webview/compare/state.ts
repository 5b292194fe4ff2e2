import * as v from 'valibot';
import { type LayerNumber, layerNumbers } from '../../src/compare/measures/index';
import { defaultLearning, type LearningPlan, type Report, type SwapSite } from '../../src/compare/report';
import { type ReportStanding, standingOf } from '../../src/compare/standing';
import {
  type CandidateOption,
  type ChosenData,
  candidateOption,
  type DeviceChoice,
  deviceChoice,
  type ToComparePanel,
} from '../../src/protocol/compare';
import { type ModelRequest, modelRequest } from '../../src/protocol/model';
import { parse } from '../../src/protocol/parse';
import { report } from '../../src/protocol/report';
import { line, list, mostSites, type SchemaOf } from '../../src/protocol/shapes';
import type { Stage } from '../../src/run/protocol';
import { optionsOf } from './candidates';
import { type SortKey, sortKeys } from './rows';

export type ModelMessage = Extract<ToComparePanel, { type: 'model' }>;
export type UnreadableMessage = Extract<ToComparePanel, { type: 'unreadable' }>;
export type Resources = Extract<ToComparePanel, { type: 'resources' }>;

/** Seed of weights and inputs, the same in every run, so that a run can be repeated. */
export const seed = 0;

export interface RunProgress {
  readonly stage: Stage | 'loading';
  readonly candidate?: string;
  readonly done: number;
  readonly total: number;
  /** Milliseconds that the rest of the run will take, where that is known. */
  readonly remaining?: number;
  /** What is done of the run, 0–1, where that is known. */
  readonly share?: number;
}

export type Notice = { readonly kind: 'information' | 'error'; readonly message: string };

/** Everything the panel shows. Changed only through `main.ts`, drawn by the sections. */
export interface CompareState {
  model?: ModelMessage;
  /** What was read last, for the host to open the panel again after a restart. */
  subject?: ModelRequest;
  unreadable?: UnreadableMessage;
  /** The host is reading the model. */
  reading: boolean;
  /** The source changed after `model` was read, and is another model now. */
  stale: boolean;
  /** Ids of the chosen sites. */
  sites: ReadonlySet<string>;
  /** Ids of the chosen candidates. */
  candidates: ReadonlySet<string>;
  /** Candidates that the user added: activations with settings of their own. */
  settings: readonly CandidateOption[];
  report?: Report;
  /** The key of the model that the report is of. */
  reportKey?: string;
  /** The candidate that was written into the code last, from here. */
  applied?: string;
  /** Present while a run is under way. */
  progress?: RunProgress;
  notice?: Notice;
  sort: SortKey;
  descending: boolean;
  /** The candidate whose layers are shown; its first one where absent. */
  layersOf?: string;
  /** What the picture of the way through the model shows. */
  depthOf?: LayerNumber;
  /** The layer over whose inputs the functions are drawn, by its index; over all layers' where absent. */
  inputsOf?: string;
  learning: LearningPlan;
  /** What to learn from; built-in data where absent. */
  data?: ChosenData;
  /** Milliseconds for measuring; absent: what the setting says. */
  budget?: number;
  /** Weights before the swapped activations are drawn with each one's gain. */
  reinitialise: boolean;
  /** The forward pass in half precision. */
  half: boolean;
  /** Where it runs, in all panels. */
  device: DeviceChoice;
}

/** Of a comparison, in milliseconds. */
export const longestBudget = 3_600_000;

/** Milliseconds for measuring; undefined where no model is known yet. */
export const budgetOf = ({ budget, model }: CompareState): number | undefined => budget ?? model?.budget;

/** The file that has all of the model's weights: none is drawn then. */
export const weightsFileOf = (model: ModelMessage | undefined): string | undefined => {
  const file = model?.graph.weightsFile;
  return file !== undefined && model?.weights?.uri !== undefined ? model.weights.label : file;
};

/** Whether weights are drawn with the gain of each activation. */
export const drawsWeights = ({ model, reinitialise }: CompareState): boolean =>
  reinitialise && weightsFileOf(model) === undefined;

export function initialState(): CompareState {
  return {
    reading: true,
    stale: false,
    sites: new Set(),
    candidates: new Set(),
    settings: [],
    sort: 'listed',
    descending: false,
    learning: defaultLearning,
    reinitialise: false,
    half: false,
    device: 'auto',
  };
}

/** What outlives a hidden panel: not the graph, which the host sends again. */
const kept = [
  'report',
  'reportKey',
  'sites',
  'candidates',
  'settings',
  'sort',
  'descending',
  'layersOf',
  'depthOf',
  'inputsOf',
  'learning',
  'budget',
  'reinitialise',
  'half',
  'device',
] as const satisfies readonly (keyof CompareState)[];

/** The values that are kept: where none is another one, nothing is to be kept anew. */
export const keptParts = (state: CompareState): readonly unknown[] => [
  state.subject,
  ...kept.map((name) => state[name]),
];

export function toSaved(state: CompareState): unknown {
  const values = kept.map((name) => {
    const value = state[name];
    return [name, value instanceof Set ? [...value] : value] as const;
  });
  return { ...state.subject, version: 1, ...Object.fromEntries(values) };
}

const positive = v.pipe(v.number(), v.finite(), v.gtValue(0));
const wholeNumber = v.pipe(v.number(), v.safeInteger(), v.gtValue(0));

const savedLearning = v.object({
  steps: wholeNumber,
  seeds: wholeNumber,
  searchSeeds: v.fallback(v.optional(wholeNumber), undefined),
  rates: list(positive, 100),
  optimiser: v.fallback(v.picklist(['adamw', 'sgd']), 'adamw'),
  budget: v.fallback(positive, defaultLearning.budget),
}) satisfies SchemaOf<LearningPlan>;

/** The panel's own choices. An older version may have kept one in another way, or not at all: then it is the usual one. */
const savedChoices = v.object({
  version: v.literal(1),
  report: v.fallback(v.optional(report), undefined),
  reportKey: v.fallback(v.optional(line), undefined),
  sites: v.fallback(list(line, mostSites), []),
  candidates: v.fallback(list(line, 1000), []),
  settings: v.fallback(list(candidateOption, 1000), []),
  sort: v.fallback(v.picklist(sortKeys), 'listed'),
  descending: v.fallback(v.boolean(), false),
  layersOf: v.fallback(v.optional(line), undefined),
  inputsOf: v.fallback(v.optional(line), undefined),
  depthOf: v.fallback(v.optional(v.picklist(Object.keys(layerNumbers) as LayerNumber[])), undefined),
  learning: v.fallback(savedLearning, defaultLearning),
  budget: v.fallback(v.optional(v.pipe(positive, v.maxValue(longestBudget))), undefined),
  reinitialise: v.fallback(v.boolean(), false),
  half: v.fallback(v.boolean(), false),
  device: v.fallback(deviceChoice, 'auto'),
});

/** The saved part again; a run that was under way is over, so its report stays marked incomplete. */
export function fromSaved(saved: unknown): CompareState {
  const state = initialState();
  const choices = parse(savedChoices, saved);
  if (!choices) return state;
  const { version: _, sites, candidates, ...others } = choices;
  const subject = parse(modelRequest, saved);
  return { ...state, ...others, ...(subject && { subject }), sites: new Set(sites), candidates: new Set(candidates) };
}

/** The choice to show for a model: with `keep` what was chosen before where it still exists, else what the host suggests. */
export function choicesFor(
  state: CompareState,
  model: ModelMessage,
  keep: boolean,
): Pick<CompareState, 'sites' | 'candidates'> {
  const known = new Set(model.sites.map((site) => site.id));
  const kept = [...state.sites].filter((id) => known.has(id));
  const offered = new Set(optionsOf({ ...state, model }).map(({ id }) => id));
  const candidates = [...state.candidates].filter((id) => offered.has(id));
  const suggested = model.candidates.filter(({ selected }) => selected).map(({ id }) => id);
  return {
    sites: new Set(keep && kept.length > 0 ? kept : model.selected),
    candidates: new Set(keep && candidates.length > 0 ? candidates : suggested),
  };
}

/** A report whose run ended early: the last one seen, never complete. */
export function markIncomplete(report: Report): Report {
  return report.complete ? { ...report, complete: false } : report;
}

/**
 * What the report says of the model as it is read now; undefined where it is of another one: the code before an edit, or
 * another input or weights.
 */
export function standing({ report, reportKey, model }: CompareState): ReportStanding | undefined {
  if (!report || !model || reportKey !== model.key) return undefined;
  if (last?.report !== report || last.model !== model)
    last = { report, model, found: standingOf(report, model.sites, model.candidates) };
  return last.found;
}

/** Every section asks for it. */
let last:
  | { readonly report: Report; readonly model: ModelMessage; readonly found: ReportStanding | undefined }
  | undefined;

/** Whether a report has all that a model was opened for. */
export function covers({ plan, candidates }: Report, { sites }: ReportStanding, model: ModelMessage): boolean {
  const same = sites.length === model.selected.length && sites.every(({ id }) => model.selected.includes(id));
  const measured = new Set([...candidates.map(({ id }) => id), ...plan.sites.map(({ activation }) => activation)]);
  return same && model.candidates.every(({ id, selected }) => !selected || measured.has(id));
}

/** What stood at all sites when they were measured; undefined where they differed. */
export function originalOf({ plan }: Report): Pick<SwapSite, 'activation' | 'parameters'> | undefined {
  const [first, ...others] = plan.sites;
  const print = (site: typeof first) => JSON.stringify([site?.activation, site?.parameters]);
  if (!first || others.some((site) => print(site) !== print(first))) return undefined;
  return { activation: first.activation, parameters: first.parameters };
}

/** A choice with one more or one less. */
export function toggle(set: ReadonlySet<string>, id: string, on: boolean): ReadonlySet<string> {
  const next = new Set(set);
  if (on) next.add(id);
  else next.delete(id);
  return next;
}
