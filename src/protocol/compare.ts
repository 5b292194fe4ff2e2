import * as v from 'valibot';
import type { CurvePoint } from '../activations/curve';
import type { SwapSite } from '../compare/report';
import type { InputOrigin } from '../extract/guess';
import { modelRequest } from './model';
import { report } from './report';
import { cancel, done, replies, request } from './requests';
import { count, graph, line, list, message, mostSites, parameters, type SchemaOf, sourceRange } from './shapes';

/**
 * Messages between the compare panel and its host. Each is a schema: the types come from it, and both sides parse what
 * arrives with it.
 */

const event = <const K extends string, const E extends v.ObjectEntries>(type: K, entries: E) =>
  v.object({ type: v.literal(type), ...entries });

/** A message that names the place and the way out. */
const obstacle = v.object({ message, source: v.optional(sourceRange) });
export type Obstacle = Readonly<v.InferOutput<typeof obstacle>>;

/** Characters of a file that a model may learn from. */
export const longestText = 200_000;

/** Characters of a chart's file. */
export const largestPicture = 1_500_000;

/** Files that a user's data may be, at most. */
export const mostDataFiles = 20_000;

/** Where a comparison runs: `auto` is the GPU, unless its adapter is one in software or there is none. */
export const deviceChoice = v.picklist(['auto', 'webgpu', 'wasm']);
export type DeviceChoice = v.InferOutput<typeof deviceChoice>;

/** Files that the user chose to learn from, and where the page loads them from. */
const chosenData = v.object({
  label: line,
  /** `path` with the folder that the file is in, which names its class. */
  files: list(v.object({ path: line, uri: line }), mostDataFiles),
});
export type ChosenData = Readonly<v.InferOutput<typeof chosenData>>;

/** A checkpoint laid over the model. */
export const modelWeights = v.object({
  /** The file as the host names it, and its shown name. */
  file: line,
  label: line,
  /**
   * Where the page loads the file from: weights may be large, and cross no message. Absent where the file can't be read,
   * or nothing in it fits: the model keeps its initial weights.
   */
  uri: v.optional(line),
  /** Files that it names and that hold its bytes, by its own paths, and where the page loads them from. */
  beside: v.optional(list(v.object({ path: line, uri: line }), mostDataFiles)),
  /** Tensors of the state dict that the file has, and all. */
  matched: count,
  total: count,
  /** What doesn't fit, for PyTorch's models in its words, or why the file can't be read. */
  problems: list(message, 100),
});
export type ModelWeights = Readonly<v.InferOutput<typeof modelWeights>>;

/** What kind of function it is: groups of candidates. */
export const candidateFamily = v.picklist(['piecewise', 'smooth', 'bounded', 'learned', 'gated', 'row']);
export type CandidateFamily = v.InferOutput<typeof candidateFamily>;

export const candidateOption = v.object({
  /** Unique: the activation with these settings. */
  id: line,
  activation: line,
  title: line,
  parameters,
  selected: v.boolean(),
  family: candidateFamily,
  /** Parameters that change its values; `choices`: words. */
  adjusts: list(v.object({ name: line, choices: v.optional(list(line, 100)) }), 64),
  /** Values of the function from −3 to 3, at equal distances; absent where it is one of several elements. */
  curve: v.optional(list(v.pipe(v.number(), v.finite()), 100)),
});
export type CandidateOption = Readonly<v.InferOutput<typeof candidateOption>>;

export const swapSite = v.object({
  id: line,
  activation: line,
  parameters,
  paths: list(line, mostSites),
  nodes: list(count, mostSites),
  source: v.optional(sourceRange),
  written: v.optional(v.object({ as: v.picklist(['expression', 'call', 'module']), name: v.optional(line) })),
  learns: v.optional(v.boolean()),
  unit: v.optional(line),
  kept: v.optional(message),
}) satisfies SchemaOf<SwapSite>;

const coordinate = v.union([v.number(), v.nan()]);
/** NaN where there is none, as at a jump. */
const curvePoints = list(v.object({ x: coordinate, y: coordinate }) satisfies SchemaOf<CurvePoint>, 10_000);
const drawnFunction = v.object({ value: curvePoints, slope: curvePoints });
export type DrawnFunction = Readonly<v.InferOutput<typeof drawnFunction>>;
/** How far from 0 functions are drawn. */
const end = v.pipe(v.number(), v.minValue(-100), v.maxValue(100));

/** `given`, `model` (it feeds its part so), `file` (a torch.randn in it), `first-layer`, `solved`. */
const inputOrigin = v.picklist(['given', 'model', 'file', 'first-layer', 'solved']) satisfies SchemaOf<InputOrigin>;

/** Expressions of models in a file. */
const models = list(line, 10_000);

