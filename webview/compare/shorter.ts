import type { ShorterPlan } from '../../src/compare/learning';
import type { Report } from '../../src/compare/report';
import { titleIn } from '../../src/compare/verdictWords';
import type { View } from './view';

/** What a shorter way to train is of, and how long it takes. */
export function shorterText(
  report: Report,
  way: ShorterPlan,
  { texts, numbers }: Pick<View, 'texts' | 'numbers'>,
): string {
  const titles = way.candidates.map((id) => titleIn(report, id));
  return texts.compare.trainFewer(numbers.list(titles), way.seeds, numbers.duration(way.time));
}
