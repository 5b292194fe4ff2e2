import { Command } from 'commander';
import { detect } from '../detect/detect';
import { ImportIndex } from '../detect/python/imports';
import type { ActivationSite } from '../detect/site';
import type { Skipped } from '../detect/skipped';
import { excerpt } from '../language/legible';
import { cellAt, type NotebookText } from '../source/notebook';
import { eachFile, note } from './files';
import type { CliHost } from './host';

/** `detect [--json] PATH...`; lines and columns from 1, columns in UTF-16 units. */
export function detectCommand(host: CliHost): Command {
  return new Command('detect')
    .description('List the activation functions that Python, TypeScript and JavaScript files name.')
    .argument('<PATH...>', 'files and folders')
    .option('--json', 'print JSON')
    .action(async (paths: string[], { json }: { json?: boolean }) => {
      const found: ReturnType<typeof siteJson>[] = [];
      const imports = new ImportIndex(host.syntax, host.source);
      await eachFile(host, paths, async (text, notebook) => {
        const tell = (skipped: Skipped) => host.err(note(skipped, notebook));
        for (const site of await detect(host.syntax, text, imports, tell)) found.push(siteJson(site, notebook));
      });
      if (json) host.json(found);
      else
        for (const { file, cell, line, column, activation, form, text } of found)
          host.out(
            `${file}:${cell === undefined ? '' : `cell ${cell}:`}${line}:${column}: ${activation} (${form}) ${excerpt(text)}`,
          );
    });
}

/**
 * A site as JSON has it: a parameter is its value, or the expression and why that has no value. In a notebook, lines
 * count in the cell.
 */
function siteJson(site: ActivationSite, notebook: NotebookText | undefined) {
  const { range, activation, form, framework, parameters, defaults, text } = site;
  const cell = notebook && cellAt(notebook, range.line);
  const first = cell?.firstLine ?? 0;
  return {
    file: range.file,
    ...(cell && { cell: cell.cell }),
    line: range.line + 1 - first,
    column: range.column + 1,
    endLine: range.endLine + 1 - first,
    endColumn: range.endColumn + 1,
    activation,
    form,
    framework,
    parameters: Object.fromEntries(
      Object.entries(parameters).map(([name, argument]) => [name, 'value' in argument ? argument.value : argument]),
    ),
    ...(defaults && { defaults }),
    text,
  };
}
