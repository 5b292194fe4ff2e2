import { readFile } from 'node:fs/promises';
import { isSearched, MOST_CHARACTERS, mayUse, rankByDistance } from '../extract/callers';
import { formOf, type ModelForm, maySayHow } from '../reader/forms';
import { projectFolder } from '../source/node';
import { sourceFiles } from './walk';

/** Searches the project's code, and for Python its pages and settings, for uses of a name; each file's text is read once. */
export function projectCallers(): (name: string, file: string) => Promise<string[]> {
  const search = projectSearch();
  return (name, file) => search((text) => mayUse(text, name), file);
}

/** The same for texts of which something else is wanted; the nearest first. */
export function projectSearch(): (isWanted: (text: string) => boolean, file: string) => Promise<string[]> {
  const texts = new Map<string, Map<string, string>>();
  return async (isWanted, file) => {
    const folder = await projectFolder(file);
    const key = `${formOf(file)} ${folder}`;
    let known = texts.get(key);
    if (!known) {
      known = await projectTexts(folder, formOf(file));
      texts.set(key, known);
    }
    const found = [...known].flatMap(([other, text]) => (isWanted(text) ? [other] : []));
    return rankByDistance(found, file);
  };
}

async function projectTexts(folder: string, form: ModelForm): Promise<Map<string, string>> {
  const texts = new Map<string, string>();
  let seen = 0;
  for await (const { file } of sourceFiles(
    [folder],
    (name) => maySayHow(name, form),
    () => undefined,
  )) {
    const text = await readFile(file, 'utf8').catch(() => undefined);
    if (text === undefined || !isSearched(file, text.length)) continue;
    seen += text.length;
    if (seen > MOST_CHARACTERS) break;
    texts.set(file, text);
  }
  return texts;
}
