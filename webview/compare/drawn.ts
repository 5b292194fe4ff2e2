import { functions } from './functions';
import { layers } from './layers';
import { learning } from './learning';
import { measures } from './measures';
import { pictures } from './pictures';
import type { Section, View } from './view';

/** The sections with charts, in the page's order: loaded with the library that draws them, after the first words. */
export const drawnSections = (view: View): readonly [pictures: Section, ...closed: Section[]] => [
  pictures(view),
  learning(view),
  layers(view),
  functions(view),
  measures(view),
];
