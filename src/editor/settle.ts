import type { Advice } from '../advise/advice';

/** How the same finding is recognised after the text around it has moved. */
function key(advice: Advice): string {
  return `${advice.code}\n${advice.message}`;
}

/**
 * What may be shown right after an edit: findings that were shown before and still hold, at their new ranges.
 * So a problem that is gone disappears at once, while a new one waits for a pause in typing.
 */
export function survivingAdvice(shown: readonly Advice[], found: readonly Advice[]): readonly Advice[] {
  const left = new Map<string, number>();
  for (const advice of shown) left.set(key(advice), (left.get(key(advice)) ?? 0) + 1);
  return found.filter((advice) => {
    const count = left.get(key(advice)) ?? 0;
    left.set(key(advice), count - 1);
    return count > 0;
  });
}
