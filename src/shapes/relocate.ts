import type { SourceRange } from '../graph/types';
import type { ModelShapes } from './types';

/** What is known of a model with its places where `at` finds them. */
export function relocateShapes(shapes: ModelShapes, at: (range: SourceRange) => SourceRange): ModelShapes {
  return {
    ...shapes,
    places: shapes.places.map((place) => ({
      ...place,
      source: at(place.source),
      ...(place.callee && { callee: at(place.callee) }),
    })),
    calls: shapes.calls.map((call) => ({ ...call, ...(call.source && { source: at(call.source) }) })),
    modules: shapes.modules.map((module) => ({ ...module, site: at(module.site) })),
  };
}
