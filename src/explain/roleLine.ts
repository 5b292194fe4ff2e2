import type { Markdown } from '../language/markdown';
import type { NeighbourCount, SiteRole } from '../resolve/role';
import { type Language, words } from './words';

/** Neighbours that are named; the rest is too rare to teach. */
const NAMED = 3;

/** ``In `resnet18()`: 8 of 17 ReLU; after a normalisation; feeds a convolution (7×), a residual sum (1×)`` */
export function roleLine({ model, made, total, after, before }: SiteRole, title: string, language: Language): Markdown {
  const text = words[language];
  const list = (neighbours: readonly NeighbourCount[]) => {
    const known = neighbours.filter(({ what }) => what !== 'other').slice(0, NAMED);
    const several = made > 1 && (known.length > 1 || known.some(({ count }) => count < made));
    return known.map(({ what, count }) => (several ? text.times(text.neighbours[what], count) : text.neighbours[what]));
  };
  return text.role(model, made, total, title, list(after), list(before));
}
