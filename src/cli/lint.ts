import { pathToFileURL } from 'node:url';
import { Command, Option } from 'commander';
import type { Advice } from '../advise/advice';
import { advise } from '../advise/engine';
import { mayComputeLoss, neighboursOf } from '../advise/neighbours';
import { rules } from '../advise/rules/index';
import type { Skipped } from '../detect/skipped';
import { parseProgram } from '../python/syntax/parse';
import { cellAt, type NotebookText } from '../source/notebook';
import type { SourceText } from '../source/source';
import { projectSearch } from './callers';
import { eachFile, note } from './files';
import type { CliHost } from './host';

/** `lint [--format text|json|sarif] PATH...`; `onProblems` is told where any were found. */
export function lintCommand(host: CliHost, onProblems: () => void): Command {
  return new Command('lint')
    .description('Report mistakes around activation functions in Python.')
    .argument('<PATH...>', 'files and folders')
    .addOption(new Option('--format <format>', 'how to print').choices(['text', 'json', 'sarif']).default('text'))
    .action(async (paths: string[], { format }: { format: string }) => {
      const findings = new Map<string, Found>();
      const search = projectSearch();
      const skipped: Skipped[] = [];
      await eachFile(host, paths, ['python'], async (text, notebook) => {
        const tell = (each: Skipped) => {
          host.err(note(each, notebook));
          skipped.push(each);
        };
        const { neighbours, program } = await programsAround(
          host,
          text,
          paths.includes(text.file) ? search : undefined,
        );
        const all = await advise(host.syntax, text, { tell, neighbours, program, isEverywhere: true });
        for (const advice of all) {
          const { file, line, column } = advice.range;
          const isOwn = file === text.file;
          findings.set(`${advice.code} ${file} ${line} ${column}`, isOwn ? placeInCell(advice, notebook) : advice);
        }
      });
      const found = [...findings.values()].sort((a, b) => compareFiles(a, b) || a.range.line - b.range.line);
      if (format === 'text')
        for (const each of found)
          host.out(
            `${each.range.file}:${each.cell === undefined ? '' : `cell ${each.cell}:`}${each.range.line + 1}:${each.range.column + 1}: ${each.severity}: ${each.message} [${each.code}]`,
          );
      else host.json(format === 'json' ? found.map(adviceJson) : sarif(found, skipped));
      if (found.length) onProblems();
    });
}

/** Files in the order of their names. */
const compareFiles = (a: Found, b: Found) => (a.range.file < b.range.file ? -1 : a.range.file > b.range.file ? 1 : 0);

/** The file's program and those around it; of a file that is named alone, those of the project that may import it. */
async function programsAround(
  { syntax, source }: CliHost,
  text: SourceText,
  search: ReturnType<typeof projectSearch> | undefined,
) {
  const program = await parseProgram(syntax, text.text, text.file);
  const using = search ? await search(mayComputeLoss, text.file) : [];
  return { program, neighbours: await neighboursOf(syntax, source, text, program, using.slice(0, MAX_USERS)) };
}

/** Files with a loss that may import one that is named alone. */
const MAX_USERS = 20;

/** Advice; in a notebook with its cell, in which the lines count. */
type Found = Advice & { readonly cell?: number };

function placeInCell(advice: Advice, notebook: NotebookText | undefined): Found {
  const { range } = advice;
  const cell = notebook && cellAt(notebook, range.line);
  if (!cell) return advice;
  const { firstLine } = cell;
  return {
    ...advice,
    cell: cell.cell,
    range: { ...range, line: range.line - firstLine, endLine: range.endLine - firstLine },
  };
}

const place = ({ range }: Pick<Advice, 'range'>) => ({
  line: range.line + 1,
  column: range.column + 1,
  endLine: range.endLine + 1,
  endColumn: range.endColumn + 1,
});

const adviceJson = (advice: Found) => ({
  file: advice.range.file,
  ...(advice.cell !== undefined && { cell: advice.cell }),
  ...place(advice),
  code: advice.code,
  severity: advice.severity,
  message: advice.message,
});

function location(at: Pick<Advice, 'range'>) {
  const { line, column, endLine, endColumn } = place(at);
  const region = { startLine: line, startColumn: column, endLine, endColumn };
  return { physicalLocation: { artifactLocation: { uri: pathToFileURL(at.range.file).href }, region } };
}

function sarif(found: readonly Advice[], skipped: readonly Skipped[]) {
  const results = found.map((advice) => ({
    ruleId: advice.code,
    level: advice.severity === 'information' ? 'note' : advice.severity,
    message: { text: advice.message },
    locations: [location(advice)],
  }));
  const notes = skipped.map((each) => ({
    level: 'note',
    message: { text: each.reason },
    locations: [location(each)],
  }));
  const driver = { name: 'Activation Lens', rules: rules.map(({ code }) => ({ id: code })) };
  return {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: { driver },
        columnKind: 'utf16CodeUnits',
        invocations: [{ executionSuccessful: true, toolExecutionNotifications: notes }],
        results,
      },
    ],
  };
}
