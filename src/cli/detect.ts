import { Command } from 'commander';
import { detect } from '../detect/detect';
import { ImportIndex } from '../detect/python/imports';
import type { ActivationSite } from '../detect/site';
import type { Skipped } from '../detect/skipped';
import { activationsOf } from '../graph/activations';
import { excerpt } from '../language/legible';
import { cellAt, type NotebookText } from '../source/notebook';
import { eachFile, note } from './files';
import type { CliHost } from './host';
import { isOnnx, readForListing } from './onnx';

/** `detect [--json] PATH...`; lines and columns from 1, columns in UTF-16 units. */
export function detectCommand(host: CliHost): Command {
  return new Command('detect')
    .description(
      'List the activation functions that Python, TypeScript and JavaScript files name, and those of ONNX files.',
    )
    .argument('<PATH...>', 'files and folders; ONNX files by name')
    .option('--json', 'print JSON')
    .action(async (paths: string[], { json }: { json?: boolean }) => {
      const found: ReturnType<typeof siteJson>[] = [];
      const imports = new ImportIndex(host.syntax, host.source);
      const models = paths.filter(isOnnx);
      const nodes = (await Promise.all(models.map((file) => nodesIn(host, file)))).flat();
      const sources = paths.filter((path) => !isOnnx(path));
      await eachFile(host, sources, async (text, notebook) => {
        const tell = (skipped: Skipped) => host.err(note(skipped, notebook));
        for (const site of await detect(host.syntax, text, imports, tell)) found.push(siteJson(site, notebook));
      });
      if (json) {
        host.json([...nodes, ...found]);
        return;
      }
      for (const { file, path, activation, form } of nodes) host.out(`${file}:${path}: ${activation} (${form})`);
      for (const { file, cell, line, column, activation, form, text } of found)
        host.out(
          `${file}:${cell === undefined ? '' : `cell ${cell}:`}${line}:${column}: ${activation} (${form}) ${excerpt(text)}`,
        );
    });
}

/** The activations of an ONNX file by their nodes: those that one names, and those that several write out. */
async function nodesIn(host: CliHost, file: string) {
  return activationsOf(await readForListing(host, file)).map(({ path, op, written }) => ({
    file,
    path,
    activation: op.activation,
    form: written ? 'written out' : 'node',
    framework: 'onnx',
    parameters: op.parameters,
  }));
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
