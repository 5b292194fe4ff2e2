/** What the time left no room for, in words for people. */
import { list, say, sentence } from '../language/say';
import type { Report, SkippedMeasures, SkippedPart } from './report';
import { titleIn } from './verdictWords';

const partWords = (): Readonly<Record<SkippedPart, string>> => ({
  signal: say('signal'),
  similarity: say('similarity'),
  gradient: say('gradient'),
  latency: say('forward pass'),
  step: say('forward and backward pass'),
  compression: say('8 bits'),
  drift: say('drift'),
});

/** A sentence for each time that would have been enough: what was left out, of which candidates, and that time. */
export function skippedWords(report: Report): string[] {
  const { skipped = [], plan } = report;
  const words = partWords();
  const named = ({ measures, candidates }: SkippedMeasures) => {
    const names = list(measures.map((part) => words[part]));
    return candidates ? say('{0} of {1}', names, list(candidates.map((id) => titleIn(report, id)))) : names;
  };
  const times = [...new Set(skipped.map(({ seconds }) => seconds))].sort((a, b) => a - b);
  return times.map((seconds) => {
    const left = skipped.filter((each) => each.seconds === seconds).map(named);
    return say(
      'Not measured in {0} s: {1}; {2} s would do.',
      Math.round(plan.budget / 1000),
      sentence(list(left)),
      seconds,
    );
  });
}