/** Host → compare panel. */
export const toComparePanel = v.variant('type', [
  /** The model was read: everything a run needs. */
  event('model', {
    graph,
    /** The same read with a larger batch, where it has a batch of one and can be. */
    batched: v.optional(graph),
    /** The same read as it trains, where it takes other branches then. */
    training: v.optional(graph),
    /** What was read: `ResNet`, `resnet18()`. */
    expression: line,
    /** What reports of it are kept under: equal as long as their numbers hold. */
    key: line,
    /** Its arguments are no more than likely: sizes that are usual, or values of something that has the same names. */
    guessesArguments: v.optional(v.boolean()),
    /** Path of the submodule that was read, where it isn't the whole model. */
    part: v.optional(line),
    /** It was read for one input: what its code goes by was computed for that. */
    forInput: v.optional(v.boolean()),
    /** The file as the host names it, and its shown name. */
    file: line,
    label: line,
    /** What the model was read with, as the text field shows it and the host reads it. */
    input: line,
    /** How the input shape was found. */
    inputOrigin,
    sites: list(swapSite, mostSites),
    /** Sites ticked at the start. */
    selected: list(line, mostSites),
    /** The user has just pointed at a place or an activation: `selected` goes before what was ticked until now. */
    pointed: v.boolean(),
    candidates: list(candidateOption, 1000),
    budget: v.number(),
    /** Run at once. */
    autostart: v.boolean(),
    /** Names of the other models in the file. */
    models,
    /** The checkpoint that the user chose; absent: random initial weights. */
    weights: v.optional(modelWeights),
    /** It is a file without a source: a choice is not edited in, but written to a file of its own. */
    writes: v.optional(v.boolean()),
    /** Of the file, where the model takes tokens. */
    text: v.optional(v.pipe(v.string(), v.maxLength(longestText))),
  }),
  /** The model can't be read. */
  event('unreadable', {
    /** What stands in the way, at least one. */
    obstacles: list(obstacle, 10_000),
    /** Submodules that can be read by themselves. */
    parts: list(v.object({ path: line, name: line }), 10_000),
    /** Its code goes by values: it may be read for one input. */
    goesByValues: v.optional(v.boolean()),
    /** The call that builds it, with places for the arguments that are missing: `Encoder(in_dim=)`. */
    draft: v.optional(line),
    /** Nothing tells the shape of its input. */
    needsInput: v.optional(v.boolean()),
    models,
  }),
  /** The user's data for short training runs; absent: built-in data again. */
  event('data', { data: v.optional(chosenData) }),
  /** What was measured earlier of the model that is told next, or of an earlier text of it, with its key. */
  event('stored', { report, key: line }),
  /** The source changed, and the model is another one now, or can't be read any more. A `model` takes it back. */
  event('stale', {}),
  event('reading', {}),
  /** Where the runtime's files are: webview URIs; and which GPUs were checked before, by keys of the page's own. */
  event('resources', { wasm: line, worker: line, checked: v.optional(v.array(line)) }),
  /** Where the user wants comparisons to run, as chosen here or in another panel. */
  event('device', { device: deviceChoice }),
  ...replies,
]);
export type ToComparePanel = Readonly<v.InferOutput<typeof toComparePanel>>;

/** What the page asks its host; what comes of a reading is told as `model` or `unreadable`, whoever began it. */
export const compareRequests = {
  /** Read again: another expression, submodule or input, or for one input. */
  read: request('read', v.pick(modelRequest, ['expression', 'part', 'input', 'forInput']).entries, done),
  /** Read the text as it is now, before a run: a model is told before the answer, or why there is none. */
  refresh: request('refresh', {}, done),
  /** Take the weights of a checkpoint, which the user is asked for, or initial ones again. */
  weights: request('weights', { choose: v.boolean() }, done),
  /** Learn from data of the user's, who is asked for it, or from built-in data again. */
  data: request('data', { choose: v.boolean() }, done),
  /** An activation with other settings, as a candidate. */
  setting: request('setting', { activation: line, parameters }, candidateOption, 10_000),
  /** Functions and slopes between two ends, in the order asked for; null for what is no function of one number. */
  curves: request(
    'curves',
    { from: end, to: end, of: list(v.object({ activation: line, parameters }), 1000) },
    v.object({ curves: list(v.union([drawnFunction, v.null()]), 1000) }),
    10_000,
  ),
  /** Write an activation into the source; answered with how many places were edited. */
  apply: request(
    'apply',
    { activation: line, parameters, sites: list(line, mostSites) },
    v.object({ edits: count }),
    30_000,
  ),
  /** Show what `apply` would edit, without editing it. */
  preview: request('preview', { activation: line, parameters, sites: list(line, mostSites) }, done, 30_000),
  /** Take back what was written into the source last. */
  undo: request('undo', {}, done, 30_000),
  /** Write the model with an activation to a file that the user names; null: they thought better of it. */
  write: request(
    'write',
    { activation: line, parameters, sites: list(line, mostSites) },
    v.object({ message: v.union([message, v.null()]) }),
  ),
  /** Put a report on the clipboard, as a table. */
  copy: request('copy', { report, form: v.picklist(['markdown', 'csv']) }, done, 10_000),
  /** Save a chart where the user says: the text of an SVG, or a PNG as base64. */
  picture: request(
    'picture',
    {
      name: line,
      format: v.picklist(['svg', 'png']),
      data: v.pipe(v.string(), v.minLength(1), v.maxLength(largestPicture)),
    },
    done,
  ),
  /** Save a report where the user says. */
  export: request('export', { report }, done),
};
export type CompareRequests = typeof compareRequests;

/** Compare panel → host. */
export const fromComparePanel = v.variant('type', [
  event('ready', {}),
  event('reveal', { source: sourceRange }),
  event('explain', { activation: line }),
  event('report', { report }),
  /** A run has come to nothing. */
  event('failed', { message }),
  /** A GPU computes right: how the page knows it again. */
  event('checked', { key: line }),
  /** Where comparisons are to run from now on, in other panels too. */
  event('device', { device: deviceChoice }),
  cancel,
  compareRequests.read.asked,
  compareRequests.refresh.asked,
  compareRequests.weights.asked,
  compareRequests.data.asked,
  compareRequests.setting.asked,
  compareRequests.curves.asked,
  compareRequests.apply.asked,
  compareRequests.preview.asked,
  compareRequests.undo.asked,
  compareRequests.write.asked,
  compareRequests.copy.asked,
  compareRequests.picture.asked,
  compareRequests.export.asked,
]);
export type FromComparePanel = Readonly<v.InferOutput<typeof fromComparePanel>>;
