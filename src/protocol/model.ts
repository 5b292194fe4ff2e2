import * as v from 'valibot';
import { line, list, mostSites, sourceRange } from './shapes';

/** Which model is read, how, and with what: what commands, panels, saved states and remembered answers are about. */
export const modelRequest = v.object({
  /** As the host names it: a URI. */
  file: v.pipe(line, v.minLength(1)),
  /** `ResNet`, `resnet18()`; absent: the file's main model. */
  expression: v.optional(line),
  /** Path of the submodule that is read; empty: the whole model, whatever was remembered. */
  part: v.optional(line),
  /** `1x3x64x64`, `2x16:int64`; several are separated by commas. */
  input: v.optional(line),
  /** What the code goes by is computed for one input; false: for none, whatever was remembered. */
  forInput: v.optional(v.boolean()),
  /** A checkpoint's file; empty: initial weights, whatever was remembered. */
  weights: v.optional(line),
});
export type ModelRequest = Readonly<v.InferOutput<typeof modelRequest>>;

/** What is remembered of a file's model: how it was read last. */
export const modelAnswer = v.omit(modelRequest, ['file']);
export type ModelAnswer = Readonly<v.InferOutput<typeof modelAnswer>>;

/** What a comparison is opened for; plain data, so that a hover's link can carry it. */
export const compareTarget = v.object({
  ...modelRequest.entries,
  /** Tick this site only. */
  site: v.optional(sourceRange),
  /** Tick these sites only, by their ids: those of a file without a source have no place in one. */
  sites: v.optional(list(line, mostSites)),
  /** Tick this candidate too. */
  activation: v.optional(line),
});
export type CompareTarget = Readonly<v.InferOutput<typeof compareTarget>>;

/** What a command may be asked for, whoever wrote the link: a checkpoint is chosen by hand alone. */
export const linkTarget = v.object({
  ...v.omit(compareTarget, ['input']).entries,
  /** Empty: initial weights, whatever was chosen before. */
  weights: v.optional(v.literal('')),
});
