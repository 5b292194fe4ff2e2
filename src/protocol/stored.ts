import * as v from 'valibot';
import { swapSite } from './compare';
import { modelRequest } from './model';
import { report, reportOutline } from './report';
import { line, list, mostSites } from './shapes';

/** A report whose sites can be found again. */
const placedReport = v.looseObject({
  ...reportOutline.entries,
  plan: v.looseObject({ sites: list(swapSite, mostSites), left: v.optional(list(swapSite, mostSites)) }),
});

/** A report with what it was measured of, as it is kept: an older version, or another program, may have written it. */
export const storedComparison = v.object({
  version: v.literal(1),
  key: line,
  /** The same whatever data it learnt from: all that is not learnt is the same, too. */
  modelKey: line,
  /** The key of its graph alone, without its ways for training, larger batch and weights: a hover reads no more. */
  graphKey: v.optional(line),
  /** How people call the file. */
  label: line,
  /** How the model was read. */
  request: modelRequest,
  report: v.pipe(
    report,
    v.check((value) => v.is(placedReport, value)),
  ),
});
export type StoredComparison = Readonly<v.InferOutput<typeof storedComparison>>;
