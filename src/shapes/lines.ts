/** What stands at the ends of lines. */
import type { SourceRange } from '../graph/types';
import { isInside } from './modelShapes';
import { isKnown, parameterRange, shortRunsText } from './text';
import type { ModelShapes, PlaceShapes } from './types';

/** What lines tell: those that call a module, or all that assign or return tensors and those that construct layers. */
export type LineChoice = 'calls' | 'all';

/** A text for the end of a line. */
export interface LineHint {
  /** From 0. */
  readonly line: number;
  readonly text: string;
  /** Where the code stands that it is of. */
  readonly source: SourceRange;
  /** What comes out there, with the parameters of what is constructed there, or these alone. */
  readonly kind: 'shape' | 'parameters';
}

/**
 * At most one a line. A line of which only a part is known tells nothing.
 * @param models of one file, the likeliest first: what several run is told of the first
 */
export function lineHints(models: readonly ModelShapes[], file: string, choice: LineChoice): LineHint[] {
  const hints = new Map<number, LineHint>();
  for (const model of models) {
    const own = new Map<number, LineHint>();
    for (const each of choice === 'all' ? parameterHints(model, file) : []) own.set(each.line, each);
    for (const [line, place] of statementsByLine(model, file)) {
      if (!(choice === 'all' || place.callsModule) || !isWhole(place)) continue;
      const counts = own.get(line)?.text;
      const text = [shortRunsText(place.runs, model), ...(counts === undefined ? [] : [counts])].join(' · ');
      own.set(line, { line, text, source: place.source, kind: 'shape' });
    }
    for (const [line, hint] of own) if (!hints.has(line)) hints.set(line, hint);
  }
  return [...hints.values()].sort((a, b) => a.line - b.line);
}

const isWhole = ({ runs }: PlaceShapes): boolean => runs.every((run) => run.every(isKnown));

/** What ends on each line: the outermost; none where several do beside each other, for one of them would pass for all. */
function statementsByLine({ places }: ModelShapes, file: string): Map<number, PlaceShapes> {
  const lines = new Map<number, PlaceShapes[]>();
  for (const place of places) {
    if (place.kind !== 'statement' || place.source.file !== file) continue;
    const known = lines.get(place.source.endLine) ?? [];
    if (known.some(({ source }) => isInside(place.source, source))) continue;
    lines.set(place.source.endLine, [...known.filter(({ source }) => !isInside(source, place.source)), place]);
  }
  return new Map(
    [...lines].flatMap(([line, [only, ...others]]) => (only && others.length === 0 ? [[line, only]] : [])),
  );
}

/** Parameters where layers are constructed: of several that end on one line, those of the outermost. */
function parameterHints({ modules }: ModelShapes, file: string): LineHint[] {
  const sites = new Map<string, { site: SourceRange; counts: number[] }>();
  for (const { site, parameters } of modules) {
    if (site.file !== file) continue;
    const key = `${site.line} ${site.column} ${site.endLine} ${site.endColumn}`;
    const known = sites.get(key) ?? { site, counts: [] };
    known.counts.push(parameters);
    sites.set(key, known);
  }
  const all = [...sites.values()].filter(({ counts }) => Math.max(...counts) > 0);
  return all
    .filter(
      ({ site }) =>
        !all.some((other) => other.site !== site && other.site.endLine === site.endLine && isInside(site, other.site)),
    )
    .map(({ site, counts }) => ({
      line: site.endLine,
      text: parameterRange(counts),
      source: site,
      kind: 'parameters',
    }));
}
