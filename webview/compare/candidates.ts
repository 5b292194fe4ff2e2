/** Which activations are chosen to be compared, and which of the report's are seen. */

import type { CandidateReport, Report } from '../../src/compare/report';
import { activationOf } from '../../src/compare/standing';
import type { CandidateOption } from '../../src/protocol/compare';
import type { CompareState } from './state';

type Chosen = Pick<CompareState, 'model' | 'settings' | 'candidates'>;

/** What is offered: the catalogue's activations, each followed by the settings of it that the user added. */
export function optionsOf({ model, settings }: Pick<Chosen, 'model' | 'settings'>): CandidateOption[] {
  const offered = model?.candidates ?? [];
  const known = new Set(offered.map(({ id }) => id));
  return offered.flatMap((option) => [
    option,
    ...settings.filter(({ id, activation }) => activation === option.activation && !known.has(id)),
  ]);
}

export const chosenOptions = (state: Chosen): CandidateOption[] =>
  optionsOf(state).filter(({ id }) => state.candidates.has(id));

/** The chosen ones that a report doesn't have. */
export function missingOptions(state: Chosen & Pick<CompareState, 'report'>): CandidateOption[] {
  const measured = new Set(state.report?.candidates.map(({ id }) => id));
  return chosenOptions(state).filter(({ id }) => !measured.has(id));
}

/** A report without the candidates that were taken away: they come back where they are chosen again. */
export function shownReport(report: Report, state: Chosen): Report {
  const offered = new Set(optionsOf(state).map(({ id }) => id));
  const isSeen = ({ id }: CandidateReport, place: number) =>
    place === 0 || !offered.has(id) || state.candidates.has(id);
  const candidates = report.candidates.filter(isSeen);
  return candidates.length === report.candidates.length ? report : { ...report, candidates };
}

/** Settings of a report's candidates that nobody offers: of another panel, or of an earlier day. */
export function settingsIn(report: Report, { model, settings }: Pick<Chosen, 'model' | 'settings'>): CandidateOption[] {
  const known = new Set(optionsOf({ model, settings }).map(({ id }) => id));
  return report.candidates.slice(1).flatMap((candidate): CandidateOption[] => {
    const { id, title, parameters } = candidate;
    const base = model?.candidates.find(({ activation }) => activation === activationOf(candidate));
    if (!base || known.has(id)) return [];
    const { curve: _, ...rest } = base;
    return [{ ...rest, id, title, parameters, selected: false }];
  });
}
