import type { CandidateReport, Report } from '../../src/compare/report';
import type { NumberFormat } from '../ui/numbers';
import type { Texts } from '../ui/texts';

/** A change below this part of the whole is not told. */
const least = 1e-3;

/** Peak memory of the model as written, and what candidates add to it or take less; undefined where it isn't known. */
export function memoryText(report: Report, { compare: words }: Texts, numbers: NumberFormat): string | undefined {
  const [baseline, ...others] = report.candidates;
  const bytesOf = ({ memory }: CandidateReport) => memory?.step ?? memory?.forward;
  const own = baseline && bytesOf(baseline);
  if (own === undefined) return undefined;
  const changes = others.flatMap((candidate) => {
    const change = (bytesOf(candidate) ?? own) - own;
    return Math.abs(change) > own * least ? [{ title: candidate.title, change }] : [];
  });
  const added = changes.flatMap(({ title, change }) => (change > 0 ? [`${title} ${numbers.bytes(change)}`] : []));
  const saved = changes.flatMap(({ title, change }) =>
    change < 0 ? [words.takesLess(title, numbers.bytes(-change))] : [],
  );
  return words.memory(numbers.bytes(own), numbers.list(added), numbers.list(saved));
}
