/** What a tool answers: JSON of which no text and no list is without end, and in which nothing acts. */
import { excerpt, LINE, MESSAGE } from '../language/legible';

/** Entries of a list in an answer, where no argument says how many. */
export const PAGE = 20;
export const MOST_PAGE = 200;

/** A text of a file, or with one in it, as a field: one line, in which control characters are spelled out. */
export const quote = (text: string, most = MESSAGE): string => excerpt(text, most);

/** A path, whole. */
export const quotePath = (path: string): string => excerpt(path, LINE);

/** A part of a list, and how the rest is had. */
export function page<T>(list: readonly T[], offset = 0, limit = PAGE) {
  const shown = list.slice(offset, offset + limit);
  const end = offset + shown.length;
  return { total: list.length, shown, ...(end < list.length && { nextOffset: end }) };
}

/** Six significant digits: more are noise, and cost their reader. */
export const figure = (value: number): number | null => (Number.isFinite(value) ? Number(value.toPrecision(6)) : null);
