import { languageOf } from '../detect/language';
import type { Skipped } from '../detect/skipped';
import { cellAt, type NotebookText, readNotebook } from '../source/notebook';
import type { SourceText } from '../source/source';
import { CliError, type CliHost } from './host';
import { sourceFiles } from './walk';

/**
 * Does something with the text of every file at the paths that is source, in order; a notebook's text is that of its
 * code cells. A file of a folder that can't be
 * read or analysed is named on standard error and left out; a path that was named itself must be readable.
 * @throws CliError for such a path.
 */
export async function eachFile(
  host: CliHost,
  paths: readonly string[],
  use: (text: SourceText, notebook?: NotebookText) => Promise<void>,
): Promise<void> {
  const isWanted = (name: string) => languageOf(name) !== undefined;
  const leftOut = (message: string) => host.err(`${message}; left out`);
  for await (const { file, named } of sourceFiles(paths, isWanted, leftOut)) {
    try {
      const text = await host.source.read(file);
      if (!text) throw new Error(`${file} is not text`);
      const notebook = file.toLowerCase().endsWith('.ipynb') ? readNotebook(text.text) : undefined;
      await use(notebook ? { ...text, text: notebook.text } : text, notebook);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      const message = reason.includes(file) ? reason : `${file}: ${reason}`;
      if (named) throw new CliError(message);
      leftOut(message);
    }
  }
}

/** A line for standard error that says what was not looked at; in a notebook, lines count in the cell. */
export function note({ range, reason }: Skipped, notebook: NotebookText | undefined): string {
  const cell = notebook && cellAt(notebook, range.line);
  const line = range.line + 1 - (cell?.firstLine ?? 0);
  return `${range.file}:${cell ? `cell ${cell.cell}:` : ''}${line}: ${reason}`;
}
