import { Command } from 'commander';
import { detect } from '../detect/detect';
import { CliError, type CliHost } from './host';
import { pythonFiles } from './walk';

/** `detect [--json] PATH...`; lines and columns from 1, columns in UTF-16 units. */
export function detectCommand(host: CliHost): Command {
  return new Command('detect')
    .description('List the activation functions that Python files name.')
    .argument('<PATH...>', 'files and folders')
    .option('--json', 'print JSON')
    .action(async (paths: string[], { json }: { json?: boolean }) => {
      const found = [];
      for (const file of await pythonFiles(paths)) {
        const text = await host.source.read(file);
        if (!text) throw new CliError(`${file} is not text`);
        for (const { range, activation, form, framework, parameters, text: name } of await detect(host.syntax, text)) {
          const place = {
            line: range.line + 1,
            column: range.column + 1,
            endLine: range.endLine + 1,
            endColumn: range.endColumn + 1,
          };
          found.push({ file, ...place, activation, form, framework, parameters, text: name });
        }
      }
      if (json) host.out(`${JSON.stringify(found, null, 2)}\n`);
      else
        for (const { file, line, column, activation, form, text } of found)
          host.out(`${file}:${line}:${column}: ${activation} (${form}) ${text}\n`);
    });
}
