/** Folders that a file adds to where Python looks for modules: `sys.path.append('core')`. */

/** Additions of one file that are looked at. */
const MOST = 8;

const ADDITION = /\bsys\.path\.(?:append|insert|extend)\(([^\n]{0,300})/g;
const WORD = /'([^'\n]*)'|"([^"\n]*)"/g;

/** The folders as they are written, without what only the run knows in front: `models` of `os.path.join(ROOT, 'models')`. */
export function foldersAdded(text: string): string[] {
  const found = new Set<string>();
  for (const [, argument = ''] of text.matchAll(ADDITION)) {
    const words = Array.from(argument.matchAll(WORD), ([, single, double]) => single ?? double ?? '');
    const folder = words.join('/').replace(/^(?:\.?\/)+|\/+$/g, '');
    if (folder !== '' && found.size < MOST) found.add(folder);
  }
  return [...found];
}
