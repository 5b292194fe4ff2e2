import type { SourceRange } from '../../src/graph/types';
import type { FindingPlace } from '../../src/health/report';
import { action } from '../ui/controls';
import { element } from '../ui/dom';
import type { NumberFormat } from '../ui/numbers';
import type { Texts } from '../ui/texts';

/** What all parts of the results are drawn with. */
export interface ResultsView {
  readonly words: Texts['health'];
  readonly numbers: NumberFormat;
  readonly reveal: (source: SourceRange) => void;
}

/** A place by its line and its name; a link where its code is known. */
export function placeLink(place: FindingPlace, key: string, { words, reveal }: ResultsView): HTMLElement {
  const { layer, title, path, source } = place;
  const numbered = layer === undefined ? title : `${layer} ${title}`;
  const name = path === '' || title.startsWith(path) ? numbered : `${numbered} · ${path}`;
  if (!source) return element('span', {}, name);
  const label = words.place(name, source.line + 1);
  return action(label, () => reveal(source), { title: words.show(label), key });
}
