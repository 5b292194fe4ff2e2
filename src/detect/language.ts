import type { LanguageId } from '../syntax/syntax';

/** Names of the files that detection reads, by the grammar that reads them. */
const endings: readonly (readonly [RegExp, LanguageId])[] = [
  [/\.(pyi?|ipynb)$/i, 'python'],
  [/\.[mc]?ts$/i, 'typescript'],
  // JavaScript is read as TSX: its own syntax is a part of that.
  [/\.(tsx|jsx|[mc]?js)$/i, 'tsx'],
];

/** The grammar for a file, by its name (a path, or a URI); undefined where it is not source that is read. */
export function languageOf(file: string): LanguageId | undefined {
  const name = file.replace(/[?#].*$/, '');
  return endings.find(([pattern]) => pattern.test(name))?.[1];
}
