import { readFile } from 'node:fs/promises';
import { isSearched, MOST_CHARACTERS, mayUse, rankByDistance } from '../extract/callers';
import { formOf, type ModelForm, maySayHow } from '../reader/forms';
import { projectFolder } from '../source/node';
import { sourceFiles } from './walk';

/** The folder that is searched for a file. */
type FolderOf = (file: string) => Promise<string>;

/** Searches the project's code, and for Python its pages and settings, for uses of a name; each file's text is read once. */
export function projectCallers(folderOf: FolderOf = projectFolder): (name: string, file: string) => Promise<string[]> {
  const search = projectSearch(folderOf);
  return (name, file) => search((text) => mayUse(text, name), file);
}

/** The same for texts of which something else is wanted; the nearest first, and those alone where a project has too many. */
export function projectSearch(
  folderOf: FolderOf = projectFolder,
): (isWanted: (text: string) => boolean, file: string) => Promise<string[]> {
  const listed = new Map<string, string[]>();
  const texts = new Map<string, string | undefined>();
  const textOf = async (file: string): Promise<string | undefined> => {
    if (!texts.has(file)) {
      const text = await readFile(file, 'utf8').catch(() => undefined);
      texts.set(file, text !== undefined && isSearched(file, text.length) ? text : undefined);
    }
    return texts.get(file);
  };
  return async (isWanted, file) => {
    const [folder, form] = [await folderOf(file), formOf(file)];
    const key = `${form} ${folder}`;
    const files = listed.get(key) ?? (await projectFiles(folder, form));
    listed.set(key, files);
    const found: string[] = [];
    let seen = 0;
    for (const other of rankByDistance(files, file)) {
      const text = await textOf(other);
      if (text === undefined) continue;
      seen += text.length;
      if (seen > MOST_CHARACTERS) break;
      if (isWanted(text)) found.push(other);
    }
    return found;
  };
}

async function projectFiles(folder: string, form: ModelForm): Promise<string[]> {
  const files: string[] = [];
  const mayCall = (name: string) => maySayHow(name, form);
  for await (const { file } of sourceFiles([folder], mayCall, () => undefined)) files.push(file);
  return files;
}
