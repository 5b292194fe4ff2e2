import * as v from 'valibot';
import type { Report } from '../compare/report';
import { line, list, parameters, recordOf } from './shapes';

/** Every part that is an object, whatever it holds. */
const anything = recordOf(v.unknown());

/**
 * The outline of a report: also asked of what an older version of the panel saved, so it names what every report of this
 * version has had and leaves the measures to those who draw them.
 */
export const reportOutline = v.looseObject({
  version: v.literal(1),
  created: line,
  complete: v.boolean(),
  model: v.looseObject({ name: line, inputs: list(anything, 10_000) }),
  environment: v.looseObject({ backend: line }),
  plan: v.looseObject({ sites: list(anything, 200_000) }),
  candidates: list(
    v.looseObject({
      id: line,
      title: line,
      parameters,
      latency: v.optional(anything),
      signal: v.optional(list(anything, 200_000)),
    }),
    10_000,
  ),
});

/** A report as it is: it may be large, so it is looked at and not copied. */
export const report = v.custom<Report>((value) => v.is(reportOutline, value));
