import { readFile } from 'node:fs/promises';
import { isSearched, MOST_CHARACTERS, mayUse, rankByDistance } from '../extract/callers';
import { projectFolder } from '../source/node';
import { sourceFiles } from './walk';

/** Searches the project's Python files, notebooks, pages and settings for uses of a name; each file's text is read once. */
export function projectCallers(): (name: string, file: string) => Promise<string[]> {
  const search = projectSearch();
  return (name, file) => search((text) => mayUse(text, name), file);
}

/** The same for texts of which something else is wanted; the nearest first. */
export function projectSearch(): (isWanted: (text: string) => boolean, file: string) => Promise<string[]> {
  const texts = new Map<string, Map<string, string>>();
  return async (isWanted, file) => {
    const folder = await projectFolder(file);
    let known = texts.get(folder);
    if (!known) {
      known = await pythonTexts(folder);
      texts.set(folder, known);
    }
    const found = [...known].flatMap(([other, text]) => (isWanted(text) ? [other] : []));
    return rankByDistance(found, file);
  };
}

async function pythonTexts(folder: string): Promise<Map<string, string>> {
  const texts = new Map<string, string>();
  let seen = 0;
  const isRead = (name: string) => /\.(py|ipynb|md|ya?ml|json)$/i.test(name);
  for await (const { file } of sourceFiles([folder], isRead, () => undefined)) {
    const text = await readFile(file, 'utf8').catch(() => undefined);
    if (text === undefined || !isSearched(file, text.length)) continue;
    seen += text.length;
    if (seen > MOST_CHARACTERS) break;
    texts.set(file, text);
  }
  return texts;
}
